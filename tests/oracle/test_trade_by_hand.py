"""Small chains of trade, written as scenarios and calculated by hand: order by order, fen by fen."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainsim.economy.leontief import compile_network
from chainsim.model.network import Network
from chainsim.model.state import PLACED, RECEIVED, SHIPPED, SWITCHED
from chainsim.results.frames import frames
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.tabulation import tabulate
from chainsim.testing import Run, assert_every_law, rows_of, simulate


def compiled(tmp_path: Path, text: str) -> Network:
    path = tmp_path / "scenario.yaml"
    path.write_text("chainsim: 1\n" + text, encoding="utf-8")
    return build(load(path))


def played(tmp_path: Path, text: str) -> Run:
    return simulate(compiled(tmp_path, text))


def moves(run: Run, kind: int) -> list[tuple[int, str, str, int]]:
    """(day, seller, buyer, quantity) of every log row of a kind, in the order of the log."""
    net = run.network
    result = []
    for row in rows_of(run.log):
        if row.kind == kind:
            lane = net.lanes[row.entity]
            names = [net.firms[net.stocks[stock].firm].name for stock in (lane.supplier, lane.buyer)]
            result.append((row.tick, names[0], names[1], row.quantity))
    return result


def between(run: Run, kind: int, seller: str, buyer: str) -> list[tuple[int, int]]:
    return [(day, quantity) for day, one, other, quantity in moves(run, kind) if (one, other) == (seller, buyer)]


TEA = """
study: {start: 2024-01-01, end: 2024-01-05, tick: 1 day}
parts:
  tea: {price: 10 CNY}
outside:
  growers: {lead_time: 2 days, freight: 1 CNY}
warehouses:
  depot: {stocks: tea, stock: "s_S(3, 12)", lead_time: 1 day, price: 12 CNY, freight: 0.5 CNY, allocation: priority}
  east: {stocks: tea, from: depot, stock: base_stock(6), price: 15 CNY, priority: 2}
  west: {stocks: tea, from: depot, stock: base_stock(4), price: 16 CNY}
markets:
  easterners: {buys: tea, at: east, rate: 3/day}
  westerners: {buys: tea, at: west, rate: 2/day}
"""


def test_one_warehouse_serves_two_retailers(tmp_path: Path) -> None:
    """The shops sell 3 and 2 a day and order as much.  The depot opens with 12, of which 10 are under way.

    Day 0: 5 of these arrive, 7 - 5 = 2 are left.  Day 1: 5 more arrive, 2 are left, none on order: it orders 10, there
    on day 3.  Day 2: 2 are there for 5; west goes first and has its 2, east waits.  Day 3: 10 arrive, east gets what it
    waited for, then both; 2 are left, 10 more are ordered.
    """
    run = played(tmp_path, TEA)
    assert between(run, PLACED, "growers", "depot") == [(1, 10), (3, 10)]
    assert between(run, SHIPPED, "depot", "west") == [(0, 2), (1, 2), (2, 2), (3, 2)]
    assert between(run, SHIPPED, "depot", "east") == [(0, 3), (1, 3), (3, 3), (3, 3)]
    assert between(run, RECEIVED, "depot", "east") == [(0, 3), (1, 3), (2, 3)]
    assert between(run, RECEIVED, "east", "easterners") == [(day, 3) for day in range(4)]
    assert between(run, RECEIVED, "west", "westerners") == [(day, 2) for day in range(4)]
    assert_every_law(run)


def test_a_trade_margin_is_sales_less_goods_and_freight(tmp_path: Path) -> None:
    """Day by day until day 3 the depot delivers 5, 5, 5 and 2: 17 x (12 - 10 - 1).  East sells 12 for 15, bought for
    12.50 with freight; west 8 for 16."""
    run = played(tmp_path, TEA)
    firms = tabulate(frames(run.network, run.log))["firms"].set_index("firm")
    money = firms.loc[["depot", "east", "west"], ["revenue_cny", "materials_sold_cny", "value_added_cny"]]
    expected = pd.DataFrame(
        {"depot": [204.0, 187, 17], "east": [180.0, 150, 30], "west": [128.0, 100, 28]}, index=money.columns
    ).T
    pd.testing.assert_frame_equal(money, expected, check_names=False)
    assert list(firms.loc[["depot", "east"], "kind"]) == ["supplier", "supplier"]


def test_every_yuan_of_sales_is_margin_or_bought_outside(tmp_path: Path) -> None:
    """A day's sales are 3 x 15 + 2 x 16 = 77.  Outputs 60, 45, 32; margins 5 x 1, 3 x 2.5, 2 x 3.5; outside 50 for the
    growers and 5 + 2.5 for the carriers: 19.5 + 57.5 = 77."""
    model = compile_network(compiled(tmp_path, TEA))
    assert model.output * 77 == pytest.approx([60, 45, 32])
    assert model.value_added * model.output * 77 == pytest.approx([5, 7.5, 7])
    assert (model.outside * model.output).sum() * 77 == pytest.approx(57.5)
    inverse = np.linalg.inv(np.eye(3) - model.purchases)
    assert np.abs((model.value_added + model.outside) @ inverse - 1).max() < 1e-12
    assert model.identity_error < 1e-12


def test_buyers_who_pay_differently_are_averaged_by_what_they_buy(tmp_path: Path) -> None:
    """East pays 12 for 3 a day and west 9 for 2: the depot's output is 54 a day of 77, and its margin 54 - 55."""
    text = TEA + "lanes: [{buyer: west, supplier: depot, price: 9 CNY}]\n"
    run = played(tmp_path, text.replace("01-05", "02-01"))
    model = compile_network(run.network)
    assert model.output * 77 == pytest.approx([54, 45, 32])
    assert model.value_added * model.output * 77 == pytest.approx([-1, 7.5, 13])
    table = tabulate(frames(run.network, run.log))["multipliers"].set_index(["ring", "measure", "group"])
    # 30 days of 77; the depot has not delivered the last day's 5 yet, less what was under way at the start: nothing.
    assert table.loc[("city", "value added", "apart"), "leontief"] == pytest.approx(19.5 / 77)
    assert table.loc[("city", "value added", "apart"), "simulated"] == pytest.approx(19.5 / 77, rel=0.02)


