"""What common luck buys: the paired interval beside the one that independent replications would have given.

In: tidy measures by policy and replication.  Out: one row a policy and measure.  The difference of two policies on the
same draws has variance s1^2 + s2^2 - 2 r s1 s2, on different draws the same without r (Law 2015, sec. 11.2).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.compare.intervals import CONFIDENCE, Floats, deviation, student
from chainsim.compare.pairing import by_policy, by_replication, others

COLUMNS: Final = "policy measure unit replications paired unpaired ratio correlation equivalent".split()


def common_luck(kpis: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Rows `COLUMNS`, by policy and measure.

    paired, unpaired: half the 95 % interval of the difference, of Student and of Welch.  ratio: paired over unpaired;
    below 1 luck in common has helped.  correlation: of policy and baseline over replications.  equivalent: how many
    replications of each policy, all independent, would know the difference as well: n (s1^2 + s2^2) / s_d^2.
    Missing: everything with one replication or values that are not numbers; ratio, correlation and equivalent where
    nothing varies; equivalent also where the difference does not, since no number is enough.
    """
    rows = []
    for measure, values in by_replication(kpis):
        for policy in others(values, baseline):
            found = _bought(values[policy].to_numpy(), values[baseline].to_numpy())
            rows.append((policy, measure.name, measure.unit, len(values), *found))
    return by_policy(pd.DataFrame(rows, columns=COLUMNS), kpis)


def welch(one: Floats, other: Floats, confidence: float = CONFIDENCE) -> float:
    """Half of Welch's interval of the difference of the means of independent samples, at least two of each.

    Degrees of freedom by Welch & Satterthwaite (Welch 1947); 0 where neither varies.
    """
    parts = [deviation(values) ** 2 / len(values) for values in (one, other)]
    error2 = sum(parts)
    if error2 == 0:
        return 0.0
    from scipy.special import stdtrit

    shares = [part / error2 for part in parts]
    freedom = 1 / sum(share**2 / (len(values) - 1) for share, values in zip(shares, (one, other), strict=True))
    return float(stdtrit(freedom, 0.5 + confidence / 2)) * math.sqrt(error2)


def _bought(policy: Floats, base: Floats) -> tuple[float, float, float, float, float]:
    """Paired and unpaired half-width, their ratio, the correlation, the equivalent number of replications."""
    nothing = math.nan
    n = len(base)
    if n < 2 or not (np.isfinite(policy).all() and np.isfinite(base).all()):
        return (nothing,) * 5
    differences = policy - base
    interval = student(differences)
    paired, unpaired = (interval.high - interval.low) / 2, welch(policy, base)
    if unpaired == 0:
        return paired, unpaired, nothing, nothing, nothing
    spreads = deviation(policy), deviation(base)
    both = min(spreads) > 0
    correlation = float(np.clip(np.corrcoef(policy, base)[0, 1], -1, 1)) if both else nothing
    needed = n * (spreads[0] ** 2 + spreads[1] ** 2) / deviation(differences) ** 2 if paired > 0 else nothing
    return paired, unpaired, paired / unpaired, correlation, needed
