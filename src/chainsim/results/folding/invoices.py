"""What was invoiced: fen by lane and segment, and when it falls due.

In: blocks, before what they received is added to the hand.  Out: int64 sums.  An order delivered in parts is invoiced
in parts that sum to the whole to the fen: each part is the rise of floor(price x quantity delivered so far / quanta
per unit); freight likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.kernels.meaning import OpenOrders
from chainsim.model.network import Network
from chainsim.model.state import RECEIVED
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, Rows
from chainsim.results.folding.block import Block
from chainsim.results.folding.segments import Segments

CLASSES: Final = 3  # due before the warm-up's end, due before the horizon, due later
SINGLE: Final = ("tick", "order", "lane", "quantity", "amount", "freight", "due", "placed")


class Group:
    """Sums by class x lane: quantity, amount, freight, deliveries, int64[4, 3 lanes]; first tick and due tick."""

    def __init__(self, lanes: int) -> None:
        self.sums = np.zeros((4, CLASSES * lanes), dtype=np.int64)
        self.first = np.full((2, CLASSES * lanes), np.iinfo(np.int64).max)

    def there(self) -> dict[str, Columns]:
        """Columns of the cells in which anything was delivered."""
        quantity, amount, freight, deliveries = self.sums
        at = np.flatnonzero(deliveries)
        tick, due = self.first
        columns = {"tick": tick, "quantity": quantity, "amount": amount, "freight": freight, "due": due}
        columns["deliveries"] = deliveries
        lanes = len(deliveries) // CLASSES
        return {"lane": at % lanes} | {name: column[at] for name, column in columns.items()}


class Invoices:
    """amount, freight: int64[S, lanes].  single: which lanes' invoices are kept one by one, bool[lanes]."""

    def __init__(self, network: Network, lanes: LaneColumns, segments: Segments, kernels: Kernels = arrays) -> None:
        count = len(network.lanes)
        self._segments, self._lanes, self._kernels = segments, lanes, kernels
        self.amount, self.freight = (np.zeros((len(segments), count), dtype=np.int64) for _ in range(2))
        self.single = single_lanes(network, lanes)
        self._groups: dict[tuple[int, bool], Group] = {}
        self._singles: list[dict[str, Columns]] = []

    def take(self, block: Block) -> Columns:
        """Add the invoices of one block, and take note of what was received; what each receipt was invoiced at, fen."""
        rows, at, hand = block.rows[RECEIVED], block.at(RECEIVED), block.hand
        invoiced = np.empty((3, len(rows)), dtype=np.int64)
        orders = OpenOrders(*(hand[name] for name in OpenOrders._fields))
        self._kernels.invoice(rows.tick, rows.entity, rows.quantity, at, self._lanes.per_unit, orders, invoiced)
        amount, freight, due = invoiced
        for value, cells in ((amount, self.amount), (freight, self.freight)):
            self._kernels.add_cells(rows.tick, rows.entity, value, self._segments.edges, cells)
        self._group(rows, amount, freight, due)
        chosen = self.single[rows.entity]
        if chosen.any():
            columns = (rows.tick, rows.order, rows.entity, rows.quantity, *invoiced, hand["placed"][at])
            self._singles.append({name: column[chosen] for name, column in zip(SINGLE, columns, strict=True)})
        return amount

    def _group(self, rows: Rows, amount: Columns, freight: Columns, due: Columns) -> None:
        horizon, warm_up = int(self._segments.edges[-1]), self._segments.warm_up
        for key, own in self._alike(rows):
            part = rows.where(own)
            group = self._groups.setdefault(key, Group(len(self.single)))
            columns = (part.tick, part.entity, part.quantity, amount[own], freight[own], due[own])
            self._kernels.add_invoices(*columns, warm_up, horizon, group.sums, group.first)

    def _alike(self, rows: Rows) -> Iterator[tuple[tuple[int, bool], slice]]:
        """Stretches of rows under one recipe, on one side of the warm-up's end."""
        found = self._segments
        counted = np.arange(len(found)) >= found.first
        begins = np.flatnonzero(np.r_[True, (np.diff(found.recipe) != 0) | (np.diff(counted))])
        cuts = np.append(np.searchsorted(rows.tick, found.edges[begins]), len(rows)).tolist()
        for segment, cut in zip(begins.tolist(), pairwise(cuts), strict=True):
            if cut[0] < cut[1]:
                yield (int(found.recipe[segment]), bool(counted[segment])), slice(*cut)

    def groups(self) -> dict[str, Columns]:
        """Columns tick, lane, quantity, amount, freight, due, deliveries: what each lane delivered under one recipe, on
        one side of the warm-up's end, and due in one of `CLASSES`.  tick, due: the first.
        """
        nothing = np.zeros(0, dtype=np.int64)
        names = ("lane", "tick", "quantity", "amount", "freight", "due", "deliveries")
        several = [group.there() for _, group in sorted(self._groups.items())]
        return {name: np.concatenate([nothing, *(columns[name] for columns in several)]) for name in names}

    def singles(self) -> dict[str, Columns]:
        """The invoices of `single` lanes one by one: columns of `SINGLE`."""
        nothing = np.zeros(0, dtype=np.int64)
        return {name: np.concatenate([nothing, *(part[name] for part in self._singles)]) for name in SINGLE}


def single_lanes(network: Network, lanes: LaneColumns) -> np.ndarray:
    """Lanes of which every claim matters by itself, bool[lanes]: cash is simulated, or public money goes by claims."""
    purses = {purse.firm for purse in network.purses}
    paid_for = {row.of for row in network.fiscal if row.basis == "claim"}
    firms = np.zeros(len(network.firms), dtype=bool)
    firms[list(purses)] = True
    sellers = firms.copy()
    sellers[list(paid_for)] = True
    result: np.ndarray = firms[lanes.buyer] | sellers[lanes.seller]
    return result
