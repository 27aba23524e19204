"""A simulated value against its expected one: pass, fail, or void when the run cannot tell near misses apart.

In: the values of independent replications, what they should be, and what would be a near miss.  Out: a verdict.
This module must not know scenarios or where the expected value is from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

CONFIDENCE: Final = 0.9999  # of the interval that must hold the expected value
ROUNDING: Final = 1e-9  # relative, of runs without chance
COARSE: Final = 0.05  # without near misses, an interval wider than this share of the value decides nothing

Outcome = Literal["pass", "fail", "void"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A stated number, or a formula's value with its meaning and source."""

    value: float
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation judged.

    error: standard error of `simulated` over replications, 0 where chance has no part.  margin: half the interval
    that had to hold the expected value.  near: the closest near miss.
    """

    scenario: str
    name: str
    expected: Expected
    simulated: float
    error: float
    margin: float
    replications: int
    near: float | None
    outcome: Outcome

    @property
    def deviation(self) -> float:
        """Simulated minus expected, in standard errors; 0 without chance."""
        return (self.simulated - self.expected.value) / self.error if self.error else 0.0


def judge(
    scenario: str,
    name: str,
    expected: Expected,
    near: Sequence[float],
    values: Sequence[float],
    within: float = 0.0,
) -> Verdict:
    """A verdict on the values of independent replications.

    fail: the expected value is outside the interval of Student's t (99.99 %), widened by `within`.  void: a near miss
    is as close to the expected value as twice the interval's half width, so that the run could take one for the other.
    """
    count = len(values)
    mean = math.fsum(values) / count
    spread = math.fsum((value - mean) ** 2 for value in values)
    luck = max(values) - min(values) > ROUNDING * max(1.0, abs(mean))
    error = math.sqrt(spread / (count - 1) / count) if count > 1 and luck else 0.0
    margin = abs(expected.value) * (within + ROUNDING)
    if error:
        from scipy.stats import t

        margin += float(t.ppf((1 + CONFIDENCE) / 2, count - 1)) * error
    closest = min(near, key=lambda value: abs(value - expected.value), default=None)
    outcome: Outcome = "pass"
    if abs(mean - expected.value) > margin:
        outcome = "fail"
    elif closest is None:
        outcome = "void" if margin > COARSE * abs(expected.value) else "pass"
    elif abs(closest - expected.value) <= 2 * margin:
        outcome = "void"
    return Verdict(scenario, name, expected, mean, error, margin, count, closest, outcome)
