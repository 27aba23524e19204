"""When each delivery was sent: the n-th shipment of an order is its n-th delivery.

In: shipments and receipts in stretches of whole ticks.  Out: the tick at which each receipt left.  Most orders leave
and arrive at once, and then the hand knows; parts of orders that are under way are carried here.
"""

from __future__ import annotations

import numpy as np

from chainsim.errors import InvariantError
from chainsim.kernels import Kernels, arrays
from chainsim.model.state import RECEIVED, SHIPPED
from chainsim.records import Columns
from chainsim.results.folding.block import Block
from chainsim.results.folding.hand import NEVER, Hand


class Parcels:
    """Parts of orders that are under way.  order, tick, quantity: int64[n], in the order in which they were sent."""

    def __init__(self, kernels: Kernels = arrays) -> None:
        self._kernels = kernels
        self.order, self.tick, self.quantity = (np.zeros(0, dtype=np.int64) for _ in range(3))

    def take(self, block: Block) -> Columns:
        """By receipt of the block: when it was sent, -1 if that was before the run, int64[receipts]."""
        hand, shipped = block.hand, block.rows[SHIPPED]
        at, to = block.at(SHIPPED), block.at(RECEIVED)
        parts = np.flatnonzero(shipped.quantity != hand["quantity"][at])
        hand["sent"][at] = shipped.tick
        if len(parts):
            hand["sent"][at[parts]] = NEVER
            part = shipped.where(parts)
            self.order = np.concatenate([self.order, part.order])
            self.tick = np.concatenate([self.tick, part.tick])
            self.quantity = np.concatenate([self.quantity, part.quantity])
        sent: Columns = hand["sent"][to].copy()
        parts = np.flatnonzero((sent == NEVER) & (hand["placed"][to] >= 0))
        if len(parts):
            sent[parts] = self._match(hand, to[parts])
        return sent

    def _match(self, hand: Hand, to: Columns) -> Columns:
        """Take out the first parcel of each order, as often as it is named; when each was sent."""
        taken, following = np.empty_like(to), np.empty_like(self.order)
        first = np.full(len(hand), -1, dtype=np.int64)
        self._kernels.match(hand.find(self.order), to, first, following, taken)
        if (taken < 0).any():
            raise InvariantError("invariant broken: no order is delivered more than once: more arrived than was sent")
        result: Columns = self.tick[taken]
        left = np.ones(len(self.order), dtype=bool)
        left[taken] = False
        self.order, self.tick, self.quantity = self.order[left], self.tick[left], self.quantity[left]
        return result
