"""Sequential stopping: what it asks for, and that the intervals it leaves hold the truth as often as they say."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainsim.cli.main import _run
from chainsim.compare.stopping import BATCH, FEWEST, SKEWED, Precision, differences, half_width, skewness
from chainsim.economy.costs import cost_table
from chainsim.engine import simpy_engine
from chainsim.errors import ScenarioError
from chainsim.results.frames import frames
from chainsim.results.store import read_manifest, read_table
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.bench import Bench
from chainsim.study.study import Plan, plan, run, run_on
from chainsim.theory import evaluate

BASE_STOCK = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-02-20, warm_up: 5 days, seed: 5, policies: [more]}
parts: {item: {price: 1 CNY}}
warehouses:
  store: {stocks: item, stock: base_stock(6), costs: {holding: 1 CNY/day, backorder: 10 CNY/day}}
outside: {factory: {lead_time: 4 days}}
markets: {customers: {buys: item, at: store, rate: 1/day, arrivals: poisson}}
policies:
  more: {change: {warehouses.store.stock: base_stock(9)}}
"""


def two(base: list[float], policy: list[float]) -> dict[str, np.ndarray]:
    return {"none": np.array(base, dtype=float), "p": np.array(policy, dtype=float)}


def test_half_width_is_that_of_the_comparison() -> None:
    """Law and Kelton's ten numbers: 1.34 +- 0.24 at 90 % is sqrt(0.17 / 10) times t; here at 95 %, t(9) = 2.262."""
    values = np.array([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09])
    assert half_width(values) == pytest.approx(2.262157 * math.sqrt(values.var(ddof=1) / 10), rel=1e-6)
    assert half_width(np.array([3.0, 3.0])) == 0.0


