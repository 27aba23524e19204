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

from chainsim.model.network import Network
from chainsim.model.state import RECEIVED
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, Rows
from chainsim.results.folding.block import Block
from chainsim.results.folding.flows import cells
from chainsim.results.folding.segments import Segments

CLASSES: Final = 3  # due before the warm-up's end, due before the horizon, due later
SINGLE: Final = ("tick", "order", "lane", "quantity", "amount", "freight", "due", "placed")


class Group:
    """Sums by class x lane, int64[3 lanes]; tick, due: the first."""

    def __init__(self, lanes: int) -> None:
        self.quantity, self.amount, self.freight, self.deliveries = (
            np.zeros(CLASSES * lanes, dtype=np.int64) for _ in range(4)
        )
        never = np.iinfo(np.int64).max
        self.tick, self.due = (np.full(CLASSES * lanes, never, dtype=np.int64) for _ in range(2))


class Invoices:
    """amount, freight: int64[S, lanes].  single: which lanes' invoices are kept one by one, bool[lanes]."""

    def __init__(self, network: Network, lanes: LaneColumns, segments: Segments) -> None:
        count = len(network.lanes)
        self._segments, self._lanes = segments, lanes
        self.amount, self.freight = (np.zeros((len(segments), count), dtype=np.int64) for _ in range(2))
        self.single = single_lanes(network, lanes)
        self._groups: dict[tuple[int, bool], Group] = {}
        self._singles: list[dict[str, Columns]] = []

    def take(self, block: Block) -> Columns:
        """Add the invoices of one block; what each receipt was invoiced at, fen."""
        rows, at, hand = block.rows[RECEIVED], block.at(RECEIVED), block.hand
        so_far = hand["received"][at] + rows.quantity
        pieces = np.flatnonzero(rows.quantity != hand["quantity"][at])
        if len(pieces):
            so_far[pieces] = hand["received"][at[pieces]] + running(at[pieces], rows.quantity[pieces])
        per_unit, price, freight = self._lanes.per_unit[rows.entity], hand["price"][at], hand["freight"][at]
        before = so_far - rows.quantity
        amount, carriage = (_rise(each, before, so_far, per_unit) for each in (price, freight))
        due = rows.tick + hand["terms"][at]
        hand.add("invoiced", at, amount)
        self._add(rows, amount, carriage, due)
        chosen = self.single[rows.entity]
        if chosen.any():
            placed = hand["placed"][at]
            columns = (rows.tick, rows.order, rows.entity, rows.quantity, amount, carriage, due, placed)
            self._singles.append({name: column[chosen] for name, column in zip(SINGLE, columns, strict=True)})
        return amount

    def _add(self, rows: Rows, amount: Columns, freight: Columns, due: Columns) -> None:
        horizon, warm_up = int(self._segments.edges[-1]), self._segments.warm_up
        cell = cells(rows, self._segments, len(self.single))
        np.add.at(self.amount.reshape(-1), cell, amount)
        np.add.at(self.freight.reshape(-1), cell, freight)
        for key, own in self._alike(rows):
            part = rows.where(own)
            group = self._groups.setdefault(key, Group(len(self.single)))
            late = (due[own] >= warm_up).astype(np.int64) + (due[own] >= horizon)
            cell = late * len(self.single) + part.entity
            np.add.at(group.quantity, cell, part.quantity)
            np.add.at(group.amount, cell, amount[own])
            np.add.at(group.freight, cell, freight[own])
            np.add.at(group.deliveries, cell, 1)
            np.minimum.at(group.tick, cell, part.tick)
            np.minimum.at(group.due, cell, due[own])

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
        names = ("tick", "quantity", "amount", "freight", "due", "deliveries")
        found: dict[str, list[Columns]] = {name: [] for name in ("lane", *names)}
        for _, group in sorted(self._groups.items()):
            there = np.flatnonzero(group.deliveries)
            found["lane"].append(there % len(self.single))
            for name in names:
                found[name].append(getattr(group, name)[there])
        nothing = np.zeros(0, dtype=np.int64)
        return {name: np.concatenate([nothing, *columns]) for name, columns in found.items()}

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


def _rise(price: Columns, before: Columns, so_far: Columns, per_unit: Columns) -> Columns:
    """What the quanta between two totals cost, each total rounded down, fen."""
    if not price.any():
        return np.zeros_like(price)
    result: Columns = price * so_far // per_unit
    some = np.flatnonzero(before)
    result[some] -= price[some] * before[some] // per_unit[some]
    return result


def running(at: Columns, quantity: Columns) -> Columns:
    """Running sum of the quantities of each order, the row itself included, int64[n]."""
    order = np.argsort(at, kind="stable")
    owner, rise = at[order], quantity[order]
    total = np.cumsum(rise)
    first = np.r_[True, owner[1:] != owner[:-1]]
    before = np.where(first, total - rise, 0)
    result = np.empty_like(total)
    result[order] = total - np.maximum.accumulate(before)
    return result
