"""Policies share their luck: what is added or changed in one place leaves the draws of every other place alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from chainsim.model import state
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.study import Result, plan, run
from chainsim.study.trial import Extras

SHORT_OF_STEEL = "firms.steel city 01.finished_stock=0 days"


def simulate(path: Path, *settings: str) -> Result:
    return run(plan(load(path, settings), [], [0]), jobs=1, extras=Extras(log=True))


@pytest.fixture(scope="module")
def base(small: Path) -> Result:
    return simulate(small)


@pytest.mark.parametrize("use", ["another part", "the same part, no share"])
def test_an_unused_supplier_group_changes_no_other_row(small: Path, tmp_path: Path, base: Result, use: str) -> None:
    text = small.read_text(encoding="utf-8")
    if use == "another part":
        text = text.replace("  ore:  ", "  seat: {price: 100 CNY}\n  ore:  ")
        group = "  aaa: {makes: seat, count: 3, ring: city, capacity: 5/day}\n"
    else:
        group = "  aaa: {makes: motor, count: 3, ring: city, share: 0%, capacity: 5/day, lead_time: 1 ± 0.2 days}\n"
    text = text.replace("\n  电机:", f"\n{group}  电机:")
    (tmp_path / "more.yaml").write_text(text, encoding="utf-8")
    more = simulate(tmp_path / "more.yaml")
    added = {f"aaa {number:02d}" for number in (1, 2, 3)}
    for name, firms in (("firms", ["firm"]), ("lanes", ["buyer", "supplier"]), ("stocks", ["firm"])):
        table = more.tables[name]
        kept = table[~table[firms].isin(added).any(axis=1)].reset_index(drop=True)
        assert len(kept) < len(table) or (name, use) == ("lanes", "another part")
        pd.testing.assert_frame_equal(kept, base.tables[name], check_exact=True)
    for name in ("daily", "kpis", "multipliers"):
        pd.testing.assert_frame_equal(more.tables[name], base.tables[name], check_exact=name != "multipliers")


def lead_times(path: Path, *settings: str) -> dict[tuple[str, str, int], int]:
    """Ticks from dispatch to receipt by buyer, supplier and number of the order on that lane."""
    loaded = load(path, settings)
    network = build(loaded)
    tables = run(plan(loaded, [], [0]), jobs=1, extras=Extras(log=True)).tables
    orders = tables["orders"].set_index("order")
    events = tables["events"]
    shipped = events[events["kind"] == state.SHIPPED].drop_duplicates("order").set_index("order")["tick"]
    received = events[events["kind"] == state.RECEIVED].drop_duplicates("order").set_index("order")["tick"]
    found = {}
    for order, ticks in (received - shipped).dropna().items():
        row = orders.loc[order]
        lane = network.lanes[int(row["lane"])]
        names = [network.firms[network.stocks[stock].firm].name for stock in (lane.buyer, lane.supplier)]
        found[names[0], names[1], int(row["draw"])] = int(ticks)
    return found


@pytest.mark.parametrize(
    "setting",
    [SHORT_OF_STEEL, "plants.works.component_stock=9 days"],
)
def test_another_stock_rule_leaves_every_draw_alone(small: Path, setting: str) -> None:
    """The n-th order on each lane has the same lead time, although it is placed at another time."""
    before, after = lead_times(small), lead_times(small, setting)
    both = before.keys() & after.keys()
    assert len(both) > 300
    assert len({buyer for buyer, *_ in both}) > 5
    assert [key for key in both if before[key] != after[key]] == []
    assert len(set(before.values())) > 100


def test_the_stock_rule_did_change_something(small: Path, base: Result) -> None:
    other = simulate(small, SHORT_OF_STEEL)
    assert not other.tables["events"].equals(base.tables["events"])


def test_a_policy_without_effect_is_the_baseline(small: Path) -> None:
    tables = run(plan(load(small), ["untouched", "none"], [0, 1]), jobs=1).tables
    assert set(tables["comparison"]["verdict"]) == {"exactly equal"}
    assert (tables["comparison"]["difference"] == 0).all()


def test_more_replications_leave_the_first_ones_alone(small: Path) -> None:
    loaded = load(small)
    two, three = (run(plan(loaded, ["buy_local"], range(n)), jobs=1).tables for n in (2, 3))
    for name in two:
        if "replication" in two[name]:
            first = three[name][three[name]["replication"] <= 2].reset_index(drop=True)
            pd.testing.assert_frame_equal(first, two[name], check_exact=True)


def test_another_seed_is_another_run(small: Path, base: Result) -> None:
    other = simulate(small, "study.seed=8")
    assert not other.tables["kpis"]["value"].equals(base.tables["kpis"]["value"])
