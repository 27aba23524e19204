"""What a difference between two runs amounts to: by firm in money, and in the measures.

In: the tables `firms` and `kpis` of two runs on the same luck.  Out: their differences, second minus first.
This module must not know logs or terminals.
"""

from __future__ import annotations

import pandas as pd

MONEY = ("revenue_cny", "value_added_cny")


def by_firm(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows firm, ring, revenue_cny, value_added_cny: differences that are not 0, the largest revenue first.

    A firm that only one of the runs has counts as 0 in the other.
    """
    one, other = (table.set_index("firm") for table in (before, after))
    names = one.index.union(other.index, sort=False)
    columns = list(MONEY)
    found = other.reindex(names)[columns].fillna(0) - one.reindex(names)[columns].fillna(0)
    found.insert(0, "ring", other["ring"].reindex(names).fillna(one["ring"]))
    found = found[(found[columns] != 0).any(axis=1)].rename_axis("firm").reset_index()
    order = found[columns[0]].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def by_measure(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows measure, unit, before, after, of the measures that differ, in their order."""
    found = before[["measure", "unit", "value"]].merge(
        after[["measure", "value"]], on="measure", suffixes=("_before", "_after"), sort=False
    )
    found = found.rename(columns={"value_before": "before", "value_after": "after"})
    return found[found["before"].ne(found["after"])].reset_index(drop=True)
