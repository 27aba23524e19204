"""Who sold how much of what to whom, month by month: the realised transaction table.

In: the Books of a run.  Out: a table from the ledger's deliveries; summed by what one asks for.  Rows add up to the
revenue of every seller and the purchases of every buyer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
import pandas as pd

from chainsim.economy.books import Books
from chainsim.economy.chains import chains
from chainsim.economy.regions import rings_of
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Table, lane_columns, of_kind
from chainsim.results.frames import simulated_firms
from chainsim.results.periods import periods
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums
from chainsim.results.tables import FEN

ATTRIBUTES: Final = ("kind", "ring", "district", "chain", "sector", "category", "tier")
BY_PLACE: Final = (
    "month",
    "part",
    *(f"{side}_{name}" for side in ("seller", "buyer") for name in ("kind", "ring", "district", "chain", "category")),
)
RINGS: Final = ("city", "province", "nation", "abroad")
DENSE: Final = 8  # places a row; with as few, writing into all of them is quicker than sorting
VALUES: Final = ("units", "cny", "freight_cny")


@dataclass(frozen=True, slots=True)
class Keys:
    """What rows are summed by.

    coded: by key, the number of each month's or lane's value, and all values in order, as pandas keeps them.
    order: of key after key, or of several keys of lanes together: whether of months, the number of the value or
    combination that each month or lane has, and how many there are.
    """

    coded: dict[str, tuple[Columns, Any]]
    order: list[tuple[bool, Columns, int]]


def transactions(books: Books, by: Sequence[str] = ("month", "seller", "buyer", "part")) -> Table:
    """Rows by, then units, cny (revenue of the seller), freight_cny (paid by the buyer to carriers).

    by: any of month, part, seller, buyer, and `seller_` or `buyer_` with one of `ATTRIBUTES`.  Deliveries count from
    the end of the warm-up; units of different parts are summed only if `part` is not among them.
    """
    return _summed(books, _keys(books.run.network, by))


def _summed(books: Books, keys: Keys) -> Table:
    """The table of `transactions` by some keys."""
    run = books.run
    found, lanes = run.tally.segments, len(run.network.lanes)
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
    month = there // lanes
    cell, rows = _cells([(codes[month if monthly else at], count) for monthly, codes, count in keys.order])
    count = len(rows)
    table: dict[str, Any] = {
        name: words.take(codes[(month if name == "month" else at)[rows]]) for name, (codes, words) in keys.coded.items()
    }
    if not count:  # pandas takes nothing for objects
        table = {name: np.array([], dtype=object) for name in keys.coded}
    units = totals["units"][there] / run.lanes.per_unit[at]
    table["units"] = np.bincount(cell, units, count).astype(np.float64)  # of nothing it makes whole numbers
    for name in VALUES[1:]:
        table[name] = sums(cell, totals[name][there], count) / FEN
    return table


def _keys(network: Network, by: Sequence[str]) -> Keys:
    coded = {name: _coded(*_facts(network, name)) for name in by}
    order = []
    for monthly, names in groupby(by, lambda name: name == "month"):
        cell, rows = _cells([(coded[name][0], len(coded[name][1])) for name in names])
        order.append((monthly, cell, len(rows)))
    return Keys(coded, order)


def _facts(network: Network, key: str) -> tuple[Sequence[object], Columns]:
    """The values of a key, and which of them each month, or lane, has."""
    side, _, name = key.partition("_")
    if key == "month":
        months = periods(network).months
        return months, np.arange(len(months))
    lanes = lane_columns(network)
    if key == "part":
        return [part.name for part in network.parts], lanes.part
    firm = {"seller": lanes.seller, "buyer": lanes.buyer}[side]
    return chains(network) if name == "chain" else [getattr(row, name or "name") for row in network.firms], firm


def _coded(values: Sequence[object], at: Columns) -> tuple[Columns, Any]:
    """The value at each place as its number among all values, which are in order."""
    every = sorted(set(values), key=lambda value: value)  # type: ignore[arg-type, return-value]
    number = {value: index for index, value in enumerate(every)}
    codes = np.array([number[value] for value in values], dtype=np.int64)[at]
    return codes, pd.Series(np.array(every, dtype=object)).array


def _cells(keys: Sequence[tuple[Columns, int]]) -> tuple[Columns, Columns]:
    """By row the number of its combination of keys, in order, int64[n], and for each combination one of its rows."""
    cell = np.zeros(len(keys[0][0]), dtype=np.int64)
    rows = np.zeros(0, dtype=np.int64)
    for codes, count in keys:  # numbered anew each time, so that products stay small
        code, span = cell * count + codes, max(len(rows), 1) * count
        if span <= DENSE * len(code):
            there = np.zeros(span, dtype=bool)
            there[code] = True
            cell = (np.cumsum(there) - 1)[code]
            rows = np.empty(int(there.sum()), dtype=np.int64)
            rows[cell[::-1]] = np.arange(len(cell))[::-1]  # the first of each is written last
        else:
            _, rows, cell = np.unique(code, return_index=True, return_inverse=True)
    return cell, rows


def by_place(books: Books) -> Table:
    """The table of the run folder: by month, part, and where and what seller and buyer are."""
    return _summed(books, _places(books.run.network))


@once_per_network
def _places(network: Network) -> Keys:
    return _keys(network, BY_PLACE)


def purchases_by_ring(books: Books) -> Table:
    """What each simulated firm bought from firms and sources of each ring, and of that from outside sources, fen.

    Columns purchases_city, purchases_province, purchases_nation, purchases_abroad, imports; int64[firms] each.
    """
    network = books.run.network
    firms = len(network.firms)
    counted = books.counted
    own = simulated_firms(network)[counted["buyer"]]
    buyer, seller, amount = (counted[name][own] for name in ("buyer", "seller", "amount"))
    ring = rings_of(network)[seller]
    outside = of_kind(network, "outside")[seller]
    found = {f"purchases_{name}": sums(buyer[ring == name], amount[ring == name], firms) for name in RINGS}
    return found | {"imports": sums(buyer[outside], amount[outside], firms)}
