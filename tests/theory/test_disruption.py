"""Disrupted supply against textbook numbers, the chain of supply states, and simulated cycles."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.theory import disruption as d
from chainsim.theory import eoq

SNYDER = (0.25, 3, 0.04, 0.25)  # h, p, disruption and recovery probability


def test_the_base_stock_example_of_snyder_and_shen() -> None:
    # Demand 2000 a period: S* = 8000, cost 2737.07.
    assert d.disruption_base_stock_level(2000, *SNYDER) == 8000
    best = d.disruption_base_stock_cost(2000, 8000, *SNYDER)
    assert best == pytest.approx(2737.07, abs=0.005)
    assert all(d.disruption_base_stock_cost(2000, level, *SNYDER) > best for level in (6000, 7900, 8100, 10000))


@pytest.mark.parametrize("level", [0, 500, 2000, 5100, 8000])
def test_costs_are_sums_over_the_chain(level: float) -> None:
    # Supply: state n is n periods down, cut where nobody stays.
    last, down, up = 200, 0.04, 0.25
    steps = np.zeros((last, last))
    steps[0, 0], steps[0, 1] = 1 - down, down
    for n in range(1, last):
        steps[n, 0], steps[n, min(n + 1, last - 1)] = up, 1 - up
    system = steps.T - np.eye(last)
    system[-1] = 1.0
    chances = np.linalg.solve(system, np.eye(last)[-1])
    for n in (0, 1, 5):
        assert d.disrupted_periods_probability(down, up, n) == pytest.approx(chances[n])
    net = level - (np.arange(last) + 1) * 2000.0
    expected = chances @ (0.25 * np.maximum(net, 0) + 3 * np.maximum(-net, 0))
    assert d.disruption_base_stock_cost(2000, level, *SNYDER) == pytest.approx(expected)


def test_the_lots_of_snyder_and_shen() -> None:
    # K = 8, h = 0.225, p = 5, demand 1300, disruption rate 1.5, recovery rate 14: Q* = 772.8, cost 173.95.
    lot = d.disruption_eoq_quantity(1300, 8, 0.225, 5, 1.5, 14)
    assert lot == pytest.approx(772.81, abs=0.01)
    assert d.disruption_eoq_cost(1300, lot, 8, 0.225, 5, 1.5, 14) == pytest.approx(173.95, abs=0.005)
    # Without disruptions it is the economic lot.
    assert d.disruption_eoq_quantity(1300, 8, 0.225, 5, 0, 14) == pytest.approx(eoq.eoq_quantity(1300, 8, 0.225))
    assert d.disruption_eoq_cost(1300, 300, 8, 0.225, 5, 0, 14) == pytest.approx(eoq.eoq_cost(1300, 300, 8, 0.225))


def test_lots_from_a_simulated_supplier() -> None:
    """Cost per time of 20,000 cycles, within 4 standard errors (about 1 %)."""
    rng = np.random.default_rng(9)
    down, up, quantity, demand = 0.6, 2.0, 50.0, 100.0
    costs, lengths = np.zeros(20_000), np.zeros(20_000)
    for i in range(20_000):  # supply is up when a lot has come
        now, works = 0.0, True
        while True:
            now += rng.exponential(1 / (down if works else up))
            works = not works
            if now > quantity / demand:
                # The state before this change was the one at the time the stock ran out.
                waiting = now - quantity / demand if works else 0.0
                break
        lengths[i] = quantity / demand + waiting
        costs[i] = 20 + 0.4 * quantity**2 / demand / 2 + 3 * demand * waiting
    rate = costs.sum() / lengths.sum()
    error = (costs - rate * lengths).std(ddof=1) / np.sqrt(20_000) / lengths.mean()
    assert abs(rate - d.disruption_eoq_cost(demand, quantity, 20, 0.4, 3, down, up)) < 4 * error
    assert abs(rate - d.disruption_eoq_cost(demand, 60, 20, 0.4, 3, down, up)) > 4 * error


def test_a_line_that_breaks_makes_its_share() -> None:
    assert d.availability(90, 10) == pytest.approx(0.9)
    assert d.breakdown_throughput(20, 90, 10) == pytest.approx(18)
    # Per unit: working time 1/20 and a repair every 90 of working time.
    assert d.breakdown_throughput(20, 90, 10) == pytest.approx(1 / (1 / 20 + 1 / 20 / 90 * 10))
    with pytest.raises(ValueError, match="between 0 and 1"):
        d.disrupted_periods_probability(1.2, 0.5, 1)
