"""Cash of the firms that can run short: claims are paid when they are due and the money is there.

A payment that limits nobody needs no event; `chainsim.economy` computes it.  Only claims whose buyer or
seller has a purse are followed here.  In and out: fen.
"""

from __future__ import annotations

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.lines import set_speed
from chainsim.model.rules.waking import ask_review
from chainsim.model.state import (
    BOUGHT,
    DISCOUNTED,
    DUN,
    INSOLVENT,
    INTEREST,
    MADE,
    MONTH,
    PAID,
    PAY,
    RESUME,
    SPENT,
    WRITTEN_OFF,
    State,
)


def may_buy(s: State, index: int) -> bool:
    """Whether a firm's cash and unused credit are above the floor at which it stops buying."""
    purse = s.purses[index]
    return purse.insolvent == 0 and purse.cash + purse.credit > purse.floor


def claim(s: State, tick: int, index: int, o: int, quantity: int) -> None:
    """A delivery is a claim, due when its term has run; a seller that discounts has its money, less a fee, at once.

    The amount is the rise of floor(price x received so far), so that the parts of an order sum to the whole.  Freight
    is paid on arrival.
    """
    lane = s.lanes[index]
    order = s.orders[o]
    per_unit = lane.per_unit
    before = order.received
    order.received = before + quantity
    amount = order.price * order.received // per_unit - order.price * before // per_unit
    freight = order.freight * order.received // per_unit - order.freight * before // per_unit
    buyer = s.stocks[lane.buyer].purse
    seller = s.stocks[lane.supplier].purse
    if buyer >= 0:
        s.purses[buyer].cash -= freight
    counts = s.counts[0]
    c = counts.claims
    counts.claims = c + 1
    counts.used += 1
    row = s.claims[c]
    row.order = order.number
    row.lane = index
    row.amount = amount
    if seller >= 0:
        purse = s.purses[seller]
        purse.sales += amount
        if purse.discount >= 0 and order.terms > 0:
            fee = amount * (purse.discount * order.terms // purse.year) // WHOLE_SHARE
            row.sold = 1
            s.log.append((tick, DISCOUNTED, order.number, index, fee))
            receive(s, seller, amount - fee)
    s.outbox.append((order.terms, PAY, index, c, 0, -1, 0, 0))


def pay(s: State, tick: int, c: int) -> None:
    """A claim is due: it is paid if its buyer can, else it waits behind what is late already."""
    row = s.claims[c]
    buyer = s.stocks[s.lanes[row.lane].buyer].purse
    if buyer >= 0:
        purse = s.purses[buyer]
        if purse.insolvent == 1:
            write_off(s, tick, c)
            return
        if purse.late_head >= 0 or purse.cash + purse.credit < row.amount:
            if purse.late_head < 0:
                purse.late_head = c
            else:
                s.claims[purse.late_tail].next = c
            purse.late_tail = c
            if purse.patience >= 0:
                s.outbox.append((purse.patience, DUN, buyer, c, 0, -1, 0, 0))
            return
    settle(s, tick, c)


def settle(s: State, tick: int, c: int) -> None:
    """Money changes hands."""
    row = s.claims[c]
    lane = s.lanes[row.lane]
    row.paid = 1
    s.log.append((tick, PAID, row.order, row.lane, row.amount))
    buyer = s.stocks[lane.buyer].purse
    seller = s.stocks[lane.supplier].purse
    if buyer >= 0:
        s.purses[buyer].cash -= row.amount
    if seller >= 0 and row.sold == 0:
        receive(s, seller, row.amount)


def receive(s: State, index: int, amount: int) -> None:
    """Cash comes in; what waited for it is looked at later in this tick."""
    purse = s.purses[index]
    purse.cash += amount
    if purse.resume_due == 0:
        purse.resume_due = 1
        s.outbox.append((0, RESUME, index, 0, 0, -1, 0, 0))


def resume(s: State, tick: int, index: int) -> None:
    """Pay what is late, oldest first, as far as the cash goes; then buy again."""
    purse = s.purses[index]
    purse.resume_due = 0
    while purse.late_head >= 0 and purse.cash + purse.credit >= s.claims[purse.late_head].amount:
        c = purse.late_head
        purse.late_head = s.claims[c].next
        settle(s, tick, c)
    if purse.late_head < 0:
        purse.late_tail = -1
    if may_buy(s, index):
        for p in range(purse.stocks_begin, purse.stocks_end):
            if s.stocks[p].role == BOUGHT:
                ask_review(s, p)


def month(s: State, tick: int, index: int) -> None:
    """Running costs of the month and interest on drawn credit are paid, come what may.

    A firm that is beyond its credit in two months running is insolvent, if anybody's patience ends at all.
    """
    purse = s.purses[index]
    if purse.insolvent == 1:
        return
    s.outbox.append((purse.month, MONTH, index, 0, 0, -1, 0, 0))
    if purse.cash < 0 and purse.interest > 0:
        interest = -purse.cash * (purse.interest * purse.month // purse.year) // WHOLE_SHARE
        if interest > 0:
            purse.cash -= interest
            s.log.append((tick, INTEREST, -1, index, interest))
    spent = purse.fixed + purse.sales * purse.of_sales // WHOLE_SHARE
    purse.sales = 0
    if spent > 0:
        purse.cash -= spent
        s.log.append((tick, SPENT, -1, index, spent))
    if purse.cash + purse.credit < 0 and purse.patience >= 0:
        if purse.short == 1:
            fail(s, tick, index)
        purse.short = 1
    else:
        purse.short = 0


def dun(s: State, tick: int, index: int, c: int) -> None:
    """The patience with an unpaid claim is over; what is owed by an insolvent firm has been written off."""
    if s.claims[c].paid == 0:
        fail(s, tick, index)


def fail(s: State, tick: int, index: int) -> None:
    """A firm is insolvent: it stops making, selling and buying; claims on it are written off, then and later."""
    purse = s.purses[index]
    purse.insolvent = 1
    missing = -min(0, purse.cash + purse.credit)
    c = purse.late_head
    while c >= 0:
        missing += s.claims[c].amount
        c = s.claims[c].next
    s.log.append((tick, INSOLVENT, -1, index, missing))
    while purse.late_head >= 0:
        c = purse.late_head
        purse.late_head = s.claims[c].next
        write_off(s, tick, c)
    purse.late_tail = -1
    for p in range(purse.stocks_begin, purse.stocks_end):
        stock = s.stocks[p]
        stock.closed = 1
        if stock.role == MADE:
            s.lines[stock.line].dead = 1
            set_speed(s, tick, stock.line)


def write_off(s: State, tick: int, c: int) -> None:
    """A claim that will never be paid."""
    row = s.claims[c]
    row.paid = 1
    s.log.append((tick, WRITTEN_OFF, row.order, row.lane, row.amount))
