"""Final demand: what is planned is ordered, whole numbers of it, and luck is the market's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from chainsim.model.arrivals import Regular, Renewal
from chainsim.model.demand import orders, smoothest_ramp
from chainsim.model.network import Market
from chainsim.model.quantities import Fixed
from chainsim.streams import Stream


def made(market: Market, horizon: int, replication: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The orders of one replication."""
    luck, sizes = (Stream(9, replication, purpose, market.name) for purpose in ("demand", "order size"))
    return orders(market, horizon, luck.take, sizes.take)


plans = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 60)), min_size=1, max_size=6).map(
    lambda steps: tuple(
        (int(x), float(y))
        for x, y in zip(np.cumsum([0] + [x for x, _ in steps]), np.cumsum([0] + [y for _, y in steps]) / 4, strict=True)
    )
)


@given(plans, st.integers(1, 9), st.integers(1, 200))
def test_regular_orders_add_up_to_the_plan_to_within_one_quantum(
    plan: tuple[tuple[int, float], ...], every: int, horizon: int
) -> None:
    """After each order: the plan until the next one, less a carried fraction."""
    ticks, quantities = made(Market("m", 0, plan, Regular(every)), horizon)
    assert (np.diff(ticks) > 0).all()
    assert (ticks % every == 0).all()
    assert ((ticks >= 0) & (ticks < horizon)).all()
    assert (quantities > 0).all()
    end, total = plan[-1]
    slope = (total - plan[-2][1]) / (end - plan[-2][0])
    xs, ys = [x for x, _ in plan], [y for _, y in plan]
    cumulative = dict(zip(ticks.tolist(), np.cumsum(quantities).tolist(), strict=True))
    so_far = 0
    for tick in range(0, horizon, every):
        so_far = cumulative.get(tick, so_far)
        until = tick + every
        planned = float(np.interp(until, xs, ys)) + max(0, until - end) * slope
        assert planned - 1 - 1e-3 <= so_far <= planned + 1e-3


def counts(quantity: int, rate: float, horizon: int, number: int) -> NDArray[np.int64]:
    """Orders in each of `number` replications."""
    market = Market("m", 0, ((0, 0.0), (horizon, rate * quantity * horizon)), Renewal(sizes=Fixed(float(quantity))))
    return np.array([len(made(market, horizon, r)[0]) for r in range(number)])


def test_poisson_orders_are_poisson() -> None:
    """Mean and variance of the count over replications, both within 4.5 standard errors."""
    mean, number = 40.0, 1500
    seen = counts(3, 0.02, 2000, number)
    assert abs(seen.mean() - mean) <= 4.5 * math.sqrt(mean / number)
    error = math.sqrt((mean + 2 * mean**2) / number)  # of a Poisson variance
    assert abs(seen.var(ddof=1) - mean) <= 4.5 * error


def test_poisson_orders_follow_a_ramp() -> None:
    """With a plan of t², half the orders come in the last 29 % of the time."""
    xs = np.linspace(0, 10_000, 101)
    plan = tuple((int(x), float(x * x / 1e4)) for x in xs)
    ticks, quantities = made(Market("m", 0, plan), 10_000)
    assert (quantities == 1).all()
    late = float((ticks >= 10_000 / math.sqrt(2)).mean())
    assert abs(late - 0.5) <= 4.5 * 0.5 / math.sqrt(len(ticks))


def test_poisson_orders_of_a_longer_horizon_begin_with_the_same() -> None:
    market = Market("m", 0, ((0, 0.0), (4000, 400.0)), Renewal(sizes=Fixed(2.0)))
    short, _ = made(market, 1500)
    long, _ = made(market, 4000)
    assert long[: len(short)].tolist() == short.tolist()
    assert (long[len(short) :] >= 1500).all()


def test_noise_has_the_stated_coefficient_of_variation() -> None:
    market = Market("m", 0, ((0, 0.0), (20_000, 20_000 * 1000.0)), Regular(1, noise=0.2))
    _, quantities = made(market, 20_000)
    assert abs(quantities.mean() / 1000 - 1) <= 4.5 * 0.2 / math.sqrt(len(quantities))
    assert abs(quantities.std() / 1000 - 0.2) <= 4.5 * 0.2 / math.sqrt(2 * len(quantities))


def test_noise_never_makes_an_order_negative() -> None:
    market = Market("m", 0, ((0, 0.0), (5000, 5000 * 10.0)), Regular(1, noise=2.0))
    _, quantities = made(market, 5000)
    assert quantities.min() > 0


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=8), st.integers(1, 400))
def test_the_smoothest_ramp_meets_every_total(totals: list[float], days: int) -> None:
    lengths = [float(days + n) for n in range(len(totals))]
    rates = smoothest_ramp(totals, lengths)
    assert len(rates) == len(totals) + 1
    met = [(a + b) / 2 * length for a, b, length in zip(rates, rates[1:], lengths, strict=False)]
    assert met == pytest.approx(totals, rel=1e-6, abs=1e-4 * (1 + max(totals)))


def test_one_total_is_a_constant_rate_and_two_are_one_straight_line() -> None:
    assert smoothest_ramp([300.0], [30.0]) == pytest.approx([10.0, 10.0])
    assert smoothest_ramp([100.0, 300.0], [10.0, 10.0]) == pytest.approx([0.0, 20.0, 40.0])
