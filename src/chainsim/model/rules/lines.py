"""Production: orders to the own line, batches that start when components are there, and finish after their time.

A line whose time can be stretched (a working calendar, breakdowns, disruptions, growth) is *timed*: its batches are
tracked, and a change of speed voids their pending finish by a new version.  All others finish when they said.
"""

from __future__ import annotations

from chainsim.model.network import UNLIMITED, WHOLE_SHARE
from chainsim.model.rules.orders import fulfil, new_order
from chainsim.model.rules.waking import ask_review, ask_start, ask_upstream
from chainsim.model.rules.working_time import after_work, reopening, worked
from chainsim.model.state import (
    BREAK,
    CONSUMED,
    FINISH,
    FINISHED,
    GROWN,
    LINE_LEVEL,
    RELEASED,
    REPAIR,
    SCRAPPED,
    SERVE,
    START,
    STARTED,
    STARVED,
    State,
)

MOST_STARTS = 256  # batches that a line starts in one event; the rest follows in the next round


def release(s: State, tick: int, p: int, quantity: int) -> None:
    """Put a production order into the queue of the line that makes the stock point."""
    stock = s.stocks[p]
    o = new_order(s, tick, -1, p, quantity, 0, 0, 0, 0)
    stock.on_order += quantity
    s.log.append((tick, RELEASED, s.orders[o].number, p, quantity))
    line = s.lines[stock.line]
    if line.queue_head < 0:
        line.queue_head = o
    else:
        s.orders[line.queue_tail].next = o
    line.queue_tail = o
    line.waiting += quantity
    if line.announces == 1:
        for n in range(line.needs_begin, line.needs_end):
            need = s.needs[n]
            work = quantity * need.quantity + need.told
            need.told = work % need.per
            s.stocks[need.component].recent += work // need.per
    ask_start(s, stock.line)


def start(s: State, tick: int, index: int) -> None:
    """Start batches while a server is free, work is waiting and every component is on hand.

    What the line could start besides, were the components there, is announced to them; all that waits, where they are
    called off at release.  A line that stands still starts nothing; one that is closed looks again when it opens.
    """
    line = s.lines[index]
    line.start_due = 0
    if line.timed == 1 and not runs(s, tick, index):
        if line.early == 1:
            announce(s, index, line.waiting)
        return
    started = 0
    lacking = 0
    while line.busy < line.servers and line.queue_head >= 0:
        o = line.queue_head
        order = s.orders[o]
        quantity = min(order.open, line.batch)
        if short_of_components(s, tick, order.number, line.needs_begin, line.needs_end, quantity):
            lacking = startable(s, index)
            break
        if started == MOST_STARTS:
            ask_start(s, index)
            break
        s.log.append((tick, STARTED, order.number, line.stock, quantity))
        consume(s, tick, order.number, line.needs_begin, line.needs_end, quantity)
        started += 1
        work = line.fixed
        if order.open == order.quantity:
            work += line.set_up
        order.open -= quantity
        line.waiting -= quantity
        if order.open == 0:
            line.queue_head = order.next
            order.next = -1
            if line.queue_head < 0:
                line.queue_tail = -1
        if line.watched == 1:
            count_busy(s, tick, index)
        line.busy += 1
        variable = quantity * line.ticks + line.carry
        line.carry = variable % line.per
        work += variable // line.per
        if line.timed == 1:
            b = new_batch(s, index, o, quantity)
            s.outbox.append((work, FINISH, index, b, s.batches[b].version, line.law, line.draw, 1))
        else:
            s.outbox.append((work, FINISH, index, o, quantity, line.law, line.draw, 0))
        line.draw += 1
    if line.early == 1:
        lacking = line.waiting
    if started > 0 or lacking != line.committed:
        announce(s, index, lacking)


