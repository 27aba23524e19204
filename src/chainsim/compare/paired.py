"""Paired comparison of policies with the baseline, on the same draws.

In: tidy measures by policy and replication.  Out: difference, interval and verdict by policy and measure.  The
intervals are Student's t on the paired differences; p-values are adjusted by Holm's step-down over the policies of one
measure (Holm 1979), which needs no independence; Dunnett's test would.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.kpis import MEASURES

BASELINE: Final = "none"
CONFIDENCE: Final = 0.95
MOST_RUNS: Final = 1000
EQUAL: Final = "exactly equal"
ONE_RUN: Final = "one run: no interval"


def comparison(kpis: pd.DataFrame, baseline: str, matters_if: float) -> pd.DataFrame:
    """Rows policy, measure, unit, baseline and policy mean, difference, low, high, relative, p, p_holm, verdict.

    kpis: tidy frame with policy, replication, measure, unit, value.  Replications pair by number; a ValueError says
    that they do not.  matters_if: smallest relative difference that matters, as a share of the baseline's mean.
    With one replication there is no interval: low, high and p are missing.
    """
    wide = kpis.pivot(index=["measure", "replication"], columns="policy", values="value")
    if wide.isna().to_numpy().any():
        raise ValueError("replications do not pair: some policy lacks a replication or a measure")
    policies = [policy for policy in dict.fromkeys(kpis["policy"]) if policy != baseline]
    rows = []
    for measure in MEASURES:
        if measure.name not in wide.index.get_level_values(0):
            continue
        values = wide.loc[measure.name]
        base = values[baseline].to_numpy()
        mean = float(base.mean())
        threshold = matters_if * abs(mean)
        differences = [values[policy].to_numpy() - base for policy in policies]
        tests = [_paired(each) for each in differences]
        adjusted = holm([p for *_, p in tests])
        for policy, each, (difference, low, high, p), p_holm in zip(
            policies, differences, tests, adjusted, strict=True
        ):
            verdict = _verdict(each, low, high, p_holm, threshold, measure.better, len(policies))
            row = (policy, measure.name, measure.unit, mean, float(values[policy].mean()), difference, low, high)
            rows.append((*row, _relative(difference, mean), p, p_holm, verdict))
    names = ["policy", "measure", "unit", "baseline", "mean", "difference", "low", "high", "relative", "p", "p_holm"]
    table = pd.DataFrame(rows, columns=[*names, "verdict"])
    order = {policy: index for index, policy in enumerate(policies)}
    return table.sort_values("policy", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def touched_nothing(table: pd.DataFrame) -> list[str]:
    """The policies of a comparison that changed no measure in any replication."""
    return [str(policy) for policy, rows in table.groupby("policy", sort=False) if (rows["verdict"] == EQUAL).all()]


def _relative(difference: float, mean: float) -> float:
    """The difference as a share of the baseline's mean; missing where that is zero and the difference is not."""
    if difference == 0:
        return 0.0
    return difference / abs(mean) if mean else math.nan


def _paired(differences: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, lower and upper end of the 95 % interval, and two-sided p-value of paired differences."""
    mean = float(differences.mean())
    n = len(differences)
    if n < 2:
        return mean, math.nan, math.nan, math.nan
    if (differences == differences[0]).all():
        return mean, mean, mean, 1.0 if mean == 0 else 0.0
    from scipy.special import stdtr, stdtrit

    error = float(differences.std(ddof=1)) / math.sqrt(n)
    half = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * error
    return mean, mean - half, mean + half, float(2 * stdtr(n - 1, -abs(mean) / error))


def holm(p_values: list[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given; missing ones stay missing."""
    known = sorted((p, index) for index, p in enumerate(p_values) if not math.isnan(p))
    adjusted = [math.nan] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[index] = highest
    return adjusted


def _verdict(
    differences: np.ndarray, low: float, high: float, p_holm: float, threshold: float, better: str, policies: int
) -> str:
    """What a planner may conclude, in words.

    A difference counts when it is larger than the threshold and its sign is certain after Holm's adjustment; there is
    none in practice when the whole interval lies within the threshold.
    """
    mean = float(differences.mean())
    if not differences.any():
        return EQUAL
    if math.isnan(low):
        return ONE_RUN
    if -threshold <= low and high <= threshold:
        return "no practical difference"
    if p_holm < 1 - CONFIDENCE and abs(mean) >= threshold:
        if better == "neutral":
            return "higher" if mean > 0 else "lower"
        return "better" if (mean > 0) == (better == "higher") else "worse"
    more = more_runs(differences, threshold, policies)
    if more is None:
        return f"unclear: needs over {MOST_RUNS:,} more runs"
    return f"unclear: needs about {more:,} more run{'s' if more != 1 else ''}"


def more_runs(differences: np.ndarray, threshold: float, policies: int) -> int | None:
    """How many more runs would decide, if mean and spread stay as they are; None when it is more than anybody runs.

    A mean beyond the threshold is decided when its interval, at the level that Holm's first step asks for, excludes
    zero; a mean within it when its interval lies within the threshold.
    """
    from scipy.special import stdtrit

    mean, spread = abs(float(differences.mean())), float(differences.std(ddof=1))
    beyond = mean >= threshold
    level = (1 - CONFIDENCE) / (policies if beyond else 1)
    distance = mean if beyond else threshold - mean
    runs = np.arange(len(differences) + 1, len(differences) + MOST_RUNS + 1)
    enough = stdtrit(runs - 1, 1 - level / 2) * spread / np.sqrt(runs) < distance
    return int(np.argmax(enough)) + 1 if enough.any() else None
