"""What moved where and when: quanta by kind of row, segment and entity, and sums of quanta x time.

In: blocks.  Out: int64[segments, entities] by kind.  This module must not know orders.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.kernels.meaning import FlowSums
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Rows
from chainsim.results.folding.block import Block
from chainsim.results.folding.segments import Segments

BY_LANE: Final = (state.PLACED, state.SHIPPED, state.RECEIVED, state.LOST)
BY_STOCK: Final = (
    *(state.RELEASED, state.STARTED, state.CONSUMED, state.FINISHED),
    *(state.SCRAPPED, state.DEMANDED, state.DESTROYED),
)
KEPT: Final = (
    *(state.SPENT, state.INTEREST, state.SWITCHED, state.INVESTED),
    *(state.PAID, state.DISCOUNTED, state.WRITTEN_OFF),
    *(state.LINE_LEVEL, state.STOCK_LEVEL),
)
"""Kinds of which every row is kept: rare, or about firms whose cash is simulated."""


class Flows:
    """quanta: by kind, int64[S, lanes or stock points].  rows: how many there were since the warm-up, by entity.

    moment: by kind, sum of quantity x ticks from the row, or from the warm-up if that is later, to the horizon.
    kept: all rows of `KEPT`.
    """

    def __init__(self, network: Network, segments: Segments, kernels: Kernels = arrays) -> None:
        self._segments, self._kernels = segments, kernels
        sizes = dict.fromkeys(BY_LANE, len(network.lanes)) | dict.fromkeys(BY_STOCK, len(network.stocks))
        self._sums = {
            kind: FlowSums(
                np.zeros((len(segments), size), dtype=np.int64),
                np.zeros(size, dtype=np.int64),
                np.zeros(size, dtype=np.int64),
            )
            for kind, size in sizes.items()
        }
        self.quanta, self.moment, self.rows = (
            {kind: getattr(sums, name) for kind, sums in self._sums.items()} for name in FlowSums._fields
        )
        self._kept: dict[int, list[Rows]] = {kind: [] for kind in KEPT}

    def take(self, block: Block) -> None:
        """Add the rows of one block."""
        edges, warm_up = self._segments.edges, self._segments.warm_up
        for kind, sums in self._sums.items():
            rows = block.rows[kind]
            if len(rows):
                self._kernels.add_flows(rows.tick, rows.entity, rows.quantity, edges, warm_up, sums)
        for kind, kept in self._kept.items():
            if len(block.rows[kind]):
                kept.append(joined([block.rows[kind]]))  # a copy: a view would keep all the block

    def kept(self) -> dict[int, Rows]:
        """The rows of `KEPT`, by kind."""
        return {kind: joined(parts) for kind, parts in self._kept.items()}


def joined(several: list[Rows]) -> Rows:
    """Rows one after another."""
    nothing: Columns = np.zeros(0, dtype=np.int64)
    names = ("tick", "order", "entity", "quantity")
    return Rows(*(np.concatenate([nothing, *(getattr(rows, name) for rows in several)]) for name in names))
