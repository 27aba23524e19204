"""Firms summed by ring, district, chain, sector, category, tier and corporate group; each sums to the same total.

In: the table of firms.  Out: one row a group.  This module must not know runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from chainsim.errors import InvariantError
from chainsim.results.columns import Table, columns_of

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


def group_table(firms: Table) -> Table:
    """Rows by, name, firms, and the columns of `SUMMED`: simulated firms only.

    Raises InvariantError where the rows of one grouping do not sum to the total.
    """
    return summed(groupings(pd.DataFrame(firms)), firms)


@dataclass(frozen=True, slots=True)
class Groupings:
    """Which firms are summed in which group: what of the table of firms no run changes.

    simulated: bool[firms].  known, cell: by grouping, which simulated firms are in a group, and in which, from 0.
    words: columns by, name, firms of the table, as pandas keeps them.
    """

    simulated: np.ndarray
    known: dict[str, np.ndarray]
    cell: dict[str, np.ndarray]
    words: Table


def groupings(firms: pd.DataFrame) -> Groupings:
    """The groupings of a table of firms, or of its columns `kind` and `BY`."""
    simulated = ~firms["kind"].isin(("market", "outside")).to_numpy()
    known, cell = {}, {}
    names: list[str] = []
    number = []
    for by in BY:
        own = firms[by][simulated]
        known[by] = own.notna().to_numpy()
        groups, cell[by] = np.unique(own.to_numpy(dtype=str)[known[by]], return_inverse=True)
        names += groups.tolist()
        number.append(np.bincount(cell[by], minlength=len(groups)))
    counts = [len(one) for one in number]
    words = pd.DataFrame(
        {"by": np.repeat(np.array(BY, dtype=object), counts), "name": names, "firms": np.concatenate(number)}
    )
    return Groupings(simulated, known, cell, columns_of(words))


def summed(of: Groupings, firms: Table) -> Table:
    """The table of `group_table`, of firms whose groupings are known."""
    values = np.column_stack([firms[name] for name in SUMMED]).astype(np.float64)[of.simulated]
    total = values.sum(axis=0)
    sums = []
    for by, cell in of.cell.items():
        rows = np.zeros((int(cell.max(initial=-1)) + 1, len(SUMMED)))
        np.add.at(rows, cell, values[of.known[by]])
        off = np.abs(rows.sum(axis=0) - total) > CENT + 1e-9 * np.abs(total)
        if off.any():
            wrong = SUMMED[int(np.argmax(off))]
            raise InvariantError(f"invariant broken: firms by {by} do not sum to the total of {wrong}")
        sums.append(rows)
    columns = np.concatenate(sums)
    return of.words | {name: columns[:, at] for at, name in enumerate(SUMMED)}
