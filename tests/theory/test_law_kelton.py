"""Law & Kelton's inventory system against hand calculation, their printed runs, and simulated months."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.theory import evaluate, laws
from chainsim.theory import law_kelton as k
from chainsim.theory.reorder_periodic import timed_s_S_on_hand

# Law 2015, sec. 1.5, output of one run of 120 months each: s, S, total, ordering, holding, shortage.
PRINTED = [
    (20, 40, 126.61, 99.26, 9.25, 18.10),
    (20, 60, 122.74, 90.52, 17.39, 14.83),
    (20, 80, 123.86, 87.36, 26.24, 10.26),
    (20, 100, 125.32, 81.37, 36.00, 7.95),
    (40, 60, 126.37, 98.43, 25.99, 1.95),
    (40, 80, 125.46, 88.40, 35.92, 1.14),
    (40, 100, 132.34, 84.62, 46.42, 1.30),
    (60, 80, 150.02, 105.69, 44.02, 0.31),
    (60, 100, 143.20, 89.05, 53.91, 0.24),
]


def test_one_month_by_hand() -> None:
    # Nothing ordered at 60; stock minus backlog falls by 25 a month, so it is 47.5 on average.
    stock = k.law_kelton_holding_cost(19, 40, months=1) - k.law_kelton_shortage_cost(19, 40, months=1) / 5
    assert stock == pytest.approx(60 - 12.5)
    assert k.law_kelton_ordering_cost(19, 40, months=1) == 0
    # From 10 thirty are ordered, which are there for a quarter of the month on average.
    stock = k.law_kelton_holding_cost(19, 40, initial=10, months=1)
    stock -= k.law_kelton_shortage_cost(19, 40, initial=10, months=1) / 5
    assert stock == pytest.approx(10 - 12.5 + 30 / 4)
    assert k.law_kelton_ordering_cost(19, 40, initial=10, months=1) == pytest.approx(32 + 3 * 30)
    # The level 19 is below s = 20 and orders, 20 does not.
    assert k.law_kelton_ordering_cost(19, 40, initial=19, months=1) == pytest.approx(32 + 3 * 21)
    assert k.law_kelton_ordering_cost(19, 40, initial=20, months=1) == 0


def simulate(s: int, S: int, months: int, runs: int) -> np.ndarray:
    """Ordering, holding and shortage cost per month of independent runs, float64[runs, 3]."""
    rng = np.random.default_rng(1956)
    level, costs, rows = np.full(runs, 60), np.zeros((runs, 3)), np.arange(runs)[:, None]
    for _ in range(months):
        low = level < s
        ordered = np.where(low, S - level, 0)
        costs[:, 0] += np.where(low, 32 + 3 * ordered, 0)
        count = rng.poisson(10, runs)
        width = int(count.max())
        there = np.arange(width) < count[:, None]
        times = np.where(there, rng.uniform(0, 1, (runs, width)), 1.0)
        sizes = np.where(there, rng.choice([1, 2, 3, 4], (runs, width), p=[1 / 6, 1 / 3, 1 / 3, 1 / 6]), 0)
        times = np.hstack([times, rng.uniform(0.5, 1, (runs, 1))])
        steps = np.hstack([-sizes, ordered[:, None]])
        order = np.argsort(times, axis=1)
        levels = level[:, None] + np.hstack([np.zeros((runs, 1), int), np.cumsum(steps[rows, order], axis=1)])
        spans = np.diff(np.hstack([np.zeros((runs, 1)), times[rows, order], np.ones((runs, 1))]), axis=1)
        costs[:, 1] += (np.maximum(levels, 0) * spans).sum(axis=1)
        costs[:, 2] += 5 * (np.maximum(-levels, 0) * spans).sum(axis=1)
        level = levels[:, -1]
    return costs / months


@pytest.mark.parametrize(("s", "S"), [(20, 40), (40, 60)])
def test_simulated_years_agree(s: int, S: int) -> None:
    """Within 4 standard errors (about 0.4 % of the cost); s one off, and a month more, are beyond."""
    found = simulate(s, S, 24, 2000)
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))

    def expected(reorder: int, months: int) -> np.ndarray:
        of = (k.law_kelton_ordering_cost, k.law_kelton_holding_cost, k.law_kelton_shortage_cost)
        return np.array([cost(reorder, S, months=months) for cost in of])

    assert np.all(np.abs(mean - expected(s - 1, 24)) < 4 * error)
    assert np.any(np.abs(mean - expected(s, 24)) > 4 * error)
    assert np.any(np.abs(mean - expected(s - 1, 12)) > 6 * error)
    total = found.sum(axis=1)
    gap = abs(total.mean() - k.law_kelton_total_cost(s - 1, S, months=24))
    assert gap < 4 * total.std(ddof=1) / np.sqrt(len(total))


@pytest.mark.parametrize(("s", "S", "total", "ordering", "holding", "shortage"), PRINTED)
def test_printed_runs_are_plausible(
    s: int, S: int, total: float, ordering: float, holding: float, shortage: float
) -> None:
    # One run's total has a standard deviation of 2.0 to 4.4 by policy: what is printed is within 2.5 of them.
    assert k.law_kelton_total_cost(s - 1, S) == pytest.approx(total, abs=6.5)
    assert k.law_kelton_ordering_cost(s - 1, S) == pytest.approx(ordering, abs=7)
    assert k.law_kelton_holding_cost(s - 1, S) == pytest.approx(holding, abs=1.5)
    assert k.law_kelton_shortage_cost(s - 1, S) == pytest.approx(shortage, abs=2.5)


@pytest.mark.parametrize("policy", [(19, 40), (39, 100)])
def test_long_horizons_approach_the_long_run(policy: tuple[int, int]) -> None:
    # What the start adds is a constant, so the average over twice the months is half as far away.
    stationary = k.law_kelton_stationary_total_cost(*policy)
    gaps = [k.law_kelton_total_cost(*policy, months=months) - stationary for months in (200, 400)]
    assert gaps[1] == pytest.approx(gaps[0] / 2, rel=1e-6)
    parts = (
        k.law_kelton_stationary_ordering_cost(*policy)
        + k.law_kelton_stationary_holding_cost(*policy)
        + k.law_kelton_stationary_shortage_cost(*policy)
    )
    assert stationary == pytest.approx(parts)
    # In the long run as much is ordered as demanded: 25 a month.
    assert k.law_kelton_stationary_ordering_cost(*policy, setup_cost=0) == pytest.approx(75)


def test_a_lag_without_chance_is_a_lead_time() -> None:
    # Order-up-to every month, lag 1/2: half of the month with an age of 1/2 to 1, half of 1 to 3/2 of a month.
    size = laws.discrete([1, 2], [0.5, 0.5])
    timed = timed_s_S_on_hand(4.0, 11, 14, 0.5, 1.0, size)
    monthly = k.law_kelton_stationary_holding_cost(11, 14, demand_rate=4.0, size=size, lag_low=0.5, lag_high=0.5)
    assert monthly == pytest.approx(timed)


def test_it_is_called_by_name() -> None:
    text = "law_kelton_total_cost(reorder_point=19, order_up_to=40, size=discrete([1,2,3,4], [1/6,1/3,1/3,1/6]))"
    assert evaluate(text)[0] == pytest.approx(k.law_kelton_total_cost(19, 40))
    with pytest.raises(ValueError, match="within a month"):
        evaluate("law_kelton_total_cost(reorder_point=19, order_up_to=40, lag_high=1.5)")
    with pytest.raises(ValueError, match="reorder_point must be below order_up_to"):
        evaluate("law_kelton_total_cost(reorder_point=40, order_up_to=40)")
