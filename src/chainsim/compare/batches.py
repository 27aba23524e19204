"""The interval of a steady-state mean from one long run: means of batches that do not overlap, and a check of them.

In: a series of output without its warm-up, equally spaced.  Out: mean, interval, how many independent values the series
is worth, and a verdict on the batches.  Source: Law 2015, sec. 9.5.3; Alexopoulos & Seila 1998 (Handbook of Simulation,
ch. 7); the ratio is that of von Neumann 1941.  This module must not know where the series is from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from chainsim.compare.intervals import CONFIDENCE, Floats, deviation, student

BATCHES: Final = 20  # Schmeiser 1982: 10 to 30, more buy little width and cost length
LEAST: Final = 5  # values in a batch; with fewer nothing says that a batch is one
DOUBT: Final = 0.10  # level of the test; a low one would let correlated batches pass

Judged = Literal["ok", "batches too short", "run too short", "does not vary"]


@dataclass(frozen=True, slots=True)
class SteadyState:
    """A steady-state mean and what it rests on.

    error: standard error.  size: values in a batch.  lag_one: correlation of neighbouring batch means; ratio: von
    Neumann's, 2 where they are independent, below where they are correlated; p: of a ratio as low as this one among
    independent batches.  effective: independent values that would know the mean as well.
    """

    mean: float
    error: float
    low: float
    high: float
    batches: int
    size: int
    lag_one: float
    ratio: float
    p: float
    effective: float
    verdict: Judged


def steady_state(series: Floats, batches: int = BATCHES, confidence: float = CONFIDENCE) -> SteadyState:
    """Mean and interval of a stationary series, float64[n], from `batches` >= 3 batch means.

    What is left over once batches are equally long is dropped at the beginning, where the warm-up was.  The verdict is
    "batches too short" where von Neumann's ratio doubts at 10 % that they are independent: then the interval is too
    narrow.  "run too short": not even LEAST values a batch, no interval.  ValueError for values that are not finite.
    """
    if batches < 3:
        raise ValueError(f"batches must be at least 3, got {batches}")
    if not np.isfinite(series).all():
        raise ValueError("the series has values that are not numbers")
    size = len(series) // batches
    if size < LEAST:
        mean = float(series.mean()) if len(series) else math.nan
        return SteadyState(mean, *(math.nan,) * 3, 0, size, *(math.nan,) * 4, "run too short")
    kept = np.asarray(series[len(series) - batches * size :], dtype=np.float64)
    if deviation(kept) == 0:
        value = float(kept[0])
        return SteadyState(value, 0.0, value, value, batches, size, *(math.nan,) * 4, "does not vary")
    means = kept.reshape(batches, size).mean(axis=1)
    error = deviation(means) / math.sqrt(batches)
    interval = student(means, confidence)
    lag_one, ratio, p = neighbours(means)
    effective = deviation(kept) ** 2 / error**2 if error else math.nan
    verdict: Judged = "batches too short" if p < DOUBT else "ok"
    return SteadyState(
        interval.mean, error, interval.low, interval.high, batches, size, lag_one, ratio, p, effective, verdict
    )


def neighbours(means: Floats) -> tuple[float, float, float]:
    """Lag-one correlation of a series of at least 3, von Neumann's ratio, and the p-value of so low a ratio.

    ratio: sum (x_i+1 - x_i)^2 / sum (x_i - mean)^2.  Of k independent normal values it has mean 2 and variance
    4 (k - 2) / (k^2 - 1), and is taken as normal (von Neumann 1941; Young 1941).  All are missing where nothing varies.
    """
    from scipy.special import ndtr

    k, away = len(means), means - means.mean()
    square = float(away @ away)
    if deviation(means) == 0 or square == 0:
        return math.nan, math.nan, math.nan
    ratio = float(np.sum(np.diff(means) ** 2)) / square
    p = float(ndtr((ratio - 2) / math.sqrt(4 * (k - 2) / (k * k - 1))))
    return float(away[1:] @ away[:-1]) / square, ratio, p


def steady_means(daily: pd.DataFrame, series: tuple[str, ...], skip: int = 0, batches: int = BATCHES) -> pd.DataFrame:
    """Rows policy, replication, series and the fields of `SteadyState`, from the table `daily`.

    series: columns of `daily`.  skip: days of warm-up that are left out.
    """
    rows = []
    for (policy, replication), days in daily.groupby(["policy", "replication"], sort=False):
        for name in series:
            found = steady_state(days[name].to_numpy(dtype=np.float64)[skip:], batches)
            rows.append({"policy": policy, "replication": replication, "series": name} | _fields(found))
    return pd.DataFrame(rows)


def _fields(found: SteadyState) -> dict[str, object]:
    return {name: getattr(found, name) for name in SteadyState.__slots__}