OVERFLOW = """
study: {start: 2024-01-01, end: 2024-01-05, tick: 1 day}
parts:
  tea: {price: 10 CNY}
outside:
  growers: {lead_time: 2 days}
warehouses:
  first: {stocks: tea, stock: base_stock(5), backlog: 1, rank: 1}
  second: {stocks: tea, stock: base_stock(9), rank: 2}
markets:
  drinkers: {buys: tea, at: [second, first], sourcing: priority, rate: 8/day}
"""


def test_what_the_first_has_no_room_for_goes_to_the_second(tmp_path: Path) -> None:
    """Day 0: the first one's 5 are still under way; it takes the 1 that may wait, the second the other 7.  Day 1: 5
    arrive, 1 leaves for who waited, there is room for 4 + 1 of 8.  Then the same again."""
    run = played(tmp_path, OVERFLOW)
    assert between(run, PLACED, "first", "drinkers") == [(0, 1), (1, 5), (2, 1), (3, 5)]
    assert between(run, PLACED, "second", "drinkers") == [(0, 7), (1, 3), (2, 7), (3, 3)]
    assert between(run, RECEIVED, "first", "drinkers") == [(1, 1), (1, 4), (2, 1), (3, 1), (3, 4)]


def test_without_a_limit_nothing_overflows(tmp_path: Path) -> None:
    run = played(tmp_path, OVERFLOW.replace("backlog: 1, ", ""))
    assert between(run, PLACED, "first", "drinkers") == [(day, 8) for day in range(4)]
    assert between(run, PLACED, "second", "drinkers") == []


def test_what_nobody_has_room_for_waits_with_the_first(tmp_path: Path) -> None:
    """The second has 9 and lets nobody wait: of 20 it takes 9, the first 1 + 10; lost is what is above their limits."""
    text = OVERFLOW.replace("rank: 2", "rank: 2, backlog: none").replace("8/day", "20/day")
    run = played(tmp_path, text.replace("01-05", "01-02"))
    assert between(run, PLACED, "first", "drinkers") == [(0, 11)]
    assert between(run, PLACED, "second", "drinkers") == [(0, 9)]


STEEL = """
study: {start: 2024-01-01, end: 2024-01-13, tick: 1 day}
parts:
  car: {price: 100 CNY, needs: {steel: 1}}
  steel: {price: 20 CNY}
plants:
  works: {makes: car, switching: {cost: 10_000 CNY, qualification: 2 days}}
suppliers:
  mill: {makes: steel, share: 100%, capacity: 100_000/day}
  spare: {makes: steel, standby: true}
markets:
  buyers: {buys: car, rate: 1/day}
disruptions:
  fire: {from: 2024-01-03, until: 2024-01-07, change: {suppliers.mill.capacity: 0/day}}
  flood: {from: 2024-01-09, until: 2024-01-11, change: {suppliers.mill.capacity: 0/day}}
"""