def runs(s: State, tick: int, index: int) -> bool:
    """Whether a timed line works now; if it is closed and work waits, it looks again when it opens."""
    line = s.lines[index]
    opening = tick
    if line.closures_end > line.closures_begin:
        opening = reopening(s, line.closures_begin, line.closures_end, tick)
    if opening == tick:
        line.opening_due = 0
    if line.speed == 0:
        return False
    if opening > tick and line.queue_head >= 0 and line.opening_due == 0:
        line.opening_due = 1
        s.outbox.append((opening - tick, START, index, 0, 0, -1, 0, 0))
    return opening == tick


def count_busy(s: State, tick: int, index: int) -> None:
    """Sum the time of a line's busy servers up to now, where somebody judges it."""
    line = s.lines[index]
    line.busy_ticks += line.busy * (tick - line.busy_since)
    line.busy_since = tick


def startable(s: State, index: int) -> int:
    """How much of the waiting work the free servers could take at once."""
    line = s.lines[index]
    if line.servers >= UNLIMITED:
        return line.waiting
    free = line.servers - line.busy
    total = 0
    o = line.queue_head
    while o >= 0 and free > 0:
        order = s.orders[o]
        batches = min(free, (order.open + line.batch - 1) // line.batch)
        total += min(order.open, batches * line.batch)
        free -= batches
        o = order.next
    return total


def short_of_components(s: State, tick: int, number: int, begin: int, end: int, quantity: int) -> bool:
    """Whether a batch of an order lacks a component; marks each that it lacks, so that its arrival wakes the line."""
    short = False
    for n in range(begin, end):
        need = s.needs[n]
        stock = s.stocks[need.component]
        missing = (quantity * need.quantity + need.carry) // need.per - stock.on_hand
        if missing > 0:
            if stock.starving == 0:
                stock.starving = 1
                s.log.append((tick, STARVED, number, need.component, missing))
            short = True
        elif stock.starving == 1:
            stock.starving = 0
    return short


def announce(s: State, index: int, quantity: int) -> None:
    """Announce to the components what `quantity` of the product needs, so that it gets ordered."""
    line = s.lines[index]
    line.committed = quantity
    for n in range(line.needs_begin, line.needs_end):
        need = s.needs[n]
        s.stocks[need.component].committed = (quantity * need.quantity + need.carry) // need.per
        ask_review(s, need.component)


def consume(s: State, tick: int, number: int, begin: int, end: int, quantity: int) -> None:
    """Take the components of a batch from stock; fractions are carried to the next batch."""
    for n in range(begin, end):
        need = s.needs[n]
        work = quantity * need.quantity + need.carry
        used = work // need.per
        need.carry = work % need.per
        if used > 0:
            s.stocks[need.component].on_hand -= used
            s.log.append((tick, CONSUMED, number, need.component, used))


def finish(s: State, tick: int, index: int, a: int, b: int) -> None:
    """Book a finished batch; what is no good of it is scrap; serve those who wait for it; free the server.

    a, b: order and quantity, or, on a timed line, batch and version.
    """
    line = s.lines[index]
    o = a
    quantity = b
    if line.timed == 1:
        batch = s.batches[a]
        if batch.version != b or batch.order < 0:
            return
        o = batch.order
        quantity = batch.quantity
        drop_batch(s, index, a)
    if line.watched == 1:
        count_busy(s, tick, index)
    line.busy -= 1
    stock = s.stocks[line.stock]
    good = quantity
    if line.good < line.good_per:
        work = quantity * line.good + line.good_carry
        line.good_carry = work % line.good_per
        good = work // line.good_per
        if good < quantity:
            s.log.append((tick, SCRAPPED, s.orders[o].number, line.stock, quantity - good))
    stock.on_hand += good
    stock.on_order -= quantity
    s.log.append((tick, FINISHED, s.orders[o].number, line.stock, good))
    fulfil(s, o, quantity)
    if good < quantity:
        ask_review(s, line.stock)
        ask_upstream(s, line.stock)
    if stock.backorders > 0:
        s.outbox.append((0, SERVE, line.stock, 0, 0, -1, 0, 0))
    if line.queue_head >= 0:
        ask_start(s, index)


def new_batch(s: State, index: int, o: int, quantity: int) -> int:
    """Track a batch in process; its work is known when its time has been drawn."""
    counts = s.counts[0]
    b = counts.free_batch
    if b >= 0:
        counts.free_batch = s.batches[b].next
    else:
        b = counts.batches
        counts.batches = b + 1
        counts.used += 1
    line = s.lines[index]
    batch = s.batches[b]
    batch.order = o
    batch.quantity = quantity
    batch.version += 1
    batch.previous = -1
    batch.next = line.batches
    if line.batches >= 0:
        s.batches[line.batches].previous = b
    line.batches = b
    return b


def drop_batch(s: State, index: int, b: int) -> None:
    """A batch is no longer in process."""
    line = s.lines[index]
    batch = s.batches[b]
    if batch.previous >= 0:
        s.batches[batch.previous].next = batch.next
    else:
        line.batches = batch.next
    if batch.next >= 0:
        s.batches[batch.next].previous = batch.previous
    batch.order = -1
    counts = s.counts[0]
    batch.next = counts.free_batch
    counts.free_batch = b


def batch_due(s: State, tick: int, index: int, b: int, work: int) -> int:
    """The tick on which a batch of so much work at full speed will be finished, begun or resumed now."""
    line = s.lines[index]
    batch = s.batches[b]
    batch.left = work
    batch.since = tick
    time = (work * WHOLE_SHARE + line.speed - 1) // line.speed
    if line.closures_end > line.closures_begin:
        return after_work(s, line.closures_begin, line.closures_end, tick, time)
    return tick + time


def set_speed(s: State, tick: int, index: int) -> None:
    """A line breaks down, is repaired, is hit or grows: what is in process goes on at the new speed."""
    line = s.lines[index]
    before = line.speed
    speed = 0
    if line.broken == 0 and line.dead == 0:
        speed = line.level * line.growth // WHOLE_SHARE
    if speed == before:
        return
    line.speed = speed
    s.log.append((tick, LINE_LEVEL, -1, line.stock, speed))
    b = line.batches
    while b >= 0:
        batch = s.batches[b]
        passed = tick - batch.since
        if line.closures_end > line.closures_begin:
            passed = worked(s, line.closures_begin, line.closures_end, tick) - worked(
                s, line.closures_begin, line.closures_end, batch.since
            )
        left = batch.left - passed * before // WHOLE_SHARE
        batch.left = max(0, left)
        batch.since = tick
        if left > 0:  # else it finishes on this tick, as announced
            batch.version += 1
            if speed > 0:
                due = batch_due(s, tick, index, b, left)
                s.outbox.append((due - tick, FINISH, index, b, batch.version, -1, 0, 0))
        b = batch.next
    if speed > 0:
        ask_start(s, index)


def break_down(s: State, tick: int, index: int) -> None:
    """A line stops until it is repaired; batches in process wait and go on where they were."""
    line = s.lines[index]
    line.broken = 1
    set_speed(s, tick, index)
    s.outbox.append((0, REPAIR, index, 0, 0, line.repair_law, line.breakdowns, 0))


def repair(s: State, tick: int, index: int) -> None:
    """A line runs again until its next breakdown."""
    line = s.lines[index]
    line.broken = 0
    line.breakdowns += 1
    set_speed(s, tick, index)
    s.outbox.append((0, BREAK, index, 0, 0, line.up_law, line.breakdowns, 0))


def grow(s: State, tick: int, index: int, by: int) -> None:
    """A line's planned speed changes by so many parts per million of what it is."""
    line = s.lines[index]
    line.growth = line.growth * (WHOLE_SHARE + by) // WHOLE_SHARE
    s.log.append((tick, GROWN, -1, line.stock, line.growth))
    set_speed(s, tick, index)