def test_skewness_is_known_where_it_is_known() -> None:
    assert skewness(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(0, abs=1e-12)
    assert skewness(np.array([5.0, 5.0, 5.0])) == 0
    # by hand: mean 2, squares 1 1 4 / 3 = 2 ... of (1, 1, 4): g1 = 1 / sqrt(2), times sqrt(3 * 2) / 1
    assert skewness(np.array([1.0, 1.0, 4.0])) == pytest.approx(math.sqrt(3))
    assert skewness(np.random.default_rng(1).exponential(size=200_000)) == pytest.approx(2, abs=0.05)


def test_a_difference_that_does_not_vary_is_known_after_two_looks() -> None:
    asked = Precision(0.01, "m")
    values = two(list(range(1, 31)), list(range(3, 33)))
    assert not asked.reached({name: each[: FEWEST + BATCH - 1] for name, each in values.items()})
    assert asked.reached({name: each[: FEWEST + BATCH] for name, each in values.items()})
    assert asked.worst(values) == ("p", 0.0)


def test_both_looks_must_find_it_small() -> None:
    """Small at 30 but not at 20 is not enough; at 40 it is."""
    noise = np.tile([1.0, -1.0], 20)
    base = np.full(40, 100.0)
    values = {"none": base, "p": base + noise}
    at = {n: half_width(noise[:n]) / 100 for n in (20, 30, 40)}
    share = (at[20] + at[30]) / 2
    share /= 1 - share  # what is asked for is tightened to share / (1 + share)
    asked = Precision(share, "m")
    assert not asked.reached({name: each[:30] for name, each in values.items()})
    assert asked.reached(values)


def test_the_share_is_tightened() -> None:
    noise = np.tile([1.0, -1.0], 10)
    values = {"none": np.full(20, 10.0), "p": 10.0 + noise}
    width = half_width(noise[:10]) / 10  # the wider of the two looks
    assert not Precision(width, "m").reached(values)
    assert not Precision(0.999 * width / (1 - width), "m").reached(values)
    assert Precision(1.001 * width / (1 - width), "m").reached(values)


def test_the_worst_policy_decides() -> None:
    noise = np.tile([1.0, -1.0], 20)
    values = {"none": np.full(40, 100.0), "quiet": 100 + noise / 100, "loud": 100 + 50 * noise}
    asked = Precision(0.05, "m")
    assert asked.worst(values)[0] == "loud"
    assert not asked.reached(values)
    assert asked.reached({name: each for name, each in values.items() if name != "loud"})


def test_skewed_differences_take_more_runs() -> None:
    """One large value in forty: G1 = 6.3, so that 25 G1 squared is about a thousand."""
    rare = np.zeros(40)
    rare[7] = 1.0
    even = np.tile([1.0, -1.0], 20) * rare.std()
    rare_and_even = [{"none": np.full(40, 0.4), "p": 0.4 + each} for each in (rare, even)]
    assert SKEWED * skewness(rare) ** 2 > 900
    assert [Precision(0.5, "m").reached(values) for values in rare_and_even] == [False, True]
    ample = {"none": np.full(40, 4.0), "p": 4.0 + rare}
    assert Precision(0.5, "m").reached(ample)


def test_alone_the_baseline_itself_is_to_be_precise() -> None:
    values = {"none": 100 + np.tile([1.0, -1.0], 20)}
    assert list(differences(values)) == ["none"]
    assert Precision(0.01, "m").reached(values)
    assert not Precision(0.0001, "m").reached(values)


def test_a_mean_of_zero_has_no_relative_precision() -> None:
    assert Precision(0.5, "m").worst(two([0.0] * 10, list(range(10)))) == ("p", math.inf)
    assert Precision(0.5, "m").worst(two([0.0] * 10, [0.0] * 10)) == ("p", 0.0)


@pytest.mark.parametrize(
    ("wanted", "at_most", "looks"),
    [(3, 35, [10, 20, 30, 35]), (25, 1000, [25, 35, 45]), (50, 20, [50]), (2, 5, [5])],
)
def test_looks_come_at_fixed_numbers(wanted: int, at_most: int, looks: list[int]) -> None:
    asked = Precision(0.01, "m", at_most)
    found = [asked.first(wanted)]
    while len(found) < len(looks):
        found.append(asked.next(found[-1]))
    assert found == looks
    assert asked.next(at_most) == at_most


# ---------------------------------------------------------------------------------------- coverage


COST = "base_stock_cost(demand_rate=1, lead_time=4, level={}, holding_cost=1, backorder_cost=10)"


def costs(file: Path, size: int) -> dict[str, np.ndarray]:
    """Cost a day of each policy in `size` replications on common luck; after the lead time a day is like any other."""
    file.write_text(BASE_STOCK, encoding="utf-8")
    found = {}
    for policy in ("none", "more"):
        network = build(load(file), () if policy == "none" else (policy,))
        runs = (frames(network, simpy_engine.run(network, number)) for number in range(size))
        found[policy] = np.array([float(pd.DataFrame(cost_table(run))["per_day_cny"].sum()) for run in runs])
    return found


def truth() -> float:
    """The exact difference between the two levels (Poisson demand during the lead time)."""
    low, high = (evaluate(COST.format(level))[0] for level in (6, 9))
    return high - low


def sequential(asked: Precision, values: dict[str, np.ndarray]) -> int:
    """Replications that a study ends with, the values of all possible ones given."""
    runs = asked.first(1)
    while not asked.reached({name: each[:runs] for name, each in values.items()}) and asked.next(runs) > runs:
        runs = asked.next(runs)
    return runs


def naive(asked: Precision, values: dict[str, np.ndarray]) -> int:
    """The same by the bare rule: the first look at which the half-width is small."""
    runs = FEWEST
    while half_width(values["more"][:runs] - values["none"][:runs]) > asked.share * abs(values["none"][:runs].mean()):
        runs += 1
    return runs


def coverage(
    pool: dict[str, np.ndarray], true: float, rule: Callable[[Precision, dict[str, np.ndarray]], int], studies: int
) -> float:
    """Share of sequential studies, drawn without replacement from a pool of runs, whose interval holds the truth."""
    draws = np.random.default_rng(2015)
    asked = Precision(0.12, "cost_per_day", at_most=400)
    held = 0
    for _ in range(studies):
        order = draws.permutation(len(pool["none"]))[:500]
        values = {name: each[order] for name, each in pool.items()}
        runs = rule(asked, values)
        assert runs < 400
        difference = values["more"][:runs] - values["none"][:runs]
        held += abs(float(difference.mean()) - true) <= half_width(difference)
    return held / studies


@pytest.mark.nightly
def test_its_intervals_hold_the_truth_on_simulated_costs(tmp_path: Path) -> None:
    """400 studies, standard error 1.2 points, and about 1.5 more because the pool is small: 90 % is 2 below 93."""
    pool = costs(tmp_path / "base-stock.yaml", 600)
    skew = skewness(pool["more"] - pool["none"])
    assert skew < -0.5  # it is hard for Student's t
    assert coverage(pool, truth(), sequential, 400) >= 0.90


@pytest.mark.nightly
def test_its_intervals_hold_the_truth_in_93_of_100_studies(tmp_path: Path) -> None:
    """1,000 studies from 20,000 runs: standard error 0.7 points."""
    pool = costs(tmp_path / "base-stock.yaml", 20_000)
    assert coverage(pool, truth(), sequential, 1000) >= 0.93


def test_the_bare_rule_would_not_do_on_skewed_differences() -> None:
    """Exponential differences around a baseline that does not vary: 1,000 studies, standard error about one point."""
    luck = np.random.default_rng(7).exponential(4.0, 50_000)
    pool = {"none": np.full(50_000, 8.0), "more": 8.0 + luck}
    careful, bare = (coverage(pool, 4.0, rule, 1000) for rule in (sequential, naive))
    assert careful >= 0.90
    assert bare < 0.89


# ---------------------------------------------------------------------------------------- whole studies


@pytest.fixture
def study(small: Path) -> Plan:
    return plan(load(small), ["buy_local"])


@pytest.mark.nightly
def test_a_sequential_study_is_the_fixed_one_of_as_many_replications(study: Plan, small: Path) -> None:
    """Looks at 10 and 20; the tables are those of twenty replications."""
    looks: list[tuple[int, int, str, float]] = []
    asked = Precision(0.5, "final_sales")
    found = run_on(Bench(1), study, until=asked, looked=lambda *look: looks.append(look))
    fixed = run(plan(load(small), ["buy_local"], range(20)), jobs=1)
    assert [look[:3] for look in looks] == [(10, 20, "buy_local"), (20, 20, "buy_local")]
    assert found.reached
    for name, table in fixed.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table, check_exact=True)


