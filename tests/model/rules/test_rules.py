"""Single rules of the rulebook in small situations."""

from __future__ import annotations

import pytest

from chainsim.model import rules
from chainsim.model.state import CONSUMED, PLACED, RECEIVED, SHIPPED, STARTED, STARVED
from chainsim.testing import Run, Sketch, assert_every_law, rows_of, simulate


def shop(horizon: int = 12, servers: int | None = None, level: int = 0, need: int = 1, **component: int) -> Sketch:
    """Makes to order one item a day from one component from outside, which takes 3 days."""
    capacity = {} if servers is None else {"servers": servers}
    return (
        Sketch(horizon)
        .make("shop", "item", time=1, batch=1, **capacity)
        .buy("shop", "part", "item", need, "outside", level, time=3, **component)
        .market("market", "item", "shop", every=1, quantity=1)
    )


def orders_for_parts(run: Run) -> list[tuple[int, int]]:
    """(tick, quantity) of every order to the outside source."""
    lane = next(k for k, lane in enumerate(run.network.lanes) if run.network.stocks[lane.supplier].role == "outside")
    return [(row.tick, row.quantity) for row in rows_of(run.log) if (row.kind, row.entity) == (PLACED, lane)]


def starts(run: Run) -> list[int]:
    return [row.tick for row in rows_of(run.log) if row.kind == STARTED]


@pytest.mark.parametrize(
    ("on_hand", "on_order", "backorders", "committed", "position"),
    [(5, 0, 0, 0, 5), (0, 4, 0, 0, 4), (0, 4, 6, 0, -2), (3, 4, 0, 2, 5), (0, 0, 0, 0, 0)],
)
def test_inventory_position(on_hand: int, on_order: int, backorders: int, committed: int, position: int) -> None:
    assert rules.inventory_position(on_hand, on_order, backorders, committed) == position


def test_a_line_without_limits_orders_the_components_of_all_waiting_work_at_once() -> None:
    """Buying to order delays by one lead time; it does not let through one order a lead time."""
    run = simulate(shop().network())
    assert orders_for_parts(run) == [(day, 1) for day in range(12)]
    assert starts(run) == list(range(3, 12))
    assert_every_law(run)


def test_a_finite_line_orders_for_what_its_free_servers_could_start() -> None:
    """Two servers, no stock: parts for two jobs are ordered, two jobs start 3 days later, take 1 day, and so
    on."""
    run = simulate(shop(servers=2).network())
    assert orders_for_parts(run) == [(0, 1), (1, 1), (4, 1), (5, 1), (8, 1), (9, 1)]
    assert starts(run) == [3, 4, 7, 8, 11]
    assert_every_law(run)


def test_components_wait_for_the_line_in_an_outage_and_are_not_ordered_for_the_queue() -> None:
    """The line stands still from day 2 to day 8: the base stock fills up and the queue orders nothing on
    top."""
    sketch = shop(level=4, servers=1).speed_at(2, "shop", "item", 0).speed_at(8, "shop", "item", 1)
    run = simulate(sketch.network())
    assert [tick for tick, _ in orders_for_parts(run)] == [0, 1, 8, 9, 10, 11]
    assert starts(run) == [0, 1, 8, 9, 10, 11]


def test_a_line_that_starves_for_what_it_no_longer_needs_starts_on_that_day() -> None:
    sketch = shop(4, level=0).need_at(2, "shop", "item", "part", 0)
    run = simulate(sketch.network())
    assert starts(run) == [2, 2, 2, 3]
    assert not [row for row in rows_of(run.log) if row.kind == CONSUMED]
    assert_every_law(run)


def test_a_line_that_starves_again_after_a_change_says_so_again() -> None:
    """It waits for a part, needs none for two days, and waits for the same part again; nothing arrived in
    between."""
    sketch = shop(9, servers=1, level=0).lane("shop", "outside", "part", time=8)
    sketch.need_at(2, "shop", "item", "part", 0).need_at(4, "shop", "item", "part", 2)
    run = simulate(sketch.network())
    assert [row.tick for row in rows_of(run.log) if row.kind == STARVED] == [0, 4, 8]
    assert_every_law(run)


def test_a_line_that_needs_more_than_it_waited_for_orders_the_rest() -> None:
    """One part was ordered for the job that waits; from day 2 it needs three."""
    sketch = shop(9, servers=1, level=0).need_at(2, "shop", "item", "part", 3)
    run = simulate(sketch.network())
    assert orders_for_parts(run)[:2] == [(0, 1), (2, 2)]
    assert starts(run)[0] == 5
    assert_every_law(run)


