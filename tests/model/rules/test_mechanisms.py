"""Small networks in which a rule of the mechanisms was once wrong; each names the law that found it."""

from __future__ import annotations

from dataclasses import replace

from chainsim.model import rules, state
from chainsim.model.network import WHOLE_SHARE, Change, Forecast, Network
from chainsim.records import ORDER_COLUMNS
from chainsim.testing import Run, Sketch, assert_every_law, rows_of, serial, simulate
from chainsim.testing.stepper import Stepper


def told(run: Run, *kinds: int) -> list[tuple[int, ...]]:
    """(tick, kind, entity, quantity) of the rows of some kinds."""
    return [(row.tick, row.kind, row.entity, row.quantity) for row in rows_of(run.log) if row.kind in kinds]


def judged(network: Network) -> Run:
    run = simulate(network)
    assert_every_law(run)
    return run


def test_an_outside_source_behind_a_blocked_lane_makes_nothing() -> None:
    """An order goes through its life in order: a source has no line to release anything to."""
    run = judged(
        Sketch(20)
        .make("shop", "item", 2, time=1)
        .buy("shop", "ore", "item", 1, "outside", 2, time=1)
        .market("market", "item", "shop", every=2)
        .shock("storm", [("shop", "outside", "ore")], [(0, 8)], wait=3)
        .network()
    )
    assert {entity for _, _, entity, _ in told(run, state.RELEASED)} == {run.network.lines[0].stock}


