"""Batch means of series whose mean and correlation are known; the check must see batches that are too short."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from chainsim.compare.batches import BATCHES, neighbours, steady_means, steady_state

Floats = NDArray[np.float64]


def autoregressive(phi: float, length: int, seed: int, count: int) -> Floats:
    """Stationary AR(1) series with mean 0 and innovations of variance 1, float64[count, length]."""
    shocks = np.random.default_rng(seed).normal(size=(count, length))
    values = np.empty_like(shocks)
    values[:, 0] = shocks[:, 0] / math.sqrt(1 - phi**2)
    for t in range(1, length):
        values[:, t] = phi * values[:, t - 1] + shocks[:, t]
    return values


def test_batches_by_hand() -> None:
    """Four batches of 5 with means 1, 2, 4, 5; the 3 values in front are left over."""
    series = np.concatenate([[99.0] * 3, np.repeat([1.0, 2.0, 4.0, 5.0], 5)])
    found = steady_state(series, 4)
    assert (found.batches, found.size, found.mean) == (4, 5, 3.0)
    assert found.error == pytest.approx(math.sqrt(10 / 3 / 4))
    assert found.high - found.mean == pytest.approx(stats.t.ppf(0.975, 3) * found.error)
    assert found.lag_one == pytest.approx((2 - 1 + 2) / 10)
    assert found.ratio == pytest.approx((1 + 4 + 1) / 10)
    assert found.p == pytest.approx(stats.norm.cdf((0.6 - 2) / math.sqrt(4 * 2 / 15)))
    assert found.effective == pytest.approx(series[3:].var(ddof=1) / (10 / 3 / 4))


def test_von_neumann_s_ratio_of_independent_means_has_mean_2_and_variance_4k_minus_8_over_k_squared_minus_1() -> None:
    """20,000 samples of 20: standard error of the mean 0.003, of the variance about 0.002; the test doubts 10 %."""
    luck = np.random.default_rng(8)
    found = [neighbours(luck.normal(size=20)) for _ in range(20_000)]
    ratios = np.array([ratio for _, ratio, _ in found])
    assert ratios.mean() == pytest.approx(2, abs=0.012)
    assert ratios.var() == pytest.approx(4 * 18 / 399, abs=0.008)
    doubted = np.mean([p < 0.10 for *_, p in found])
    assert doubted == pytest.approx(0.10, abs=4 * 0.0021 + 0.002)  # the normal law is close, not exact


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
def test_a_series_is_worth_fewer_values_by_its_correlation(phi: float) -> None:
    """AR(1): n (1 - phi) / (1 + phi).  The ratio over 400 series; chi-square of 19: relative s.e. 0.32 / sqrt(400)."""
    length = 4000
    inverse = [1 / steady_state(series).effective for series in autoregressive(phi, length, 1, 400)]
    expected = length * (1 - phi) / (1 + phi)
    assert np.mean(inverse) * expected == pytest.approx(1, abs=4 * 0.32 / 20 + 0.01)


@pytest.mark.parametrize(("phi", "length", "least", "most"), [(0.0, 400, 0.05, 0.15), (0.99, 400, 0.9, 1.0)])
def test_batches_that_are_too_short_are_seen(phi: float, length: int, least: float, most: float) -> None:
    """Batches of 20: independent, a tenth is doubted (s.e. 1.5 points of 400); correlated over 100, nearly all are."""
    verdicts = [steady_state(series).verdict for series in autoregressive(phi, length, 2, 400)]
    assert set(verdicts) <= {"ok", "batches too short"}
    assert least <= np.mean([verdict == "batches too short" for verdict in verdicts]) <= most


def share_covered(phi: float, length: int, studies: int, wanted: float = 0.0) -> float:
    found = [steady_state(series) for series in autoregressive(phi, length, 3, studies)]
    return float(np.mean([each.low <= wanted <= each.high for each in found]))


@pytest.mark.parametrize("phi", [0.0, 0.8])
@pytest.mark.parametrize("studies", [400, pytest.param(1000, marks=pytest.mark.nightly)])
def test_intervals_of_long_batches_cover_the_mean(phi: float, studies: int) -> None:
    """Batches of 200, 20 times as long as AR(1) with 0.8 remembers: 95 % within 3 standard errors (1.1, 0.7 points)."""
    assert share_covered(phi, 4000, studies) == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / studies))


def test_intervals_of_short_batches_do_not_and_are_said_to_be_too_short() -> None:
    """AR(1) with 0.99 in batches of 20: the interval holds the mean in fewer than two of three runs."""
    assert share_covered(0.99, 400, 400) < 0.66


def test_a_run_too_short_has_no_interval() -> None:
    found = steady_state(np.arange(5.0 * BATCHES - 1))
    assert (found.verdict, found.mean) == ("run too short", 49.0)
    assert math.isnan(found.low)
    assert steady_state(np.arange(5.0 * BATCHES)).verdict == "batches too short"
    assert math.isnan(steady_state(np.empty(0)).mean)


def test_what_does_not_vary_is_certain() -> None:
    found = steady_state(np.full(200, 0.1))
    assert (found.verdict, found.low, found.high, found.error) == ("does not vary", 0.1, 0.1, 0.0)
    assert math.isnan(found.ratio)


def test_a_rhythm_within_batches_is_averaged_out() -> None:
    """Weeks of 7 in batches of 7 weeks: every batch mean is the same, so nothing is left to be uncertain about."""
    found = steady_state(np.tile([0.0, 1, 2, 3, 4, 5, 6], 140))
    assert (found.low, found.high, found.verdict) == (3.0, 3.0, "ok")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_values_that_are_no_numbers_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not numbers"):
        steady_state(np.array([1.0, bad] * 100))


def test_too_few_batches_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        steady_state(np.arange(100.0), 2)


def test_the_table_has_a_row_for_each_policy_replication_and_series() -> None:
    daily = pd.DataFrame(
        {
            "policy": ["none"] * 240 + ["a"] * 240,
            "replication": ([1] * 120 + [2] * 120) * 2,
            "waiting_units": np.random.default_rng(4).poisson(5, 480),
            "delivered_units": 3,
        }
    )
    found = steady_means(daily, ("waiting_units", "delivered_units"), skip=20)
    assert list(zip(found["policy"], found["replication"], found["series"], strict=True))[:3] == [
        ("none", 1, "waiting_units"),
        ("none", 1, "delivered_units"),
        ("none", 2, "waiting_units"),
    ]
    assert len(found) == 8
    assert found["mean"].iloc[0] == pytest.approx(daily["waiting_units"].iloc[20:120].mean())
    assert found["verdict"].iloc[1] == "does not vary"
