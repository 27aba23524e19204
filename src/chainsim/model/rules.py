"""The rulebook: what happens at each event, written once for every engine.

Plain functions over columns of state, in the subset of Python that Numba compiles.  A rule changes the state, adds
rows to the log and leaves its follow-up events in the outbox; it never touches a calendar and never draws.
Which rule runs when is fixed by (tick, round, phase, entity, sequence); see docs/decisions.
"""

from __future__ import annotations

from chainsim.model.network import UNLIMITED
from chainsim.model.sourcing import give_lot, next_supplier, restart_sharing
from chainsim.model.state import (
    ARRIVE,
    BOUGHT,
    CONSUMED,
    DEMAND,
    DEMANDED,
    FINISH,
    FINISHED,
    OUTSIDE,
    PLACED,
    RECEIVED,
    RELEASED,
    REVIEW,
    SERVE,
    SET_LANE_SHARE,
    SET_LANE_TERMS,
    SET_LANE_TIME,
    SET_LEVELS,
    SET_LINE_SPEED,
    SET_LINE_TIME,
    SET_NEED,
    SET_REVIEW,
    SHIPPED,
    SOLD,
    START,
    STARTED,
    STARVED,
    State,
)


def inventory_position(on_hand: int, on_order: int, backorders: int, committed: int) -> int:
    """Stock that a replenishment rule decides on, in quanta; negative when demand exceeds supply.

    committed: what a starving line could start at once if it were there, so that it is ordered before it can start.
    Source: Snyder & Shen 2019, sec. 3.1.
    """
    return on_hand + on_order - backorders - committed


def ask_review(s: State, p: int) -> None:
    """A continuously reviewed stock point is reviewed later in this tick if its position has fallen far enough."""
    stock = s.stocks[p]
    if stock.review == 0 and stock.review_due == 0:
        position = stock.on_hand + stock.on_order - stock.backorders - stock.committed
        if position <= stock.reorder_point:
            stock.review_due = 1
            s.outbox.append((0, REVIEW, p, stock.review_version, 0, -1, 0))


def ask_start(s: State, index: int) -> None:
    """The line looks for work later in this tick."""
    line = s.lines[index]
    if line.start_due == 0:
        line.start_due = 1
        s.outbox.append((0, START, index, 0, 0, -1, 0))


def review(s: State, tick: int, p: int, version: int) -> None:
    """Order up to the target if the inventory position is at or below the reorder point.

    A review that was due before the stock point changed between continuous and periodic review is void.
    """
    stock = s.stocks[p]
    if version != stock.review_version:
        return
    stock.review_due = 0
    if stock.review > 0:
        s.outbox.append((stock.review, REVIEW, p, version, 0, -1, 0))
    position = inventory_position(stock.on_hand, stock.on_order, stock.backorders, stock.committed)
    quantity = stock.order_up_to - position
    if position > stock.reorder_point or quantity <= 0:
        return
    quantity = (quantity + stock.lot - 1) // stock.lot * stock.lot
    if stock.role == BOUGHT:
        buy(s, tick, p, quantity)
    else:
        release(s, tick, p, quantity)