def test_a_batch_that_is_done_outlives_a_second_change_of_speed_on_its_tick() -> None:
    """Every batch finishes after its processing time: 6 ticks of work from tick 0, two shocks on tick 6."""
    run = judged(
        Sketch(30)
        .make("shop", "item", time=6, servers=1, batch=1)
        .market("market", "item", "shop", every=100)
        .shock("eases", [("shop", "item")], [(WHOLE_SHARE // 2, 5)], wait=6)
        .shock("stops", [("shop", "item")], [(0, 9)], wait=6)
        .network()
    )
    assert [row[0] for row in told(run, state.FINISHED)] == [6]


def test_an_insolvent_firm_releases_nothing() -> None:
    """An insolvent firm does nothing, although its customers go on ordering."""
    run = judged(
        Sketch(60)
        .make("shop", "item", 2, time=1)
        .market("market", "item", "shop", every=1, terms=50)
        .purse("shop", 0, patience=5, fixed=10, month=10, year=120)
        .network()
    )
    assert [row[0] for row in told(run, state.INSOLVENT)] == [20]
    assert max(row[0] for row in told(run, state.RELEASED)) < 20
    assert max(row[0] for row in told(run, state.PLACED)) > 50


def test_a_closed_stock_point_goes_on_replenishing() -> None:
    """A continuously reviewed position never stays at its reorder point: what is ordered while it is closed is made."""
    run = judged(
        Sketch(20)
        .make("shop", "item", 2, time=1)
        .market("market", "item", "shop", every=2)
        .shock("closed", [("shop", "item", "stock")], [(0, 9)], wait=3)
        .network()
    )
    assert {row[0] for row in told(run, state.RELEASED)} >= {4, 6, 8, 10}
    assert not {row[0] for row in told(run, state.SHIPPED)} & set(range(3, 12))


def test_scrap_is_reordered_by_those_who_decide_on_their_echelon() -> None:
    """An echelon position is all that is downstream: what is scrap there is gone."""
    network = (
        Sketch(30)
        .make("shop", "item", 4, time=3, good="1/2", batch=4)
        .buy("shop", "part", "item", 1, "outside", 9, time=1, echelon=True)
        .market("market", "item", "shop", every=9, quantity=4)
        .network()
    )
    run = judged(network)
    scrapped = sum(row[3] for row in told(run, state.SCRAPPED))
    assert scrapped > 0
    assert told(run, state.PLACED)


def choosy(qualification: int) -> Sketch:
    """A ranked buyer whose first supplier stands still from tick 5 to 25."""
    return (
        Sketch(30)
        .make("east", "seat", 2, time=1)
        .make("west", "seat", 9, time=1)
        .make("plant", "car", 1, time=1)
        .buy("plant", "seat", "car", 1, {"east": WHOLE_SHARE, "west": 0}, 3, sourcing="ranked", switches=True)
        .lane("plant", "west", "seat", qualification=qualification, switching_cost=7)
        .market("market", "car", "plant", every=2)
        .shock("outage", [("east", "seat")], [(0, 20)], wait=5)
    )


def test_a_ranked_buyer_waits_until_its_substitute_is_qualified_and_books_the_switch() -> None:
    """Every lot goes to the supplier whose turn it is: orders every 2 ticks, the first need on tick 6."""
    run = judged(choosy(4).network())
    west = next(k for k, row in enumerate(run.network.lanes) if row.switching_cost)
    assert [row[0] for row in told(run, state.PLACED) if row[2] == west] == [10, 12, 14, 16, 18, 20, 22, 24]
    assert told(run, state.SWITCHED) == [(10, state.SWITCHED, west, 7)]


def test_a_switch_is_paid_out_of_the_buyer_s_cash() -> None:
    """The log adds up to the state, cash included."""
    run = judged(choosy(4).purse("plant", 1000).network())
    free = judged(choosy(4).purse("plant", 1000).lane("plant", "west", "seat", switching_cost=0).network())
    assert run.end is not None
    assert free.end is not None
    assert free.end.purses[0].cash - run.end.purses[0].cash == 7


def test_a_supplier_behind_a_blocked_lane_has_no_room_for_what_it_has_on_hand() -> None:
    """Final demand that another supplier has room for is not lost with the first, whose lane is blocked."""
    run = judged(
        Sketch(20)
        .make("east", "item", 9, time=1, backlog=0)
        .make("west", "item", 9, time=1)
        .market("market", "item", {"east": WHOLE_SHARE, "west": 0}, every=2, sourcing="ranked")
        .shock("storm", [("market", "east", "item")], [(0, 10)], wait=3)
        .network()
    )
    assert told(run, state.LOST) == []


def test_final_demand_behind_a_blocked_lane_does_not_count_what_is_on_hand() -> None:
    """4 are on hand; of 2 wanted on tick 10 one may wait until the storm is over on tick 15, the other is lost."""
    run = judged(
        Sketch(20)
        .make("shop", "item", 4, time=1, backlog=1)
        .market("market", "item", "shop", every=10, quantity=2)
        .shock("storm", [("market", "shop", "item")], [(0, 10)], wait=5)
        .network()
    )
    assert [row[::3] for row in told(run, state.LOST)] == [(10, 1)]
    assert [row[::3] for row in told(run, state.SHIPPED)] == [(0, 2), (15, 1)]


def test_a_forecast_sees_every_fraction_of_what_is_released() -> None:
    """Forecast levels are those of the demand: a quarter of a component for each product, one product at a time."""
    forecast = Forecast("moving_average", 2, 8, 8, 0)
    run = judged(
        Sketch(41)
        .make("shop", "item", 2, time=1)
        .buy("shop", "part", "item", "1/4", "outside", 5, time=1, forecast=forecast)
        .market("market", "item", "shop", every=1)
        .network()
    )
    assert run.end is not None
    part = next(stock for stock in run.end.stocks if stock.forecast)
    assert part.order_up_to == 5 + 2


def test_a_period_of_a_forecast_is_that_long_from_the_first_on() -> None:
    """Orders of 5 a day, a period of one day: the first forecast is 5, not the 10 of two days' orders."""
    forecast = Forecast("moving_average", 1, 1, 1, 5)
    for review in (0, 1):
        live = Stepper(
            Sketch(30)
            .make("shop", "item", 20, time=1, review=2)
            .buy("shop", "part", "item", 1, "outside", 0, time=1, review=review, forecast=forecast)
            .market("market", "item", "shop", every=1, quantity=5)
            .network()
        )
        part = next(stock for stock in live.state.stocks if stock.forecast)
        seen = []
        for _ in range(7):
            live.advance(1)
            seen.append(part.order_up_to)
        assert max(seen) == 10  # reviewed every second day, the product is released for two
        assert seen[-6:] in ([10, 0] * 3, [0, 10] * 3)


def test_new_safety_stock_is_added_to_what_is_foreseen_not_to_what_was_cut_off_at_nothing() -> None:
    """An autoregression that foresees 8 less than 0: with 3 of safety stock nothing, with 10 just 2."""
    forecast = Forecast("autoregressive", WHOLE_SHARE, 4, 0, 8)
    live = Stepper(
        Sketch(30)
        .make("shop", "item", 3, time=1, forecast=forecast)
        .market("market", "item", "shop", every=100)
        .levels_at(10, "shop", "item", "made", 0, 10)
        .levels_at(11, "shop", "item", "made", 0, 1)
        .network()
    )
    made = next(stock for stock in live.state.stocks if stock.forecast)
    live.advance(9)
    assert made.order_up_to == 0
    live.advance(1)
    assert made.order_up_to == 2
    live.advance(1)
    assert made.order_up_to == 0


def test_the_weight_of_exponential_smoothing_can_change() -> None:
    """With weight 1 the forecast is the last period's demand."""
    forecast = Forecast("exponential", 1, 2, 2, 0)
    run = judged(
        Sketch(20)
        .make("shop", "item", 0, time=1, forecast=forecast)
        .market("market", "item", "shop", every=2, quantity=6)
        .forecast_at(9, "shop", "item", "made", WHOLE_SHARE, 2)
        .network()
    )
    assert run.end is not None
    assert [stock.order_up_to for stock in run.end.stocks if stock.forecast] == [6]


def test_deliveries_in_order_do_not_overtake_what_was_under_way_at_the_start() -> None:
    """Deliveries that keep their order never cross: sent on tick 0 with one tick to go, behind one due on tick 6."""
    run = judged(
        Sketch(20)
        .make("shop", "item", 0)
        .buy("shop", "part", "item", 1, "outside", 9, time=1, on_hand=0)
        .lane("shop", "outside", "part", in_order=True)
        .under_way("shop", "outside", "part", 6, 4)
        .market("market", "item", "shop", every=30)
        .network()
    )
    assert [(row[0], row[3]) for row in told(run, state.RECEIVED)][:2] == [(6, 4), (6, 5)]


def test_after_a_change_of_priorities_no_buyer_overtakes_its_own_earlier_order() -> None:
    """First come, first served among equals: three orders wait, then the second buyer falls behind the first."""
    sketch = Sketch(40).make("shop", "item", 0, time=30, servers=1, batch=1, allocation="priority")
    sketch.market("other", "item", "shop", plan=((0, 0.0), (1, 1.0), (2, 1.0)), every=100)
    sketch.market("own", "item", "shop", plan=((0, 0.0), (40, 4.0)), every=8)
    sketch.rank_at(4, "other", "item", {"shop": 0}, priority=2)
    live = Stepper(sketch.network())
    live.advance(20)
    queue, o = [], next(stock.queue_head for stock in live.state.stocks if stock.role == state.MADE)
    while o >= 0:
        placed = live.state.placed[live.state.orders[o].number][ORDER_COLUMNS.index("placed")]
        queue.append((live.state.orders[o].lane, placed))
        o = live.state.orders[o].next
    own = [placed for lane, placed in queue if live.network.lanes[lane].priority == 0 and lane == queue[-1][0]]
    assert own == sorted(own)


def test_serial_echelons_hold_their_position() -> None:
    """Three stages on their echelon positions keep every law."""
    network = serial(60, (3, 7, 12), (2, 3, 4), rate=0.8, seed=8)
    stocks = tuple(replace(point, echelon=point.role == "bought") for point in network.stocks)
    judged(replace(network, stocks=stocks))


def test_a_change_of_shares_that_sum_to_less_still_places_what_was_shared_out() -> None:
    """No lot is given to a lane and then forgotten."""
    live = Stepper(
        Sketch(20)
        .make("east", "item", 9)
        .make("west", "item", 9)
        .market("market", "item", {"east": 500_000, "west": 500_000}, every=100, quantity=1)
        .network()
    )
    live.change(Change(0, state.SET_LANE_SHARE, 0, (100_000, 0, 0)))
    live.act(lambda s, tick: rules.step(s, tick, state.DEMAND, live.network.markets[0].stock, 8, 0))
    assert [lane.pending for lane in live.state.lanes] == [0, 0]


def test_a_timed_line_starts_more_batches_on_a_tick_than_one_event_may() -> None:
    """300 wanted at once, a server for each, 2 ticks each: all start on tick 0, in two events."""
    run = judged(
        Sketch(9)
        .make("shop", "item", time=2, batch=1, closed=[(5, 6)])
        .market("market", "item", "shop", every=100, quantity=300)
        .network()
    )
    assert rules.MOST_STARTS < 300
    assert [row[0] for row in told(run, state.STARTED)] == [0] * 300
    assert [row[0] for row in told(run, state.FINISHED)] == [2] * 300


def test_who_has_no_supplier_left_orders_nothing() -> None:
    """All shares are 0 from tick 4 on; or the ranks of all are below 0."""
    sketch = (
        Sketch(9)
        .make("east", "item", 9)
        .make("west", "item", 9)
        .market("shares", "item", {"east": 500_000, "west": 500_000}, every=2)
        .market("ranks", "item", {"east": 1_000_000, "west": 0}, every=2, sourcing="ranked")
        .share_at(4, "shares", "item", {"east": 0, "west": 0})
        .rank_at(4, "ranks", "item", {"east": -1, "west": -2})
    )
    placed = told(simulate(sketch.network()), state.PLACED)
    assert sorted(row[0] for row in placed) == [0, 0, 2, 2]


def test_a_claim_that_is_sold_brings_its_amount_less_the_fee() -> None:
    """1000 fen in 4 ticks at 12 % a year of 120: 4 fen stay with the bank."""
    run = judged(
        Sketch(9)
        .part("item", price=1000)
        .make("shop", "item", 9)
        .market("market", "item", "shop", every=100, terms=4)
        .purse("shop", 0, discount=120_000, month=100, year=120)
        .network()
    )
    assert run.end is not None
    assert run.end.purses[0].cash == 996


def test_the_least_growth_is_growth_and_needs_a_busy_line() -> None:
    """A line that is always at work expands after its window, be it by a millionth; an idle one does not."""

    def grown(every: int) -> list[int]:
        run = judged(
            Sketch(12)
            .make("shop", "item", time=2, servers=1, batch=1)
            .market("market", "item", "shop", every=every)
            .growth("shop", "item", 5, WHOLE_SHARE // 2, 1)
            .network()
        )
        return [row[0] for row in told(run, state.GROWN)]

    assert grown(every=2) == [5]
    assert grown(every=100) == []
