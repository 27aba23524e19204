"""What firms invoiced each other: every delivery, or sums of those that nothing tells apart.

In: a run's tally.  Out: Invoices, which claims, ledger and books are made from.  This module must not know who paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.records import Columns
from chainsim.results.columns import Table
from chainsim.results.frames import Tallied

ALIKE: Final = -1  # in place of an order: a sum of deliveries of several


@dataclass(frozen=True, slots=True)
class Invoices:
    """Deliveries in sums.

    deliveries: rows tick, order, lane, quantity, buyer, seller, part, seller_stock, amount and freight in fen, due,
        deliveries.  A row is one delivery where a firm's cash is simulated; else it is all of a lane since the same
        dated change of terms, on one side of the warm-up's end, that fall due on the same side of it and of the
        horizon: tick and due are those of the first, order is `ALIKE`, and `deliveries` says how many.
    amount, freight: fen by segment and lane, int64[S, lanes].
    """

    deliveries: Table
    amount: Columns
    freight: Columns


def invoices(run: Tallied) -> Invoices:
    """The invoices of a run."""
    tally = run.tally
    alike = ~tally.single[tally.groups["lane"]]
    groups = {name: column[alike] for name, column in tally.groups.items()}
    groups["order"] = np.full(len(groups["lane"]), ALIKE, dtype=np.int64)
    singles = tally.singles | {"deliveries": np.ones(len(tally.singles["lane"]), dtype=np.int64)}
    found = {name: np.concatenate([column, singles[name]]) for name, column in groups.items()}
    return Invoices(placed_on(run, found), tally.amount, tally.freight)


def placed_on(run: Tallied, rows: Mapping[str, Columns]) -> Table:
    """The same rows, by column, with what the network says of their lanes."""
    lane, lanes = rows["lane"], run.lanes
    columns = {name: rows[name] for name in ("tick", "order", "lane", "quantity")}
    columns |= {name: getattr(lanes, name)[lane] for name in ("buyer", "seller", "part", "seller_stock")}
    columns |= {name: rows[name] for name in ("amount", "freight", "due", "deliveries")}
    return columns
