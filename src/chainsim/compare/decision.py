"""The decision table: what each policy brings the city, what it costs the public, and what a yuan of it buys.

In: tidy measures by policy and replication.  Out: one row a policy.  Differences are paired with the baseline on the
same luck; value added per fiscal yuan is a ratio of means, with a jackknife interval over replications; the payback
counts only taxes that the region keeps.  This module must not know how anything is simulated or printed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.compare.intervals import CONFIDENCE
from chainsim.compare.paired import comparison

OUTCOMES: Final = {
    "revenue": "city_revenue",
    "value_added": "city_value_added",
    "jobs": "city_jobs",
    "tax": "city_tax",
    "public_cost": "public_cost",
}
JUDGED: Final = "city_value_added"
COLUMNS: Final = (
    "policy",
    *OUTCOMES,
    "value_added_low",
    "value_added_high",
    "per_fiscal_yuan",
    "per_fiscal_yuan_low",
    "per_fiscal_yuan_high",
    "payback_years",
    "verdict",
)


def decision_table(kpis: pd.DataFrame, baseline: str, matters_if: float, years: float) -> pd.DataFrame:
    """Rows in the order of the policies, columns `COLUMNS`; money in yuan over the study, jobs as a mean over it.

    years: length of the counted time.  per_fiscal_yuan: difference of value added per yuan of public cost, missing
    where nothing more was spent.  payback_years: until the region's additional taxes have repaid the cost, at the pace
    of the study; missing where they never do, 0 where there is no cost.  verdict: of value added.
    """
    wide = kpis.pivot(index=["measure", "replication"], columns="policy", values="value")
    judged = comparison(kpis[kpis["measure"] == JUDGED], baseline, matters_if).set_index("policy")
    rows = []
    for policy in judged.index:
        difference = {name: _paired(wide, measure, str(policy), baseline) for name, measure in OUTCOMES.items()}
        mean = {name: float(values.mean()) for name, values in difference.items()}
        ratio = _ratio(difference["value_added"], difference["public_cost"])
        found = judged.loc[policy]
        rows.append(
            (
                policy,
                *mean.values(),
                found["low"],
                found["high"],
                *ratio,
                payback(mean["public_cost"], mean["tax"] / years),
                found["verdict"],
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def payback(cost: float, a_year: float) -> float:
    """Years until `a_year` has repaid `cost`; 0 of no cost, missing where it never does."""
    if cost <= 0:
        return 0.0
    return cost / a_year if a_year > 0 else math.nan


def _paired(wide: pd.DataFrame, measure: str, policy: str, baseline: str) -> np.ndarray:
    """Differences by replication; 0 where a study has no such measure."""
    if measure not in wide.index.get_level_values(0):
        return np.zeros(wide.index.get_level_values(1).nunique())
    values = wide.loc[measure]
    result: np.ndarray = values[policy].to_numpy() - values[baseline].to_numpy()
    return result


def _ratio(gains: np.ndarray, costs: np.ndarray) -> tuple[float, float, float]:
    """Ratio of means and its jackknife interval (Law 2015, sec. 9.4); missing where nothing more was spent.

    With one replication there is no interval.
    """
    n, total = len(gains), float(costs.sum())
    if total <= 0:  # of money that was saved, more value added for each yuan would look worse
        return math.nan, math.nan, math.nan
    ratio = float(gains.sum()) / total
    without = total - costs
    if n < 2 or (without == 0).any():
        return ratio, math.nan, math.nan
    from scipy.special import stdtrit

    pseudo = n * ratio - (n - 1) * (gains.sum() - gains) / without
    half = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * float(pseudo.std(ddof=1)) / math.sqrt(n)
    middle = float(pseudo.mean())
    return ratio, middle - half, middle + half
