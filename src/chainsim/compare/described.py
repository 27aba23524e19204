"""What the replications of each policy look like: spread, quantiles, and how often it beats the baseline.

In: tidy measures by policy and replication.  Out: one row a policy and measure.  A quantile over replications says what
one year may bring; the interval of a mean only says how well the average of many is known.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.compare.intervals import Floats, deviation, order_statistics, wilson
from chainsim.compare.pairing import ahead, by_policy, by_replication, others
from chainsim.economy.kpis import Measure

QUANTILES: Final = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}
SHARES: Final = ("beats", "loses", "exceeds")
COLUMNS: Final = (
    *("policy", "measure", "unit", "replications", "mean", "error"),
    *(f"{name}{end}" for name in QUANTILES for end in ("", "_low", "_high")),
    *(f"{name}{end}" for name in SHARES for end in ("", "_low", "_high")),
)


def described(kpis: pd.DataFrame, baseline: str, matters_if: float) -> pd.DataFrame:
    """Rows `COLUMNS`, by policy and measure; the baseline too.

    error: standard error of the mean.  Quantiles are median-unbiased (Hyndman & Fan 1996, definition 8); _low and
    _high are order statistics that hold the quantile with 95 %, missing where there are too few replications: below
    6 for the median, 13 for the quartiles, 72 for 5 and 95 %.  beats, loses: share of replications in which the policy
    is better or worse than the baseline on the same luck; missing where no direction is.  exceeds: in which the
    difference, either way, is larger than `matters_if` as a share of the baseline's mean.  Their intervals are
    Wilson's, 95 %; for the baseline they are missing.
    """
    rows = []
    for measure, values in by_replication(kpis):
        others(values, baseline)
        base = values[baseline].to_numpy()
        for policy in values.columns:
            each = values[policy].to_numpy()
            shares = _missing(len(SHARES)) if policy == baseline else _shares(measure, each, base, matters_if)
            rows.append((policy, measure.name, measure.unit, len(each), *_spread(each), *shares))
    return by_policy(pd.DataFrame(rows, columns=list(COLUMNS)), kpis)


def _spread(values: Floats) -> tuple[float, ...]:
    """Mean, standard error, and each quantile with its ends."""
    n = len(values)
    if not np.isfinite(values).all():
        return (math.nan, math.nan, *_missing(len(QUANTILES)))
    ascending = np.sort(values)
    error = deviation(values) / math.sqrt(n) if n > 1 else math.nan
    found: list[float] = []
    for probability in QUANTILES.values():
        middle = float(np.quantile(ascending, probability, method="median_unbiased"))
        found += (middle, *order_statistics(ascending, probability))
    return (float(values.mean()), error, *found)


def _shares(measure: Measure, values: Floats, base: Floats, matters_if: float) -> tuple[float, ...]:
    """Each share of the replications with its ends."""
    if not (np.isfinite(values).all() and np.isfinite(base).all()):
        return _missing(len(SHARES))
    gain = ahead(values, base) * (-1 if measure.better == "lower" else 1)
    exceeds = _share(np.abs(gain) > matters_if * abs(float(base.mean())))
    if measure.better == "neutral":
        return (*_missing(2), *exceeds)
    return (*_share(gain > 0), *_share(gain < 0), *exceeds)


def _share(hits: np.ndarray) -> tuple[float, float, float]:
    count = int(np.count_nonzero(hits))
    return (count / len(hits), *wilson(count, len(hits)))


def _missing(statistics: int) -> tuple[float, ...]:
    """A statistic and its ends, so many times."""
    return (math.nan,) * (3 * statistics)
