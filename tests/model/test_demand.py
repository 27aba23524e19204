"""Final demand: what is planned is ordered, whole numbers of it, and luck is the market's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from chainsim.model.arrivals import Arrivals, Listed, NoiseLaw, Regular, Renewal
from chainsim.model.demand import orders, smoothest_ramp
from chainsim.model.distributions import Constant, Gamma, TwoPoint
from chainsim.model.distributions import Geometric as Steps
from chainsim.model.network import Market
from chainsim.model.quantities import Fixed, Geometric, Normal, Poisson, Uniform
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


def processes() -> st.SearchStrategy[Arrivals]:
    sizes = st.sampled_from([Fixed(3.0), Poisson(2.0), Geometric(3.0), Uniform(0.0, 4.0), Normal(5.0, 3.0)])
    gaps = st.sampled_from([None, Gamma(2.0, 1.0), Constant(3.0), TwoPoint(0.0, 4.0, 0.5), Steps(3.0, 1.0)])
    noises: st.SearchStrategy[NoiseLaw] = st.sampled_from(["normal", "lognormal", "gamma", "negative_binomial"])
    every = st.integers(1, 9)
    return st.one_of(
        st.builds(Regular, every, st.sampled_from([0.0, 0.3, 1.0]), noises, st.sampled_from([0.0, 0.8, -0.5])),
        st.builds(lambda e, law, per: Regular(e, sizes=law, per_unit=per), every, sizes, st.sampled_from([1, 10])),
        st.builds(Renewal, gaps, sizes, st.sampled_from([1, 10])),
        st.lists(st.tuples(st.integers(-5, 300), st.integers(0, 9))).map(lambda rows: Listed(tuple(sorted(rows)))),
    )


@given(processes(), st.integers(1, 150), st.integers(0, 100))
def test_a_longer_horizon_begins_with_the_same_orders(process: Arrivals, horizon: int, more: int) -> None:
    """Whatever the process: the n-th order has its own uniforms, and later ones none of them."""
    market = Market("m", 0, ((0, 0.0), (600, 900.0)), process)
    short, few = made(market, horizon)
    long, many = made(market, horizon + more)
    assert long[: len(short)].tolist() == short.tolist()
    assert many[: len(few)].tolist() == few.tolist()
    assert (long[len(short) :] >= horizon).all()


@given(processes(), st.integers(1, 300))
def test_orders_are_in_order_within_the_horizon_and_above_nought(process: Arrivals, horizon: int) -> None:
    ticks, quantities = made(Market("m", 0, ((0, 0.0), (300, 450.0)), process), horizon)
    assert (np.diff(ticks) >= 0).all()
    assert ((ticks >= 0) & (ticks < horizon)).all()
    assert (quantities > 0).all()
    assert ticks.dtype == quantities.dtype == np.int64


def test_the_sizes_of_poisson_orders_do_not_move_their_times() -> None:
    """Times and sizes have streams of their own."""
    plan = ((0, 0.0), (5000, 1000.0))
    fixed, _ = made(Market("m", 0, plan, Renewal(sizes=Fixed(4.0))), 5000)
    drawn, sizes = made(Market("m", 0, plan, Renewal(sizes=Uniform(1.0, 7.0))), 5000)
    assert drawn.tolist() == fixed.tolist()
    assert set(sizes.tolist()) == {1, 2, 3, 4, 5, 6, 7}


def test_renewal_orders_without_luck_come_when_their_gaps_are_over() -> None:
    ticks, quantities = made(Market("m", 0, ((0, 0.0), (100, 20.0)), Renewal(Constant(15.0), Fixed(3.0))), 100)
    assert ticks.tolist() == [15, 30, 45, 60, 75, 90]
    assert set(quantities.tolist()) == {3}


def test_a_law_of_regular_orders_is_drawn_as_it_is_and_scaled_where_the_plan_moves() -> None:
    law = Uniform(1.0, 3.0)
    flat = Market("m", 0, ((0, 0.0), (400, 800.0)), Regular(1, sizes=law))
    double = Market("m", 0, ((0, 0.0), (200, 400.0), (400, 1200.0)), Regular(1, sizes=law))
    _, as_drawn = made(flat, 400)
    _, scaled = made(double, 400)
    assert scaled[:200].tolist() == as_drawn[:200].tolist()
    assert scaled[200:].tolist() == (2 * as_drawn[200:]).tolist()


def test_a_scaled_law_carries_its_fractions() -> None:
    """A quarter of orders of one unit: a unit every fourth order."""
    ticks, quantities = made(Market("m", 0, ((0, 0.0), (32, 8.0)), Regular(1, sizes=Fixed(1.0))), 32)
    assert quantities.tolist() == [1] * 8
    assert ticks.tolist() == list(range(3, 32, 4))


def test_listed_orders_are_exactly_those_of_the_horizon() -> None:
    process = Listed(((-1, 4), (0, 5), (7, 0), (7, 2), (7, 3), (9, 1), (10, 8)))
    ticks, quantities = made(Market("m", 0, ((0, 0.0), (10, 0.0)), process), 10)
    assert list(zip(ticks.tolist(), quantities.tolist(), strict=True)) == [(0, 5), (7, 2), (7, 3), (9, 1)]


def test_fractions_of_a_unit_are_orders_where_the_part_has_a_resolution() -> None:
    _, quantities = made(Market("m", 0, ((0, 0.0), (50, 1e6)), Regular(1, sizes=Fixed(0.25), per_unit=1000)), 1)
    assert quantities.tolist() == [20_000]  # the plan says 80 times as much
    _, quantities = made(Market("m", 0, ((0, 0.0), (50, 12_500.0)), Regular(1, sizes=Fixed(0.25), per_unit=1000)), 50)
    assert set(quantities.tolist()) == {250}


@pytest.mark.parametrize("noise_law", ["normal", "lognormal", "gamma"])
def test_correlated_noise_stays_finite_where_luck_is_as_good_as_it_gets(noise_law: NoiseLaw) -> None:
    """Scores of the highest uniform add up beyond what a uniform can say; they count as the highest uniform."""
    way = Regular(1, 0.5, noise_law, correlation=0.9)
    best = np.full(5, 1 - 2.0**-53)
    _, quantities = way.orders(((0, 0.0), (5, 5000.0)), 5, lambda count: best[:count].copy(), lambda _: best)
    alone = Regular(1, 0.5, noise_law).orders(((0, 0.0), (5, 5000.0)), 5, lambda count: best[:count], lambda _: best)
    assert quantities.tolist() == pytest.approx(alone[1].tolist(), abs=1)
