"""What markets and rings saw from day to day.

In: blocks.  Out: int64[days, ...]: quanta by market, fen by ring.  All days are there, for a warm-up is found by
looking at them.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.model.network import Network
from chainsim.model.state import DEMANDED, LOST, PLACED, RECEIVED
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, simulated_firms, with_role
from chainsim.results.dates import days_per_tick, whole_days
from chainsim.results.folding.block import Block

RINGS: Final = ("city", "province", "nation", "abroad")


class Days:
    """quanta: of final demand by kind of row, int64[days, markets]; stocks: the markets' stock points.

    revenue: of simulated firms by ring, fen, int64[days, 4].
    """

    def __init__(self, network: Network, lanes: LaneColumns, kernels: Kernels = arrays) -> None:
        self._kernels = kernels
        self._day = days_per_tick(network)
        self.stocks = np.flatnonzero(with_role(network, "sold"))
        count = int(whole_days(network, np.array([network.horizon - 1]))[0]) + 1
        self._market = np.full(len(network.stocks), -1, dtype=np.int64)
        self._market[self.stocks] = np.arange(len(self.stocks))
        self._of_lane = self._market[lanes.buyer_stock]
        kinds = (PLACED, RECEIVED, LOST, DEMANDED)
        self.quanta = {kind: np.zeros((count, len(self.stocks)), dtype=np.int64) for kind in kinds}
        self.revenue = np.zeros((count, len(RINGS)), dtype=np.int64)
        own = simulated_firms(network)
        ring = [
            RINGS.index(firm.ring) if mine and firm.ring in RINGS else -1
            for firm, mine in zip(network.firms, own.tolist(), strict=True)
        ]
        self._ring = np.array(ring, dtype=np.int64)[lanes.seller]

    def take(self, block: Block, amount: Columns) -> None:
        """Add one block.  amount: what each receipt was invoiced at, fen."""
        for kind, quanta in self.quanta.items():
            rows, place = block.rows[kind], self._market if kind == DEMANDED else self._of_lane
            self._kernels.add_by_day(rows.tick, rows.entity, rows.quantity, place, *self._day, quanta)
        rows = block.rows[RECEIVED]
        self._kernels.add_by_day(rows.tick, rows.entity, amount, self._ring, *self._day, self.revenue)
