"""Intervals against scipy, tables and direct sums over all outcomes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from chainsim.compare.intervals import deviation, one_of, order_statistics, student, wilson


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), st.floats(0.5, 0.999))
def test_student_is_the_interval_of_a_mean(values: list[float], confidence: float) -> None:
    each = np.array(values)
    if np.ptp(each) < 1e-3:
        return
    found, expected = student(each, confidence), stats.ttest_1samp(each, 0.0)
    interval = expected.confidence_interval(confidence)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nothing_is_said_of_values_that_are_not_numbers(bad: float) -> None:
    assert all(math.isnan(each) for each in student(np.array([1.0, bad, 2.0])))


def test_equal_values_have_no_spread_whatever_their_mean_rounds_to() -> None:
    """0.1 + 0.1 + 0.1 is not 0.3."""
    tenths = np.array([0.1, 0.1, 0.1])
    assert tenths.std(ddof=1) > 0
    assert deviation(tenths) == 0
    assert student(tenths) == (tenths.mean(), tenths.mean(), tenths.mean(), 0.0)
    assert student(np.zeros(3)) == (0.0, 0.0, 0.0, 1.0)


def test_one_value_has_a_mean_only() -> None:
    found = student(np.array([7.0]))
    assert found.mean == 7
    assert all(math.isnan(each) for each in found[1:])


def test_bonferroni_shares_the_error_out() -> None:
    assert one_of(1) == pytest.approx(0.95)
    assert one_of(5) == pytest.approx(0.99)
    assert one_of(0) == pytest.approx(0.95)


@given(st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_is_that_of_scipy(trial: tuple[int, int]) -> None:
    count, of = trial
    expected = stats.binomtest(count, of).proportion_ci(0.95, method="wilson")
    assert wilson(count, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_by_hand() -> None:
    """All of 10: from n / (n + z^2) to 1; never below 0 or above 1."""
    assert wilson(10, 10) == pytest.approx((10 / (10 + 1.959964**2), 1.0), abs=1e-6)
    assert wilson(0, 10) == pytest.approx((0.0, 1.959964**2 / (10 + 1.959964**2)), abs=1e-6)


def coverage(n: int, low: int, high: int, probability: float) -> float:
    """P(the low-th of n sorted values is at most the quantile and the high-th above it), counted from 1."""
    return sum(math.comb(n, k) * probability**k * (1 - probability) ** (n - k) for k in range(low, high))


@pytest.mark.parametrize(
    ("n", "probability", "ends"),
    [
        (5, 0.5, None),  # 1 - 2/32 is below 95 %
        (6, 0.5, (1, 6)),
        (10, 0.5, (2, 9)),
        (20, 0.5, (6, 15)),
        (12, 0.25, None),  # 0.75^12 = 3.2 %
        (13, 0.25, (1, 7)),
        (71, 0.05, None),
        (72, 0.95, (64, 72)),
    ],
)
def test_order_statistics_that_hold_a_quantile(n: int, probability: float, ends: tuple[int, int] | None) -> None:
    """Ranks against the binomial sum; the median's are those of the sign test."""
    low, high = order_statistics(np.arange(1.0, n + 1), probability)
    if ends is None:
        assert math.isnan(low)
        assert math.isnan(high)
    else:
        assert (low, high) == ends


@given(st.integers(2, 150), st.sampled_from([0.05, 0.25, 0.5, 0.75, 0.95]))
def test_order_statistics_hold_it_with_95_percent_and_no_closer_ones_do(n: int, probability: float) -> None:
    low, high = order_statistics(np.arange(1.0, n + 1), probability)
    if math.isnan(low):
        assert math.isnan(high)
        assert max(coverage(n, 0, 1, probability), coverage(n, n, n + 1, probability)) > 0.025
        return
    assert coverage(n, int(low), int(high), probability) >= 0.95
    assert coverage(n, 0, int(low), probability) <= 0.025 < coverage(n, 0, int(low) + 1, probability)
    assert coverage(n, int(high), n + 1, probability) <= 0.025 < coverage(n, int(high) - 1, n + 1, probability)


def test_order_statistics_cover_the_quantile_of_a_skewed_law() -> None:
    """4,000 samples of 20 exponential values; (6, 15) covers the median in 95.86 %, s.e. 0.32 points."""
    luck = np.random.default_rng(5)
    ends = [order_statistics(np.sort(luck.exponential(size=20)), 0.5) for _ in range(4000)]
    share = np.mean([low <= math.log(2) < high for low, high in ends])
    assert share == pytest.approx(coverage(20, 6, 15, 0.5), abs=4 * 0.0032)
