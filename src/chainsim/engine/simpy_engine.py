"""The reference engine: the rulebook, interpreted over lists, on a `simpy.Environment`.

SimPy keeps the calendar of ticks; the events of one tick run in the order (round, phase, entity, sequence).  A
user's own SimPy process can join the run through `attach`.  The one door to simpy.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from math import ceil
from typing import Any

import simpy
from simpy.events import EventPriority

from chainsim.engine.base import (
    FLUSH_ROWS,
    ROOM,
    Attach,
    LogBuilder,
    Progress,
    Sink,
    exogenous,
    make_room,
    open_state,
)
from chainsim.engine.draws import Draws
from chainsim.model import rules
from chainsim.model.network import Network
from chainsim.model.state import CHANGE
from chainsim.records import Log

LATE = EventPriority(2)  # behind SimPy's URGENT (0) and NORMAL (1)
Item = tuple[int, int, int, int, int, int]  # round, phase, entity, sequence, a, b


def run(
    network: Network,
    replication: int,
    progress: Progress | None = None,
    sink: Sink | None = None,
    attach: Attach | None = None,
) -> Log:
    """Simulate one replication of `network`; replications count from 0.

    progress, sink: see `Engine`.
    attach: may add SimPy processes that read the state, or change it by `chainsim.model.rules`; what follows from a
        change joins the calendar as soon as the process yields.
    """
    calendar = _Calendar(network, replication, sink, attach)
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 1000)
    try:
        return calendar.run(progress)
    finally:
        vars(calendar).clear()  # SimPy's pending events would keep the state until the next garbage collection
        gc.set_threshold(*thresholds)
        gc.unfreeze()


class _Tick(simpy.Event):
    """The events of one tick; they run after every user's process that wakes on it, as dated changes come first."""

    _ok = True  # as SimPy's own Timeout, from the start
    _value = None

    def __init__(self, environment: simpy.Environment, delay: float, run: Callable[[simpy.Event], None]) -> None:
        self.env = environment
        self.callbacks = [run]
        environment.schedule(self, LATE, delay)


class _WatchedEnvironment(simpy.Environment):
    """SimPy's environment; `after_step` runs after each of its events."""

    def __init__(self, after_step: Callable[[], None]) -> None:
        super().__init__()
        self.after_step = after_step

    def step(self) -> None:
        super().step()
        self.after_step()


class _Calendar:
    """Pending events by tick, each tick a SimPy timeout."""

    def __init__(self, network: Network, replication: int, sink: Sink | None, attach: Attach | None) -> None:
        self.network = network
        self.state = open_state(network)
        self.draws = Draws(network, replication)
        self.builder = LogBuilder(sink)
        self.pending: dict[int, list[Item]] = {}
        self.sequence = 0
        self.exogenous: list[list[int]] = exogenous(network, self.state, replication).tolist()
        self.next_exogenous = 0
        make_room(self.state, network)
        watched = attach is not None
        self.environment = _WatchedEnvironment(self.schedule_follow_ups) if watched else simpy.Environment()
        self.schedule_follow_ups()
        self.schedule_exogenous()
        if attach is not None:
            attach(self.environment, self.state)
            self.schedule_follow_ups()

    def run(self, progress: Progress | None) -> Log:
        if progress is not None:
            self.environment.process(self.report(progress))
        self.environment.run(until=self.network.horizon)
        self.builder.flush(self.state)
        return self.builder.build(self.network.horizon)

    def report(self, progress: Progress) -> Any:
        """A SimPy process that tells how far the run is."""
        step = max(1, self.network.horizon // 100)
        while True:
            yield self.environment.timeout(step)
            progress(self.environment.now / self.network.horizon)

    def schedule_exogenous(self) -> None:
        """Put the exogenous events of the next tick that has any on the calendar."""
        events = self.exogenous
        at = self.next_exogenous
        if at == len(events):
            return
        tick = events[at][0]
        while at < len(events) and events[at][0] == tick:
            _, phase, entity, a, b = events[at]
            # Numbered apart from follow-ups, so that an added market renumbers nothing else.
            self.add(tick, (0, phase, entity, at - len(events), a, b))
            at += 1
        self.next_exogenous = at

    def add(self, tick: int, item: Item) -> None:
        items = self.pending.get(tick)
        if items is None:
            self.pending[tick] = [item]
            _Tick(self.environment, tick - self.environment.now, self.on_tick)
        else:
            items.append(item)

    def schedule_follow_ups(self) -> None:
        """Put what a user's process left in the outbox on the calendar."""
        outbox = self.state.outbox
        now = ceil(self.environment.now)  # a user's process may wait for part of a tick
        for delay, phase, entity, a, b, law, n, timed in outbox:
            self.sequence += 1
            if law >= 0:
                delay += self.draws.extend(law, n)
            tick = rules.due(self.state, now, delay, phase, entity, a) if timed else now + delay
            self.add(tick, (0, phase, entity, self.sequence, a, b))
        outbox.clear()

    def on_tick(self, timeout: simpy.Event) -> None:
        """Run every event of this tick and put what follows on the calendar."""
        environment, pending = self.environment, self.pending
        now = int(environment.now)
        queue = pending.pop(now)
        if self.next_exogenous < len(self.exogenous) and self.exogenous[self.next_exogenous - 1][0] == now:
            self.schedule_exogenous()
        if len(queue) > 1:
            heapify(queue)
        state, values = self.state, self.draws.values
        outbox, counts = state.outbox, state.counts[0]
        step, due = rules.step, rules.due
        on_tick, sequence = self.on_tick, self.sequence
        while queue:
            round_, phase, entity, _, a, b = heappop(queue)
            if phase == CHANGE:
                row = self.network.changes[entity]
                rules.change(state, row.kind, row.entity, *row.values)
            else:
                step(state, now, phase, entity, a, b)
            if outbox:
                for delay, later, target, c, d, law, n, timed in outbox:
                    sequence += 1
                    if law >= 0:
                        drawn = values[law]
                        delay += drawn[n] if n < len(drawn) else self.draws.extend(law, n)
                    if timed:
                        delay = due(state, now, delay, later, target, c) - now
                    if delay == 0:
                        later_round = round_ if later > phase else round_ + 1
                        heappush(queue, (later_round, later, target, sequence, c, d))
                        continue
                    item = (0, later, target, sequence, c, d)
                    tick = now + delay
                    if tick in pending:
                        pending[tick].append(item)
                    else:
                        pending[tick] = [item]
                        _Tick(environment, delay, on_tick)
                outbox.clear()
            if counts.used > ROOM:
                make_room(state, self.network)
        self.sequence = sequence
        if len(state.log) > FLUSH_ROWS:
            self.builder.flush(state)
