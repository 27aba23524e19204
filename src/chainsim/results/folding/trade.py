"""What orders between firms came to: how long they waited and travelled, what was invoiced and when it is due.

In: blocks.  Out: int64 sums by lane, from the end of the warm-up where nothing else is said.  This module must not
know who pays in the end.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from chainsim.model.network import Network
from chainsim.model.state import LOST, RECEIVED, SHIPPED
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, with_role
from chainsim.results.dates import DAY_SECONDS
from chainsim.results.folding.block import Block
from chainsim.results.folding.invoices import Invoices
from chainsim.results.folding.parcels import Parcels
from chainsim.results.folding.segments import Segments

SUMS: Final = (
    *("at_once", "waited", "sent", "prompt"),
    *("timed", "took", "arrived", "under_way", "delayed", "delivered"),
)


class Trade:
    """By lane, int64[lanes], in quanta and quanta x ticks.

    sent: shipped; at_once: of that, in the tick of the order; prompt: to markets, within a day of an order since the
    warm-up; waited: x ticks from order to dispatch.  timed: received of what was ordered in the run; took: x ticks
    from order to receipt; arrived, under_way: the same from dispatch to receipt.  delivered: received; delayed: x
    ticks since it was ordered, or the run began.
    """

    def __init__(self, network: Network, lanes: LaneColumns, segments: Segments) -> None:
        count = len(network.lanes)
        self._warm_up, self._lanes = segments.warm_up, lanes
        self._final = with_role(network, "sold")[lanes.buyer_stock]
        self._day = math.ceil(DAY_SECONDS / network.tick_seconds)
        self.sums = {name: np.zeros(count, dtype=np.int64) for name in SUMS}
        self.parcels = Parcels()
        self.invoices = Invoices(network, lanes, segments)
        self._delays: list[tuple[Columns, Columns, Columns]] = []
        self._held = 0

    def take(self, block: Block) -> tuple[Columns, Columns]:
        """Add one block; when each of its receipts was sent, and what it was invoiced at, fen."""
        hand = block.hand
        shipped, received, lost = (block.rows[kind] for kind in (SHIPPED, RECEIVED, LOST))
        sent = self.parcels.take(block)
        self._shipped(block)
        to = block.at(RECEIVED)
        self._received(block, sent)
        amount = self.invoices.take(block)
        hand.add("shipped", block.at(SHIPPED), shipped.quantity)
        hand.add("received", to, received.quantity)
        hand.add("lost", block.at(LOST), lost.quantity)
        return sent, amount

    def _add(self, name: str, lane: Columns, values: Columns) -> None:
        np.add.at(self.sums[name], lane, values)

    def _shipped(self, block: Block) -> None:
        rows = block.rows[SHIPPED].since(self._warm_up)
        at = block.at(SHIPPED)[len(block.rows[SHIPPED]) - len(rows) :]
        placed = block.hand["placed"][at]
        waited = rows.tick - placed
        self._add("sent", rows.entity, rows.quantity)
        self._add("waited", rows.entity, rows.quantity * waited)
        at_once = np.flatnonzero(waited == 0)  # a list of places is quicker to follow than a mask
        self._add("at_once", rows.entity[at_once], rows.quantity[at_once])
        prompt = np.flatnonzero(self._final[rows.entity] & (placed >= self._warm_up) & (waited < self._day))
        self._add("prompt", rows.entity[prompt], rows.quantity[prompt])

    def _received(self, block: Block, sent: Columns) -> None:
        rows = block.rows[RECEIVED].since(self._warm_up)
        before = len(block.rows[RECEIVED]) - len(rows)
        placed, sent = block.hand["placed"][block.at(RECEIVED)[before:]], sent[before:]
        delay = rows.tick - np.maximum(placed, 0)
        self._add("delivered", rows.entity, rows.quantity)
        self._add("delayed", rows.entity, rows.quantity * delay)
        final = np.flatnonzero(self._final[rows.entity])
        if len(final):
            self._note_delays(self._lanes.buyer_stock[rows.entity[final]], delay[final], rows.quantity[final])
        known = placed >= 0
        lane, quantity, took, under_way = rows.entity, rows.quantity, delay, rows.tick - sent
        if not known.all():
            lane, quantity, took, under_way = (column[known] for column in (lane, quantity, took, under_way))
        self._add("timed", lane, quantity)
        self._add("took", lane, quantity * took)
        self._add("arrived", lane, quantity)
        self._add("under_way", lane, quantity * under_way)

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
