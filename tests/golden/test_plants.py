"""Sinotruk's plant, and both plants of Jinan with the suppliers that they share: what is known, and what comes out."""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim
from chainsim.cli.new import TEMPLATES
from chainsim.scenario.load import Loaded, load
from chainsim.scenario.network.demand import cumulative
from chainsim.study.study import Result, plan, run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = ("sinotruk", "jinan")
SHARED = {"electronics", "interior", "metal", "plastics", "components", "chemicals"}
STEEL = {"steel Laiwu", "steel Gangcheng"}
START = {"sinotruk": date(2024, 1, 1), "jinan": date(2024, 7, 1)}  # of Jinan half a year, in which it is busiest
YEAR, END = date(2024, 1, 1), date(2025, 1, 1)
RAMP = {"sinotruk": [], "jinan": ["policies.byd_ramps.from=2024-07-01"]}


@functools.cache
def loaded(name: str) -> Loaded:
    return load(SCENARIOS / f"{name}.yaml")


@functools.cache
def study(name: str) -> Result:
    """One replication of the baseline; in Jinan also of the policy under which one plant crowds out the other."""
    cut = load(SCENARIOS / f"{name}.yaml", [f"study.start={START[name]}", *RAMP[name]])
    return run(plan(cut, ["byd_ramps"] if name == "jinan" else [], [0]), jobs=1)


def rows(name: str, table: str, policy: str = "none") -> pd.DataFrame:
    found = study(name).tables[table]
    return found[found["policy"] == policy]


def firms(name: str) -> pd.DataFrame:
    """Chain masters and suppliers."""
    found = rows(name, "firms")
    return found[found["kind"].isin(["supplier", "chain_master"])]


# What the files say.


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_valid_without_a_warning(name: str) -> None:
    assert loaded(name).warnings == ()
    for policy in loaded(name).scenario.study.policies:
        loaded(name).timeline([policy])


@pytest.mark.parametrize("name", FILES)
def test_every_number_has_a_source_or_says_that_it_is_assumed(name: str) -> None:
    numbers = loaded(name).assumptions()
    assert len(numbers) > 400
    for row in numbers:
        assert row.source == "assumed" or row.source in loaded(name).facts, row
        assert row.confidence, row
    sources = {row.path: row.source for row in numbers}
    for path in ("parts.truck.price", "plants.sinotruk.capacity", "markets.hauliers.yearly.2024"):
        assert sources[path] == "sinotruk_laiwu"
    unexplained = [row.path for row in numbers if row.source == "assumed" and not row.note]
    assert [path for path in unexplained if ".change." not in path] == []  # a policy is a question, not a fact


def test_what_the_plants_do_not_share_is_as_in_their_own_files() -> None:
    """But for the public costs, the dates and targets of policies, and what is said of the region."""
    alone = {row.path: (row.value, row.source) for name in ("byd", "sinotruk") for row in loaded(name).assumptions()}
    parts = {path: value for path, value in both().items() if path.startswith(("parts.", "plants.", "markets."))}
    kits = {f"parts.{part}.{key}" for part in ("electronics", "interior") for key in ("price", "lot")}
    assert {path for path, value in parts.items() if alone.get(path) != value} == kits
    own = {
        path: value
        for path, value in both().items()
        if path.startswith("suppliers.") and path.split(".")[1] not in SHARED
    }
    assert len(own) > 250
    assert [path for path, value in own.items() if alone.get(path) != value] == []


def test_shared_suppliers_are_as_many_as_byd_alone_has() -> None:
    alone = {row.path: (row.value, row.source) for row in loaded("byd").assumptions()}
    shared = {path: value for path, value in both().items() if path.split(".")[1] in SHARED and "suppliers" in path}
    moved = [path for path, value in shared.items() if alone[path] != value]
    assert moved == ["suppliers.electronics.capacity", "suppliers.interior.capacity"]


def both() -> dict[str, tuple[str, str]]:
    return {row.path: (row.value, row.source) for row in loaded("jinan").assumptions()}


def test_the_firms_are_as_many_as_is_known() -> None:
    """30 suppliers on the site in Laiwu, about 500 stable ones anywhere, 123 auto and parts firms in all of Jinan."""
    alone, together = firms("sinotruk"), firms("jinan")
    assert ((alone["ring"] == "city") & (alone["tier"] == 1) & (alone["kind"] == "supplier")).sum() == 30
    assert len(alone) < 500
    assert ((together["ring"] == "city") & ~together["category"].isin(STEEL)).sum() < 123
    for found in (alone, together):
        assert found.loc[found["generated"], "firm"].str.fullmatch(r"[A-Za-z ]+ (city |province )?\d\d").all()


