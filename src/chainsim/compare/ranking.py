"""Ranks of policies: a policy stands behind those that are separated from it and better.

In: tidy measures by policy and replication.  Out: ranks, and the pairs that they rest on.  Two policies are separated
when the paired difference between them is not 0, with Holm's adjustment over all pairs of a measure.  With the same
replications in all pairs the t of a sum of differences is never below both of theirs (Minkowski), so "separated and
better" is transitive: a policy that is better than another one has a better rank.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

from chainsim.compare.intervals import CONFIDENCE, holm, one_of, student
from chainsim.compare.pairing import ahead, by_replication, of_measure
from chainsim.economy.kpis import Measure

PAIR: Final = "policy other difference low high low_family high_family p p_holm separated".split()


def ranking(kpis: pd.DataFrame, family: float = CONFIDENCE) -> pd.DataFrame:
    """Rows policy, measure, unit, mean, rank, last, by measure, best first; neutral measures have no ranks."""
    columns = ["policy", "measure", "unit", "mean", "rank", "last"]
    tables = [
        _ranks(measure, values, family).assign(measure=measure.name, unit=measure.unit)
        for measure, values in by_replication(kpis)
        if measure.better != "neutral"
    ]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def pairs(kpis: pd.DataFrame, family: float = CONFIDENCE) -> pd.DataFrame:
    """`separations` of every measure, led by measure and unit."""
    tables = []
    for measure, values in by_replication(kpis):
        table = _separations(values, family)
        table.insert(0, "measure", measure.name)
        table.insert(1, "unit", measure.unit)
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["measure", "unit", *PAIR])


def ranks(kpis: pd.DataFrame, measure: str, family: float = CONFIDENCE) -> pd.DataFrame:
    """Rows policy, mean, rank, last of one measure, best first.

    rank: 1 + how many policies are separated from it and better.  last: the worst rank that the others leave it.

    family: the confidence that no pair of equal policies is separated.  The rank is missing where the mean is, and
    with one replication.  ValueError for an unknown measure, and for one without a better direction.
    """
    found, values = of_measure(kpis, measure)
    if found.better == "neutral":
        raise ValueError(f"{measure} has no better direction, so policies have no ranks on it")
    return _ranks(found, values, family)


def separations(kpis: pd.DataFrame, measure: str, family: float = CONFIDENCE) -> pd.DataFrame:
    """Rows `PAIR`: difference of `policy` minus `other`, its intervals as in a comparison, and whether it is not 0."""
    return _separations(of_measure(kpis, measure)[1], family)


def _separations(values: pd.DataFrame, family: float) -> pd.DataFrame:
    names = list(combinations(values.columns, 2))
    columns = {name: values[name].to_numpy() for name in values}
    differences = [ahead(columns[one], columns[other]) for one, other in names]
    single = [student(each, family) for each in differences]
    rows = []
    for (one, other), each, own, p_holm in zip(
        names, differences, single, holm([one.p for one in single]), strict=True
    ):
        wide = student(each, one_of(len(names), family))
        ends = (own.low, own.high, wide.low, wide.high)
        rows.append((one, other, own.mean, *ends, own.p, p_holm, p_holm < 1 - family))
    return pd.DataFrame(rows, columns=PAIR)


def _ranks(measure: Measure, values: pd.DataFrame, family: float) -> pd.DataFrame:
    sign = 1.0 if measure.better == "higher" else -1.0
    table = _separations(values, family)
    apart = table[table["separated"].astype(bool)]
    first = sign * apart["difference"] > 0
    losers = apart["other"].where(first, apart["policy"]).value_counts()
    winners = apart["policy"].where(first, apart["other"]).value_counts()
    means = values.mean(skipna=False)
    behind = losers.reindex(means.index, fill_value=0).to_numpy()
    ranked = pd.Series(behind + 1, index=means.index, dtype="Int64")
    last = pd.Series(len(means) - winners.reindex(means.index, fill_value=0).to_numpy(), means.index, dtype="Int64")
    unknown = ~np.isfinite(means.to_numpy()) | (len(values) < 2)
    result = pd.DataFrame(
        {"mean": means, "rank": ranked.mask(unknown), "last": last.mask(unknown), "merit": -sign * means}
    )
    result = result.rename_axis("policy").reset_index().sort_values(["rank", "merit"], kind="stable")
    return result[["policy", "mean", "rank", "last"]].reset_index(drop=True)
