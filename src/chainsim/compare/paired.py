"""Paired comparison of policies with the baseline, on the same draws.

In: tidy measures by policy and replication.  Out: difference, intervals and verdict by policy and measure.  Intervals
are Student's t on the paired differences.  p-values are adjusted by Holm's step-down over the policies of one measure
(Holm 1979), which needs no independence; Dunnett's test would.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.compare.intervals import CONFIDENCE, Floats, Interval, deviation, holm, one_of, student
from chainsim.compare.pairing import by_policy, by_replication, others

BASELINE: Final = "none"
MOST_RUNS: Final = 1000
EQUAL: Final = "exactly equal"
ONE_RUN: Final = "one run: no interval"
UNDEFINED: Final = "undefined in some run"
COLUMNS: Final = (
    "policy measure unit baseline mean difference low high low_family high_family relative p p_holm verdict".split()
)


def comparison(kpis: pd.DataFrame, baseline: str, matters_if: float) -> pd.DataFrame:
    """Rows `COLUMNS`, by policy and measure.

    kpis: tidy frame with policy, replication, measure, unit, value.  Replications pair by number; a ValueError says
    that they do not.  matters_if: smallest relative difference that matters, as a share of the baseline's mean.
    low, high: the difference's own 95 % interval.  low_family, high_family: those of all policies hold at once with
    95 % (Bonferroni); where they leave out 0, p_holm is below 5 %, and where that is, the own interval leaves out 0.
    With one replication intervals and p are missing, with a value that is not a number everything is.
    """
    rows = []
    for measure, values in by_replication(kpis):
        policies = others(values, baseline)
        base = values[baseline].to_numpy()
        mean = float(base.mean())
        threshold = matters_if * abs(mean)
        with np.errstate(invalid="ignore"):  # infinite minus infinite is undefined, and says so
            differences = [values[policy].to_numpy() - base for policy in policies]
        own = [student(each) for each in differences]
        family = [student(each, one_of(len(policies))) for each in differences]
        adjusted = holm([one.p for one in own])
        for policy, each, one, wide, p_holm in zip(policies, differences, own, family, adjusted, strict=True):
            verdict = _verdict(each, wide, p_holm, threshold, measure.better, len(policies))
            row = (policy, measure.name, measure.unit, mean, float(values[policy].to_numpy().mean()), *one[:3])
            rows.append((*row, wide.low, wide.high, _relative(one.mean, mean), one.p, p_holm, verdict))
    return by_policy(pd.DataFrame(rows, columns=COLUMNS), kpis)


def touched_nothing(table: pd.DataFrame) -> list[str]:
    """The policies of a comparison that changed no measure in any replication."""
    return [str(policy) for policy, rows in table.groupby("policy", sort=False) if (rows["verdict"] == EQUAL).all()]


def _relative(difference: float, mean: float) -> float:
    """The difference as a share of the baseline's mean; missing where that is zero and the difference is not."""
    if difference == 0:
        return 0.0
    return difference / abs(mean) if mean else math.nan


def _verdict(differences: Floats, family: Interval, p_holm: float, threshold: float, better: str, policies: int) -> str:
    """What a planner may conclude, in words.

    A difference counts when it is larger than the threshold and its sign is certain after Holm's adjustment; there is
    none in practice when the whole interval of the family lies within the threshold.
    """
    mean = family.mean
    if not differences.any():
        return EQUAL
    if math.isnan(mean):
        return UNDEFINED
    if math.isnan(family.low):
        return ONE_RUN
    if -threshold <= family.low and family.high <= threshold:
        return "no practical difference"
    if p_holm < 1 - CONFIDENCE and abs(mean) >= threshold:
        if better == "neutral":
            return "higher" if mean > 0 else "lower"
        return "better" if (mean > 0) == (better == "higher") else "worse"
    more = more_runs(differences, threshold, policies)
    if more is None:
        return f"unclear: needs over {MOST_RUNS:,} more runs"
    return f"unclear: needs about {more:,} more run{'s' if more != 1 else ''}"


def more_runs(differences: Floats, threshold: float, policies: int) -> int | None:
    """How many more runs would decide, if mean and spread stay as they are; None when it is more than anybody runs.

    A mean beyond the threshold is decided when its interval of the family, the one that Holm's first step asks for,
    excludes zero; a mean within it when that interval lies within the threshold.
    """
    from scipy.special import stdtrit

    mean, spread = abs(float(differences.mean())), deviation(differences)
    distance = mean if mean >= threshold else threshold - mean
    runs = np.arange(len(differences) + 1, len(differences) + MOST_RUNS + 1)
    enough = stdtrit(runs - 1, 0.5 + one_of(policies) / 2) * spread / np.sqrt(runs) < distance
    return int(np.argmax(enough)) + 1 if enough.any() else None
