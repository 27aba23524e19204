"""The calendar of the compiled engine: a heap of what is to come, and a heap of what happens at the present tick.

Written, like the rulebook, in the subset of Python that Numba compiles; it runs interpreted, too, and is tested so.
In and out: arrays of int64.  `advance` runs events until it needs something that only Python can give, says what, and
goes on where it stood when it is called again.  `s` is a State whose lists are `Rows`.  This module must not know where
arrays come from.

Two heaps are cheaper than one: the events of one tick are few, and only they need the whole order (round, phase,
entity, sequence); what is to come is ordered by its tick alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chainsim.model.rules import change, due, step
from chainsim.model.state import ARRIVE, CHANGE, DEMAND, FINISH, REVIEW, SERVE, START

if TYPE_CHECKING:
    from chainsim.records import Columns

# What `advance` asks for.
FINISHED_RUN: Final = 0  # the horizon is reached
DRAWS: Final = 1  # more draws of law control[LAW], up to number control[DRAW]
SPACE: Final = 2  # a longer heap or queue
ROOM: Final = 3  # spare rows in the growing tables
FLUSH: Final = 4  # the log is to be taken away
OVERFULL: Final = 5  # nothing: an event left more follow-ups than the outbox has room for

# Places in `Calendar.control`.
HEAP_USED: Final = 0
FREE_USED: Final = 1  # of the stack of free slots
QUEUE_USED: Final = 2
SEQUENCE: Final = 3
TICK: Final = 4
ROUND: Final = 5
PHASE: Final = 6
EXOGENOUS: Final = 7  # number of the next exogenous event
SCHEDULED: Final = 8  # rows of the outbox that are on the calendar already
LAW: Final = 9
DRAW: Final = 10
CONTROLS: Final = 11

OUTBOX_WIDTH: Final = 8

ROUND_SHIFT: Final = 40  # bits of phase and entity in a key
PHASE_SHIFT: Final = 32  # bits of the entity in a key
PHASE_BITS: Final = 255
ENTITY_BITS: Final = 2**32 - 1


class Rows(NamedTuple):
    """A list of rows of equal width, as an array with room at its end; what does not fit is counted, not written."""

    rows: Columns  # [capacity, width]
    used: Columns  # [1]

    def append(self, row: tuple[int, ...]) -> None:
        """Add a row."""
        at = self.used[0]
        if at < len(self.rows):
            self.rows[at] = row
        self.used[0] = at + 1


class Calendar(NamedTuple):
    """All that is to come.

    heap: rows (tick, slot).  slots: rows (phase and entity, sequence, a, b).  free: numbers of unused slots.
    queue: rows (key, sequence, a, b) of the present tick.  exogenous: rows (tick, phase, entity, a, b), by tick.
    changes: rows (kind, entity, values...).  pool, first, made: draw n of a law is pool[first[law] + n], if n < made.
    """

    heap: Columns
    slots: Columns
    free: Columns
    queue: Columns
    exogenous: Columns
    changes: Columns
    pool: Columns
    first: Columns
    made: Columns
    control: Columns

    @classmethod
    def widths(cls) -> dict[str, int]:
        """Columns of each table."""
        wide = {"heap": 2, "slots": 4, "queue": 4, "exogenous": 5, "changes": 5}
        return {name: wide.get(name, 1) for name in cls._fields}


def push(heap: Columns, used: int, tick: int, slot: int) -> None:
    """Put (tick, slot) into a heap of `used` rows, each with up to four below it."""
    at = used
    while at > 0:
        above = (at - 1) >> 2
        if heap[above, 0] <= tick:
            break
        heap[at, 0] = heap[above, 0]
        heap[at, 1] = heap[above, 1]
        at = above
    heap[at, 0] = tick
    heap[at, 1] = slot


def drop(heap: Columns, used: int) -> None:
    """Take the first row out of a heap of `used` rows."""
    last = used - 1
    tick = heap[last, 0]
    slot = heap[last, 1]
    at = 0
    below = 1
    while below < last:
        least = below
        earliest = heap[below, 0]
        for other in range(below + 1, min(below + 4, last)):
            if heap[other, 0] < earliest:
                least = other
                earliest = heap[other, 0]
        if earliest >= tick:
            break
        heap[at, 0] = earliest
        heap[at, 1] = heap[least, 1]
        at = least
        below = 4 * at + 1
    heap[at, 0] = tick
    heap[at, 1] = slot


def enqueue(queue: Columns, used: int, key: int, sequence: int, a: int, b: int) -> None:
    """Put an event into the binary heap of the present tick."""
    at = used
    while at > 0:
        above = (at - 1) >> 1
        if queue[above, 0] < key or (queue[above, 0] == key and queue[above, 1] < sequence):
            break
        queue[at, 0] = queue[above, 0]
        queue[at, 1] = queue[above, 1]
        queue[at, 2] = queue[above, 2]
        queue[at, 3] = queue[above, 3]
        at = above
    queue[at, 0] = key
    queue[at, 1] = sequence
    queue[at, 2] = a
    queue[at, 3] = b


def dequeue(queue: Columns, used: int) -> None:
    """Take the first event out of the heap of the present tick."""
    last = used - 1
    if last == 0:
        return
    key = queue[last, 0]
    sequence = queue[last, 1]
    at = 0
    below = 1
    while below < last:
        if below + 1 < last and (
            queue[below + 1, 0] < queue[below, 0]
            or (queue[below + 1, 0] == queue[below, 0] and queue[below + 1, 1] < queue[below, 1])
        ):
            below += 1
        if queue[below, 0] > key or (queue[below, 0] == key and queue[below, 1] > sequence):
            break
        queue[at, 0] = queue[below, 0]
        queue[at, 1] = queue[below, 1]
        queue[at, 2] = queue[below, 2]
        queue[at, 3] = queue[below, 3]
        at = below
        below = 2 * at + 1
    queue[at, 0] = key
    queue[at, 1] = sequence
    queue[at, 2] = queue[last, 2]
    queue[at, 3] = queue[last, 3]


def schedule(s: Any, k: Calendar) -> bool:
    """Put what the outbox holds on the calendar; False when a draw is missing."""
    c = k.control
    outbox = s.outbox.rows
    used = s.outbox.used[0]
    tick = c[TICK]
    round_ = c[ROUND]
    phase = c[PHASE]
    for i in range(c[SCHEDULED], used):
        delay = outbox[i, 0]
        later = outbox[i, 1]
        entity = outbox[i, 2]
        a = outbox[i, 3]
        law = outbox[i, 5]
        if law >= 0:
            n = outbox[i, 6]
            if n >= k.made[law]:
                c[SCHEDULED] = i
                c[LAW] = law
                c[DRAW] = n
                return False
            delay += k.pool[k.first[law] + n]
        c[SEQUENCE] += 1
        if outbox[i, 7] != 0:
            delay = due(s, tick, delay, later, entity, a) - tick
        key = (later << PHASE_SHIFT) | entity
        if delay == 0:
            round_of = round_ if later > phase else round_ + 1
            enqueue(k.queue, c[QUEUE_USED], (round_of << ROUND_SHIFT) | key, c[SEQUENCE], a, outbox[i, 4])
            c[QUEUE_USED] += 1
        else:
            c[FREE_USED] -= 1
            slot = k.free[c[FREE_USED]]
            k.slots[slot, 0] = key
            k.slots[slot, 1] = c[SEQUENCE]
            k.slots[slot, 2] = a
            k.slots[slot, 3] = outbox[i, 4]
            push(k.heap, c[HEAP_USED], tick + delay, slot)
            c[HEAP_USED] += 1
    c[SCHEDULED] = 0
    s.outbox.used[0] = 0
    return True


def next_tick(k: Calendar, horizon: int) -> int:
    """The next tick on which anything happens, the horizon if nothing does before it."""
    c = k.control
    tick = horizon
    if c[HEAP_USED] > 0:
        tick = min(tick, k.heap[0, 0])
    if c[EXOGENOUS] < len(k.exogenous):
        tick = min(tick, k.exogenous[c[EXOGENOUS], 0])
    return tick


def open_tick(k: Calendar, tick: int) -> bool:
    """Queue the events of a tick; False when the queue is too short for all of them."""
    c = k.control
    used = c[QUEUE_USED]
    at = c[EXOGENOUS]
    count = len(k.exogenous)
    c[TICK] = tick
    c[PHASE] = -1
    while at < count and k.exogenous[at, 0] == tick:
        if used == len(k.queue):
            return False
        key = (k.exogenous[at, 1] << PHASE_SHIFT) | k.exogenous[at, 2]
        # Numbered apart from follow-ups, so that an added market renumbers nothing else.
        enqueue(k.queue, used, key, at - count, k.exogenous[at, 3], k.exogenous[at, 4])
        used += 1
        at += 1
        c[QUEUE_USED] = used
        c[EXOGENOUS] = at
    while c[HEAP_USED] > 0 and k.heap[0, 0] == tick:
        if used == len(k.queue):
            return False
        slot = k.heap[0, 1]
        drop(k.heap, c[HEAP_USED])
        c[HEAP_USED] -= 1
        enqueue(k.queue, used, k.slots[slot, 0], k.slots[slot, 1], k.slots[slot, 2], k.slots[slot, 3])
        k.free[c[FREE_USED]] = slot
        c[FREE_USED] += 1
        used += 1
        c[QUEUE_USED] = used
    return True


def touch(table: Any, row: int) -> None:
    """Have a row brought to the processor; compiled it is one instruction a cache line, interpreted it is nothing."""


def foresee(s: Any, k: Calendar) -> None:
    """Touch what the next event is about: in a large network it lies far away, and arrives while this one is run."""
    c = k.control
    if c[QUEUE_USED] > 0:
        key = k.queue[0, 0]
        a = k.queue[0, 2]
    elif c[HEAP_USED] > 0:
        slot = k.heap[0, 1]
        key = k.slots[slot, 0]
        a = k.slots[slot, 2]
    else:
        return
    phase = (key >> PHASE_SHIFT) & PHASE_BITS
    entity = key & ENTITY_BITS
    if phase == ARRIVE:
        touch(s.lanes, entity)
        touch(s.orders, a)
    elif phase in (START, FINISH):
        touch(s.lines, entity)
    elif phase in (REVIEW, DEMAND, SERVE):
        touch(s.stocks, entity)


def advance(s: Any, k: Calendar, horizon: int, log_limit: int, room: int) -> int:
    """Run events until the horizon, or until something is needed; returns what.

    log_limit: rows of the log, or of orders, at which it is to be taken away.  room: rows of growing tables that may be
    taken before more are needed.
    """
    c = k.control
    counts = s.counts[0]
    while True:
        if s.outbox.used[0] > 0:
            if s.outbox.used[0] > len(s.outbox.rows):
                return OVERFULL
            if s.outbox.used[0] > min(c[FREE_USED], len(k.queue) - c[QUEUE_USED]):
                return SPACE
            if not schedule(s, k):
                return DRAWS
        if counts.used > room:
            return ROOM
        if s.log.used[0] > log_limit or s.placed.used[0] > log_limit:
            return FLUSH
        if c[QUEUE_USED] == 0 or c[PHASE] < 0:
            tick = next_tick(k, horizon) if c[QUEUE_USED] == 0 else c[TICK]
            if tick >= horizon:
                return FINISHED_RUN
            if not open_tick(k, tick):
                return SPACE
        key = k.queue[0, 0]
        a = k.queue[0, 2]
        b = k.queue[0, 3]
        dequeue(k.queue, c[QUEUE_USED])
        c[QUEUE_USED] -= 1
        phase = (key >> PHASE_SHIFT) & PHASE_BITS
        entity = key & ENTITY_BITS
        c[ROUND] = key >> ROUND_SHIFT
        c[PHASE] = phase
        foresee(s, k)
        if phase == CHANGE:
            row = k.changes
            change(s, row[entity, 0], row[entity, 1], row[entity, 2], row[entity, 3], row[entity, 4])
        else:
            step(s, c[TICK], phase, entity, a, b)
