"""What must happen to a run when its network is changed in a known way."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from chainsim.engine import simpy_engine
from chainsim.model import state
from chainsim.model.arrivals import Arrivals, Listed, Regular
from chainsim.model.network import Change, Lane, Network, Purse, StockPoint
from chainsim.testing import Run, Sketch, networks, replay, rows_of, simulate
from chainsim.testing.chooser import Seeded
from chainsim.testing.random_networks import random_network


def with_times(network: Network, factor: int) -> Network:
    """Everything takes `factor` times as long."""

    def change(row: Change) -> Change:
        a, b, c = row.values
        if row.kind in (state.SET_LANE_TIME, state.SET_LANE_TERMS, state.SET_REVIEW, state.SET_LINE_TIME):
            a *= factor
        elif row.kind in (state.SET_LINE_SPEED, state.SET_FORECAST):
            b *= factor
        elif row.kind == state.SET_YIELD:
            c *= factor
        return replace(row, tick=row.tick * factor, values=(a, b, c))

    def slower(arrivals: Arrivals) -> Arrivals:
        if isinstance(arrivals, Listed):
            return Listed(tuple((tick * factor, quantity) for tick, quantity in arrivals.listed))
        return replace(arrivals, every=arrivals.every * factor) if isinstance(arrivals, Regular) else arrivals

    def longer(row: Any, *names: str) -> Any:
        return replace(row, **{name: getattr(row, name) * factor for name in names})

    def point(row: StockPoint) -> StockPoint:
        row = longer(row, "review")
        return replace(row, forecast=row.forecast and longer(row.forecast, "period", "protect"))

    def lane(row: Lane) -> Lane:
        row = longer(row, "lead_time", "terms")
        return longer(row, "qualification") if row.qualification > 0 else row

    def purse(row: Purse) -> Purse:
        row = longer(row, "month", "year")
        return longer(row, "patience") if row.patience > 0 else row

    return replace(
        network,
        horizon=network.horizon * factor,
        stocks=tuple(map(point, network.stocks)),
        lanes=tuple(map(lane, network.lanes)),
        lines=tuple(longer(x, "fixed", "ticks_per_quantum", "set_up") for x in network.lines),
        markets=tuple(
            replace(x, arrivals=slower(x.arrivals), plan=tuple((tick * factor, n) for tick, n in x.plan))
            for x in network.markets
        ),
        transits=tuple(longer(x, "tick") for x in network.transits),
        changes=tuple(change(x) for x in network.changes),
        calendars=tuple(tuple(longer(x, "begin", "end") for x in calendar) for calendar in network.calendars),
        shocks=tuple(
            replace(longer(x, "wait", "between"), stages=tuple(longer(stage, "wait") for stage in x.stages))
            for x in network.shocks
        ),
        growths=tuple(longer(x, "window", "build") for x in network.growths),
        purses=tuple(map(purse, network.purses)),
    )


def whole_ticks(network: Network) -> bool:
    """Without fractions of ticks, whose floors do not scale."""
    return all(line.ticks_per_quantum.denominator == 1 for line in network.lines)


@given(networks(luck=False, without=("partial", "growth")).filter(whole_ticks), st.sampled_from([2, 3, 1024]))
def test_all_times_multiplied_multiply_all_dates_and_nothing_else(network: Network, factor: int) -> None:
    base = simpy_engine.run(network, 0)
    slow = simpy_engine.run(with_times(network, factor), 0)
    assert (slow.events == base.events * [factor, 1, 1, 1, 1]).all()
    assert (slow.orders[:, [0, 1, 2, 4, 6]] == base.orders[:, [0, 1, 2, 4, 6]]).all()


@given(networks(without=("purses",)), st.integers(2, 9))
def test_all_prices_multiplied_multiply_all_prices_and_nothing_else(network: Network, factor: int) -> None:
    """Nobody buys less because it is dear: where nobody runs short of cash, money limits no flow."""

    def change(row: Change) -> Change:
        a, b, c = row.values
        return replace(row, values=(a, b * factor, c * factor)) if row.kind == state.SET_LANE_TERMS else row

    dear = replace(
        network,
        lanes=tuple(replace(lane, price=lane.price * factor, freight=lane.freight * factor) for lane in network.lanes),
        changes=tuple(change(row) for row in network.changes),
    )
    base, other = simpy_engine.run(network, 0), simpy_engine.run(dear, 0)
    assert (other.events == base.events).all()
    assert (other.orders == base.orders * [1, 1, 1, 1, factor, 1, 1, factor]).all()


@given(networks(without=("purses",)), st.integers(0, 400))
def test_payment_terms_change_no_flow_of_goods(network: Network, days: int) -> None:
    patient = replace(network, lanes=tuple(replace(lane, terms=lane.terms + days) for lane in network.lanes))
    assert (simpy_engine.run(patient, 0).events == simpy_engine.run(network, 0).events).all()


@given(st.integers(0, 8), st.integers(1, 6), st.integers(0, 6), st.integers(0, 2**32))
def test_k_more_in_base_stock_is_k_more_net_stock_at_every_moment(level: int, more: int, lead: int, seed: int) -> None:
    """One stage, backorders, no limit of capacity: net stock (on hand less backorders) is S less what is
    under way."""

    def net_stock(base_stock: int) -> dict[int, int]:
        sketch = Sketch(60, seed).make("shop", "item", base_stock, time=lead)
        run = simulate(sketch.market("market", "item", "shop", rate=0.8, quantity=2).network())
        made = next(p for p, point in enumerate(run.network.stocks) if point.role == "made")
        return {t: books.on_hand[made] - books.backorders[made] for t, row, books in replay(run) if row is None}

    small, large = net_stock(level), net_stock(level + more)
    assert all(large[tick] == small[tick] + more for tick in small.keys() & large.keys())


@given(st.integers(0, 8), st.integers(1, 6), st.integers(0, 2**32))
def test_more_base_stock_never_makes_anybody_wait_longer(level: int, more: int, seed: int) -> None:
    """One stage with random lead times and backorders, on the same draws."""
    from chainsim.model.distributions import Exponential

    def delivered(base_stock: int) -> np.ndarray:
        sketch = Sketch(80, seed).make("shop", "item", base_stock, time=Exponential(6.0), batch=1)
        events = simpy_engine.run(sketch.market("market", "item", "shop", rate=0.8).network(), 0).events
        rows = events[events[:, 1] == state.SHIPPED]
        return np.cumsum(np.bincount(rows[:, 0], weights=rows[:, 4], minlength=80))

    assert (delivered(level + more) >= delivered(level)).all()


@given(networks(without=("purses",)), st.integers(2, 9))
def test_all_money_multiplied_moves_no_flow_and_multiplies_every_payment(network: Network, factor: int) -> None:
    """With purses whose rates are 0, so that nothing is rounded."""
    firms = sorted({network.stocks[line.stock].firm for line in network.lines})
    base = replace(network, purses=tuple(Purse(firm, 40, 10, 5, 6, 3, month=9) for firm in firms))

    def dearer(row: Any, *names: str) -> Any:
        return replace(row, **{name: getattr(row, name) * factor for name in names})

    def change(row: Change) -> Change:
        a, b, c = row.values
        return replace(row, values=(a, b * factor, c * factor)) if row.kind == state.SET_LANE_TERMS else row

    dear = replace(
        base,
        lanes=tuple(dearer(lane, "price", "freight", "switching_cost") for lane in base.lanes),
        changes=tuple(map(change, base.changes)),
        growths=tuple(dearer(growth, "cost") for growth in base.growths),
        purses=tuple(dearer(purse, "cash", "credit", "floor", "fixed") for purse in base.purses),
    )
    one, other = simpy_engine.run(base, 0).events, simpy_engine.run(dear, 0).events
    assert (other[:, :4] == one[:, :4]).all()
    money = (state.SWITCHED, state.INVESTED, state.PAID, state.WRITTEN_OFF, state.SPENT, state.INSOLVENT)
    factors = np.where(np.isin(one[:, 1], money), factor, 1)
    assert (other[:, 4] == one[:, 4] * factors).all()


def received(run: Run, market: str) -> list[tuple[int, int]]:
    """(tick, quantity) of everything that reaches a market, summed by tick."""
    network = run.network
    firm = [f.name for f in network.firms].index(market)
    found: dict[int, int] = {}
    for row in rows_of(run.log):
        if row.kind == state.RECEIVED and network.stocks[network.lanes[row.entity].buyer].firm == firm:
            found[row.tick] = found.get(row.tick, 0) + row.quantity
    return sorted(found.items())


@given(st.integers(0, 9), st.integers(0, 4), st.integers(1, 3), st.integers(0, 2**32))
def test_a_warehouse_that_only_passes_on_changes_no_delivery(level: int, time: int, size: int, seed: int) -> None:
    """No stock, no lead time: who buys there has the same at the same time as who buys at the factory."""

    def shop() -> Sketch:
        return Sketch(60, seed).make("shop", "item", level, time=time, servers=2, batch=3)

    direct = shop().market("market", "item", "shop", rate=0.8, quantity=size, time=1)
    through = (
        shop().warehouse("depot", "item", "shop").market("market", "item", "depot", rate=0.8, quantity=size, time=1)
    )
    assert received(simulate(direct.network()), "market") == received(simulate(through.network()), "market")


@given(networks(without=("forecast", "shocks")))
def test_without_demand_and_with_stocks_at_their_levels_nothing_moves(network: Network) -> None:
    stocks = tuple(replace(x, on_hand=max(x.order_up_to, x.reorder_point + 1)) for x in network.stocks)
    markets = tuple(replace(x, plan=((0, 0.0), (1, 0.0)), arrivals=Listed(())) for x in network.markets)
    moved = (state.SET_LEVELS, state.SET_REVIEW)
    changes = tuple(x for x in network.changes if x.kind not in moved)
    still = replace(network, stocks=stocks, markets=markets, changes=changes, transits=())
    kinds = {row.kind for row in rows_of(simulate(still).log)}
    assert kinds <= {state.LINE_LEVEL, state.GROWN, state.INVESTED, state.SPENT, state.INTEREST, state.INSOLVENT}


@given(st.integers(0, 8), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3))
def test_two_markets_that_order_on_the_same_days_are_one_that_orders_the_sum(
    level: int, time: int, first: int, second: int
) -> None:
    """The stock sees the sum of what is due that day: net stock is the same at the end of every tick."""

    def net_stock(*sizes: int) -> list[tuple[int, int]]:
        sketch = Sketch(60).make("shop", "item", level, time=time)
        for number, size in enumerate(sizes):
            sketch.market(f"market {number}", "item", "shop", every=3, quantity=size)
        run = simulate(sketch.network())
        made = next(p for p, point in enumerate(run.network.stocks) if point.role == "made")
        return [(t, books.on_hand[made] - books.backorders[made]) for t, row, books in replay(run) if row is None]

    assert dict(net_stock(first, second)).items() == dict(net_stock(first + second)).items()


@example(random_network(Seeded(1247)))  # a line that starts more batches at once than one event may
@given(networks())
def test_what_is_switched_off_by_its_numbers_leaves_no_trace(network: Network) -> None:
    """A closure after the horizon, a shock that leaves everything, a growth out of reach: as if not there."""
    from chainsim.model.network import WHOLE_SHARE, Closure, Growth, Hit, Shock, Stage

    plain = replace(network, shocks=(), growths=(), calendars=())
    plain = replace(plain, lines=tuple(replace(x, calendar=-1, up_law=-1, repair_law=-1) for x in plain.lines))
    nothing = Shock("nothing", (Stage(WHOLE_SHARE, 1), Stage(WHOLE_SHARE, 0)), (Hit("line", 0), Hit("lane", 0)))
    late = (Closure(network.horizon + 1, network.horizon + 2),)
    idle = replace(
        plain,
        shocks=(nothing,),
        growths=(Growth(0, 5, 2 * WHOLE_SHARE, 500_000),),
        calendars=(late,),
        lines=tuple(replace(x, calendar=0) for x in plain.lines),
    )
    one, other = simpy_engine.run(plain, 0), simpy_engine.run(idle, 0)
    assert (one.events == other.events).all()
    assert (one.orders == other.orders).all()


# Monotonicities that are true, path by path, on the same draws.


def starts(services: Fraction, servers: int, seed: int) -> list[int]:
    """When each job of a single queue starts."""
    sketch = Sketch(150, seed).make("shop", "job", servers=servers, per_quantum=services, batch=1)
    log = simulate(sketch.market("market", "job", "shop", rate=0.4).network()).log
    return [row.tick for row in rows_of(log) if row.kind == state.STARTED]


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32))
def test_shorter_service_and_more_servers_start_no_job_later(
    service: int, less: int, servers: int, more: int, seed: int
) -> None:
    base = starts(Fraction(service + less), servers, seed)
    for quick in (starts(Fraction(service), servers, seed), starts(Fraction(service + less), servers + more, seed)):
        assert all(q <= b for q, b in zip(quick, base, strict=False))
        assert len(quick) >= len(base)


@given(st.integers(0, 8), st.integers(1, 6), st.integers(0, 6), st.integers(0, 2**32))
def test_more_base_stock_never_means_more_backorders_or_less_on_hand(
    level: int, more: int, lead: int, seed: int
) -> None:
    def state_of(base_stock: int) -> dict[int, tuple[int, int]]:
        sketch = Sketch(60, seed).make("shop", "item", base_stock, time=lead)
        run = simulate(sketch.market("market", "item", "shop", rate=0.8, quantity=2).network())
        made = next(p for p, point in enumerate(run.network.stocks) if point.role == "made")
        return {t: (books.on_hand[made], books.backorders[made]) for t, row, books in replay(run) if row is None}

    small, large = state_of(level), state_of(level + more)
    for tick in small.keys() & large.keys():
        assert large[tick][0] >= small[tick][0]
        assert large[tick][1] <= small[tick][1]


@given(st.integers(0, 20), st.integers(1, 20), st.integers(0, 2**32))
def test_longer_terms_never_leave_the_seller_with_more_cash(terms: int, more: int, seed: int) -> None:
    """At the end of any tick, where cash gates nothing."""

    def cash(days: int) -> dict[int, int]:
        sketch = Sketch(80, seed).part("item", 7).make("shop", "item", 5, time=2).purse("shop", 0, floor=-(10**9))
        sketch.market("market", "item", "shop", rate=0.7, terms=days)
        return {t: books.till.cash[0] for t, row, books in replay(simulate(sketch.network())) if row is None}

    soon, late = cash(terms), cash(terms + more)
    assert all(late[tick] <= soon[tick] for tick in soon.keys() & late.keys())
