"""Who sold how much of what to whom, month by month: the realised transaction table.

In: the Books of a run.  Out: a table from the ledger's deliveries; summed by what one asks for.  Rows add up to the
revenue of every seller and the purchases of every buyer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.books import Books
from chainsim.economy.chains import chains
from chainsim.economy.regions import rings_of
from chainsim.model import state
from chainsim.records import Columns
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
    keys = dict(_facts(books, by, there // lanes, at))
    cell, rows = _cells([(codes, len(names)) for codes, names in keys.values()])
    count = int(cell.max(initial=-1)) + 1
    table = {key: np.array(names, dtype=object)[codes[rows]] for key, (codes, names) in keys.items()}
    units = totals["units"][there] / run.lanes.per_unit[at]
    table["units"] = np.bincount(cell, units, count).astype(np.float64)  # of nothing it makes whole numbers
    for name in VALUES[1:]:
        table[name] = sums(cell, totals[name][there], count) / FEN
    return pd.DataFrame(table)


def _facts(
    books: Books, by: Sequence[str], month: Columns, lane: Columns
) -> Iterator[tuple[str, tuple[Columns, list[object]]]]:
    """What is asked of each row, as the number of a value and all values in order."""
    network, lanes = books.run.network, books.run.lanes
    of_chain = chains(network)
    for key in by:
        side, _, name = key.partition("_")
        if key == "month":
            codes, values = _coded(books.periods.months, month)
        elif key == "part":
            codes, values = _coded([part.name for part in network.parts], lanes.part[lane])
        else:
            firm = {"seller": lanes.seller, "buyer": lanes.buyer}[side][lane]
            of_firm = of_chain if name == "chain" else [getattr(row, name or "name") for row in network.firms]
            codes, values = _coded(of_firm, firm)
        yield key, (codes, values)


def _coded(values: Sequence[object], at: Columns) -> tuple[Columns, list[object]]:
    """The value at each place as its number among all values, which are in order."""
    every = sorted(set(values), key=lambda value: value)  # type: ignore[arg-type, return-value]
    number = {value: index for index, value in enumerate(every)}
    return np.array([number[value] for value in values], dtype=np.int64)[at], every


def _cells(keys: Sequence[tuple[Columns, int]]) -> tuple[Columns, Columns]:
    """By row the number of its combination of keys, in order, int64[n], and for each combination one of its rows."""
    cell = np.zeros(len(keys[0][0]), dtype=np.int64)
    rows = np.zeros(0, dtype=np.int64)
    for codes, count in keys:  # numbered anew each time, so that products stay small
        _, rows, cell = np.unique(cell * count + codes, return_index=True, return_inverse=True)
    return cell, rows


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
    ring = rings_of(network)[seller]
    outside = np.array([firm.kind == "outside" for firm in network.firms], dtype=bool)[seller]
    found = {f"purchases_{name}": sums(buyer[ring == name], amount[ring == name], firms) for name in RINGS}
    return pd.DataFrame(found | {"imports": sums(buyer[outside], amount[outside], firms)})
