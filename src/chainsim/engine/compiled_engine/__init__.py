"""The fast engine: the rulebook's own source, compiled by Numba and driven from a heap.  The one door to numba.

In: a Network and a replication.  Out: the same Log as the reference engine's, byte for byte.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from chainsim.engine.base import ROOM, LogBuilder, Progress, Sink, by_luck, sorted_by_tick
from chainsim.engine.compiled_engine import layout
from chainsim.engine.compiled_engine.columns import LOG_ROWS, Opened, opened, rows, with_room
from chainsim.engine.compiled_engine.compiling import compiled
from chainsim.engine.compiled_engine.layout import LEAF, Calendar
from chainsim.engine.compiled_engine.pointers import block
from chainsim.engine.compiled_engine.sorting import DIGIT
from chainsim.engine.draws import Draws
from chainsim.garbage import many_objects
from chainsim.model.network import Network
from chainsim.records import Columns, Log

PAGES_EACH: Final = 64  # of a horizon, for each stock point and lane: more would mostly be empty
MOST_PAGES: Final = 1 << 17
RESERVED: Final = 1 << 24  # bytes of memory that a process keeps for what it needs next
NEAR: Final = 1 << 23  # bytes of state; what is more had better be fetched ahead
SOON: Final = 4  # a law that has used all but one part in so many of its draws will soon need more


def run(network: Network, replication: int, progress: Progress | None = None, sink: Sink | None = None) -> Log:
    """Simulate one replication of `network`; replications count from 0.  See `Engine`."""
    with many_objects():  # of the state before the first event and of the streams; what follows makes hardly any
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
        self.calendar = _calendar(events, opening.changes, network)
        self.calendar.control[layout.FAR] = opening.size > NEAR
        self.blocks = block(self.state), block(self.calendar)

    def run(self, progress: Progress | None) -> Log:
        advance = compiled()
        horizon = self.network.horizon
        while True:
            wanted = advance(*self.blocks, horizon, LOG_ROWS, ROOM)
            if wanted == layout.DRAWS:
                self.draw()
            elif wanted == layout.SPACE:
                self.calendar = _longer(self.calendar, int(self.state.outbox.used[0]))
                self.blocks = block(self.state), block(self.calendar)
            elif wanted == layout.OVERFULL:
                raise AssertionError("an event has left more follow-ups than the outbox has room for")
            elif wanted == layout.ROOM:
                self.state = with_room(self.state, self.network)
                self.blocks = block(self.state), block(self.calendar)
            else:
                self.flush()
                if progress is not None:
                    progress(int(self.calendar.control[layout.TICK]) / horizon)
                if wanted == layout.FINISHED_RUN:
                    return self.builder.build(horizon)

    def draw(self) -> None:
        """Make more draws of the law that ran out, and of those like it that soon will; those of a law lie together."""
        law, n = int(self.calendar.control[layout.LAW]), int(self.calendar.control[layout.DRAW])
        laws = self.calendar.laws
        while laws[law, 1] <= n:
            made = int(laws[law, 1])
            alike = self.draws.sharing(law)
            soon = (laws[alike, 1] == made) & (laws[alike, 2] >= made - made // SOON)
            alike = alike[soon | (alike == law)]
            old = self.calendar.pool[laws[alike, :1] + np.arange(made)]
            draws = np.concatenate([old, self.draws.blocks(alike)], axis=1)
            laws[alike, 1] = 0  # so that they are not kept twice
            begin = self.keep(draws.reshape(-1))
            laws[alike, 0] = begin + np.arange(len(alike)) * draws.shape[1]
            laws[alike, 1] = draws.shape[1]

    def keep(self, draws: Columns) -> int:
        """Put draws behind those that are in the pool; where they begin."""
        k = self.calendar
        if k.laws[-1, 0] + len(draws) > len(k.pool):
            self.calendar = k = k._replace(pool=_swept(k, len(draws)))
            self.blocks = self.blocks[0], block(k)
        begin = int(k.laws[-1, 0])
        k.laws[-1, 0] = end = begin + len(draws)
        k.pool[begin:end] = draws
        return begin

    def flush(self) -> None:
        """Hand the log over, and begin a new one.

        To copy it takes longer than to reserve another, unless that is so large that the system clears its memory anew.
        """
        blocks, fresh = [], {}
        for name in ("log", "placed"):
            full = getattr(self.state, name)
            used, room = int(full.used[0]), full.rows.shape
            if used > room[0]:
                raise AssertionError("an event has left more rows than the log has room for")
            if full.rows.nbytes > RESERVED:
                blocks.append(full.rows[:used].copy())
                full.used[0] = 0
            else:
                blocks.append(full.rows[:used])
                fresh[name] = rows(*room)
        if fresh:
            self.state = self.state._replace(**fresh)
            self.blocks = block(self.state), self.blocks[1]
        self.builder.add(*blocks)


def _calendar(events: Columns, changes: Columns, network: Network) -> Calendar:
    leaves, queued = 1 << 10, 1 << 12
    control = np.zeros(layout.CONTROLS, dtype=np.int64)
    control[layout.FREE_USED] = leaves
    control[layout.PHASE] = -1
    control[layout.OPENING] = 1
    pages = min(MOST_PAGES, PAGES_EACH * (len(network.stocks) + len(network.lanes)))
    control[layout.PAGE_SHIFT] = shift = max(0, network.horizon.bit_length() - pages.bit_length())
    return Calendar(
        pages=np.zeros(((network.horizon >> shift) + 1, 2), dtype=np.int64),
        entries=np.empty((leaves * LEAF, 5), dtype=np.int64),
        before=np.empty(leaves, dtype=np.int64),
        free=np.arange(leaves, dtype=np.int64),
        near=np.empty((leaves * LEAF, 2), dtype=np.int64),
        queue=np.empty((queued, 5), dtype=np.int64),
        heads=np.empty((2 * layout.PHASES, 2), dtype=np.int64),
        turn=np.empty((queued, 4), dtype=np.int64),
        spare=np.empty((queued, 4), dtype=np.int64),
        counts=np.empty(1 << DIGIT, dtype=np.int64),
        exogenous=events,
        changes=changes,
        pool=np.empty(1 << 16, dtype=np.int64),
        laws=np.zeros((len(network.draws) + 1, 4), dtype=np.int64),  # the last one counts what the pool holds
        control=control,
    )


def _longer(k: Calendar, more: int) -> Calendar:
    """The calendar with room for so many more events, and twice as much where it was short."""
    used, queued = int(k.control[layout.FREE_USED]), int(k.control[layout.QUEUE_USED])
    if used < more:
        old = len(k.free)
        size = 2 * old + more
        free = _grown(k.free, size)
        free[used : used + size - old] = np.arange(old, size)
        k.control[layout.FREE_USED] = used + size - old
        entries = {name: _grown(getattr(k, name), size * LEAF) for name in ("entries", "near")}
        k = k._replace(before=_grown(k.before, size), free=free, **entries)
    if len(k.queue) - queued < max(more, 1):
        size = 2 * len(k.queue) + more
        k = k._replace(**{name: _grown(getattr(k, name), size) for name in ("queue", "turn", "spare")})
    return k


def _swept(k: Calendar, more: int) -> Columns:
    """A pool of the draws that laws still point at, twice as long as they and so many more are."""
    had = np.flatnonzero(k.laws[:-1, 1])
    first, made = k.laws[had, 0], k.laws[had, 1]
    end = np.cumsum(made)
    live = int(made.sum())
    pool = np.empty(2 * (live + more), dtype=np.int64)
    for begin, old, count in zip((end - made).tolist(), first.tolist(), made.tolist(), strict=True):
        pool[begin : begin + count] = k.pool[old : old + count]
    k.laws[had, 0] = end - made
    k.laws[-1, 0] = live
    return pool


def _grown(table: Columns, size: int) -> Columns:
    longer = np.empty((size, *table.shape[1:]), dtype=np.int64)
    longer[: len(table)] = table
    return longer