@pytest.mark.parametrize("sourcing", ["shares", "whole_orders", "priority"])
def test_a_standby_steps_in_once_it_is_qualified(tmp_path: Path, sourcing: str) -> None:
    """The mill burns from day 2 to 5.  On day 2 the standby begins to qualify; orders of days 2 and 3 wait at the mill.
    It may deliver from day 4 on.  In the flood of days 8 and 9 it is qualified already.  Turning to it costs twice."""
    text = STEEL.replace("{makes: car,", f"{{makes: car, sourcing: {sourcing},")
    text = text.replace("share: 100%,", "share: 100%, rank: 1,") if sourcing == "priority" else text
    run = played(tmp_path, text)
    assert between(run, PLACED, "mill", "works") == [(day, 1) for day in (0, 1, 2, 3, 6, 7, 10, 11)]
    assert between(run, PLACED, "spare", "works") == [(day, 1) for day in (4, 5, 8, 9)]
    assert moves(run, SWITCHED) == [(4, "spare", "works", 1_000_000), (8, "spare", "works", 1_000_000)]
    # One car a day until the fire is over; then the mill delivers what it owes.
    assert [day for day, _ in between(run, RECEIVED, "works", "buyers")] == [0, 1, 4, 5, 6, 6, *range(6, 12)]


def test_without_switching_everybody_waits_for_the_mill(tmp_path: Path) -> None:
    text = STEEL.replace(", switching: {cost: 10_000 CNY, qualification: 2 days}", "").replace(
        ", standby: true", ", share: 0%"
    )
    run = played(tmp_path, text)
    assert [day for day, _ in between(run, RECEIVED, "mill", "works")] == [0, 1, 6, 6, 6, 6, 6, 7, 10, 10, 10, 11]
    assert moves(run, SWITCHED) == []


OFFERS = """
study: {start: 2024-01-01, end: 2024-01-04, tick: 1 h}
parts:
  car: {price: 100 CNY, needs: {steel: 2}}
  steel: {price: 20 CNY}
plants:
  works: {makes: car, sourcing: RULE, district: South}
suppliers:
  close: {makes: steel, lead_time: 2 h, freight: 9 CNY, district: South}
  cheap: {makes: steel, lead_time: 30 h, freight: 1 CNY, district: North}
markets:
  buyers: {buys: car, rate: 1/day}
"""


@pytest.mark.parametrize(
    ("rule", "chosen", "hours", "freight"), [("cheapest", "cheap", 30, 100), ("nearest", "close", 2, 900)]
)
def test_the_cheapest_or_nearest_gets_every_order(
    tmp_path: Path, rule: str, chosen: str, hours: int, freight: int
) -> None:
    """Price and freight are 29 and 21; freight is a column of the orders."""
    run = played(tmp_path, OFFERS.replace("RULE", rule))
    assert [(seller, quantity) for _, seller, _, quantity in moves(run, PLACED) if seller != "works"] == [
        (chosen, 2)
    ] * 3
    orders = [run.log.orders[row.order].tolist() for row in rows_of(run.log) if row.kind == PLACED]
    assert {order[7] for order in orders if order[4] == 2_000} == {freight}
    arrived = between(run, RECEIVED, chosen, "works")
    assert arrived == [(day * 24 + hours, 2) for day in range(3) if day * 24 + hours < 72]


def test_a_pair_of_districts_changes_who_is_near(tmp_path: Path) -> None:
    text = OFFERS.replace("RULE", "nearest") + "transport: [{from: South, to: North, lead_time: 1 h, freight: 5 CNY}]\n"
    run = played(tmp_path, text)
    assert between(run, RECEIVED, "cheap", "works") == [(day * 24 + 1, 2) for day in range(3)]
    assert {order[7] for order in run.log.orders.tolist() if order[4] == 2_000} == {500}


@pytest.mark.parametrize("crossing", [True, False])
def test_deliveries_overtake_each_other_only_where_they_may(tmp_path: Path, crossing: bool) -> None:
    """Each order keeps the time that was drawn for it; without crossing it arrives no earlier than those before it."""
    text = """
study: {start: 2024-01-01, end: 2024-07-01, seed: 3, tick: 1 h, opening: empty}
parts:
  tea: {price: 10 CNY}
outside:
  growers: {lead_time: 4 ± 3 days, crossing: CROSSING}
warehouses:
  depot: {stocks: tea, stock: base_stock(20)}
markets:
  drinkers: {buys: tea, at: depot, rate: 2/day}
"""
    free, run = (played(tmp_path, text.replace("CROSSING", word)) for word in ("true", str(crossing).lower()))
    own = {row.order: row.tick for row in rows_of(free.log) if row.kind == RECEIVED and row.entity == 0}
    arrived = {row.order: row.tick for row in rows_of(run.log) if row.kind == RECEIVED and row.entity == 0}
    sent = [row.order for row in rows_of(run.log) if row.kind == SHIPPED and row.entity == 0]
    assert run.network.stocks[run.network.lanes[0].buyer].role == "bought"
    ticks = [arrived[order] for order in sent if order in arrived]
    if crossing:
        assert any(b < a for a, b in pairwise(ticks))
        assert arrived == own
    else:
        latest = 0
        for order in sent:
            latest = max(latest, own.get(order, latest))
            assert arrived.get(order, latest) == latest
