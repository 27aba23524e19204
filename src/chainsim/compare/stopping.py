"""When a study has run often enough: sequential stopping at a stated precision.

In: what the policies gave so far, replication by replication.  Out: the half-width of the 95 % interval of each paired
difference as a share of the baseline's mean, and whether to go on.  This module must not know how runs are made.

Replications come in batches until the half-width is small enough.  The share asked for, g, is tightened to g / (1 + g),
because it is taken of an estimated mean (Law 2015, Simulation Modeling and Analysis, 5th ed., sec. 9.4.1, which also
asks for ten runs at least).  That such a rule holds its confidence is true in the limit of small g (Chow and Robbins
1965, Ann. Math. Stat. 36, 457-462); before it, one stops too often where the spread happens to look small, and
Student's t is too narrow where the differences are skewed.  So two corrections are made:

- Two looks in succession, a batch apart, must find it small enough.  (For normal differences a bounded number of runs
  after the first such look restores the confidence: Simons 1968, Ann. Math. Stat. 39, 1946-1952.)
- There must be more runs than 25 times the squared skewness of the differences, by which a 95 % interval is wrong at
  most 6 % of the time (Cochran 1977, Sampling Techniques, 3rd ed., sec. 2.15).  Where an interval four times as wide
  would still be small enough, this is not asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.compare.intervals import CONFIDENCE
from chainsim.compare.paired import BASELINE

FEWEST: Final = 10
BATCH: Final = 10
SKEWED: Final = 25  # Cochran's number of runs per squared skewness
AMPLE: Final = 4  # times smaller than asked for, an interval may be skewed


@dataclass(frozen=True, slots=True)
class Precision:
    """What is asked for: a half-width of at most `share` of the baseline's mean in `measure`, within `at_most` runs."""

    share: float
    measure: str
    at_most: int = 1000

    def first(self, wanted: int) -> int:
        """Replications before the first look, when the study wants this many anyway."""
        return min(max(wanted, FEWEST), max(wanted, self.at_most))

    def next(self, runs: int) -> int:
        """Replications before the next look; the same as now when the limit is reached."""
        return max(runs, min(runs + BATCH, self.at_most))

    def reached(self, values: Mapping[str, np.ndarray]) -> bool:
        """Whether every policy is known precisely enough.

        values: float64[replications] by policy, the baseline included; alone, its own mean is what is to be precise.
        """
        runs = len(values[BASELINE])
        return all(self._small_at(values, count) for count in (runs, runs - BATCH))

    def _small_at(self, values: Mapping[str, np.ndarray], runs: int) -> bool:
        if runs < FEWEST:
            return False
        base = values[BASELINE][:runs]
        limit = self.share / (1 + self.share) * abs(float(base.mean()))
        compared = differences({policy: each[:runs] for policy, each in values.items()})
        for each in compared.values():
            width = half_width(each)
            if width > limit or (AMPLE * width > limit and runs < SKEWED * skewness(each) ** 2):
                return False
        return True

    def worst(self, values: Mapping[str, np.ndarray]) -> tuple[str, float]:
        """The policy that is known least precisely, and the half-width as a share of the baseline's mean."""
        mean = abs(float(values[BASELINE].mean()))
        widths = {policy: half_width(each) for policy, each in differences(values).items()}
        policy = max(widths, key=lambda name: widths[name])
        if not widths[policy]:
            return policy, 0.0
        return policy, widths[policy] / mean if mean else math.inf


def differences(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Paired differences to the baseline by policy; the baseline's own values when it is alone."""
    found = {policy: each - values[BASELINE] for policy, each in values.items() if policy != BASELINE}
    return found or {BASELINE: values[BASELINE]}


def half_width(values: np.ndarray) -> float:
    """Half of the 95 % interval of the mean, by Student's t; values: float64[n], n >= 2."""
    if (values == values[0]).all():
        return 0.0
    from scipy.special import stdtrit

    n = len(values)
    return float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * float(values.std(ddof=1)) / math.sqrt(n)


def skewness(values: np.ndarray) -> float:
    """Adjusted Fisher-Pearson skewness G1 of a sample of at least three; 0 where nothing varies."""
    if (values == values[0]).all():
        return 0.0
    n = len(values)
    centred = values - values.mean()
    third, second = float((centred**3).mean()), float((centred**2).mean())
    return third / math.sqrt(second) ** 3 * math.sqrt(n * (n - 1)) / (n - 2)
