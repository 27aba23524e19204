"""A stretch of the log that holds whole ticks, by kind of row.

In: rows and the orders that they are about.  Out: Blocks.  A tick is never split between two blocks, so that what
holds at the end of a tick can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from chainsim.errors import InvariantError
from chainsim.kernels import Grid, Kernels, arrays
from chainsim.model import state
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns, Log
from chainsim.results.columns import Rows
from chainsim.results.folding.hand import Hand


@dataclass(frozen=True)
class Block:
    """Rows of [begin, until), in ticks.

    every: all of them as they happened, int64[5, n], by column.  rows: by kind.  position: of each row of a kind in the
    block.
    """

    begin: int
    until: int
    every: Grid
    rows: dict[int, Rows]
    position: dict[int, Columns]
    count: int
    hand: Hand
    _found: dict[int, Columns] = field(default_factory=dict)

    def at(self, kind: int) -> Columns:
        """Where the order of each row of a kind stands in the hand."""
        if kind not in self._found:
            self._found[kind] = self.hand.find(self.rows[kind].order)
        return self._found[kind]


def block_of(events: Columns, begin: int, until: int, hand: Hand, kernels: Kernels = arrays) -> Block:
    """The rows of one stretch, by kind."""
    count = len(events)
    every, by_kind = np.empty((len(EVENT_COLUMNS), count), np.int64), np.empty((4, count), np.int64)
    where, ends = np.empty(count, np.int64), np.empty(state.LOG_KINDS, np.int64)
    kernels.by_kind(events, every, by_kind, where, ends)
    tick = every[0]
    if len(tick) and ((tick[1:] < tick[:-1]).any() or tick[0] < begin or tick[-1] >= until):
        raise InvariantError("invariant broken: time moves forward and ends before the horizon, in the log")
    nothing = Rows(*by_kind[:, :0])
    rows, position = dict.fromkeys(range(state.LOG_KINDS), nothing), dict.fromkeys(range(state.LOG_KINDS), where[:0])
    for kind, (first, last) in enumerate(pairwise([0, *ends.tolist()])):
        if first < last:
            rows[kind], position[kind] = Rows(*by_kind[:, first:last]), where[first:last]
    return Block(begin, until, every, rows, position, count, hand)


class WholeTicks:
    """Puts blocks of any size together to stretches of whole ticks, of more than `rows` rows."""

    def __init__(self, horizon: int, rows: int) -> None:
        self._horizon, self.rows = horizon, rows
        self._events: list[Columns] = []
        self._orders: list[Columns] = []
        self._waiting = 0
        self._begin = 0

    def take(self, events: Columns, orders: Columns) -> Iterator[tuple[Columns, Columns, int, int]]:
        """What is whole by now: events, orders, begin, until."""
        if len(orders):
            self._orders.append(orders)
        if len(events):
            self._events.append(events)
            self._waiting += len(events)
        if self._waiting <= self.rows:
            return
        every = np.concatenate(self._events)
        until = int(every[-1, 0])
        cut = int(np.searchsorted(every[:, 0], until))
        self._events, self._waiting = [every[cut:]], len(every) - cut
        if cut:
            yield every[:cut], self._new_orders(), self._begin, until
            self._begin = until

    def rest(self) -> tuple[Columns, Columns, int, int]:
        """What is left, up to the horizon."""
        every = np.concatenate(self._events) if self._events else np.empty((0, len(EVENT_COLUMNS)), dtype=np.int64)
        return every, self._new_orders(), self._begin, self._horizon

    def _new_orders(self) -> Columns:
        empty = np.empty((0, len(ORDER_COLUMNS)), dtype=np.int64)
        found = np.concatenate(self._orders) if self._orders else empty
        self._orders = []
        return found


def blocks(log: Log, rows: int) -> Iterator[tuple[Columns, Columns]]:
    """A log cut into blocks of `rows` events, as an engine would hand them over: orders no later than their events."""
    highest = np.maximum.accumulate(log.events[:, 2]) if len(log.events) else np.zeros(0, dtype=np.int64)
    given = 0
    for first in range(0, len(log.events), rows):
        last = min(first + rows, len(log.events))
        known = max(given, int(highest[last - 1]) + 1)
        yield log.events[first:last], log.orders[given:known]
        given = known
    if given < len(log.orders):
        yield log.events[:0], log.orders[given:]
