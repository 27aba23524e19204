"""From whom a stock point buys: shares of lots or of orders, or a ranking with overflow; substitutes in an outage.

Shares follow Tijdeman's rule for the chairman assignment problem (Tijdeman 1980, Discrete Mathematics 32): the next
lot goes to the supplier with the earliest deadline among those that have not yet had their share.  At any moment each
supplier has had its share of all lots to within one lot, and no lot is ever taken back.
"""

from __future__ import annotations

from typing import Final

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.orders import new_order
from chainsim.model.state import (
    BY_SHARES,
    DEMAND,
    MADE,
    OUTSIDE,
    PLACED,
    QUALIFIED,
    RANKED,
    SWITCHED,
    State,
)

NEVER: Final = 2**62


def restart_sharing(s: State, p: int) -> None:
    """Count the lots of a stock point's suppliers from zero, at the start and when shares change."""
    stock = s.stocks[p]
    stock.lots_ordered = 0
    for index in range(stock.lanes_begin, stock.lanes_end):
        lane = s.lanes[index]
        lane.lots = 0
        lane.opens = 1 if lane.share > 0 else NEVER
        lane.deadline = (WHOLE_SHARE + lane.share - 1) // lane.share if lane.share > 0 else NEVER


def buy(s: State, tick: int, p: int, quantity: int) -> None:
    """Order whole lots from the suppliers of a stock point; at most one order each."""
    stock = s.stocks[p]
    begin = stock.lanes_begin
    end = stock.lanes_end
    if end - begin == 1:
        place(s, tick, begin, quantity)
        return
    if stock.sourcing == RANKED:
        share_by_rank(s, tick, p, quantity)
    else:
        each = stock.lot if stock.sourcing == BY_SHARES else quantity
        share_by_turns(s, tick, p, quantity // each, each)
    lanes = s.lanes
    for index in range(begin, end):
        lane = lanes[index]
        if lane.pending > 0:
            place(s, tick, index, lane.pending)
            lane.pending = 0


def share_by_turns(s: State, tick: int, p: int, lots: int, each: int) -> None:
    """Give each lot of a stock point to the supplier with the earliest deadline of those whose turn has begun.

    With share r of the lots, lot number j (from 1) of a supplier may come once r x lots > j - 1, must by ceil(j / r).
    Nobody gets anything where all shares are 0.  The hottest loop of the rulebook, hence without calls.
    """
    stock = s.stocks[p]
    lanes = s.lanes
    begin = stock.lanes_begin
    end = stock.lanes_end
    switches = stock.switches
    number = stock.lots_ordered
    for _ in range(lots):
        number += 1
        chosen = -1
        earliest = NEVER
        for index in range(begin, end):
            lane = lanes[index]
            deadline = lane.deadline
            if deadline < earliest and lane.opens <= number:
                chosen = index
                earliest = deadline
        if chosen < 0:
            return
        stock.lots_ordered = number
        lane = lanes[chosen]
        given = lane.lots + 1
        share = lane.share
        lane.lots = given
        lane.opens = given * WHOLE_SHARE // share + 1
        lane.deadline = ((given + 1) * WHOLE_SHARE + share - 1) // share
        if switches == 1:
            chosen = deliverer(s, tick, p, chosen)
            lane = lanes[chosen]
        lane.pending += each


def share_by_rank(s: State, tick: int, p: int, quantity: int) -> None:
    """Ask the suppliers in the order of their rank; each takes the whole lots that its backlog limit leaves room for.

    All but the first need to be qualified.  What nobody has room for waits with the first that can deliver.
    """
    stock = s.stocks[p]
    head = following_rank(s, stock.lanes_begin, stock.lanes_end, -1)
    if head < 0:
        return
    left = quantity
    first = -1
    index = head
    while left > 0 and index >= 0:
        asked = index
        index = following_rank(s, stock.lanes_begin, stock.lanes_end, s.lanes[asked].rank)
        if stock.switches == 1 and out_of_order(s, asked):
            continue
        if asked != head and not may_substitute(s, asked):
            continue
        if first < 0:
            first = asked
        taken = min(left, room(s, asked) // stock.lot * stock.lot)
        s.lanes[asked].pending += taken
        left -= taken
    if first < 0:
        s.lanes[head].pending += left
        return
    s.lanes[first].pending += left
    turn_to(s, tick, head, first)


def turn_to(s: State, tick: int, chosen: int, index: int) -> None:
    """Note who delivers for `chosen`, and that the buyer turns to somebody else than before."""
    if index == chosen:
        s.lanes[chosen].substitute = 0
    elif s.lanes[chosen].substitute != index + 1:
        s.lanes[chosen].substitute = index + 1
        s.log.append((tick, SWITCHED, -1, index, s.lanes[index].switching_cost))
        purse = s.stocks[s.lanes[index].buyer].purse
        if purse >= 0:
            s.purses[purse].cash -= s.lanes[index].switching_cost


def following_rank(s: State, begin: int, end: int, rank: int) -> int:
    """The lane with the lowest rank above `rank`, -1 if there is none; ranks differ within a stock point."""
    best = -1
    for index in range(begin, end):
        if s.lanes[index].rank > rank and (best < 0 or s.lanes[index].rank < s.lanes[best].rank):
            best = index
    return best


def room(s: State, index: int) -> int:
    """How much a supplier takes on before its backlog limit."""
    supplier = s.stocks[s.lanes[index].supplier]
    if supplier.role == OUTSIDE or supplier.backlog < 0:
        return NEVER
    on_hand = 0 if supplier.closed == 1 or s.lanes[index].level == 0 else supplier.on_hand
    return max(0, on_hand + supplier.backlog - supplier.backorders - supplier.inbox_quantity)


def out_of_order(s: State, index: int) -> bool:
    """Whether a lane delivers nothing for now: blocked, or its supplier closed or its line at a standstill."""
    lane = s.lanes[index]
    supplier = s.stocks[lane.supplier]
    if lane.level == 0 or supplier.closed == 1:
        return True
    if supplier.role == MADE:
        line = s.lines[supplier.line]
        return line.level == 0 or line.dead == 1 or line.servers == 0
    return False


def may_substitute(s: State, index: int) -> bool:
    """Whether a lane is qualified to deliver in place of another; if not, its qualification begins."""
    lane = s.lanes[index]
    if lane.qualification < 0:
        return True
    if lane.qualifying == 0:
        lane.qualifying = 1
        s.outbox.append((lane.qualification, QUALIFIED, index, 0, 0, -1, 0, 0))
    return False


def deliverer(s: State, tick: int, p: int, chosen: int) -> int:
    """The lane that delivers for the one whose turn it is: itself, or in its outage the first qualified other one."""
    if not out_of_order(s, chosen):
        turn_to(s, tick, chosen, chosen)
        return chosen
    stock = s.stocks[p]
    rank = -1
    while True:
        index = following_rank(s, stock.lanes_begin, stock.lanes_end, rank)
        if index < 0:
            return chosen
        rank = s.lanes[index].rank
        if index == chosen or out_of_order(s, index):
            continue
        if s.lanes[index].share > 0 or may_substitute(s, index):
            turn_to(s, tick, chosen, index)
            return index


def qualified(s: State, index: int) -> None:
    """A lane may deliver as a substitute from now on."""
    s.lanes[index].qualification = -1


def place(s: State, tick: int, index: int, quantity: int) -> None:
    """Place one order on a lane, at the price and terms of the day; the supplier books it in its next demand phase."""
    lane = s.lanes[index]
    o = new_order(s, tick, index, lane.buyer, quantity, lane.price, lane.terms, lane.draw, lane.freight)
    lane.draw += 1
    s.stocks[lane.buyer].on_order += quantity
    s.log.append((tick, PLACED, s.orders[o].number, index, quantity))
    supplier = s.stocks[lane.supplier]
    if supplier.inbox_head < 0:
        supplier.inbox_head = o
        s.outbox.append((0, DEMAND, lane.supplier, 0, 0, -1, 0, 0))
    else:
        s.orders[supplier.inbox_tail].next = o
    supplier.inbox_tail = o
    supplier.inbox_quantity += quantity
    supplier.inbox_orders += 1
