"""Which numbers change the ranking of policies: two policies that one number turns around, and one that cannot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as program
from chainsim.cli.sensitivity import _swings
from chainsim.errors import ScenarioError
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.flips import AS_STATED, Swing, flips, ranking, variants

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"

# A shop that can make 10 a day of the 12 that are ordered; `more` lets it make 11, `less` a tenth less than stated.
CASE = """\
chainsim: 1
study: {start: 2024-01-01, end: 2024-02-01, seed: 1, replications: 1, policies: [more, less]}
parts: {job: {price: 1_000 CNY, materials: 10%, cost_shares: {paper: 100}}, paper: {price: 10 CNY}}
plants: {shop: {makes: job, ring: city, capacity: 10/day, finished_stock: 0 days, component_stock: 5 days}}
markets: {people: {buys: job, rate: 12/day}}
outside: {mill: {ring: nation, lead_time: 1 h}}
policies:
  more: {change: {plants.shop.capacity: 11/day}}
  less: {change: {plants.shop.capacity: -10%}}
"""


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "shop.yaml"
    path.write_text(CASE, encoding="utf-8")
    return str(path)


def tops(table: pd.DataFrame) -> dict[tuple[str, str], tuple[str, bool]]:
    first = table[table["rank"] == 1]
    return {(row["number"], row["swing"]): (row["policy"], bool(row["top_changes"])) for _, row in first.iterrows()}


def test_a_number_that_turns_the_ranking_around_is_found_and_one_that_does_not_is_not(case: str) -> None:
    """`more` sets 11 a day whatever was stated: best while the shop makes 10, worse than nothing when it makes 12."""
    swings = [Swing(path, Fraction(1, 5)) for path in ("plants.shop.capacity", "parts.job.price")]
    found = variants(case, (), None, swings)
    table = flips(found, 1, "units_delivered")
    assert tops(table) == {
        (AS_STATED, ""): ("more", False),
        ("plants.shop.capacity", "-20%"): ("more", False),
        ("plants.shop.capacity", "+20%"): ("none", True),
        ("parts.job.price", "-20%"): ("more", False),
        ("parts.job.price", "+20%"): ("more", False),
    }
    up = table[table["swing"].eq("+20%") & table["number"].eq("plants.shop.capacity")]
    assert up["policy"].tolist() == ["none", "more", "less"]
    assert up["difference"].iloc[0] == 0 > up["difference"].iloc[1] > up["difference"].iloc[2]
    assert (up["order_changes"], up["top_changes"])[0].all()
    nearer = variants(case, (), None, [Swing("plants.shop.capacity", Fraction(1, 20))])
    assert not flips(nearer, 1, "units_delivered")["top_changes"].any()


def test_a_policy_sets_what_it_sets_whatever_the_swing_unlike_with_set(case: str) -> None:
    """`more` sets 11 a day; a swing moves what is stated below it, `--set` would hold against it."""
    moved = load(case, (), ["plants.shop.capacity=-20%"])
    fixed = load(case, ["plants.shop.capacity=-20%"])
    speeds = {
        (way, policy): float(86_400 / build(loaded, policy).lines[0].ticks_per_quantum)
        for way, loaded in (("moved", moved), ("fixed", fixed))
        for policy in ((), ("more",), ("less",))
    }
    assert speeds == pytest.approx(
        {
            ("moved", ()): 8,
            ("moved", ("more",)): 11,
            ("moved", ("less",)): 7.2,
            ("fixed", ()): 8,
            ("fixed", ("more",)): 8,
            ("fixed", ("less",)): 8,
        }
    )
    both = load(case, ["plants.shop.capacity=5/day"], ["plants.shop.capacity=+20%"])  # what --set gives stays set
    assert float(86_400 / build(both, ("more",)).lines[0].ticks_per_quantum) == pytest.approx(6)


def test_leads_are_differences_between_neighbours(case: str) -> None:
    table = flips(variants(case, (), None, []), 2, "units_delivered")
    assert (table["difference"].diff(-1).dropna() - table["lead"].dropna()).abs().max() < 1e-9
    assert table["lead_error"].notna().sum() == 2
    assert flips(variants(case, (), None, []), 1, "units_delivered")["lead_error"].isna().all()


def test_what_is_better_when_lower_is_ranked_so_and_equals_keep_their_order() -> None:
    assert ranking({"none": 0.0, "a": 1.0, "b": -1.0}, "higher") == ["a", "none", "b"]
    assert ranking({"none": 0.0, "a": 1.0, "b": -1.0}, "lower") == ["b", "none", "a"]
    assert ranking({"none": 0.0, "b": 0.0, "a": 0.0}, "higher") == ["none", "b", "a"]


def test_paths_are_split_outside_brackets_and_may_bring_their_own_swing() -> None:
    found = _swings("suppliers[tier=1,ring=city].capacity, plants.byd.capacity=5%", "20%")
    assert found == [
        Swing("suppliers[tier=1,ring=city].capacity", Fraction(1, 5)),
        Swing("plants.byd.capacity", Fraction(1, 20)),
    ]


def test_a_dry_run_states_the_cost_and_runs_nothing() -> None:
    done = CliRunner().invoke(
        program, ["sensitivity", str(SMALL), "--numbers", "plants.works.capacity", "-n", "3", "--dry-run"]
    )
    assert done.exception is None
    assert "(1 + 2 x 1 numbers) x 4 policies x 3 replications = 36 runs; nothing was run" in done.output


def test_the_command_ends_on_a_verdict(case: str) -> None:
    arguments = [case, "--numbers", "plants.shop.capacity", "--measure", "units_delivered", "-n", "1", "-j", "1", "-q"]
    done = CliRunner().invoke(program, ["sensitivity", *arguments])
    assert done.exception is None
    assert "another policy comes out best when this moves: plants.shop.capacity" in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--numbers", "plants.works.nothing"], "nothing"),
        (["--numbers", "plants.works.capacity=120%"], "below 100 %"),
        (["--numbers", "plants.works.capacity=much"], "the swing"),
        (["--numbers", "plants.works.capacity", "--measure", "joy"], "no measure 'joy'"),
    ],
)
def test_what_cannot_be_moved_is_named_before_anything_runs(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(program, ["sensitivity", str(SMALL), *arguments])
    assert isinstance(done.exception, ScenarioError)
    assert says in str(done.exception)
