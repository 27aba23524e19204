"""The shipped case: what is known of BYD Jinan, and the reference tables that say when any number moves.

`make reference` writes results/reference/byd anew; then say in CHANGELOG.md what moved and why.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd
import pytest

from chainsim.scenario.load import Loaded, load
from chainsim.study.study import Result, plan, run

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results" / "reference" / "byd"
LABELS = ["policy", "measure"]


@functools.cache
def byd() -> Loaded:
    return load(ROOT / "scenarios" / "byd.yaml")


@functools.cache
def study() -> Result:
    """One replication of the baseline and of every policy of the study."""
    return run(plan(byd(), None, [0]), jobs=1)


def baseline(name: str) -> pd.DataFrame:
    table = study().tables[name]
    return table[table["policy"] == "none"]


# What is known.


def test_yearly_deliveries_meet_the_totals_they_are_fitted_to() -> None:
    daily = baseline("daily")
    years = daily.groupby(daily["date"].str[:4])["delivered_units"].sum()
    assert years["2023"] == pytest.approx(240_000, rel=0.03)
    assert years["2024"] == pytest.approx(360_000, rel=0.03)


def test_january_to_july_2023_was_held_out_and_is_met() -> None:
    daily = baseline("daily")
    held_out = daily.loc[daily["date"] < "2023-08-01", "delivered_units"].sum()
    assert held_out == pytest.approx(121_600, rel=0.10)


def test_the_city_multiplier_is_plausible() -> None:
    found = baseline("multipliers").set_index(["ring", "measure", "group"])["simulated"]
    assert 1.2 <= found["city", "gross output", "apart"] <= 1.6
    assert 1.0 <= found["city", "gross output", "consolidated"] < found["city", "gross output", "apart"]
    assert found["city", "gross output", "apart"] < found["province", "gross output", "apart"] < 3
    assert 0.19 < found["city", "value added", "apart"] < 0.5


def test_the_firms_are_as_many_as_is_known() -> None:
    firms = baseline("firms")
    rings = firms[firms["kind"].isin(["supplier", "chain_master"])].groupby("ring").size()
    assert rings["city"] < 123
    assert 380 <= rings.sum() <= 420
    generated = firms[firms["generated"]]
    assert generated["firm"].str.fullmatch(r"[a-z ]+ (city|province) \d\d").all()


def test_every_number_has_a_source_or_says_that_it_is_assumed() -> None:
    loaded = byd()
    rows = loaded.assumptions()
    assert len(rows) > 150
    for row in rows:
        assert row.source == "assumed" or row.source in loaded.facts, row
        assert row.confidence, row
    sourced = {row.path for row in rows if row.source != "assumed"}
    assert {"markets.buyers.yearly.2023", "markets.buyers.yearly.2024", "parts.vehicle.price"} <= sourced
    unexplained = [row.path for row in rows if row.source == "assumed" and not row.note]
    assert [path for path in unexplained if ".change." not in path] == []  # a policy is a question, not a fact


def test_no_subsidy_wins_by_itself() -> None:
    """Paying sooner moves no goods; a policy may well make things worse."""
    comparison = study().tables["comparison"].set_index(["policy", "measure"])["difference"]
    assert comparison["pay_in_60_days", "final_sales"] == 0
    assert comparison["pay_in_60_days", "orders"] == 0
    assert comparison["pay_in_60_days", "city_receivables"] < 0
    assert comparison["buy_local", "final_sales"] < 0
    assert comparison["battery_outage", "fill_rate"] < 0


# The reference tables.


def fixed(table: pd.DataFrame, decimals: dict[str, int]) -> bytes:
    """CSV with a fixed number of decimals in each column that is named."""
    text = table.copy()
    for column, places in decimals.items():
        text[column] = [f"{value + 0.0:.{places}f}" for value in table[column].round(places)]
    return text.to_csv(index=False, lineterminator="\n").encode()


def kpis() -> bytes:
    return fixed(study().tables["kpis"].drop(columns="replication"), {"value": 6})


def multipliers() -> bytes:
    table = study().tables["multipliers"].drop(columns="replication")
    return fixed(table, {"simulated": 6, "leontief": 6, "difference": 6})


def groups() -> bytes:
    firms = study().tables["firms"]
    firms = firms[firms["kind"].isin(["supplier", "chain_master"])]
    money = ["revenue_cny", "revenue_outside_group_cny", "purchases_cny", "value_added_cny"]
    found = firms.groupby(["policy", "tier", "category", "ring"], sort=False)
    sums = found[[*money, "orders"]].sum()
    sums.insert(0, "firms", found.size())
    sums["utilisation"] = found["utilisation"].mean()
    return fixed(sums.reset_index(), {**dict.fromkeys(money, 2), "utilisation": 4})


def months() -> bytes:
    daily = study().tables["daily"]
    found = daily.assign(month=daily["date"].str[:7]).groupby(["policy", "month"], sort=False)
    columns = ["demanded_units", "delivered_units", "revenue_city_cny", "revenue_province_cny"]
    decimals = {"demanded_units": 0, "delivered_units": 0, "revenue_city_cny": 2, "revenue_province_cny": 2}
    return fixed(found[columns].sum().reset_index(), decimals)


def effects() -> bytes:
    table = study().tables["effects"].drop(columns="replication")
    return fixed(table, {"cny": 2, "per_yuan": 6, "additional_cny": 2})


TABLES = {"kpis": kpis, "multipliers": multipliers, "groups": groups, "months": months, "effects": effects}


@pytest.mark.parametrize("name", TABLES)
def test_reference_table_is_the_same_to_the_byte(name: str, refresh: bool) -> None:
    path = REFERENCE / f"{name}.csv"
    found = TABLES[name]()
    if refresh:
        REFERENCE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found)
    assert path.is_file(), "make reference"
    expected = path.read_bytes().replace(b"\r\n", b"\n")
    if found != expected:
        pairs = zip(expected.decode().splitlines(), found.decode().splitlines(), strict=False)
        moved = [f"- {was}\n+ {now}" for was, now in pairs if was != now]
        pytest.fail(
            f"{len(moved)} lines of {path.relative_to(ROOT)} moved; if that is meant, `make reference` and say why in "
            "CHANGELOG.md\n" + "\n".join(moved[:5])
        )


def test_reference_tables_are_small_and_all_described() -> None:
    sizes = {path.name: path.stat().st_size for path in REFERENCE.iterdir()}
    assert set(sizes) == {f"{name}.csv" for name in TABLES}
    assert sum(sizes.values()) < 100_000
    text = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    for name in TABLES:
        columns = (REFERENCE / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert f"### {name}.csv" in text
        assert [column for column in columns if f"`{column}`" not in text] == []


def test_every_column_of_a_run_is_described() -> None:
    text = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    for name, table in study().tables.items():
        assert f"### {name}\n" in text
        assert [column for column in table.columns if f"`{column}`" not in text] == [], name
