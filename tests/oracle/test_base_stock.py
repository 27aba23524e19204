"""Base stock with Poisson demand against Palm's theorem, and an (s, S) rule with constant demand by hand.

Palm: orders that leave at the points of a Poisson process of rate λ and take independent times of mean L are
Poisson(λ L) under way at any moment, whatever the law of the times.  With base stock S the orders under way
are exactly the demands since, so stock on hand is (S - N)+, backorders are (N - S)+ and the fill rate is P(N
< S).

With a constant lead time the ticks are coarse (L is 10 of them), so that a lead time off by one shows.  With
a random one they are fine (L is 1,000), because units that are demanded on one tick share an order and its
draw.  What the rounding of arrivals to ticks does is exact: at the end of a tick N is Poisson(λ E[L]) with L
in ticks; a demand that arrives a fraction U of a tick after the tick began, U uniform, finds Poisson(λ (E[L]
- P(L >= 1) + U)) under way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from chainsim.engine import simpy_engine
from chainsim.model.distributions import Constant, Distribution, Exponential, Lognormal, Uniform
from chainsim.model.network import Network
from chainsim.model.state import DEMANDED, FINISHED, PLACED, RECEIVED, RELEASED, SHIPPED, STARTED
from chainsim.testing import Run, Sketch, assert_every_law, replay, rows_of, simulate

Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]

UNDER_WAY = 2.5  # λ L
LEVEL = 3
DEMANDS = 40_000
SPACING = 8  # mean lead times between observations that count as independent
BATCHES = 40
LIMIT = 4.5
UNLIKELY = 2 * stats.norm.sf(LIMIT)

LAWS: dict[str, Distribution] = {
    "constant": Constant(10),
    "exponential": Exponential(1000),
    "uniform": Uniform(500.0, 1500.0),
    "lognormal": Lognormal(1000, 500),
}
PLACES = ("bought", "made")


@dataclass(frozen=True)
class Case:
    """Demand that is met from a base stock: of components that are bought, or of products that are made."""

    law: Distribution
    place: str

    @property
    def rate(self) -> float:
        return UNDER_WAY / self.law.moments[0]

    @property
    def horizon(self) -> int:
        return int(DEMANDS / self.rate)

    @property
    def ticks(self) -> Numbers:
        """A fine sample of the law in ticks."""
        quantiles = (np.arange(100_000) + 0.5) / 100_000
        return np.rint(self.law.inverse(quantiles)).astype(np.int64)

    def network(self) -> Network:
        sketch = Sketch(self.horizon, seed=7)
        if self.place == "bought":
            sketch.make("shop", "item", batch=1)
            sketch.buy("shop", "component", "item", 1, "outside", LEVEL, time=self.law)
        else:
            sketch.make("shop", "item", LEVEL, time=self.law, batch=1)
        return sketch.market("market", "item", "shop", rate=self.rate).network()


@dataclass(frozen=True)
class Seen:
    """When each unit was demanded, sold, ordered and delivered: sorted ticks."""

    demanded: Numbers
    sold: Numbers
    ordered: Numbers
    delivered: Numbers


@cache
def simulated(name: str, place: str) -> tuple[Case, Seen]:
    case = Case(LAWS[name], place)
    events = simpy_engine.run(case.network(), 0).events

    def ticks(kind: int, lane: int | None = None) -> Numbers:
        rows = events[events[:, 1] == kind]
        if lane is not None:
            rows = rows[rows[:, 3] == lane]
        return np.repeat(rows[:, 0], rows[:, 4])

    # Lane 0 goes to the market; lane 1 brings components.
    to_market = ticks(DEMANDED), ticks(SHIPPED, 0)
    if place == "bought":
        return case, Seen(*to_market, ticks(PLACED, 1), ticks(RECEIVED, 1))
    return case, Seen(*to_market, ticks(RELEASED), ticks(FINISHED))


def in_between(begun: Numbers, ended: Numbers, horizon: int) -> tuple[float, float]:
    """Time average of how many have begun and not ended, with its standard error by batch means."""
    edges = np.linspace(0, horizon, BATCHES + 1)

    def time_since(ticks: Numbers) -> Reals:
        total = np.concatenate([[0.0], np.cumsum(ticks, dtype=float)])
        counts = np.searchsorted(ticks, edges, side="right")
        return counts * edges - total[counts]

    means = (np.diff(time_since(begun) - time_since(ended)) / np.diff(edges))[1:]
    return float(means.mean()), float(means.std(ddof=1) / math.sqrt(len(means)))


def chi_square(observed: Numbers, mean: float) -> float:
    """p-value of counts against Poisson(mean), cells joined until each expects at least 10."""
    total = len(observed)
    top = int(stats.poisson.isf(10 / total, mean))
    counts = np.bincount(np.minimum(observed, top), minlength=top + 1)
    expected = total * np.append(stats.poisson.pmf(np.arange(top), mean), stats.poisson.sf(top - 1, mean))
    while expected[0] < 10:
        counts = np.append(counts[0] + counts[1], counts[2:])
        expected = np.append(expected[0] + expected[1], expected[2:])
    return float(stats.chisquare(counts, expected).pvalue)


def mean_backorders(level: int, mean: float) -> float:
    """E(N - S)+ for N ~ Poisson(mean)."""
    k = np.arange(level)
    return float(mean - level + np.sum((level - k) * stats.poisson.pmf(k, mean)))


def fill_rate(level: int, case: Case) -> float:
    """Share of demands that find stock, averaged over where in its tick a demand arrives."""
    fraction = (np.arange(1000) + 0.5) / 1000
    mean = case.rate * (case.ticks.mean() - (case.ticks >= 1).mean() + fraction)
    return float(stats.poisson.cdf(level - 1, mean).mean())


cases = pytest.mark.parametrize(("name", "place"), [(name, place) for place in PLACES for name in LAWS])


@cases
def test_orders_under_way_are_poisson_whatever_the_law_of_their_times(name: str, place: str) -> None:
    case, seen = simulated(name, place)
    mean = case.rate * case.ticks.mean()
    observed = np.arange(SPACING, int(DEMANDS / UNDER_WAY), SPACING) * int(case.law.moments[0]) - 1
    under_way = np.searchsorted(seen.ordered, observed, "right") - np.searchsorted(seen.delivered, observed, "right")
    assert chi_square(under_way, mean) > UNLIKELY
    assert chi_square(under_way, 0.85 * mean) < UNLIKELY
    assert chi_square(under_way, 1.2 * mean) < UNLIKELY


@cases
def test_mean_orders_under_way_are_demand_rate_times_mean_lead_time(name: str, place: str) -> None:
    case, seen = simulated(name, place)
    mean, error = in_between(seen.ordered, seen.delivered, case.horizon)
    expected = case.rate * case.ticks.mean()
    assert abs(mean - expected) <= LIMIT * error
    for wrong in (0.9, 1.1):  # a tenth is one tick of the constant lead time
        assert abs(mean - wrong * expected) > LIMIT * error


@cases
def test_mean_backorders_are_the_poisson_loss_function(name: str, place: str) -> None:
    case, seen = simulated(name, place)
    mean, error = in_between(seen.demanded, seen.sold, case.horizon)
    under_way = case.rate * case.ticks.mean()
    assert abs(mean - mean_backorders(LEVEL, under_way)) <= LIMIT * error
    for wrong in (LEVEL - 1, LEVEL + 1):  # an order one demand late or early is a level one off
        assert abs(mean - mean_backorders(wrong, under_way)) > LIMIT * error


@cases
def test_the_fill_rate_is_the_probability_of_fewer_than_s_under_way(name: str, place: str) -> None:
    case, seen = simulated(name, place)
    at_once = (seen.demanded[: len(seen.sold)] == seen.sold).astype(float)
    size = len(at_once) // BATCHES
    means = at_once[: size * BATCHES].reshape(BATCHES, size).mean(axis=1)[1:]
    error = means.std(ddof=1) / math.sqrt(len(means))
    assert abs(means.mean() - fill_rate(LEVEL, case)) <= LIMIT * error
    for wrong in (LEVEL - 1, LEVEL + 1):
        assert abs(means.mean() - fill_rate(wrong, case)) > LIMIT * error


def rows_of_lane(run: Run, kind: int) -> list[tuple[int, int]]:
    """(day, quantity) of the events of a kind on lane 1, which brings components."""
    return [(row.tick, row.quantity) for row in rows_of(run.log) if (row.kind, row.entity) == (kind, 1)]


def test_reorder_point_and_order_up_to_level_with_constant_demand_by_hand() -> None:
    """s = 4, S = 10, demand 3 a day from day 0, lead time 2 days, 10 on hand at first.

    The position is stock on hand plus on order; at or below 4 (not only below) it is ordered up to 10.

    day      0  1  2  3  4  5  6  7  8  9
    arrives  -  -  -  6  -  6  -  6  -  6      an order of day t arrives on day t + 2, before that day's
    demand sells    3  3  3  3  3  3  3  3  3  3 on hand  7  4  1  4  1  4  1  4  1  4      evening orders   -
    6  -  6  -  6  -  6  -  6      on days when the evening position, before the order, is 4
    """
    network = (
        Sketch(10)
        .make("shop", "item")
        .buy("shop", "component", "item", 1, "outside", 10, reorder_point=4, time=2)
        .market("market", "item", "shop", every=1, quantity=3)
        .network()
    )
    run = simulate(network)
    component = next(p for p, point in enumerate(network.stocks) if point.role == "bought")
    evenings = {tick: books.on_hand[component] for tick, row, books in replay(run) if row is None}
    assert list(evenings.values()) == [7, 4, 1, 4, 1, 4, 1, 4, 1, 4]
    orders = rows_of_lane(run, PLACED)
    assert orders == [(1, 6), (3, 6), (5, 6), (7, 6), (9, 6)]
    arrivals = [
        (row.tick, row.quantity) for _, row, _ in replay(run) if row and (row.kind, row.entity) == (RECEIVED, 1)
    ]
    assert arrivals == [(3, 6), (5, 6), (7, 6), (9, 6)]
    assert_every_law(run)


def test_a_lot_is_rounded_up_and_a_daily_review_waits_for_the_morning_by_hand() -> None:
    """S = 10 in lots of 4, reviewed every 3 days, demand 3 a day, lead time 1 day, 10 on hand at first.

    day      0  1  2  3  4  5  6  7  8
    arrives  -  -  -  -  12 -  -  8  -
    on hand  7  4  1  0  7  4  1  6  3      evening; on day 3 two are owed
    orders   -  -  -  12 -  -  8  -  -

    A review comes before the day's use: on the morning of day 3 the position is 1, so 9 are wanted, 3 lots
    are ordered; on day 6 it is 4, so 6 are wanted and 2 lots are ordered.
    """
    network = (
        Sketch(9)
        .make("shop", "item")
        .buy("shop", "component", "item", 1, "outside", 10, lot=4, review=3, time=1)
        .market("market", "item", "shop", every=1, quantity=3)
        .network()
    )
    run = simulate(network)
    component = next(p for p, point in enumerate(network.stocks) if point.role == "bought")
    item = next(p for p, point in enumerate(network.stocks) if point.role == "made")
    evenings = [(books.on_hand[component], books.backorders[item]) for _, row, books in replay(run) if row is None]
    # A production order of 3 that finds 1 component waits for the other 2: batches are complete.
    assert evenings == [(7, 0), (4, 0), (1, 0), (1, 3), (7, 0), (4, 0), (1, 0), (6, 0), (3, 0)]
    orders = rows_of_lane(run, PLACED)
    assert orders == [(3, 12), (6, 8)]
    assert_every_law(run)


@pytest.mark.parametrize("numerator", [1, 3, 7, 15])
def test_fractions_of_a_component_are_carried_from_batch_to_batch(numerator: int) -> None:
    """n/100 units a product, one product at a time: after k products floor(k n / 100) are used, never k
    rounded up."""
    network = (
        Sketch(250)
        .make("shop", "item", batch=1)
        .buy("shop", "component", "item", f"{numerator}/100", "outside", 50)
        .market("market", "item", "shop", every=1, quantity=2)
        .network()
    )
    component = next(p for p, point in enumerate(network.stocks) if point.role == "bought")
    made = used = 0
    for tick, row, _ in replay(simulate(network)):
        if row is None:
            assert made == 2 * (tick + 1)
            assert used == made * numerator // 100
        elif row.kind == STARTED:
            made += row.quantity
        elif row.entity == component and row.kind not in (PLACED, SHIPPED, RECEIVED):
            used += row.quantity
