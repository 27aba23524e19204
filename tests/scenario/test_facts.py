"""Facts stay facts: what has not happened is shown as a target or a plan, and series are never one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.scenario.load import Loaded, load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALL = """\
chainsim: 1
facts: facts.csv
study: {start: 2024-01-01, end: 2024-02-01}
parts:
  car: {price: {value: 100 CNY, source: price}}
plants:
  works: {makes: car}
markets:
  buyers: {buys: car, rate: {value: 10/day, source: sales, confidence: derived}}
"""


def loaded(tmp_path: Path, facts: str) -> Loaded:
    (tmp_path / "facts.csv").write_text(facts, encoding="utf-8")
    file = tmp_path / "scenario.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return load(file)


def confidence(of: Loaded) -> dict[str, str]:
    return {row.path: row.confidence for row in of.assumptions()}


@pytest.mark.parametrize("kind", ["target", "plan"])
def test_a_number_backed_by_what_has_not_happened_says_so_whatever_the_scenario_calls_it(
    tmp_path: Path, kind: str
) -> None:
    found = confidence(loaded(tmp_path, f"id,value,confidence,kind\nprice,100,H,measured\nsales,3650,M,{kind}\n"))
    assert found == {"parts.car.price": "measured H", "markets.buyers.rate": f"{kind} M"}


def test_a_table_without_kinds_is_read_as_before(tmp_path: Path) -> None:
    found = confidence(loaded(tmp_path, "id,value,confidence,source\nprice,100,H,derived from sales\nsales,3650,M,x\n"))
    assert found == {"parts.car.price": "derived H", "markets.buyers.rate": "derived"}


def test_an_unknown_kind_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, "id,value,kind\nprice,100,mesured\nsales,1,target\n")
    assert "facts.csv:2" in str(caught.value)
    assert "did you mean 'measured'" in str(caught.value)


def test_above_scale_revenue_and_the_target_of_the_13_chains_are_two_series() -> None:
    with (SCENARIOS / "jinan_facts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of = {row["id"]: row for row in rows}
    revenue = {row["series"] for row in rows if row["id"].startswith("city_rev_")}
    assert len(revenue) == 1
    assert of["chains_target_2025"]["series"] not in revenue
    assert of["chains_target_2025"]["kind"] == "target"
    kinds: dict[str, set[bool]] = {}
    for row in rows:
        if row["series"]:
            kinds.setdefault(row["series"], set()).add(row["kind"] == "target")
    assert all(len(found) == 1 for found in kinds.values()), "no series joins targets to what happened"


def test_no_number_of_the_shipped_baseline_rests_on_a_target() -> None:
    assert not [row.path for row in load(SCENARIOS / "byd.yaml").assumptions() if row.confidence.startswith("target")]
    ahead = load(SCENARIOS / "byd-2025.yaml").assumptions()
    assert {row.path for row in ahead if row.confidence.startswith("target")} == {"markets.buyers.yearly.2025"}
