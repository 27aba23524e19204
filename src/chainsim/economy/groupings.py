"""Firms summed by ring, district, chain, sector, category, tier and corporate group; each sums to the same total.

In: the table of firms.  Out: one row a group.  This module must not know runs.
"""

from __future__ import annotations

from typing import Final

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
    total = own[list(SUMMED)].sum()
    blocks = []
    for by in BY:
        rows = own.groupby(own[by].astype(str), sort=True)[list(SUMMED)].sum()
        rows.insert(0, "firms", own.groupby(own[by].astype(str), sort=True).size())
        off = (rows[list(SUMMED)].sum() - total).abs() > CENT + 1e-9 * total.abs()
        if off.any() or int(rows["firms"].sum()) != len(own):
            raise InvariantError(f"invariant broken: firms by {by} do not sum to the total of {off.idxmax()}")
        rows.insert(0, "name", rows.index)
        rows.insert(0, "by", by)
        blocks.append(rows)
    return pd.concat(blocks, ignore_index=True)