def test_a_larger_batch_that_lacks_components_orders_them() -> None:
    """Jobs of 4, one server: from day 1 they start 4 at a time, not one by one."""
    sketch = Sketch(9).make("shop", "item", servers=1, batch=1).buy("shop", "part", "item", 1, "outside", time=2)
    sketch.market("market", "item", "shop", every=20, quantity=4).batch_at(1, "shop", "item", 0, 4)
    run = simulate(sketch.network())
    assert orders_for_parts(run) == [(0, 1), (1, 3)]
    assert starts(run) == [3]
    assert_every_law(run)


def test_changing_the_review_there_and_back_leaves_one_review_a_period() -> None:
    """Every 7 days, continuous from day 2, every 7 days again from day 4: the review that was due on day 7 is
    void."""
    sketch = shop(21, level=30, review=7)
    sketch.review_at(2, "shop", "part", "bought", 0).review_at(4, "shop", "part", "bought", 7)
    run = simulate(sketch.network())
    assert orders_for_parts(run) == [(2, 2), (2, 1), (3, 1), (11, 7), (18, 7)]


def test_changing_the_review_period_takes_effect_after_the_review_that_is_due() -> None:
    sketch = shop(21, level=30, review=7).review_at(2, "shop", "part", "bought", 5)
    run = simulate(sketch.network())
    assert [tick for tick, _ in orders_for_parts(run)] == [7, 12, 17]


def test_a_change_of_shares_counts_lots_from_zero() -> None:
    """No supplier has to catch up with what it would have had."""
    sketch = Sketch(8).make("shop", "item").buy("shop", "part", "item", 1, {"outside1": 1_000_000, "outside2": 0}, 9)
    sketch.market("market", "item", "shop", every=1, quantity=1)
    sketch.share_at(4, "shop", "part", {"outside1": 500_000, "outside2": 500_000})
    run = simulate(sketch.network())
    placed = [row.entity for row in rows_of(run.log) if row.kind == PLACED and row.entity != 0]
    assert placed[:4] == [1, 1, 1, 1]
    assert sorted(placed[4:6]) == sorted(placed[6:8]) == [1, 2]


def test_open_orders_keep_their_price_and_terms() -> None:
    """Terms change on day 2 while the order of day 0 is under way; only orders of day 2 and later have the
    new ones."""
    sketch = shop(6, level=2).terms_at(2, "shop", "outside", "part", 60, 999)
    run = simulate(sketch.network())
    by_day = {int(row[3]): (int(row[4]), int(row[5])) for row in run.log.orders if row[0] == 1}
    assert by_day == {0: (1, 0), 1: (1, 0), 2: (999, 60), 3: (999, 60), 4: (999, 60), 5: (999, 60)}


def test_an_order_is_delivered_in_parts_as_stock_allows() -> None:
    """4 are ordered, 2 batches of 2 are made a day apart: two deliveries, one order."""
    sketch = Sketch(5).make("shop", "item", time=1, servers=1, batch=2)
    sketch.market("market", "item", "shop", every=9, quantity=4, time=1)
    run = simulate(sketch.network())
    sent = [(row.tick, row.order, row.quantity) for row in rows_of(run.log) if row.kind == SHIPPED]
    there = [(row.tick, row.order, row.quantity) for row in rows_of(run.log) if row.kind == RECEIVED]
    assert sent == [(1, 0, 2), (2, 0, 2)]
    assert there == [(2, 0, 2), (3, 0, 2)]


def test_without_demand_and_with_stocks_at_target_nothing_happens() -> None:
    sketch = shop(50, level=5, review=7)
    network = sketch.market("market", "item", "shop", every=1, plan=((0, 0.0), (100, 0.0))).network()
    assert len(simulate(network).log.events) == 0


def test_stocks_below_their_level_are_filled_without_any_demand() -> None:
    sketch = Sketch(20).make("shop", "item", 5, on_hand=1, time=1)
    sketch.buy("shop", "part", "item", 2, "outside", 6, on_hand=0, time=3)
    sketch.market("market", "item", "shop", every=1, plan=((0, 0.0), (100, 0.0)))
    run = simulate(sketch.network())
    assert run.end is not None
    assert [stock.on_hand for stock in run.end.stocks if stock.role in (0, 1)] == [5, 6]
    assert_every_law(run)
