"""Base stock against Markov chains of stock and pipeline, period by period, and against Palm's theorem."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from chainsim.theory import base_stock_continuous as c
from chainsim.theory import base_stock_periodic as p
from chainsim.theory import laws

DEMAND = {0: 0.3, 1: 0.4, 3: 0.3}
LAW = laws.discrete(list(DEMAND), list(DEMAND.values()))


def by_chain(level: int, lead: int, review: int) -> tuple[float, float, float, float]:
    """Stock, backorders, ready rate and fill rate, from the chain of net stock, pipeline and time since review."""
    # Pipeline: what arrives at the next `lead` period starts.
    states: dict[tuple[int, tuple[int, ...], int], float] = {(level, (0,) * lead, 0): 1.0}
    totals = np.zeros(4)
    for period in range(260):
        after: dict[tuple[int, tuple[int, ...], int], float] = defaultdict(float)
        seen = np.zeros(4)
        for (net, pipeline, age), probability in states.items():
            arrived, rest = (net + pipeline[0], pipeline[1:]) if lead else (net, ())
            for demand, chance in DEMAND.items():
                weight = probability * chance
                now = arrived - demand
                filled = min(demand, max(arrived, 0))
                order = level - now - sum(rest) if age == 0 else 0
                if lead == 0:
                    now += order
                seen += weight * np.array([max(now, 0), max(-now, 0), now >= 0, filled])
                after[now, (*rest, order) if lead else (), (age + 1) % review] += weight
        states = after
        if period >= 200:
            totals += seen
    stock, waiting, ready, filled = totals / 60
    return stock, waiting, ready, filled / LAW.mean


@pytest.mark.parametrize(("level", "lead", "review"), [(4, 2, 1), (3, 1, 1), (2, 0, 1), (6, 2, 3), (3, 0, 2)])
def test_periodic_base_stock_meets_the_chain(level: int, lead: int, review: int) -> None:
    stock, waiting, ready, filled = by_chain(level, lead, review)
    assert p.periodic_base_stock_on_hand(LAW, level, lead, review) == pytest.approx(stock, rel=1e-6)
    assert p.periodic_base_stock_backorders(LAW, level, lead, review) == pytest.approx(waiting, rel=1e-6)
    assert p.periodic_base_stock_ready_rate(LAW, level, lead, review) == pytest.approx(ready, rel=1e-6)
    assert p.periodic_base_stock_fill_rate(LAW, level, lead, review) == pytest.approx(filled, rel=1e-6)
    # One period of lead time more is another number.
    assert p.periodic_base_stock_on_hand(LAW, level, lead + 1, review) < stock - 0.05


def test_a_lead_time_between_two_whole_ones_is_between_them_in_proportion() -> None:
    two, three = (p.periodic_base_stock_backorders(LAW, 5, lead) for lead in (2, 3))
    assert p.periodic_base_stock_backorders(LAW, 5, 2.25) == pytest.approx(0.75 * two + 0.25 * three)


@pytest.mark.parametrize("demand", [LAW, laws.poisson(3), laws.negative_binomial(3, 7**0.5)])
@pytest.mark.parametrize("review", [1, 3])
def test_the_best_whole_level_is_the_one_that_a_search_finds(demand: laws.Law, review: int) -> None:
    costs = [p.periodic_base_stock_cost(demand, level, 2, 1, 9, review) for level in range(60)]
    assert costs[int(p.periodic_base_stock_level(demand, 2, 1, 9, review))] == pytest.approx(min(costs))


def test_the_best_normal_level_is_the_newsvendors() -> None:
    # Four periods of normal(100, 20): 400 + 1.2816 x 40 for b / (b + h) = 0.9.
    assert p.periodic_base_stock_level(laws.normal(100, 20), 4, 1, 9) == pytest.approx(400 + 1.2815516 * 40)
    mixed = p.periodic_base_stock_level(laws.normal(100, 20), 4, 1, 9, 2)
    cost = p.periodic_base_stock_cost(laws.normal(100, 20), mixed, 4, 1, 9, 2)
    assert all(p.periodic_base_stock_cost(laws.normal(100, 20), mixed + d, 4, 1, 9, 2) > cost for d in (-1, 1))


def test_unit_demand_with_exponential_lead_times_meets_the_chain() -> None:
    # Palm: units under way are M/M/infinity; a truncated chain gives the same stock as the Poisson law.
    rate, mean, level, last = 2.0, 1.5, 4, 60
    rates = np.zeros((last, last))
    for n in range(last - 1):
        rates[n, n + 1], rates[n + 1, n] = rate, (n + 1) / mean
    system = (rates - np.diag(rates.sum(axis=1))).T
    system[-1] = 1.0
    under_way = np.linalg.solve(system, np.eye(last)[-1])
    n = np.arange(last)
    assert c.base_stock_on_hand(rate, mean, level) == pytest.approx(np.maximum(level - n, 0) @ under_way)
    assert c.base_stock_backorders(rate, mean, level) == pytest.approx(np.maximum(n - level, 0) @ under_way)
    assert c.base_stock_fill_rate(rate, mean, level) == pytest.approx(under_way[:level].sum())
    assert c.base_stock_order_fill_rate(rate, mean, level) == pytest.approx(under_way[:level].sum())
    assert c.base_stock_delay(rate, mean, level) == pytest.approx(np.maximum(n - level, 0) @ under_way / rate)
    # Lost sales: the same chain without what exceeds the level.
    kept = under_way[: level + 1] / under_way[: level + 1].sum()
    assert c.lost_sales_share(rate, mean, level) == pytest.approx(kept[-1])
    assert c.lost_sales_on_hand(rate, mean, level) == pytest.approx((level - n[: level + 1]) @ kept)


def test_demands_of_several_units_meet_a_sum_over_their_numbers() -> None:
    # Two demands or fewer in the lead time, told apart by hand; the rest is negligible at this rate.
    rate, lead, level = 0.002, 1.0, 3
    size = laws.discrete([1, 5], [0.75, 0.25])
    none, one = np.exp(-0.002), np.exp(-0.002) * 0.002
    stock = none * 3 + one * 0.75 * 2
    assert c.base_stock_on_hand(rate, lead, level, size) == pytest.approx(stock, abs=1e-5)
    assert c.base_stock_backorders(rate, lead, level, size) == pytest.approx(one * 0.25 * 2, abs=2e-5)
    # Of 5 units three are met at once, but not the order.
    assert c.base_stock_fill_rate(rate, lead, level, size) == pytest.approx((0.75 + 0.25 * 3) / 2, abs=0.005)
    assert c.base_stock_order_fill_rate(rate, lead, level, size) == pytest.approx(0.75, abs=0.005)


def test_the_best_level_is_the_one_that_a_search_finds() -> None:
    size = laws.discrete([1, 4], [0.5, 0.5])
    costs = [c.base_stock_cost(3, 2, level, 1, 12, size) for level in range(80)]
    assert costs[int(c.base_stock_level(3, 2, 1, 12, size))] == pytest.approx(min(costs))
