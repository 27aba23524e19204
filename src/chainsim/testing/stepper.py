"""A live run, tick by tick, that a test may interfere with between ticks.

The smallest calendar there is: a heap of (tick, round, phase, entity, sequence).  It keeps the books along, rebuilt
from the log, so that state and books can be compared at any moment."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

from chainsim.engine.base import exogenous, make_room, open_state
from chainsim.engine.draws import Draws
from chainsim.model import rules
from chainsim.model.network import Change, Network
from chainsim.model.state import CHANGE, State
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Log
from chainsim.testing.books import Books
from chainsim.testing.run import Row, Run


class LiveOrders:
    """The table of orders as the log would have it now."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __getitem__(self, order: int) -> list[int]:
        return list(self._state.placed[order])


class Stepper:
    """A network under way: `state` is the engine's, `books` are rebuilt from its log."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.now = 0
        self.state = open_state(network)
        self._draws = Draws(network, 0)
        events = exogenous(network, self.state, 0).tolist()
        self._heap = [(t, 0, phase, entity, n - len(events), a, b) for n, (t, phase, entity, a, b) in enumerate(events)]
        heapify(self._heap)
        self._sequence = 0
        self._at = (0, 0, -1)  # tick, round, phase
        make_room(self.state, network)
        nothing = np.empty((0, len(EVENT_COLUMNS)), dtype=np.int64)
        orders = np.empty((0, len(ORDER_COLUMNS)), dtype=np.int64)
        self.books = Books(Run(network, Log(nothing, orders, network.horizon)))
        self.books.till.orders = LiveOrders(self.state)
        self._schedule()
        self._finish_tick()

    def advance(self, ticks: int) -> None:
        """Let time pass."""
        for _ in range(ticks):
            self.now += 1
            self._at = (self.now, 0, -1)
            self.books.learn(self.now - 1)
            self._finish_tick()

    def act(self, rule: Callable[[State, int], Any]) -> None:
        """Run a rule now, and everything that follows on this tick."""
        self._at = (self.now, 0, -1)
        rule(self.state, self.now)
        self._schedule()
        self._finish_tick()

    def change(self, change: Change) -> None:
        """Apply a dated change now."""
        self.books.change(change)
        self.books.learn(self.now)
        self.act(lambda s, _: rules.change(s, change.kind, change.entity, *change.values))

    def _schedule(self) -> None:
        tick, round_, phase = self._at
        for delay, later, entity, a, b, law, n, timed in self.state.outbox:
            self._sequence += 1
            delay += self._draws.extend(law, n) if law >= 0 else 0
            if timed:
                delay = rules.due(self.state, tick, delay, later, entity, a) - tick
            at_once = round_ + (later <= phase) if delay == 0 else 0
            heappush(self._heap, (tick + delay, at_once, later, entity, self._sequence, a, b))
        self.state.outbox.clear()
        if self.state.counts[0].used:
            make_room(self.state, self.network)

    def _finish_tick(self) -> None:
        """Run every event of this tick and book its rows."""
        while self._heap and self._heap[0][0] <= self.now:
            tick, round_, phase, entity, _, a, b = heappop(self._heap)
            self._at = (tick, round_, phase)
            if phase == CHANGE:
                row = self.network.changes[entity]
                self.books.change(row)
                rules.change(self.state, row.kind, row.entity, *row.values)
            else:
                rules.step(self.state, tick, phase, entity, a, b)
            self._schedule()
        for values in self.state.log:
            self.books.book(Row(*values))
        self.state.log.clear()
        self.books.learn(self.now)  # after the final demand of the tick, which belongs to the period that ends on it
