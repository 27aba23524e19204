"""The fast engine: the rulebook's own source, compiled by Numba and driven from a heap.  The one door to numba.

In: a Network and a replication.  Out: the same Log as the reference engine's, byte for byte.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from chainsim.engine.base import ROOM, LogBuilder, Progress, Sink, by_luck, sorted_by_tick
from chainsim.engine.compiled_engine import calendar
from chainsim.engine.compiled_engine.calendar import Calendar
from chainsim.engine.compiled_engine.columns import LOG_ROWS, Opened, opened, rows, with_room
from chainsim.engine.compiled_engine.compiling import compiled
from chainsim.engine.compiled_engine.pointers import block
from chainsim.engine.draws import Draws
from chainsim.model.network import Network
from chainsim.records import Columns, Log


def run(network: Network, replication: int, progress: Progress | None = None, sink: Sink | None = None) -> Log:
    """Simulate one replication of `network`; replications count from 0.  See `Engine`."""
    return _Run(_opened(_Same(network)), replication, LogBuilder(sink)).run(progress)


class _Same:
    """A network by identity: equality of all that it states would take longer than opening it."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __hash__(self) -> int:
        return id(self.network)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.network is self.network


@lru_cache(maxsize=1)
def _opened(of: _Same) -> Opened:
    """Replications of one network follow each other."""
    return opened(of.network)


class _Run:
    """One replication: gives the compiled calendar what it asks for."""

    def __init__(self, opening: Opened, replication: int, builder: LogBuilder) -> None:
        network = opening.network
        self.network = network
        self.builder = builder
        self.draws = Draws(network, replication)
        self.state: Any = with_room(opening.state(), network)
        events = sorted_by_tick([opening.events, by_luck(network, replication)])
        self.calendar = _calendar(events, opening.changes, len(network.draws))
        self.blocks = block(self.state), block(self.calendar)

    def run(self, progress: Progress | None) -> Log:
        advance = compiled()
        horizon = self.network.horizon
        while True:
            wanted = advance(*self.blocks, horizon, LOG_ROWS, ROOM)
            if wanted == calendar.DRAWS:
                self.draw()
            elif wanted == calendar.SPACE:
                self.calendar = _longer(self.calendar, int(self.state.outbox.used[0]))
                self.blocks = block(self.state), block(self.calendar)
            elif wanted == calendar.OVERFULL:
                raise AssertionError("an event has left more follow-ups than the outbox has room for")
            elif wanted == calendar.ROOM:
                self.state = with_room(self.state, self.network)
                self.blocks = block(self.state), block(self.calendar)
            else:
                self.flush()
                if progress is not None:
                    progress(int(self.calendar.control[calendar.TICK]) / horizon)
                if wanted == calendar.FINISHED_RUN:
                    return self.builder.build(horizon)

    def draw(self) -> None:
        """Make more draws of the law that ran out; the pool keeps those of a law side by side."""
        k = self.calendar
        law, n = int(k.control[calendar.LAW]), int(k.control[calendar.DRAW])
        if not k.made[law]:
            laws, draws = self.draws.begin(law)
            begin = self.keep(draws.reshape(-1))
            k = self.calendar
            k.first[laws] = begin + np.arange(len(laws)) * draws.shape[1]
            k.made[laws] = draws.shape[1]
        if k.made[law] <= n:
            first, made = int(k.first[law]), int(k.made[law])
            blocks = [k.pool[first : first + made]]
            while made <= n:
                blocks.append(self.draws.block(law))
                made += len(blocks[-1])
            begin = self.keep(np.concatenate(blocks))
            self.calendar.first[law], self.calendar.made[law] = begin, made

    def keep(self, draws: Columns) -> int:
        """Put draws behind those that are in the pool; where they begin."""
        k = self.calendar
        begin = int(k.first[-1])
        end = begin + len(draws)
        if end > len(k.pool):
            self.calendar = k = k._replace(pool=_grown(k.pool, 2 * end))
            self.blocks = self.blocks[0], block(k)
        k.pool[begin:end] = draws
        k.first[-1] = end
        return begin

    def flush(self) -> None:
        """Hand the log over, and begin a new one: to copy it would take a third of the simulation's time."""
        blocks, fresh = [], {}
        for name in ("log", "placed"):
            full = getattr(self.state, name)
            used, room = int(full.used[0]), full.rows.shape
            if used > room[0]:
                raise AssertionError("an event has left more rows than the log has room for")
            blocks.append(full.rows[:used])
            fresh[name] = rows(*room)
        self.state = self.state._replace(**fresh)
        self.blocks = block(self.state), self.blocks[1]
        self.builder.add(*blocks)


def _calendar(events: Columns, changes: Columns, laws: int) -> Calendar:
    room = 1 << 12
    control = np.zeros(calendar.CONTROLS, dtype=np.int64)
    control[calendar.FREE_USED] = room
    control[calendar.PHASE] = -1
    return Calendar(
        heap=np.empty((room, 2), dtype=np.int64),
        slots=np.empty((room, 4), dtype=np.int64),
        free=np.arange(room, dtype=np.int64),
        queue=np.empty((room, 4), dtype=np.int64),
        exogenous=events,
        changes=changes,
        pool=np.empty(1 << 16, dtype=np.int64),
        first=np.zeros(laws + 1, dtype=np.int64),  # the last one counts what the pool holds
        made=np.zeros(laws + 1, dtype=np.int64),
        control=control,
    )


def _longer(k: Calendar, more: int) -> Calendar:
    """The calendar with room for twice as many events and so many more."""
    old, used = len(k.free), int(k.control[calendar.FREE_USED])
    size = 2 * old + more
    free = _grown(k.free, size)
    free[used : used + size - old] = np.arange(old, size)
    k.control[calendar.FREE_USED] = used + size - old
    return k._replace(
        heap=_grown(k.heap, size),
        slots=_grown(k.slots, size),
        free=free,
        queue=_grown(k.queue, 2 * len(k.queue) + more),
    )


def _grown(table: Columns, size: int) -> Columns:
    longer = np.empty((size, *table.shape[1:]), dtype=np.int64)
    longer[: len(table)] = table
    return longer
