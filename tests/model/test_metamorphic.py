"""What must happen to a run when its network is changed in a known way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chainsim.engine import simpy_engine
from chainsim.model import state
from chainsim.model.arrivals import Arrivals, Listed, Regular
from chainsim.model.network import Change, Network
from chainsim.testing import Sketch, networks, replay, simulate


def with_times(network: Network, factor: int) -> Network:
    """Everything takes `factor` times as long."""

    def change(row: Change) -> Change:
        a, b, c = row.values
        if row.kind in (state.SET_LANE_TIME, state.SET_LANE_TERMS, state.SET_REVIEW, state.SET_LINE_TIME):
            a *= factor
        elif row.kind == state.SET_LINE_SPEED:
            b *= factor
        return replace(row, tick=row.tick * factor, values=(a, b, c))

    def slower(arrivals: Arrivals) -> Arrivals:
        if isinstance(arrivals, Listed):
            return Listed(tuple((tick * factor, quantity) for tick, quantity in arrivals.listed))
        return replace(arrivals, every=arrivals.every * factor) if isinstance(arrivals, Regular) else arrivals

    return replace(
        network,
        horizon=network.horizon * factor,
        stocks=tuple(replace(x, review=x.review * factor) for x in network.stocks),
        lanes=tuple(replace(x, lead_time=x.lead_time * factor, terms=x.terms * factor) for x in network.lanes),
        lines=tuple(
            replace(x, fixed=x.fixed * factor, ticks_per_quantum=x.ticks_per_quantum * factor) for x in network.lines
        ),
        markets=tuple(
            replace(x, arrivals=slower(x.arrivals), plan=tuple((tick * factor, n) for tick, n in x.plan))
            for x in network.markets
        ),
        transits=tuple(replace(x, tick=x.tick * factor) for x in network.transits),
        changes=tuple(change(x) for x in network.changes),
    )


def whole_ticks(network: Network) -> bool:
    """Without fractions of ticks, whose floors do not scale."""
    return all(line.ticks_per_quantum.denominator == 1 for line in network.lines)


@given(networks(luck=False).filter(whole_ticks), st.sampled_from([2, 3, 1024]))
def test_all_times_multiplied_multiply_all_dates_and_nothing_else(network: Network, factor: int) -> None:
    base = simpy_engine.run(network, 0)
    slow = simpy_engine.run(with_times(network, factor), 0)
    assert (slow.events == base.events * [factor, 1, 1, 1, 1]).all()
    assert (slow.orders[:, [0, 1, 2, 4, 6]] == base.orders[:, [0, 1, 2, 4, 6]]).all()


@given(networks(), st.integers(2, 9))
def test_all_prices_multiplied_multiply_all_prices_and_nothing_else(network: Network, factor: int) -> None:
    """Nobody buys less because it is dear: in this model money limits no flow."""

    def change(row: Change) -> Change:
        a, b, c = row.values
        return replace(row, values=(a, b * factor, c)) if row.kind == state.SET_LANE_TERMS else row

    dear = replace(
        network,
        lanes=tuple(replace(lane, price=lane.price * factor) for lane in network.lanes),
        changes=tuple(change(row) for row in network.changes),
    )
    base, other = simpy_engine.run(network, 0), simpy_engine.run(dear, 0)
    assert (other.events == base.events).all()
    assert (other.orders == base.orders * [1, 1, 1, 1, factor, 1, 1, factor]).all()


@given(networks(), st.integers(0, 400))
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
