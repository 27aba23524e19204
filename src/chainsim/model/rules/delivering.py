"""Deliveries: orders are booked, served by the allocation rule, shipped, and received.

What final demand does not wait for is lost; firms always wait.
"""

from __future__ import annotations

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.cash import claim
from chainsim.model.rules.orders import fulfil
from chainsim.model.rules.waking import ask_review, ask_start, ask_upstream
from chainsim.model.state import (
    ARRIVE,
    LOST,
    OUTSIDE,
    PRIORITY,
    PROPORTIONAL,
    RECEIVED,
    SERVE,
    SHIPPED,
    State,
)


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
    if contenders > 1 and stock.backorders + quantity > stock.on_hand and stock.role != OUTSIDE:
        turns = stock.rotation % contenders
        stock.rotation += 1
        while turns > 0:
            following = s.orders[head].next
            s.orders[head].next = -1
            s.orders[tail].next = head
            tail = head
            head = following
            turns -= 1
    if stock.forecast > 0:
        stock.recent += quantity
    if stock.backlog < 0 and stock.allocation != PRIORITY:
        if stock.queue_head < 0:
            stock.queue_head = head
        else:
            s.orders[stock.queue_tail].next = head
        stock.queue_tail = tail
        stock.backorders += quantity
    else:
        o = head
        while o >= 0:
            following = s.orders[o].next
            s.orders[o].next = -1
            accept(s, tick, p, o)
            o = following
    serve(s, tick, p)
    if stock.watchers_end > 0:
        ask_upstream(s, p)


def accept(s: State, tick: int, p: int, o: int) -> None:
    """Book one order, less what is lost because too much waits already; by priority, if that counts here."""
    stock = s.stocks[p]
    order = s.orders[o]
    lane = s.lanes[order.lane]
    if stock.backlog >= 0 and lane.final == 1:
        on_hand = 0 if stock.closed == 1 or lane.level == 0 else stock.on_hand
        room = max(0, on_hand + stock.backlog - stock.backorders)
        lost = 0
        if order.open > room:
            lost = order.open if stock.complete == 1 else order.open - room
        if lost > 0:
            order.open -= lost
            s.stocks[order.stock].on_order -= lost
            s.log.append((tick, LOST, order.number, order.lane, lost))
            fulfil(s, o, lost)
            if order.open == 0:
                return
    stock.backorders += order.open
    after = stock.queue_tail
    if stock.allocation == PRIORITY and after >= 0 and s.lanes[s.orders[after].lane].priority > lane.priority:
        after = -1
        at = stock.queue_head
        while at >= 0:  # to the end: where priorities have changed, the queue is not in their order
            if s.lanes[s.orders[at].lane].priority <= lane.priority:
                after = at
            at = s.orders[at].next
        if after < 0:
            order.next = stock.queue_head
            stock.queue_head = o
        else:
            order.next = s.orders[after].next
            s.orders[after].next = o
        return
    if after < 0:
        stock.queue_head = o
    else:
        s.orders[after].next = o
    stock.queue_tail = o


def serve(s: State, tick: int, p: int) -> None:
    """Ship from stock to those who wait, in the order of the queue, in part if need be.

    Complete orders wait until all of it is there, and so do those behind them; orders over a blocked lane are passed
    over.  Proportional allocation gives each the same share of what it waits for.
    """
    stock = s.stocks[p]
    infinite = stock.role == OUTSIDE
    if stock.closed == 1:
        if not infinite:
            ask_review(s, p)
        return
    if stock.allocation == PROPORTIONAL and stock.backorders > stock.on_hand and not infinite:
        ration(s, tick, p)
        ask_review(s, p)
        return
    before = -1
    o = stock.queue_head
    while o >= 0 and (infinite or stock.on_hand > 0):
        order = s.orders[o]
        following = order.next
        quantity = order.open if infinite else min(order.open, stock.on_hand)
        if s.lanes[order.lane].level == 0:
            before = o
            o = following
            continue
        if quantity < order.open and stock.complete == 1:
            break
        if not infinite:
            stock.on_hand -= quantity
        stock.backorders -= quantity
        ship(s, tick, o, quantity)
        if order.open > 0:
            break
        unlink(s, p, before, o)
        o = following
    if not infinite:
        ask_review(s, p)


def unlink(s: State, p: int, before: int, o: int) -> None:
    """Take an order out of the queue of a stock point; `before` is the one in front of it, -1 at the head."""
    stock = s.stocks[p]
    order = s.orders[o]
    if before < 0:
        stock.queue_head = order.next
    else:
        s.orders[before].next = order.next
    if stock.queue_tail == o:
        stock.queue_tail = before
    order.next = -1


def ration(s: State, tick: int, p: int) -> None:
    """Give each who waits the same share of it, in whole quanta; who gets the odd ones rotates."""
    stock = s.stocks[p]
    waiting = 0
    count = 0
    o = stock.queue_head
    while o >= 0:
        if s.lanes[s.orders[o].lane].level > 0:
            waiting += s.orders[o].open
            count += 1
        o = s.orders[o].next
    available = min(stock.on_hand, waiting)
    if available == 0:
        return
    odd = available
    o = stock.queue_head
    while o >= 0:
        if s.lanes[s.orders[o].lane].level > 0:
            odd -= s.orders[o].open * available // waiting
        o = s.orders[o].next
    skip = stock.rotation % count
    stock.rotation += 1
    number = 0
    before = -1
    o = stock.queue_head
    while o >= 0:
        order = s.orders[o]
        following = order.next
        if s.lanes[order.lane].level > 0:
            quantity = order.open * available // waiting
            if quantity < order.open and (number - skip) % count < odd:
                quantity += 1
            number += 1
            quantity = min(quantity, stock.on_hand)
            if quantity > 0:
                stock.on_hand -= quantity
                stock.backorders -= quantity
                ship(s, tick, o, quantity)
        if order.open == 0:
            unlink(s, p, before, o)
        else:
            before = o
        o = following


def ship(s: State, tick: int, o: int, quantity: int) -> None:
    """Send part of an order on its way; all parts of one order share its lead time."""
    order = s.orders[o]
    lane = s.lanes[order.lane]
    order.open -= quantity
    s.log.append((tick, SHIPPED, order.number, order.lane, quantity))
    s.outbox.append((lane.lead_time, ARRIVE, order.lane, o, quantity, lane.law, order.draw, lane.timed))


def arrival(s: State, tick: int, index: int, time: int) -> int:
    """The tick on which something sent now arrives: later on a slowed lane, never before what was sent earlier."""
    lane = s.lanes[index]
    if lane.level < WHOLE_SHARE:
        time = (time * WHOLE_SHARE + lane.level - 1) // lane.level
    due = tick + time
    if lane.in_order == 1:
        due = max(due, lane.last_arrival)
        lane.last_arrival = due
    return due


def arrive(s: State, tick: int, index: int, o: int, quantity: int) -> None:
    """Book a delivery; wake the line that waits for it, or those who buy it here."""
    lane = s.lanes[index]
    stock = s.stocks[lane.buyer]
    stock.on_hand += quantity
    stock.on_order -= quantity
    s.log.append((tick, RECEIVED, s.orders[o].number, index, quantity))
    if lane.money == 1:
        claim(s, tick, index, o, quantity)
    fulfil(s, o, quantity)
    if stock.starving == 1:
        stock.starving = 0
        ask_start(s, stock.line)
    if stock.backorders > 0:
        s.outbox.append((0, SERVE, lane.buyer, 0, 0, -1, 0, 0))
