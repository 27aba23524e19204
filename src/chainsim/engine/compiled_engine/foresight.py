"""What coming events are about is brought to the processor before they run.

A city's state is larger than a processor's cache, and each row that is not there takes as long to come as a rule takes
to run; asked for together, they come together.  Nothing here changes anything.  Written in the subset of Python that
Numba compiles.  In: a State, and a Calendar whose page has just been opened, or whose turn has just been taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chainsim.engine.compiled_engine.layout import ENTITY, NEAR_USED, PHASE, TURN, TURN_USED
from chainsim.model.state import ARRIVE, DEMAND, EARLY_REVIEW, FINISH, MADE, REVIEW, SERVE, START

if TYPE_CHECKING:
    from chainsim.engine.compiled_engine.layout import Calendar

STEPS: Final = 4  # from what an event names to what that names, and so on
AHEAD: Final = 32  # events of a turn that are looked at together
WORTH_IT: Final = 4  # events: for fewer, the looking takes as long as the waiting
ORDERS_EACH: Final = 2  # that an event may place
MANY: Final = 1000  # orders that reach a stock point together
MOST_OF_A_PAGE: Final = 1000  # events: what they are about is to be there still when they run


def touch(table: Any, row: int) -> None:
    """Have a row brought to the processor; compiled it is one instruction a cache line, interpreted it is nothing."""


def foresee_page(s: Any, k: Calendar) -> None:
    """Touch what the events of the open page are about, step by step, so that each step finds the last one there."""
    for step in range(STEPS):
        for i in range(k.control[NEAR_USED]):
            entry = k.near[i, 1]
            key = k.entries[entry, 1]
            look(s, k, key >> ENTITY, key & ((1 << ENTITY) - 1), k.entries[entry, 3], step)


def foresee_turn(s: Any, k: Calendar) -> None:
    """The same for the next events of those whose turn it is, and rows for the orders that they may place."""
    c = k.control
    begin = c[TURN]
    end = min(c[TURN_USED], begin + AHEAD)
    free = s.counts[0].free_orders
    for i in range(max(0, free - ORDERS_EACH * (end - begin)), free):
        touch(s.orders, s.free_orders[i].row)
    for step in range(STEPS):
        for i in range(begin, end):
            look(s, k, c[PHASE], k.turn[i, 0], k.turn[i, 3], step)


def look(s: Any, k: Calendar, phase: int, entity: int, a: int, step: int) -> None:
    """One step of one event."""
    if phase == ARRIVE:
        foresee_arrival(s, entity, a, step)
    elif phase == FINISH:
        foresee_batch(s, k, entity, a, step)
    elif phase in (REVIEW, EARLY_REVIEW):
        foresee_review(s, k, entity, step)
    elif phase == DEMAND:
        foresee_demand(s, k, entity, step)
    elif phase == SERVE:
        foresee_shipment(s, k, entity, step)
    elif phase == START:
        foresee_batch(s, k, entity, -1, step)


def foresee_demand(s: Any, k: Calendar, p: int, step: int) -> None:
    """A stock point; the orders that reached it; over which lanes, and how long that takes."""
    if step == 0:
        touch(s.stocks, p)
    else:
        foresee_deliveries(s, k, s.stocks[p].inbox_head, MANY, step)


def foresee_shipment(s: Any, k: Calendar, p: int, step: int) -> None:
    """The same for the first order that waits there."""
    if step == 0:
        touch(s.stocks, p)
    else:
        foresee_deliveries(s, k, s.stocks[p].queue_head, 1, step)


def foresee_deliveries(s: Any, k: Calendar, first: int, most: int, step: int) -> None:
    """Orders one after the other, their lanes, how long that takes."""
    o = first
    if step == 1:
        touch(s.orders, o)
        return
    left = most
    while o >= 0 and left > 0:
        order = s.orders[o]
        if step == 2:
            touch(s.lanes, order.lane)
        else:
            law = s.lanes[order.lane].law
            if law >= 0:
                touch(k.pool, k.laws[law, 0] + order.draw)
        o = order.next
        left -= 1


def foresee_arrival(s: Any, lane: int, order: int, step: int) -> None:
    """A lane and an order; who buys over it."""
    if step == 0:
        touch(s.lanes, lane)
        touch(s.orders, order)
    elif step == 1:
        touch(s.stocks, s.lanes[lane].buyer)


def foresee_batch(s: Any, k: Calendar, index: int, a: int, step: int) -> None:
    """A line; what it makes, what it is to make next; who waits for it; over which lane."""
    if step == 0:
        touch(s.lines, index)
        return
    line = s.lines[index]
    if step == 1:
        touch(s.stocks, line.stock)
        touch(s.orders, line.queue_head)
        if line.timed == 1:
            touch(s.batches, a)
        elif a >= 0:
            touch(s.orders, a)
        for n in range(line.needs_begin, line.needs_end):
            touch(s.needs, n)
        if line.law >= 0:
            touch(k.laws, line.law)
    elif step == 2:
        touch(s.orders, s.stocks[line.stock].queue_head)
        for n in range(line.needs_begin, line.needs_end):
            touch(s.stocks, s.needs[n].component)
        if line.law >= 0:
            touch(k.pool, k.laws[line.law, 0] + line.draw)
    else:
        o = s.stocks[line.stock].queue_head
        if o >= 0:
            touch(s.lanes, s.orders[o].lane)


def foresee_review(s: Any, k: Calendar, p: int, step: int) -> None:
    """A stock point; the lanes over which it may buy, or the line that makes it; who sells, and how long it takes."""
    if step == 0:
        touch(s.stocks, p)
        return
    stock = s.stocks[p]
    if stock.role == MADE:
        if step == 1:
            touch(s.lines, stock.line)
        return
    for index in range(stock.lanes_begin, stock.lanes_end):
        if step == 1:
            touch(s.lanes, index)
        else:
            lane = s.lanes[index]
            if step == 2:
                touch(s.stocks, lane.supplier)
                if lane.law >= 0:
                    touch(k.laws, lane.law)
            elif lane.law >= 0:
                touch(k.pool, k.laws[lane.law, 0] + lane.draw)
