"""Paired comparison of policies with the baseline, on the same draws.

In: tidy measures by policy and replication.  Out: difference, interval and verdict by policy and measure.  The
intervals are Student's t on the paired differences; p-values are adjusted by Holm's step-down over the policies of one
measure (Holm 1979), which needs no independence; Dunnett's test would.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from chainsim.economy.kpis import MEASURES

CONFIDENCE = 0.95


def comparison(kpis: pd.DataFrame, baseline: str, matters_if: float) -> pd.DataFrame:
    """Rows policy, measure, unit, baseline and policy mean, difference, low, high, relative, p, p_holm, verdict.

    kpis: tidy frame with policy, replication, measure, unit, value.  Replications pair by number.
    matters_if: smallest relative difference that matters, as a share of the baseline's mean.
    With one replication there is no interval: low, high and p are missing.
    """
    wide = kpis.pivot(index=["measure", "replication"], columns="policy", values="value")
    policies = [policy for policy in dict.fromkeys(kpis["policy"]) if policy != baseline]
    rows = []
    for measure in MEASURES:
        if measure.name not in wide.index.get_level_values(0):
            continue
        values = wide.loc[measure.name]
        base = values[baseline].to_numpy()
        tests = [_paired(values[policy].to_numpy() - base) for policy in policies]
        adjusted = holm([p for *_, p in tests])
        for policy, (difference, low, high, p), p_holm in zip(policies, tests, adjusted, strict=True):
            mean = float(base.mean())
            verdict = _verdict(
                values[policy].to_numpy() - base, difference, low, high, p_holm, matters_if * abs(mean), measure.better
            )
            rows.append(
                (
                    policy,
                    measure.name,
                    measure.unit,
                    mean,
                    float(values[policy].mean()),
                    difference,
                    low,
                    high,
                    difference / abs(mean) if mean else 0.0,
                    p,
                    p_holm,
                    verdict,
                )
            )
    names = ["policy", "measure", "unit", "baseline", "mean", "difference", "low", "high", "relative", "p", "p_holm"]
    table = pd.DataFrame(rows, columns=[*names, "verdict"])
    order = {policy: index for index, policy in enumerate(policies)}
    return table.sort_values("policy", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def _paired(differences: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, lower and upper end of the 95 % interval, and two-sided p-value of paired differences."""
    mean = float(differences.mean())
    n = len(differences)
    if n < 2:
        return mean, math.nan, math.nan, math.nan
    from scipy.special import stdtr, stdtrit

    error = float(differences.std(ddof=1)) / math.sqrt(n)
    half = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * error
    if error == 0:
        return mean, mean, mean, 1.0 if mean == 0 else 0.0
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
    differences: np.ndarray, mean: float, low: float, high: float, p_holm: float, threshold: float, better: str
) -> str:
    """What a planner may conclude, in words."""
    if not differences.any():
        return "exactly equal"
    if math.isnan(low):
        return "one run: no interval"
    if -threshold <= low and high <= threshold:
        return "no practical difference"
    if p_holm < 1 - CONFIDENCE and abs(mean) >= threshold:
        if better == "neutral":
            return "higher" if mean > 0 else "lower"
        return "better" if (mean > 0) == (better == "higher") else "worse"
    return f"unclear: about {_more_runs(differences, mean, threshold)} more runs"


def _more_runs(differences: np.ndarray, mean: float, threshold: float) -> int:
    """Runs still missing until the half-width is about the distance between the mean and the nearer edge that decides."""
    distance = max(abs(abs(mean) - threshold), threshold / 2, abs(mean) / 10, 1e-300)
    needed = math.ceil((2.0 * float(differences.std(ddof=1)) / distance) ** 2)
    return max(1, min(needed - len(differences), 10_000))