def buy(s: State, tick: int, p: int, quantity: int) -> None:
    """Share an order for whole lots among the suppliers of a stock point; one order a supplier."""
    stock = s.stocks[p]
    begin = stock.lanes_begin
    end = stock.lanes_end
    if end - begin == 1:
        place(s, tick, begin, quantity)
        return
    lanes = s.lanes
    lot = stock.lot
    for _ in range(quantity // lot):
        chosen = next_supplier(s, begin, end, stock.lots_ordered)
        if chosen < 0:
            return
        give_lot(s, chosen)
        stock.lots_ordered += 1
        lanes[chosen].pending += lot
    for index in range(begin, end):
        lane = lanes[index]
        if lane.pending > 0:
            place(s, tick, index, lane.pending)
            lane.pending = 0


def place(s: State, tick: int, index: int, quantity: int) -> None:
    """Place one order on a lane, at the price and terms of the day; the supplier books it in its next demand phase."""
    lane = s.lanes[index]
    counts = s.counts[0]
    o = counts.orders
    counts.orders = o + 1
    order = s.orders[o]
    order.lane = index
    order.stock = lane.buyer
    order.quantity = quantity
    order.open = quantity
    order.placed = tick
    order.price = lane.price
    order.terms = lane.terms
    order.draw = lane.draw
    lane.draw += 1
    s.stocks[lane.buyer].on_order += quantity
    s.log.append((tick, PLACED, o, index, quantity))
    supplier = s.stocks[lane.supplier]
    if supplier.inbox_head < 0:
        supplier.inbox_head = o
        s.outbox.append((0, DEMAND, lane.supplier, 0, 0, -1, 0))
    else:
        s.orders[supplier.inbox_tail].next = o
    supplier.inbox_tail = o
    supplier.inbox_quantity += quantity
    supplier.inbox_orders += 1


def demand(s: State, tick: int, p: int) -> None:
    """Book the orders that reached a stock point in this round, then serve from stock.

    They are contenders of equal rank: when stock falls short, who goes first rotates from one shortage to the next.
    """
    stock = s.stocks[p]
    head = stock.inbox_head
    tail = stock.inbox_tail
    quantity = stock.inbox_quantity
    contenders = stock.inbox_orders
    stock.inbox_head = -1
    stock.inbox_tail = -1
    stock.inbox_quantity = 0
    stock.inbox_orders = 0
    if stock.role == OUTSIDE:
        o = head
        while o >= 0:
            order = s.orders[o]
            following = order.next
            order.next = -1
            ship(s, tick, o, order.open)
            o = following
        return
    if contenders > 1 and stock.backorders + quantity > stock.on_hand:
        turns = stock.rotation % contenders
        stock.rotation += 1
        while turns > 0:
            following = s.orders[head].next
            s.orders[head].next = -1
            s.orders[tail].next = head
            tail = head
            head = following
            turns -= 1
    if stock.queue_head < 0:
        stock.queue_head = head
    else:
        s.orders[stock.queue_tail].next = head
    stock.queue_tail = tail
    stock.backorders += quantity
    serve(s, tick, p)


def serve(s: State, tick: int, p: int) -> None:
    """Ship from stock to the oldest backorders, in part if need be."""
    stock = s.stocks[p]
    o = stock.queue_head
    while o >= 0 and stock.on_hand > 0:
        order = s.orders[o]
        quantity = min(order.open, stock.on_hand)
        stock.on_hand -= quantity
        stock.backorders -= quantity
        ship(s, tick, o, quantity)
        if order.open == 0:
            following = order.next
            order.next = -1
            o = following
    stock.queue_head = o
    if o < 0:
        stock.queue_tail = -1
    ask_review(s, p)


def ship(s: State, tick: int, o: int, quantity: int) -> None:
    """Send part of an order on its way; all parts of one order share its lead time."""
    order = s.orders[o]
    lane = s.lanes[order.lane]
    order.open -= quantity
    s.log.append((tick, SHIPPED, o, order.lane, quantity))
    s.outbox.append((lane.lead_time, ARRIVE, order.lane, o, quantity, lane.law, order.draw))


def arrive(s: State, tick: int, index: int, o: int, quantity: int) -> None:
    """Book a delivery; wake the line that waits for it."""
    p = s.lanes[index].buyer
    stock = s.stocks[p]
    stock.on_hand += quantity
    stock.on_order -= quantity
    s.log.append((tick, RECEIVED, o, index, quantity))
    if stock.starving == 1:
        stock.starving = 0
        ask_start(s, stock.line)


def release(s: State, tick: int, p: int, quantity: int) -> None:
    """Put a production order into the queue of the line that makes the stock point."""
    stock = s.stocks[p]
    counts = s.counts[0]
    o = counts.orders
    counts.orders = o + 1
    order = s.orders[o]
    order.lane = -1
    order.stock = p
    order.quantity = quantity
    order.open = quantity
    order.placed = tick
    stock.on_order += quantity
    s.log.append((tick, RELEASED, o, p, quantity))
    line = s.lines[stock.line]
    if line.queue_head < 0:
        line.queue_head = o
    else:
        s.orders[line.queue_tail].next = o
    line.queue_tail = o
    line.waiting += quantity
    ask_start(s, stock.line)


def start(s: State, tick: int, index: int) -> None:
    """Start batches while a server is free, work is waiting and every component is on hand.

    What the line could start besides, were the components there, is announced to them.
    """
    line = s.lines[index]
    line.start_due = 0
    started = False
    lacking = 0
    while line.busy < line.servers and line.queue_head >= 0:
        o = line.queue_head
        order = s.orders[o]
        quantity = min(order.open, line.batch)
        if short_of_components(s, tick, o, line.needs_begin, line.needs_end, quantity):
            lacking = startable(s, index)
            break
        s.log.append((tick, STARTED, o, line.stock, quantity))
        consume(s, tick, o, line.needs_begin, line.needs_end, quantity)
        started = True
        order.open -= quantity
        line.waiting -= quantity
        if order.open == 0:
            line.queue_head = order.next
            order.next = -1
            if line.queue_head < 0:
                line.queue_tail = -1
        line.busy += 1
        work = quantity * line.ticks + line.carry
        line.carry = work % line.per
        s.outbox.append((line.fixed + work // line.per, FINISH, index, o, quantity, line.law, line.draw))
        line.draw += 1
    if started or lacking != line.committed:
        line.committed = lacking
        commit(s, line.needs_begin, line.needs_end, lacking)


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


def short_of_components(s: State, tick: int, o: int, begin: int, end: int, quantity: int) -> bool:
    """Whether a batch lacks a component; marks each one that it lacks, so that its arrival wakes the line."""
    short = False
    for n in range(begin, end):
        need = s.needs[n]
        stock = s.stocks[need.component]
        missing = (quantity * need.quantity + need.carry) // need.per - stock.on_hand
        if missing > 0:
            if stock.starving == 0:
                stock.starving = 1
                s.log.append((tick, STARVED, o, need.component, missing))
            short = True
        elif stock.starving == 1:
            stock.starving = 0
    return short


def commit(s: State, begin: int, end: int, quantity: int) -> None:
    """Announce to the components what `quantity` of the product needs, so that it gets ordered."""
    for n in range(begin, end):
        need = s.needs[n]
        s.stocks[need.component].committed = (quantity * need.quantity + need.carry) // need.per
        ask_review(s, need.component)


def consume(s: State, tick: int, o: int, begin: int, end: int, quantity: int) -> None:
    """Take the components of a batch from stock; fractions are carried to the next batch."""
    for n in range(begin, end):
        need = s.needs[n]
        work = quantity * need.quantity + need.carry
        used = work // need.per
        need.carry = work % need.per
        if used > 0:
            s.stocks[need.component].on_hand -= used
            s.log.append((tick, CONSUMED, o, need.component, used))


def finish(s: State, tick: int, index: int, o: int, quantity: int) -> None:
    """Book a finished batch; serve those who wait for it; free the server."""
    line = s.lines[index]
    line.busy -= 1
    stock = s.stocks[line.stock]
    stock.on_hand += quantity
    stock.on_order -= quantity
    s.log.append((tick, FINISHED, o, line.stock, quantity))
    if stock.backorders > 0:
        s.outbox.append((0, SERVE, line.stock, 0, 0, -1, 0))
    if line.queue_head >= 0:
        ask_start(s, index)


def order_from_market(s: State, tick: int, p: int, quantity: int) -> None:
    """Final demand arises at a sold stock point and is ordered from those who sell to it."""
    s.log.append((tick, DEMANDED, -1, p, quantity))
    buy(s, tick, p, quantity)


def change(s: State, kind: int, entity: int, a: int, b: int, c: int) -> None:
    """Apply a dated change; open orders keep their price, terms and supplier."""
    if kind == SET_LEVELS:
        s.stocks[entity].reorder_point = a
        s.stocks[entity].order_up_to = b
        ask_review(s, entity)
    elif kind == SET_REVIEW:
        stock = s.stocks[entity]
        if (stock.review == 0) != (a == 0):
            stock.review_version += 1
            stock.review_due = 0
            if a > 0:
                s.outbox.append((0, REVIEW, entity, stock.review_version, 0, -1, 0))
        stock.review = a
        stock.lot = b
        ask_review(s, entity)
    elif kind == SET_LANE_SHARE:
        s.lanes[entity].share = a
        restart_sharing(s, s.lanes[entity].buyer)
    elif kind == SET_LANE_TIME:
        s.lanes[entity].lead_time = a
        s.lanes[entity].law = b
    elif kind == SET_LANE_TERMS:
        s.lanes[entity].terms = a
        s.lanes[entity].price = b
    elif kind == SET_LINE_SPEED:
        s.lines[entity].servers = a
        s.lines[entity].ticks = b
        s.lines[entity].per = c
        s.lines[entity].carry = 0
        ask_start(s, entity)
    elif kind == SET_LINE_TIME:
        s.lines[entity].fixed = a
        s.lines[entity].law = b
        s.lines[entity].batch = c
        ask_start(s, entity)
    elif kind == SET_NEED:
        s.needs[entity].quantity = a
        s.needs[entity].per = b
        s.needs[entity].carry = 0
        user = s.stocks[s.needs[entity].component].line
        s.lines[user].committed = -1  # to be announced anew
        ask_start(s, user)


def step(s: State, tick: int, phase: int, entity: int, a: int, b: int) -> None:
    """Run the rule of one event."""
    if phase == FINISH:
        finish(s, tick, entity, a, b)
    elif phase == ARRIVE:
        arrive(s, tick, entity, a, b)
    elif phase == SERVE:
        serve(s, tick, entity)
    elif phase == DEMAND:
        if s.stocks[entity].role == SOLD:
            order_from_market(s, tick, entity, a)
        else:
            demand(s, tick, entity)
    elif phase == REVIEW:
        review(s, tick, entity, a)
    elif phase == START:
        start(s, tick, entity)