# What comes out.


def test_the_plans_meet_the_known_totals() -> None:
    markets = loaded("jinan").scenario.markets
    assert cumulative(markets["buyers"], YEAR, 366)[-1] == pytest.approx(360_000)
    for name in FILES:
        assert cumulative(loaded(name).scenario.markets["hauliers"], YEAR, 366)[-1] == pytest.approx(100_000)


@pytest.mark.parametrize("name", FILES)
def test_the_baseline_delivers_what_is_planned_and_waits_for_nothing(name: str) -> None:
    """Within 2 %, which is 2.7 standard deviations of what noise of 10 % a day leaves over half a year."""
    markets = rows(name, "markets").set_index("market")
    for market, found in markets.iterrows():
        planned = cumulative(loaded(name).scenario.markets[str(market)], START[name], (END - START[name]).days)[-1]
        assert found["delivered_units"] == pytest.approx(planned, rel=0.02)
    assert (markets["fill_rate"] > 0.999).all()
    kpis = rows(name, "kpis").set_index("measure")["value"]
    assert kpis["starved"] == 0


@pytest.mark.parametrize("name", FILES)
def test_the_multipliers_are_plausible(name: str) -> None:
    found = rows(name, "multipliers").set_index(["ring", "measure", "group"])["simulated"]
    assert 1.2 <= found["city", "gross output", "apart"] <= 1.6
    assert 1.0 <= found["city", "gross output", "consolidated"] < found["city", "gross output", "apart"]
    assert found["city", "gross output", "apart"] < found["province", "gross output", "apart"] < 3
    assert 0.19 < found["city", "value added", "apart"] < 0.5


def test_laiwu_makes_no_more_than_its_industry_did() -> None:
    """130.7 bn CNY of gross output in 2024 (d_laiwu_2024), of which the plant planned 35 (sinotruk_laiwu)."""
    laiwu = firms("sinotruk").groupby("district")["revenue_cny"].sum()["Laiwu"]
    assert 35e9 * 0.98 < laiwu < 130.7e9


def test_both_plants_are_chains_and_share_suppliers() -> None:
    by_chain = rows("jinan", "groups").query("by == 'chain'").set_index("name")["revenue_cny"]
    assert set(by_chain.index) - {""} == {"new energy vehicles", "heavy trucks", "shared"}
    assert by_chain.get("", 0.0) == 0  # whoever was drawn by no buyer is in no chain
    assert (by_chain.drop("", errors="ignore") > 1e9).all()
    working = firms("jinan").query("revenue_cny > 0")
    found = working.groupby("category")["chain"].agg(set)
    assert {category for category, chains in found.items() if "shared" in chains} == SHARED
    assert found["electronics"] == found["interior"] == {"shared"}
    assert found["battery"] == {"new energy vehicles"}
    assert all(found[mill] == {"heavy trucks"} for mill in STEEL)
    assert set(firms("sinotruk").query("revenue_cny > 0")["chain"]) == {"heavy trucks"}


def test_one_plant_that_ramps_takes_shared_capacity_from_the_other() -> None:
    """Nobody wants more trucks, and their own suppliers are as before; yet trucks wait, for what cars need as well."""
    before, after = (rows("jinan", "markets", policy).set_index("market") for policy in ("none", "byd_ramps"))
    assert after.loc["hauliers", "demanded_units"] == before.loc["hauliers", "demanded_units"]
    assert after.loc["buyers", "demanded_units"] > 1.4 * before.loc["buyers", "demanded_units"]
    assert after.loc["hauliers", "fill_rate"] < before.loc["hauliers", "fill_rate"] - 0.01
    waits = rows("jinan", "stocks", "byd_ramps").query("firm == 'sinotruk' and starved_days > 0")
    assert set(waits["part"]) == {"interior"}


# What comes along.


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_folder_has_all_that_its_scenario_needs(template: str, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    done = CliRunner().invoke(chainsim, ["new", str(folder), "--template", template])
    assert done.exit_code == 0, done.output
    for file in folder.glob("*.yaml"):
        assert load(file).warnings == ()
    assert f"{template}.yaml" in done.output
