"""The calendar of the compiled engine: pages of what is to come, and heaps of what comes next.

Written, like the rulebook, in the subset of Python that Numba compiles; it runs interpreted, too, and is tested so.
In and out: arrays of int64.  `advance` runs events until it needs something that only Python can give, says what, and
goes on where it stood when it is called again.  `s` is a State whose lists are `Rows`.  This module must not know where
arrays come from.

What is far ahead is only written down on the page of its time.  When a page is opened, its entries go into a heap by
tick; when a tick comes, its events are queued by round and phase; and when it is a phase's turn, which nothing can join
any more, they are sorted by entity and sequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainsim.engine.compiled_engine.foresight import AHEAD, MOST_OF_A_PAGE, WORTH_IT, foresee_page, foresee_turn
from chainsim.engine.compiled_engine.layout import (
    DRAW,
    DRAWS,
    ENTITY,
    EXOGENOUS,
    FAR,
    FINISHED_RUN,
    FLUSH,
    FREE_USED,
    LAW,
    LEAF,
    NEAR_USED,
    OPENING,
    OVERFULL,
    PAGE,
    PAGE_SHIFT,
    PHASE,
    PHASES,
    QUEUE_USED,
    ROOM,
    ROUND,
    SCHEDULED,
    SEQUENCE,
    SPACE,
    TICK,
    TURN,
    TURN_USED,
    WAITING,
)
from chainsim.engine.compiled_engine.sorting import drop, push, sort
from chainsim.model.rules import change, due, step
from chainsim.model.state import CHANGE

if TYPE_CHECKING:
    from chainsim.engine.compiled_engine.layout import Calendar


def write_down(k: Calendar, tick: int, key: int, sequence: int, a: int, b: int) -> None:
    """Put an event of a later tick on its page; there must be a free leaf."""
    c = k.control
    page = max(tick >> c[PAGE_SHIFT], c[PAGE])
    leaf = k.pages[page, 0]
    used = k.pages[page, 1]
    if used == 0 or used == LEAF:
        c[FREE_USED] -= 1
        fresh = k.free[c[FREE_USED]]
        k.before[fresh] = leaf if used == LEAF else -1
        k.pages[page, 0] = fresh
        leaf = fresh
        used = 0
    entry = leaf * LEAF + used
    k.pages[page, 1] = used + 1
    k.entries[entry, 0] = tick
    k.entries[entry, 1] = key
    k.entries[entry, 2] = sequence
    k.entries[entry, 3] = a
    k.entries[entry, 4] = b
    if page == c[PAGE]:
        push(k.near, c[NEAR_USED], tick, entry)
        c[NEAR_USED] += 1


def turn_page(k: Calendar) -> None:
    """Free the leaves of a page that is over, and open the next one."""
    c = k.control
    page = c[PAGE]
    if k.pages[page, 1] > 0:
        leaf = k.pages[page, 0]
        while leaf >= 0:
            k.free[c[FREE_USED]] = leaf
            c[FREE_USED] += 1
            leaf = k.before[leaf]
        k.pages[page, 1] = 0
    page += 1
    c[PAGE] = page
    used = k.pages[page, 1]
    leaf = k.pages[page, 0] if used > 0 else -1
    while leaf >= 0:
        for entry in range(leaf * LEAF, leaf * LEAF + used):
            push(k.near, c[NEAR_USED], k.entries[entry, 0], entry)
            c[NEAR_USED] += 1
        leaf = k.before[leaf]
        used = LEAF


def queue(k: Calendar, round_: int, phase: int, entity: int, sequence: int, a: int, b: int) -> None:
    """Put an event of the present tick behind those of its round and phase; there must be room."""
    c = k.control
    at = c[QUEUE_USED]
    c[QUEUE_USED] = at + 1
    k.queue[at, 0] = entity
    k.queue[at, 1] = sequence
    k.queue[at, 2] = a
    k.queue[at, 3] = b
    k.queue[at, 4] = -1
    odd = round_ & 1
    place = odd * PHASES + phase
    if (c[WAITING + odd] >> phase) & 1 == 0:
        c[WAITING + odd] |= 1 << phase
        k.heads[place, 0] = at
    else:
        k.queue[k.heads[place, 1], 4] = at
    k.heads[place, 1] = at


def lowest(bits: int) -> int:
    """The number of the lowest bit that is set, of 32; one is."""
    found = 0
    width = 16
    while width > 0:
        if bits & ((1 << width) - 1) == 0:
            bits >>= width
            found += width
        width >>= 1
    return found


def next_phase(k: Calendar) -> bool:
    """Whether anything is left of the present tick; then PHASE and ROUND tell whose turn it is next."""
    c = k.control
    later = c[WAITING + (c[ROUND] & 1)] >> (c[PHASE] + 1)
    if later == 0:
        c[ROUND] += 1
        c[PHASE] = -1
        later = c[WAITING + (c[ROUND] & 1)]
        if later == 0:
            return False
    c[PHASE] += 1 + lowest(later)
    return True


def take_turn(k: Calendar) -> None:
    """Take the events of the present round and phase from the queue, in order: none can join them any more."""
    c = k.control
    odd = c[ROUND] & 1
    c[WAITING + odd] ^= 1 << c[PHASE]
    at = k.heads[odd * PHASES + c[PHASE], 0]
    used = 0
    most = 0
    in_order = True
    while at >= 0:
        entity = k.queue[at, 0]
        k.turn[used, 0] = entity
        k.turn[used, 1] = k.queue[at, 3]
        k.turn[used, 2] = k.queue[at, 1]
        k.turn[used, 3] = k.queue[at, 2]
        if used > 0 and entity <= k.turn[used - 1, 0]:
            in_order = False
        most = max(most, entity)
        used += 1
        at = k.queue[at, 4]
    if not in_order:
        sort(k.turn, k.spare, k.counts, used, most)
    c[TURN] = 0
    c[TURN_USED] = used


def schedule(s: Any, k: Calendar, horizon: int) -> bool:
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
            if n >= k.laws[law, 1]:
                c[SCHEDULED] = i
                c[LAW] = law
                c[DRAW] = n
                return False
            delay += k.pool[k.laws[law, 0] + n]
            k.laws[law, 2] = n + 1
        c[SEQUENCE] += 1
        if outbox[i, 7] != 0:
            delay = due(s, tick, delay, later, entity, a) - tick
        if delay == 0:
            queue(k, round_ if later > phase else round_ + 1, later, entity, c[SEQUENCE], a, outbox[i, 4])
        elif tick + delay < horizon:
            write_down(k, tick + delay, (later << ENTITY) | entity, c[SEQUENCE], a, outbox[i, 4])
    c[SCHEDULED] = 0
    s.outbox.used[0] = 0
    return True


def next_tick(s: Any, k: Calendar, horizon: int) -> int:
    """The next tick on which anything happens, the horizon if nothing does before it."""
    c = k.control
    tick = horizon
    if c[EXOGENOUS] < len(k.exogenous):
        tick = min(tick, k.exogenous[c[EXOGENOUS], 0])
    while c[NEAR_USED] == 0 and c[PAGE] < tick >> c[PAGE_SHIFT]:
        turn_page(k)
        if c[FAR] == 1 and 0 < c[NEAR_USED] <= MOST_OF_A_PAGE:
            foresee_page(s, k)
    if c[NEAR_USED] > 0:
        tick = min(tick, k.near[0, 0])
    return tick


def open_tick(k: Calendar, tick: int) -> bool:
    """Queue the events of a tick; False when the queue is too short for all of them."""
    c = k.control
    at = c[EXOGENOUS]
    count = len(k.exogenous)
    c[TICK] = tick
    c[ROUND] = 0
    c[PHASE] = -1
    while at < count and k.exogenous[at, 0] == tick:
        if c[QUEUE_USED] == len(k.queue):
            return False
        # Numbered apart from follow-ups, so that an added market renumbers nothing else.
        queue(k, 0, k.exogenous[at, 1], k.exogenous[at, 2], at - count, k.exogenous[at, 3], k.exogenous[at, 4])
        at += 1
        c[EXOGENOUS] = at
    while c[NEAR_USED] > 0 and k.near[0, 0] == tick:
        if c[QUEUE_USED] == len(k.queue):
            return False
        entry = k.near[0, 1]
        drop(k.near, c[NEAR_USED])
        c[NEAR_USED] -= 1
        key = k.entries[entry, 1]
        entity = key & ((1 << ENTITY) - 1)
        queue(k, 0, key >> ENTITY, entity, k.entries[entry, 2], k.entries[entry, 3], k.entries[entry, 4])
    return True


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
            if not schedule(s, k, horizon):
                return DRAWS
        if counts.used > room:
            return ROOM
        if s.log.used[0] > log_limit or s.placed.used[0] > log_limit:
            return FLUSH
        if c[TURN] == c[TURN_USED]:
            if c[OPENING] == 1 or not next_phase(k):
                tick = c[TICK]
                if c[OPENING] == 0:
                    c[QUEUE_USED] = 0
                    tick = next_tick(s, k, horizon)
                if tick >= horizon:
                    return FINISHED_RUN
                c[OPENING] = 1
                if not open_tick(k, tick):
                    return SPACE
                c[OPENING] = 0
                if not next_phase(k):
                    continue
            take_turn(k)
        at = c[TURN]
        if c[FAR] == 1 and at % AHEAD == 0 and c[TURN_USED] - at >= WORTH_IT:
            foresee_turn(s, k)
        c[TURN] = at + 1
        entity = k.turn[at, 0]
        if c[PHASE] == CHANGE:
            row = k.changes
            change(s, row[entity, 0], row[entity, 1], row[entity, 2], row[entity, 3], row[entity, 4])
        else:
            step(s, c[TICK], c[PHASE], entity, k.turn[at, 3], k.turn[at, 1])
