"""What orders between firms came to: how long they waited and travelled, what was invoiced and when it is due.

In: blocks.  Out: int64 sums by lane, from the end of the warm-up where nothing else is said.  This module must not
know who pays in the end.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.model.network import Network
from chainsim.model.state import LOST, RECEIVED, SHIPPED
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, with_role
from chainsim.results.dates import DAY_SECONDS
from chainsim.results.folding.block import Block
from chainsim.results.folding.invoices import Invoices
from chainsim.results.folding.parcels import Parcels
from chainsim.results.folding.segments import Segments

SENT: Final = ("sent", "at_once", "waited", "prompt")
CAME: Final = ("delivered", "delayed", "timed", "took", "arrived", "under_way")


class Trade:
    """By lane, int64[lanes], in quanta and quanta x ticks.

    sent: shipped; at_once: of that, in the tick of the order; prompt: to markets, within a day of an order since the
    warm-up; waited: x ticks from order to dispatch.  timed: received of what was ordered in the run; took: x ticks
    from order to receipt; arrived, under_way: the same from dispatch to receipt.  delivered: received; delayed: x
    ticks since it was ordered, or the run began.
    """

    def __init__(self, network: Network, lanes: LaneColumns, segments: Segments, kernels: Kernels = arrays) -> None:
        self._kernels = kernels
        count = len(network.lanes)
        self._warm_up, self._lanes = segments.warm_up, lanes
        self._final = with_role(network, "sold")[lanes.buyer_stock]
        self._within = np.where(self._final, math.ceil(DAY_SECONDS / network.tick_seconds), 0)
        self._sent = np.zeros((len(SENT), count), dtype=np.int64)
        self._came = np.zeros((len(CAME), count), dtype=np.int64)
        self.sums = dict(zip((*SENT, *CAME), (*self._sent, *self._came), strict=True))
        self.parcels = Parcels(kernels)
        self.invoices = Invoices(network, lanes, segments, kernels)
        self._delays: list[tuple[Columns, Columns, Columns]] = []
        self._held = 0

    def take(self, block: Block) -> tuple[Columns, Columns]:
        """Add one block; when each of its receipts was sent, and what it was invoiced at, fen."""
        hand = block.hand
        sent = self.parcels.take(block)
        self._shipped(block)
        self._received(block, sent)
        amount = self.invoices.take(block)
        for kind, name in ((SHIPPED, "shipped"), (LOST, "lost")):
            hand.add(name, block.at(kind), block.rows[kind].quantity)
        return sent, amount

    def _shipped(self, block: Block) -> None:
        rows = block.rows[SHIPPED].since(self._warm_up)
        placed = block.hand["placed"][block.at(SHIPPED)[len(block.rows[SHIPPED]) - len(rows) :]]
        self._kernels.ship(rows.tick, rows.entity, rows.quantity, placed, self._within, self._warm_up, self._sent)

    def _received(self, block: Block, sent: Columns) -> None:
        rows = block.rows[RECEIVED].since(self._warm_up)
        before = len(block.rows[RECEIVED]) - len(rows)
        placed = block.hand["placed"][block.at(RECEIVED)[before:]]
        self._kernels.receive(rows.tick, rows.entity, rows.quantity, placed, sent[before:], self._came)
        final = np.flatnonzero(self._final[rows.entity])
        if len(final):
            delay = rows.tick[final] - np.maximum(placed[final], 0)
            self._note_delays(self._lanes.buyer_stock[rows.entity[final]], delay, rows.quantity[final])

    def _note_delays(self, stock: Columns, delay: Columns, quantity: Columns) -> None:
        """Keep what came after each delay; equal ones are put together when there are many."""
        self._delays.append(grouped(stock, delay, quantity))
        self._held += len(self._delays[-1][0])
        if self._held > 2 * len(self._delays[0][0]) + len(self._delays[-1][0]):
            self.delays()

    def delays(self) -> tuple[Columns, Columns, Columns]:
        """Stock point of a market, ticks, quanta that came after so many; by stock point, then ticks."""
        nothing = np.zeros(0, dtype=np.int64)
        columns = zip(*self._delays, strict=True) if self._delays else ((nothing,),) * 3
        found = grouped(*(np.concatenate(column) for column in columns))
        self._delays, self._held = [found], len(found[0])
        return found


def grouped(stock: Columns, delay: Columns, quantity: Columns) -> tuple[Columns, Columns, Columns]:
    """Sums of quantities by stock point and delay, in that order."""
    if not len(stock):
        return stock, delay, quantity
    width = int(delay.max()) + 1
    key = stock * width + delay
    order = np.argsort(key)
    key = key[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    sums = np.add.reduceat(quantity[order], first)
    return key[first] // width, key[first] % width, sums
