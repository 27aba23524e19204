"""Who sold how much of what to whom, month by month: the realised transaction table.

In: the Books of a run.  Out: a table from the ledger's deliveries; summed by what one asks for.  Rows add up to the
revenue of every seller and the purchases of every buyer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.books import Books
from chainsim.economy.chains import chains
from chainsim.model import state
from chainsim.results.frames import simulated_firms
from chainsim.results.steps import sums
from chainsim.results.tables import FEN

ATTRIBUTES: Final = ("kind", "ring", "district", "chain", "sector", "category", "tier")
BY_PLACE: Final = (
    "month",
    "part",
    *(f"{side}_{name}" for side in ("seller", "buyer") for name in ("kind", "ring", "district", "chain", "category")),
)
RINGS: Final = ("city", "province", "nation", "abroad")
VALUES: Final = ("units", "cny", "freight_cny")


def transactions(books: Books, by: Sequence[str] = ("month", "seller", "buyer", "part")) -> pd.DataFrame:
    """Rows by, then units, cny (revenue of the seller), freight_cny (paid by the buyer to carriers).

    by: any of month, part, seller, buyer, and `seller_` or `buyer_` with one of `ATTRIBUTES`.  Deliveries count from
    the end of the warm-up; units of different parts are summed only if `part` is not among them.
    """
    run, network = books.run, books.run.network
    found, lanes = run.tally.segments, len(network.lanes)
    from_warm_up = np.arange(len(found)) >= found.first
    totals = {
        name: found.by_period(column * from_warm_up[:, None]).ravel()
        for name, column in (
            ("units", run.tally.quanta[state.RECEIVED]),
            ("cny", books.invoices.amount),
            ("freight_cny", books.invoices.freight),
        )
    }
    there = np.flatnonzero(totals["units"])
    at = there % lanes
    table = pd.DataFrame({name: columns[there].astype(np.float64) for name, columns in totals.items()})
    table["units"] /= run.lanes.per_unit[at]
    table[["cny", "freight_cny"]] /= FEN
    facts = {"month": np.array(books.periods.months, dtype=object)[there // lanes]}
    facts["part"] = np.array([part.name for part in network.parts], dtype=object)[run.lanes.part[at]]
    of_chain = chains(network)
    for side, firm in (("seller", run.lanes.seller[at]), ("buyer", run.lanes.buyer[at])):
        facts[side] = np.array([row.name for row in network.firms], dtype=object)[firm]
        for name in ATTRIBUTES:
            values = of_chain if name == "chain" else [getattr(row, name) for row in network.firms]
            facts[f"{side}_{name}"] = np.array(values, dtype=object)[firm]
    keys = list(by)
    for key in reversed(keys):
        table.insert(0, key, facts[key])
    return table.groupby(keys, sort=True)[list(VALUES)].sum().reset_index()


def by_place(books: Books) -> pd.DataFrame:
    """The table of the run folder: by month, part, and where and what seller and buyer are."""
    return transactions(books, BY_PLACE)


def purchases_by_ring(books: Books) -> pd.DataFrame:
    """What each simulated firm bought from firms and sources of each ring, and of that from outside sources, fen.

    Columns purchases_city, purchases_province, purchases_nation, purchases_abroad, imports; int64[firms] each.
    """
    network = books.run.network
    firms = len(network.firms)
    counted = books.counted
    own = simulated_firms(network)[counted["buyer"].to_numpy()]
    buyer, seller, amount = (counted[name].to_numpy()[own] for name in ("buyer", "seller", "amount"))
    ring = np.array([firm.ring for firm in network.firms])[seller]
    outside = np.array([firm.kind == "outside" for firm in network.firms], dtype=bool)[seller]
    found = {f"purchases_{name}": sums(buyer[ring == name], amount[ring == name], firms) for name in RINGS}
    return pd.DataFrame(found | {"imports": sums(buyer[outside], amount[outside], firms)})
