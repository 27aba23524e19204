"""Firms summed by ring, district, chain, sector, category, tier and corporate group; each sums to the same total.

In: the table of firms.  Out: one row a group.  This module must not know runs.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from chainsim.errors import InvariantError

BY: Final = ("ring", "district", "chain", "sector", "category", "tier", "group")
SUMMED: Final = (
    *("revenue_cny", "revenue_outside_group_cny", "purchases_cny", "purchases_city_cny", "purchases_province_cny"),
    *(
        "purchases_nation_cny",
        "purchases_abroad_cny",
        "imports_cny",
        "freight_cny",
        "other_inputs_cny",
        "stock_change_cny",
    ),
    *("value_added_cny", "wages_cny", "production_taxes_cny", "depreciation_cny", "interest_cny", "profit_cny"),
    *("income_tax_cny", "value_added_tax_cny", "transfers_cny", "jobs", "energy_kwh", "co2_t"),
)
CENT: Final = 0.005  # yuan; sums of whole fen are exact to less


def group_table(firms: pd.DataFrame) -> pd.DataFrame:
    """Rows by, name, firms, and the columns of `SUMMED`: simulated firms only.

    Raises InvariantError where the rows of one grouping do not sum to the total.
    """
    own = firms[~firms["kind"].isin(("market", "outside"))]
    values = own[list(SUMMED)].to_numpy(dtype=np.float64)
    total = values.sum(axis=0)
    names: list[str] = []
    number, sums = [], []
    for by in BY:
        known = own[by].notna().to_numpy()
        groups, cell = np.unique(own[by].to_numpy(dtype=str)[known], return_inverse=True)
        rows = np.zeros((len(groups), len(SUMMED)))
        np.add.at(rows, cell, values[known])
        off = np.abs(rows.sum(axis=0) - total) > CENT + 1e-9 * np.abs(total)
        if off.any():
            wrong = SUMMED[int(np.argmax(off))]
            raise InvariantError(f"invariant broken: firms by {by} do not sum to the total of {wrong}")
        names += groups.tolist()
        number.append(np.bincount(cell, minlength=len(groups)))
        sums.append(rows)
    counts = [len(one) for one in number]
    table = {"by": np.repeat(np.array(BY, dtype=object), counts), "name": names, "firms": np.concatenate(number)}
    columns = np.concatenate(sums)
    return pd.DataFrame(table | {name: columns[:, at] for at, name in enumerate(SUMMED)})
