"""Orders that are still open: what later rows of the log need to know of the orders that they are about.

In: orders in the order of their numbers, rows that name an order.  Out: where each stands.  An order is let go when
all of it has arrived or is lost, or has left the line; so what is held does not grow with the length of a run, unless
backlogs do.  This module must not know what is counted.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.errors import InvariantError
from chainsim.records import ORDER_COLUMNS, Columns
from chainsim.results.columns import LaneColumns

SAID: Final = ("lane", "stock", "quantity", "placed", "price", "terms", "freight")
DONE: Final = ("shipped", "received", "lost", "started", "ended", "invoiced", "sent")
NAMES: Final = ("number", *SAID, *DONE)
NEVER: Final = -1
WINDOW: Final = 1 << 22  # orders that are found by their number; older ones are searched for


class Hand:
    """Open orders by column, int64[open] each: what they said, and what was done of them so far, in quanta.

    number: of the order.  ended: good or scrap.  invoiced: fen.  sent: the tick at which
    all of it left at once, else -1.
    """

    def __init__(self, lanes: LaneColumns, lawful: bool = True) -> None:
        self._lawful = lawful
        nothing = np.zeros(0, dtype=np.int64)
        self._lanes = lanes
        self._table = np.zeros((len(NAMES), 0), dtype=np.int64)
        self._count = 0
        self._next = 0
        self._from = 0
        self._place = nothing
        self.worth = np.zeros(len(lanes.part), dtype=np.int64)
        """By lane: price x what was received, rounded down once an order, of orders let go; fen."""

    def __getitem__(self, name: str) -> Columns:
        column: Columns = self._table[NAMES.index(name), : self._count]
        return column

    def __len__(self) -> int:
        return self._count

    @property
    def taken(self) -> int:
        """How many orders have come so far."""
        return self._next

    def take(self, orders: Columns) -> None:
        """Add the orders that follow in number."""
        begin, end = self._count, self._count + len(orders)
        if end > self._table.shape[1]:
            longer = np.empty((len(NAMES), 2 * end), dtype=np.int64)
            longer[:, :begin] = self._table[:, :begin]
            self._table = longer
        self._count = end
        for name in NAMES:
            self[name][begin:] = orders[:, ORDER_COLUMNS.index(name)] if name in SAID else 0
        self["number"][begin:] = np.arange(self._next, self._next + len(orders))
        self["sent"][begin:] = NEVER
        self._next += len(orders)
        number = self["number"]
        self._from = max(0, self._next - WINDOW)
        recent = int(np.searchsorted(number, self._from))
        if recent < len(number):
            self._from = max(self._from, int(number[recent]))
        self._place = np.zeros(max(self._next - self._from, 0), dtype=np.int32)
        self._place[number[recent:] - self._from] = np.arange(recent, len(number))

    def find(self, order: Columns) -> Columns:
        """Where each order stands, int64[n]; InvariantError where one is not open."""
        if not len(order):
            return order
        if not len(self):
            self._unknown(int(order[0]))
        at: Columns
        if order.min() >= self._from and order.max() < self._next:
            at = self._place[order - self._from].astype(np.int64)
        else:
            at = np.minimum(np.searchsorted(self["number"], order), len(self) - 1)
        wrong = self["number"][at] != order
        if wrong.any():
            self._unknown(int(order[np.argmax(wrong)]))
        return at

    def _unknown(self, order: int) -> None:
        raise InvariantError(f"invariant broken: more was done of order {order} than it asked for, or it is not there")

    def add(self, name: str, at: Columns, quantity: Columns) -> None:
        """Take note of what was done."""
        np.add.at(self[name], at, quantity)

    def let_go(self) -> None:
        """Check what was done so far against what was asked, and let go of orders of which nothing more can come."""
        bought = self["lane"] >= 0
        early = self["placed"] < 0
        sent = np.where(early, self["quantity"], self["shipped"])
        for done, limit in (
            (self["shipped"] + self["lost"], self["quantity"]),
            (self["started"], self["quantity"]),
            (self["received"], sent),
            (self["ended"], self["started"]),
        ):
            over = done > limit
            if self._lawful and over.any():
                number = int(self["number"][np.argmax(over)])
                raise InvariantError(f"invariant broken: no order is delivered more than once, order {number}")
        closed = np.where(bought, self["received"] + self["lost"], self["ended"]) >= self["quantity"]
        if closed.any():
            self.worth += self._worth(closed)
            kept = np.flatnonzero(~closed)
            for column in self._table:
                column[: len(kept)] = column[kept]
            self._count = len(kept)
            self._from = self._next  # places have moved

    def _worth(self, chosen: np.ndarray) -> Columns:
        """What orders are worth by lane, fen; InvariantError where that is not what was invoiced for them."""
        chosen = chosen & (self["lane"] >= 0)
        lane, received = self["lane"][chosen], self["received"][chosen]
        worth = self["price"][chosen] * received // self._lanes.per_unit[lane]
        wrong = worth != self["invoiced"][chosen]
        if self._lawful and wrong.any():
            at = int(np.argmax(wrong))
            raise InvariantError(
                f"invariant broken: order {int(self['number'][chosen][at])} was invoiced at "
                f"{int(self['invoiced'][chosen][at])} fen for {int(received[at])} quanta received"
            )
        total = np.zeros_like(self.worth)
        np.add.at(total, lane, worth)
        return total

    def finish(self) -> None:
        """Count what is still open."""
        self.worth += self._worth(np.ones(len(self), dtype=bool))
