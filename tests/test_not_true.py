"""Plausible laws that are false: the scenarios of docs/not-true.md, shortened, still show each reversal.

What is asserted are directions and what is exact; the numbers of the page are those of the whole scenarios.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from chainsim.model.state import RECEIVED
from chainsim.scenario.load import load
from chainsim.study import study
from chainsim.study.trial import Extras

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "scenarios" / "counterexamples"
PAGE = ROOT / "docs" / "not-true.md"


def tables(name: str, *settings: str, policy: str = "none") -> dict[str, pd.DataFrame]:
    """The tables of one replication of one policy, with the log."""
    loaded = load(FOLDER / f"{name}.yaml", list(settings))
    found = study.run(study.plan(loaded, [policy], [0]), jobs=1, extras=Extras(log=True)).tables
    return {key: table[table.policy == policy] if "policy" in table else table for key, table in found.items()}


def measure(of: dict[str, pd.DataFrame], name: str) -> float:
    kpis = of["kpis"]
    return float(kpis[kpis.measure == name].value.iloc[0])


def cell(table: pd.DataFrame, column: str, **where: Any) -> float:
    for key, value in where.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return float(table[column].iloc[0])


def test_every_counterexample_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [path.name for path in FOLDER.glob("*.yaml") if path.name not in text] == []


def test_more_capacity_does_not_calm_a_chain() -> None:
    """Orders to the mill vary less than demand behind a narrow line, and more than it behind a wide one."""
    ratios = []
    for capacity in ("103/day", "110/day", "130/day"):
        stocks = tables("more-capacity-more-bullwhip", f"plants.works.capacity={capacity}", "study.end=2025-01-01")[
            "stocks"
        ]
        orders = cell(stocks, "order_variance", part="steel")
        ratios.append(orders / cell(stocks, "demand_variance", part="item"))
    assert ratios[0] < 0.8 < 1 < ratios[1] < 1.5 < ratios[2]


def test_a_higher_local_share_does_not_always_bring_more_local_revenue() -> None:
    """Within the capacity of the city it does; beyond it the plant waits, and the city loses more than it gains."""
    revenue = [
        measure(tables("local-share", f"suppliers.motor.share={share}", "study.end=2024-07-01"), "city_revenue")
        for share in ("30%", "40%", "50%", "60%")
    ]
    assert revenue[0] < revenue[1]
    assert revenue[0] > revenue[2] > revenue[3]


def test_splitting_a_line_is_not_neutral() -> None:
    """A job waits less for one of three lines, and is done sooner on one that is three times as fast."""
    fast = ("plants.workshop.lines=1", "plants.workshop.process_time=exponential(20 min)")
    three, one = (tables("split-line", *settings, "study.end=2025-07-01") for settings in ((), fast))
    assert cell(three["lines"], "mean_queue_days") < cell(one["lines"], "mean_queue_days")
    assert measure(three, "mean_delay") > measure(one, "mean_delay")


def test_more_stock_at_one_shop_harms_another() -> None:
    """Both live off a works that is too small: what one loses less, the other loses more."""
    less, more = (
        tables("shared-stock", f"warehouses.east.stock=base_stock({level})", "study.end=2025-01-01")["markets"]
        for level in (10, 20)
    )
    east, west = "eastern customers", "western customers"
    assert cell(more, "lost_share", market=east) < cell(less, "lost_share", market=east) / 2
    assert cell(more, "lost_share", market=west) > cell(less, "lost_share", market=west) * 1.5
    assert more.delivered_units.sum() == pytest.approx(less.delivered_units.sum(), rel=0.01)


@pytest.mark.parametrize(("crossing", "in_order"), [("true", False), ("false", True)])
def test_what_is_ordered_first_does_not_always_arrive_first(crossing: str, in_order: bool) -> None:
    """On a faster road goods overtake those that left before it opened, unless the lane keeps their order."""
    found = tables("overtaking", f"outside.factory.crossing={crossing}", policy="new_road")
    received = found["events"][found["events"].kind == RECEIVED].merge(found["orders"][["order", "placed", "lane"]])
    from_factory = received[received.lane == received.lane.max()]
    days = [(int(row.placed) // 86_400, int(row.tick) // 86_400) for row in from_factory.itertuples()]
    assert ([placed for placed, _ in days] == sorted(placed for placed, _ in days)) == in_order
    assert ((60, 62) in days) != in_order
    assert ((60, 75) in days) == in_order


def test_a_shorter_lead_time_does_not_always_save_money() -> None:
    """With a level that nobody adjusts, what was under way is now kept in stock."""
    costs = [
        measure(tables("mistuned", f"outside.factory.lead_time={days} days", "study.end=2026-01-01"), "cost_per_day")
        for days in (4, 2, 1)
    ]
    assert costs[0] < costs[1] < costs[2]
