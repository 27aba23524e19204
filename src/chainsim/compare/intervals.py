"""Intervals and p-values: Student's t, Wilson's, those of order statistics, and Holm's adjustment.

In: numbers.  Out: numbers; what nothing can be said about is missing (nan).  This module must not know policies or
measures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

CONFIDENCE: Final = 0.95

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A mean, the ends of its interval, and the two-sided p-value of its being 0."""

    mean: float
    low: float
    high: float
    p: float


def deviation(values: Floats) -> float:
    """Standard deviation of a sample of at least two, exactly 0 where all are equal, whatever the mean's rounding."""
    return 0.0 if (values == values[0]).all() else float(values.std(ddof=1))


def student(values: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Student's t interval of the mean of independent values, float64[n] (Law 2015, sec. 4.5).

    All of it is missing where a value is not finite, and all but the mean for n = 1.  Values that are all equal are
    certain: t knows no other reading of no spread.
    """
    if not np.isfinite(values).all():
        return Interval(math.nan, math.nan, math.nan, math.nan)
    mean, n = float(values.mean()), len(values)
    if n < 2:
        return Interval(mean, math.nan, math.nan, math.nan)
    error = deviation(values) / math.sqrt(n)
    if error == 0:
        return Interval(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * error
    return Interval(mean, mean - half, mean + half, float(2 * stdtr(n - 1, -abs(mean) / error)))


def one_of(count: int, family: float = CONFIDENCE) -> float:
    """The confidence that each of `count` intervals needs for all to hold at once with `family` (Bonferroni)."""
    return 1 - (1 - family) / max(1, count)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (Holm 1979), in the order given; missing ones stay missing."""
    known = sorted((p, index) for index, p in enumerate(p_values) if not math.isnan(p))
    adjusted = [math.nan] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[index] = highest
    return adjusted


def wilson(count: int, of: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval of a probability, from `count` successes `of` so many independent trials.

    Source: Wilson 1927; Brown, Cai & DasGupta 2001 recommend it for small numbers.
    """
    from scipy.special import ndtri

    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = count / of
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = math.sqrt(z2 * share * (1 - share) / of + (z2 / (2 * of)) ** 2) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def order_statistics(ascending: Floats, probability: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Two of n sorted values that hold the quantile between them, whatever the law (Hahn & Meeker 1991, sec. 5.2).

    Each tail misses it with at most half of 1 - confidence; both are missing where n is too small for that.
    """
    from scipy.special import bdtr

    n, tail = len(ascending), (1 - confidence) / 2
    below = bdtr(np.arange(n), n, probability)  # P(at most k of n values are below the quantile)
    low = int(np.count_nonzero(below <= tail)) - 1
    high = int(np.count_nonzero(below < 1 - tail))
    if low < 0 or high >= n:
        return math.nan, math.nan
    return float(ascending[low]), float(ascending[high])
