"""When each delivery was sent: the n-th shipment of an order is its n-th delivery.

In: shipments and receipts in stretches of whole ticks.  Out: the tick at which each receipt left.  Most orders leave
and arrive at once, and then the hand knows; parts of orders that are under way are carried here.
"""

from __future__ import annotations

import numpy as np

from chainsim.errors import InvariantError
from chainsim.model.state import RECEIVED, SHIPPED
from chainsim.records import Columns
from chainsim.results.folding.block import Block
from chainsim.results.folding.hand import NEVER


class Parcels:
    """Parts of orders that are under way.  order, tick, quantity: int64[n], in the order in which they were sent."""

    def __init__(self) -> None:
        self.order, self.tick, self.quantity = (np.zeros(0, dtype=np.int64) for _ in range(3))

    def take(self, block: Block) -> Columns:
        """By receipt of the block: when it was sent, -1 if that was before the run, int64[receipts]."""
        hand, shipped, received = block.hand, block.rows[SHIPPED], block.rows[RECEIVED]
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
            sent[parts] = self._match(received.order[parts])
        return sent

    def _match(self, order: Columns) -> Columns:
        """Take out the first parcel of each order, as often as it is named; when each was sent."""
        waiting = np.argsort(self.order, kind="stable")
        coming = np.argsort(order, kind="stable")
        owner = order[coming]
        number = np.arange(len(owner)) - np.searchsorted(owner, owner)
        place = np.searchsorted(self.order[waiting], owner) + number
        there = place < len(waiting)
        taken = waiting[np.where(there, place, 0)] if len(waiting) else np.zeros(len(place), dtype=np.int64)
        if not there.all() or (self.order[taken] != owner).any():
            raise InvariantError("invariant broken: no order is delivered more than once: more arrived than was sent")
        result = np.empty(len(order), dtype=np.int64)
        result[coming] = self.tick[taken]
        left = np.ones(len(self.order), dtype=bool)
        left[taken] = False
        self.order, self.tick, self.quantity = self.order[left], self.tick[left], self.quantity[left]
        return result