def test_at_the_limit_it_stops_and_says_so(study: Plan) -> None:
    found = run_on(Bench(1), study, until=Precision(1e-9, "final_sales", at_most=12))
    assert not found.reached
    assert len(found.trials) == 2 * 12


def test_where_the_mean_is_zero_another_measure_is_asked_for(study: Plan) -> None:
    with pytest.raises(ScenarioError, match="relative to the baseline's mean, which is 0"):
        run_on(Bench(1), study, until=Precision(0.01, "starved"))


@pytest.mark.parametrize(("at_most", "code"), [("20", 0), ("11", 1)])
def test_the_command_ends_with_1_where_the_precision_was_not_reached(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], at_most: str, code: int
) -> None:
    words = ["run", str(small), "-j", "1", "-p", "buy_local", "--until-precision", "50%", "--at-most", at_most]
    assert _run([*words, "--out", str(tmp_path / "run")], debug=True) == code
    said = capsys.readouterr().err
    assert "after 10 replications (buy_local)" in said
    assert ("the precision was not reached within 11 replications" in said) == (code == 1)
    manifest = read_manifest(tmp_path / "run")
    assert manifest["replications"] == list(range(1, int(at_most) + 1))
    assert len(read_table(tmp_path / "run", "kpis")["replication"].unique()) == int(at_most)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--until-precision", "0%"], "above 0 %"),
        (["--until-precision", "abc"], "--until-precision"),
        (["--until-precision", "1%", "--precision-of", "city_revenu"], "did you mean 'city_revenue'"),
        (["--until-precision", "1%", "--replication", "3"], "runs one alone"),
        (["--at-most", "30"], "go with --until-precision"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    small: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert _run(["run", str(small), *options], debug=True) == 2
    assert told in capsys.readouterr().err
