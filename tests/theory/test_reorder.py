"""(r, Q) and (s, S) against published optima, chains with full pipelines, and paths simulated demand by demand."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable

import numpy as np
import pytest

from chainsim.theory import laws
from chainsim.theory import reorder_periodic as t
from chainsim.theory import reorder_point as r

SIZES = laws.discrete([1, 2, 3, 4], [1 / 6, 1 / 3, 1 / 3, 1 / 6])


def test_the_rq_example_of_snyder_and_shen() -> None:
    # Poisson demand 1.5, L = 2, K = 100, h = 20, p = 150: the best policy is r = 3, Q = 5, cost 107.92.
    cost = r.rq_cost(1.5, 2, 3, 5, 100, 20, 150)
    assert cost == pytest.approx(107.92, abs=0.005)
    for reorder, quantity in [(2, 5), (4, 5), (3, 4), (3, 6)]:
        assert r.rq_cost(1.5, 2, reorder, quantity, 100, 20, 150) > cost


@pytest.mark.parametrize(
    ("mean", "s", "S", "cost"), [(10, 6, 40, 35.022), (15, 10, 49, 42.698), (20, 14, 62, 49.173), (25, 19, 56, 54.262)]
)
def test_the_table_of_zheng_and_federgruen(mean: float, s: int, S: int, cost: float) -> None:
    # K = 64, h = 1, p = 9, Poisson demand, costs at the period's end: one period of demand after the review.
    demand = laws.poisson(mean)
    assert t.periodic_s_S_cost(demand, s, S, 1, 64, 1, 9) == pytest.approx(cost, abs=6e-4)
    for other in [(s - 1, S), (s + 1, S), (s, S - 1), (s, S + 1)]:
        assert t.periodic_s_S_cost(demand, *other, 1, 64, 1, 9) > cost


def test_lots_of_one_are_base_stock_and_so_is_s_one_below_S() -> None:
    expected = r.rq_on_hand(2, 1.5, 4, 1), r.rq_backorders(2, 1.5, 4, 1), r.rq_fill_rate(2, 1.5, 4, 1)
    for of, value in zip((r.s_S_on_hand, r.s_S_backorders, r.s_S_fill_rate), expected, strict=True):
        assert of(2, 1.5, 4, 5) == pytest.approx(value)
    assert r.s_S_cost(2, 1.5, 3, 9, 10, 1, 5) == pytest.approx(r.rq_cost(2, 1.5, 3, 6, 10, 1, 5))
    assert r.s_S_order_frequency(2, 3, 9) == pytest.approx(2 / 6)
    assert r.s_S_order_frequency(2, 4, 5, SIZES) == pytest.approx(2)


def path(rate: float, lead: float, start: int, order: Callable[[int], int], demands: int) -> np.ndarray:
    """Batch means of stock, backorders, orders per time and units met at once, float64[batches, 4]."""
    rng = np.random.default_rng(20240229)
    gaps = rng.exponential(1 / rate, demands)
    sizes = rng.choice([1, 2, 3, 4], demands, p=[1 / 6, 1 / 3, 1 / 3, 1 / 6])
    due: deque[tuple[float, int]] = deque()
    now, net, position = 0.0, start, start
    per_batch = demands // 40
    batches = np.zeros((40, 6))
    for i in range(demands):
        row = batches[i // per_batch]
        end = now + gaps[i]
        while due and due[0][0] <= end:
            at, quantity = due.popleft()
            row[:2] += (at - now) * np.array([max(net, 0), max(-net, 0)])
            now, net = at, net + quantity
        row[:2] += (end - now) * np.array([max(net, 0), max(-net, 0)])
        row[4] += gaps[i]
        row[5] += sizes[i]
        now = end
        row[3] += min(sizes[i], max(net, 0))
        net -= sizes[i]
        position -= sizes[i]
        quantity = order(position)
        if quantity:
            row[2] += 1
            position += quantity
            due.append((now + lead, quantity))
    return np.column_stack([batches[:, :3] / batches[:, [4]], batches[:, 3] / batches[:, 5]])


def within(found: np.ndarray, expected: list[float], near_miss: list[float]) -> None:
    """Each mean is within 4 standard errors of what is expected, and one of them is beyond 8 from the near miss."""
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(mean - expected) < 4 * error), (mean, expected, error)
    assert np.any(np.abs(mean - near_miss) > 8 * error), (mean, near_miss, error)


def test_a_path_under_lots_of_ten() -> None:
    def order(position: int) -> int:
        return 10 * -(-(8 + 1 - position) // 10) if position <= 8 else 0

    def expected(reorder: int) -> list[float]:
        policy = (2.0, 2.0, reorder, 10, SIZES)
        frequency = r.rq_order_frequency(2.0, 10, SIZES)
        return [r.rq_on_hand(*policy), r.rq_backorders(*policy), frequency, r.rq_fill_rate(*policy)]

    within(path(2.0, 2.0, 18, order, 40_000), expected(8), expected(7))


def test_a_path_under_s_S() -> None:
    def order(position: int) -> int:
        return 20 - position if position <= 8 else 0

    def expected(reorder: int) -> list[float]:
        policy = (2.0, 2.0, reorder, 20, SIZES)
        frequency = r.s_S_order_frequency(2.0, reorder, 20, SIZES)
        return [r.s_S_on_hand(*policy), r.s_S_backorders(*policy), frequency, r.s_S_fill_rate(*policy)]

    within(path(2.0, 2.0, 20, order, 40_000), expected(8), expected(7))


def chain(s: int, S: int, lead: int, review: int) -> tuple[float, float, float]:
    """Stock, backorders and orders per period, from the chain of net stock, pipeline and time since review."""
    demands = {0: 0.3, 1: 0.4, 3: 0.3}
    states: dict[tuple[int, tuple[int, ...], int], float] = {(S, (0,) * lead, 0): 1.0}
    totals = np.zeros(3)
    for period in range(400):
        after: dict[tuple[int, tuple[int, ...], int], float] = defaultdict(float)
        for (net, pipeline, age), probability in states.items():
            for demand, chance in demands.items():
                weight = probability * chance
                now = net + pipeline[0] - demand
                position = now + sum(pipeline[1:])
                order = S - position if age == 0 and position <= s else 0
                if period >= 340:
                    totals += weight * np.array([max(now, 0), max(-now, 0), order > 0])
                after[now, (*pipeline[1:], order), (age + 1) % review] += weight
        states = after
    stock, waiting, orders = totals / 60
    return stock, waiting, orders


@pytest.mark.parametrize(("s", "S", "lead", "review"), [(3, 7, 2, 1), (1, 5, 1, 1), (3, 6, 1, 2)])
def test_periodic_s_S_meets_the_chain(s: int, S: int, lead: int, review: int) -> None:
    demand = laws.discrete([0, 1, 3], [0.3, 0.4, 0.3])
    stock, waiting, orders = chain(s, S, lead, review)
    assert t.periodic_s_S_on_hand(demand, s, S, lead, review) == pytest.approx(stock, rel=1e-6)
    assert t.periodic_s_S_backorders(demand, s, S, lead, review) == pytest.approx(waiting, rel=1e-6)
    assert t.periodic_s_S_order_frequency(demand, s, S, review) == pytest.approx(orders, rel=1e-6)
    cost = t.periodic_s_S_cost(demand, s, S, lead, 10, 1, 5, review)
    assert cost == pytest.approx(10 * orders + stock + 5 * waiting, rel=1e-6)
    assert t.periodic_s_S_on_hand(demand, s - 1, S, lead, review) < stock - 0.02


def test_frequent_reviews_approach_continuous_ones() -> None:
    policy = (2.0, 8, 20, 2.0)
    continuous = r.s_S_cost(2.0, 2.0, 8, 20, 15, 1, 9, SIZES)
    costs = [t.timed_s_S_cost(*policy, review, 15, 1, 9, SIZES) for review in (0.1, 0.01, 0.001)]
    gaps = [abs(cost - continuous) for cost in costs]
    assert gaps[2] < 0.02
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.3)
    assert t.timed_s_S_order_frequency(2.0, 8, 20, 0.001, SIZES) == pytest.approx(
        r.s_S_order_frequency(2.0, 8, 20, SIZES), rel=1e-2
    )


def test_timed_base_stock_is_an_average_over_the_age_of_the_review() -> None:
    # Order-up-to 7, Poisson 2: E[(7 - D(u))+] averaged over u in (1, 4), by a plain sum.
    ages = 1 + 3 * (np.arange(3000) + 0.5) / 3000
    stock = np.mean(
        [sum((7 - k) * np.exp(-2 * ages) * (2 * ages) ** k / float(np.prod(range(1, k + 1) or [1])) for k in range(7))]
    )
    assert t.timed_s_S_on_hand(2.0, 6, 7, 1.0, 3.0) == pytest.approx(stock, rel=1e-6)
    balance = t.timed_s_S_on_hand(2.0, 6, 7, 1.0, 3.0) - t.timed_s_S_backorders(2.0, 6, 7, 1.0, 3.0)
    assert balance == pytest.approx(7 - 2 * 2.5)
