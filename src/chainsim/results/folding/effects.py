"""What rows of the log do to stock points: which kinds of row, to whom, and whether they add or take away.

In: blocks.  Out: stock points, ticks and quantities in the order in which they happened.  This module must not know
what is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from chainsim.kernels import Grid, Kernels, arrays
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns
from chainsim.results.folding.block import Block

Sides = Mapping[int, tuple[str, int]]  # kind of row: whose stock, sign

ON_HAND: Final[Sides] = {
    state.RECEIVED: ("buyer", 1),
    state.FINISHED: ("own", 1),
    state.SHIPPED: ("seller", -1),
    state.CONSUMED: ("own", -1),
    state.DESTROYED: ("own", -1),
}
ORDERED: Final[Sides] = {state.PLACED: ("buyer", 1), state.RELEASED: ("own", 1)}
DEMANDED: Final[Sides] = {state.PLACED: ("seller", 1), state.CONSUMED: ("own", 1)}

OTHERS: Final = -1


class Effects:
    """Rows of some kinds as changes at stock points.  only: stock points that are meant, bool[P]."""

    def __init__(
        self,
        network: Network,
        lanes: LaneColumns,
        sides: Sides,
        only: np.ndarray | None = None,
        kernels: Kernels = arrays,
    ) -> None:
        self._kernels = kernels
        own = np.arange(len(network.stocks))
        stocks = {"own": own, "buyer": lanes.buyer_stock, "seller": lanes.seller_stock}
        self._sign = np.zeros(state.LOG_KINDS, dtype=np.int64)
        self._begin = np.zeros(state.LOG_KINDS, dtype=np.int64)  # of the stock points by entity of a kind
        tables: list[Columns] = []
        for kind, (side, sign) in sides.items():
            self._sign[kind], self._begin[kind] = sign, sum(map(len, tables))
            tables.append(stocks[side])
        self._stock = np.concatenate(tables)
        if only is not None:
            self._stock[~only[self._stock]] = OTHERS

    def of(self, block: Block) -> Grid:
        """Stock point, tick and signed quanta of each change, int64[3, n]."""
        found = np.empty((3, block.count), dtype=np.int64)
        count = self._kernels.changes(block.every, self._sign, self._begin, self._stock, found)
        return found[:, :count]
