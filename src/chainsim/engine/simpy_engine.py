"""The reference engine: the rulebook, interpreted over lists, on a `simpy.Environment`.

SimPy keeps the calendar of ticks; the events of one tick run in the order (round, phase, entity, sequence).  A
user's own SimPy process can join the run through `attach`.  The one door to simpy.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

import simpy

from chainsim.engine.base import FLUSH_ROWS, ORDER_BLOCK, Draws, LogBuilder, Progress, exogenous, open_state
from chainsim.model import rules
from chainsim.model.network import Network
from chainsim.model.state import CHANGE, Order, State
from chainsim.records import Log

Attach = Callable[[simpy.Environment, State], None]
Item = tuple[int, int, int, int, int, int]  # round, phase, entity, sequence, a, b


def run(
    network: Network, replication: int, progress: Progress | None = None, attach: Attach | None = None
) -> Log:
    """Simulate one replication of `network`; replications count from 0.

    progress: called now and then with the share of the horizon done.
    attach: may add SimPy processes that read the state, or change it by `chainsim.model.rules`; what follows from a
        change joins the calendar as soon as the process yields.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)
    try:
        return _Calendar(network, replication).run(progress, attach)
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


class _Environment(simpy.Environment):
    """SimPy's environment; `after_step` runs after each of its events."""

    after_step: Callable[[], None] | None = None

    def step(self) -> None:
        super().step()
        if self.after_step is not None:
            self.after_step()


class _Calendar:
    """Pending events by tick, each tick a SimPy timeout."""

    def __init__(self, network: Network, replication: int) -> None:
        self.network = network
        self.environment = _Environment()
        self.state = open_state(network)
        self.draws = Draws(network, replication)
        self.builder = LogBuilder()
        self.pending: dict[int, list[Item]] = {}
        self.sequence = 0
        self.exogenous = exogenous(network, self.state, replication)
        self.next_exogenous = 0
        self.grow_orders()

    def run(self, progress: Progress | None, attach: Attach | None) -> Log:
        self.schedule_exogenous()
        if attach is not None:
            self.environment.after_step = self.schedule_follow_ups
            attach(self.environment, self.state)
            self.schedule_follow_ups()
        if progress is not None:
            self.environment.process(self.report(progress))
        self.environment.run(until=self.network.horizon)
        self.builder.flush(self.state.log)
        return self.builder.build(self.state.orders, self.state.counts[0].orders, self.network.horizon)

    def report(self, progress: Progress) -> Any:
        """A SimPy process that tells how far the run is."""
        step = max(1, self.network.horizon // 100)
        while True:
            yield self.environment.timeout(step)
            progress(self.environment.now / self.network.horizon)

    def grow_orders(self) -> None:
        self.state.orders.extend([Order() for _ in range(ORDER_BLOCK + len(self.network.lanes))])

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
            timeout = simpy.Timeout(self.environment, tick - self.environment.now)
            timeout.callbacks.append(self.on_tick)
        else:
            items.append(item)

    def schedule_follow_ups(self) -> None:
        """Put what a user's process left in the outbox on the calendar."""
        outbox = self.state.outbox
        for delay, phase, entity, a, b, law, n in outbox:
            self.sequence += 1
            if law >= 0:
                delay += self.draws.extend(law, n)
            self.add(self.environment.now + delay, (0, phase, entity, self.sequence, a, b))
        outbox.clear()

    def on_tick(self, _: simpy.Event) -> None:
        """Run every event of this tick and put what follows on the calendar."""
        now = self.environment.now
        state = self.state
        outbox, log, counts = state.outbox, state.log, state.counts[0]
        values = self.draws.values
        step = rules.step
        pending = self.pending
        limit = len(state.orders) - len(self.network.lanes) - 1
        queue = pending.pop(now)
        events = self.exogenous
        if self.next_exogenous < len(events) and events[self.next_exogenous - 1][0] == now:
            self.schedule_exogenous()
        if len(queue) > 1:
            heapify(queue)
        sequence = self.sequence
        while queue:
            round_, phase, entity, _, a, b = heappop(queue)
            if phase == CHANGE:
                row = self.network.changes[entity]
                rules.change(state, row.kind, row.entity, *row.values)
            else:
                step(state, now, phase, entity, a, b)
            if outbox:
                for delay, later, target, c, d, law, n in outbox:
                    sequence += 1
                    if law >= 0:
                        drawn = values[law]
                        delay += drawn[n] if n < len(drawn) else self.draws.extend(law, n)
                    if delay == 0:
                        heappush(queue, (round_ if later > phase else round_ + 1, later, target, sequence, c, d))
                    else:
                        tick = now + delay
                        items = pending.get(tick)
                        if items is None:
                            pending[tick] = [(0, later, target, sequence, c, d)]
                            timeout = simpy.Timeout(self.environment, delay)
                            timeout.callbacks.append(self.on_tick)
                        else:
                            items.append((0, later, target, sequence, c, d))
                outbox.clear()
            if counts.orders > limit:
                self.grow_orders()
                limit = len(state.orders) - len(self.network.lanes) - 1
        self.sequence = sequence
        if len(log) > FLUSH_ROWS:
            self.builder.flush(log)
