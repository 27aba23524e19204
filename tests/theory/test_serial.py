"""Stages in series against a textbook's example, a search over all levels, and demands followed one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from chainsim.theory import base_stock_continuous as c
from chainsim.theory import lattice, laws
from chainsim.theory import serial as s


def test_the_three_stages_of_snyder_and_shen() -> None:
    # Example 6.1: normal demand with mean 5 and sd 1, lead times 1, 1, 2, echelon costs 3, 2, 2, penalty 37.12;
    # S* = 6.49, 12.02, 22.71 and cost 47.65 in the book. Here in steps of 0.02, so equal to within such a step.
    step = 0.02

    def rounded(periods: float) -> np.ndarray:
        edges = np.arange(0, 2 * 5 * periods + step, step)
        law = stats.norm(5 * periods, np.sqrt(periods))
        return np.diff(law.cdf(np.concatenate([edges, edges[-1:] + step]) - step / 2))

    levels, cost = s.clark_scarf([rounded(1), rounded(1), rounded(2)], [3, 2, 2], 37.12)
    assert step * np.array(levels) == pytest.approx([6.49, 12.02, 22.71], abs=0.03)
    assert step * cost == pytest.approx(47.65, abs=0.03)


def test_one_stage_is_base_stock() -> None:
    assert s.serial_on_hand(2, [1.5], [4], 1) == pytest.approx(c.base_stock_on_hand(2, 1.5, 4))
    assert s.serial_fill_rate(2, [1.5], [4]) == pytest.approx(c.base_stock_fill_rate(2, 1.5, 4))
    assert s.serial_optimal_echelon_level(2, [1.5], [1], 9, 1) == c.base_stock_level(2, 1.5, 1, 9)
    best = int(c.base_stock_level(2, 1.5, 1, 9))
    assert s.serial_optimal_cost(2, [1.5], [1], 9) == pytest.approx(c.base_stock_cost(2, 1.5, best, 1, 9))


def test_stages_that_hold_nothing_only_lengthen_the_lead_time() -> None:
    assert s.serial_backorders(2, [1.5, 1, 0.5], [7, 0, 0], 1) == pytest.approx(c.base_stock_backorders(2, 3, 7))
    # With very much above, only the own lead time counts.
    assert s.serial_backorders(2, [1.5, 1, 0.5], [5, 60, 0], 1) == pytest.approx(c.base_stock_backorders(2, 1.5, 5))


def test_a_search_over_all_levels_finds_nothing_better() -> None:
    rate, leads, costs, penalty = 2.0, [0.5, 1.0, 0.75], [1.5, 1.0, 0.5], 12.0
    found = {
        levels: s.serial_cost(rate, leads, levels, costs, penalty)
        for levels in itertools.product(range(6), range(6), range(6))
    }
    best = min(found, key=lambda levels: found[levels])
    assert s.serial_optimal_cost(rate, leads, costs, penalty) == pytest.approx(found[best])
    echelon = [s.serial_optimal_echelon_level(rate, leads, costs, penalty, stage) for stage in (1, 2, 3)]
    # Where an upper echelon level is below a lower one, the lower one cannot be used.
    usable = np.minimum.accumulate(echelon[::-1])[::-1]
    assert tuple(np.diff(usable, prepend=0)) == best


def follow(times: np.ndarray, leads: list[float], levels: list[int]) -> np.ndarray:
    """When each customer of stage 1 is served: unit by unit down the stages, first come first served."""
    asked = times
    ready = times  # when the outside ships
    for lead, level in reversed(list(zip(leads, levels, strict=True))):
        arrives = ready + lead
        # The n-th unit asked for is the one that was ordered `level` demands before.
        known = np.concatenate([np.full(level, -np.inf), arrives])[: len(times)]
        ready = np.maximum(asked, known)
    return ready


def test_customers_followed_one_by_one() -> None:
    """Mean delay and share served at once of 400,000 customers, within 4 standard errors (about 1 %)."""
    rng = np.random.default_rng(11)
    rate, leads, levels = 2.0, [1.0, 1.5, 0.5], [2, 2, 1]
    times = np.cumsum(rng.exponential(1 / rate, 401_000))
    delay = (follow(times, leads, levels) - times)[1000:].reshape(400, -1)
    for means, expected, near in [
        (
            delay.mean(axis=1) * rate,
            s.serial_backorders(rate, leads, levels, 1),
            s.serial_backorders(rate, leads, [2, 2, 2], 1),
        ),
        (
            (delay <= 0).mean(axis=1),
            s.serial_fill_rate(rate, leads, levels),
            s.serial_fill_rate(rate, leads, [2, 1, 2]),
        ),
    ]:
        error = means.std(ddof=1) / 20
        assert abs(means.mean() - expected) < 4 * error
        assert abs(means.mean() - near) > 8 * error


def test_costs_are_stock_transit_and_backorders() -> None:
    rate, leads, levels = 2.0, [1.0, 1.5], [3, 4]
    stock = [s.serial_on_hand(rate, leads, levels, stage) for stage in (1, 2)]
    short = s.serial_backorders(rate, leads, levels, 1)
    assert s.serial_stock_cost(rate, leads, levels, [3, 1], 10) == pytest.approx(3 * stock[0] + stock[1] + 10 * short)
    # Echelon costs 2 and 1 are local costs 3 and 1; two units are on their way from stage 2, each at 1.
    assert s.serial_cost(rate, leads, levels, [2, 1], 10) == pytest.approx(3 * stock[0] + stock[1] + 2 + 10 * short)
    # Balance at stage 1: level = stock - backorders + on order, and what is on order is in transit or owed above.
    above = s.serial_backorders(rate, leads, levels, 2)
    assert stock[0] - short == pytest.approx(3 - rate * 1.0 - above)


def test_periods_are_enumerated() -> None:
    # One period each, demand 0 or 2: B2 = (D - s2)+, B1 = (B2 + D' - s1)+.
    demand = laws.discrete([0, 2], [0.5, 0.5])
    stock1 = stock2 = short1 = 0.0
    for first, second in itertools.product([0, 2], [0, 2]):
        owed = max(first - 1, 0)
        stock2 += max(1 - first, 0) / 4
        stock1 += max(2 - owed - second, 0) / 4
        short1 += max(owed + second - 2, 0) / 4
    assert s.periodic_serial_on_hand(demand, [1, 1], [2, 1], 1) == pytest.approx(stock1)
    assert s.periodic_serial_on_hand(demand, [1, 1], [2, 1], 2) == pytest.approx(stock2)
    assert s.periodic_serial_backorders(demand, [1, 1], [2, 1], 1) == pytest.approx(short1)
    cost = s.periodic_serial_stock_cost(demand, [1, 1], [2, 1], [3, 1], 10)
    assert cost == pytest.approx(3 * stock1 + stock2 + 10 * short1)
    assert s.periodic_serial_cost(demand, [1, 1], [2, 1], [2, 1], 10) == pytest.approx(cost + 1)
    with pytest.raises(ValueError, match="lead_times must be whole numbers"):
        s.periodic_serial_backorders(demand, [1, 1.5], [2, 1], 1)


def test_larger_demands_count_in_units() -> None:
    size = laws.discrete([1, 3], [0.5, 0.5])
    due = s.owed(s.poisson_demands(1.0, [1.0, 1.0], size), [4, 2])
    assert lattice.mean(due[1]) == pytest.approx(2)
    filled = s.serial_fill_rate(1.0, [1.0, 1.0], [4, 60], size)
    assert filled == pytest.approx(c.base_stock_fill_rate(1.0, 1.0, 4, size))
