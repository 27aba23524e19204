"""What final sales need: through bills of materials and deliveries, up to the stock points where a part is bought.

In: a network, its counted deliveries, and sets of stock points.  Out: by set, the final sales that need one of it, fen.
This module must not know why these stock points were chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from chainsim.economy.settling import Web
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Table, lane_columns, with_role
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums

TOGETHER: Final = 1 << 20  # stock points, lanes and needs, set by set, that are looked at together: some 50 MB at most


class Dependence:
    """Which share of what each stock point delivers needs one of some stock points, as deliveries were in this run.

    A unit made needs each of its components, so its share is the largest of theirs: the least that must be true,
    whichever units went together.  A component is as the suppliers who delivered it, by quantity; what is bought
    outside needs nothing that is simulated.

    Many sets are asked about at once, for most lead to few stock points.  A *cell* is a set and a stock point.
    """

    def __init__(self, network: Network, deliveries: Table) -> None:
        count = len(network.stocks)
        lanes, quantity = deliveries["lane"], deliveries["quantity"]
        buyer, seller = lane_columns(network).buyer_stock, lane_columns(network).seller_stock
        sent = np.bincount(lanes, quantity, len(network.lanes)) if len(network.lanes) else np.zeros(0)
        got = np.bincount(buyer, sent, count) if len(buyer) else np.zeros(count)
        used = np.flatnonzero(sent)
        used = used[np.argsort(buyer[used], kind="stable")]  # as the arrows to sellers are
        buyer_of, seller_of, (made, component) = buyer[used], seller[used], _needs(network)
        self._count, self._share = count, sent[used] / got[buyer_of]
        self._bought, self._needed = _Arrows.of(buyer_of, seller_of, count), _Arrows.of(made, component, count)
        self._onward = _Arrows.of(np.concatenate([seller_of, component]), np.concatenate([buyer_of, made]), count)
        final = with_role(network, "sold")[buyer[lanes]]
        self._sold = sums(deliveries["seller_stock"][final], deliveries["amount"][final], count).astype(np.float64)

    def final_sales(self, sets: Sequence[Columns]) -> np.ndarray:
        """Deliveries to the markets that need one of the stock points of each set (int64[any]), fen, float64[sets]."""
        result, share = np.zeros(len(sets)), np.zeros(self._count)
        for number, (points, shares) in enumerate(self.shares(sets)):
            share[points] = shares
            result[number] = self._sold @ share
            share[points] = 0
        return result

    def shares(self, sets: Sequence[Columns]) -> Iterator[tuple[Columns, np.ndarray]]:
        """Set by set, all stock points that it leads to, int64[n], and the share of their flow that needs it, 0..1."""
        step = max(1, TOGETHER // max(1, self._count + len(self._onward.end)))
        for begin in range(0, len(sets), step):
            chosen = sets[begin : begin + step]
            cells, share = self._settled(chosen)
            starts = np.searchsorted(cells, np.arange(len(chosen) + 1) * self._count).tolist()
            for own in pairwise(starts):
                yield cells[slice(*own)] % self._count, share[slice(*own)]

    def _settled(self, sets: Sequence[Columns]) -> tuple[Columns, np.ndarray]:
        """The cells that some sets lead to, in order, and their shares."""
        chosen = np.repeat(np.arange(len(sets)) * self._count, [len(points) for points in sets]) + np.concatenate(sets)
        cells, place = self._downstream(chosen, len(sets))
        asked = np.zeros(len(cells))
        asked[place[chosen]] = 1
        buyer, seller, row = self._within(self._bought, cells, place)
        product, component, _ = self._within(self._needed, cells, place)
        return cells, Web(cells // self._count, asked, buyer, seller, self._share[row], product, component).settled()

    def _downstream(self, chosen: Columns, sets: int) -> tuple[Columns, Columns]:
        """All cells that deliveries or bills lead to from some, these included, in order; and the place of each cell
        among them, -1 if it is not.
        """
        place = np.full(sets * self._count, -1)
        levels, front = [chosen[:0]], chosen
        while len(front):
            place[front] = np.arange(len(front))
            front = front[place[front] == np.arange(len(front))]  # each once
            levels.append(front)
            _, ends, _ = self._onward.of_cells(front, self._count)
            front = ends[place[ends] < 0]
        cells = np.sort(np.concatenate(levels))
        place[cells] = np.arange(len(cells))
        return cells, place

    def _within(self, arrows: _Arrows, cells: Columns, place: Columns) -> tuple[Columns, Columns, Columns]:
        """The arrows from cells to cells, by places, and their rows; what is not among the cells needs no set."""
        start, ends, row = arrows.of_cells(cells, self._count)
        end = place[ends]
        inside = end >= 0
        return start[inside], end[inside], row[inside]


@dataclass(frozen=True, slots=True)
class _Arrows:
    """From stock points to stock points, by where they start: first, int64[P + 1], of each start; end, int64[arrows].

    Those of one start keep the order given, so that sums over them add up in the same order, whatever else is summed.
    """

    first: Columns
    end: Columns

    @classmethod
    def of(cls, start: Columns, end: Columns, count: int) -> _Arrows:
        order = np.argsort(start, kind="stable")
        return cls(np.searchsorted(start[order], np.arange(count + 1)), end[order])

    def of_cells(self, cells: Columns, count: int) -> tuple[Columns, Columns, Columns]:
        """All that start in some cells: the place of the cell, the cell where it ends, and its row."""
        point = cells % count
        number = self.first[point + 1] - self.first[point]
        place = np.repeat(np.arange(len(cells)), number)
        row = np.arange(len(place)) + np.repeat(self.first[point + 1] - np.cumsum(number), number)
        return place, (cells - point)[place] + self.end[row], row


@once_per_network
def _needs(network: Network) -> np.ndarray:
    """What is made, and what it needs: stock points, int64[2, needs]."""
    needs = [(need.made, need.component) for need in network.needs]
    return np.array(needs, dtype=np.int64).reshape(len(needs), 2).T
