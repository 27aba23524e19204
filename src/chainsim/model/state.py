"""The columns of state that rules read and write, and the codes of events, log rows and dated changes.

One dataclass a table, all fields int64.  The reference engine holds lists of these records; a compiled engine
holds structured arrays of the same fields (`dtype_of`); the rules see no difference.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chainsim.model.network import Network

if TYPE_CHECKING:
    import numpy as np

# Phases, in the order in which they run at one tick and round; each event code is its phase.
CHANGE: Final = 0
FINISH: Final = 1
ARRIVE: Final = 2
SERVE: Final = 3
DEMAND: Final = 4
REVIEW: Final = 5
START: Final = 6

# Kinds of log rows.
PLACED: Final = 0  # an order to a supplier; entity is the lane
RELEASED: Final = 1  # an order to the own line; entity is the made stock point
STARTED: Final = 2
CONSUMED: Final = 3  # entity is the component's stock point
FINISHED: Final = 4
SHIPPED: Final = 5  # entity is the lane
RECEIVED: Final = 6  # entity is the lane
DEMANDED: Final = 7  # final demand as it arose; entity is the sold stock point
STARVED: Final = 8  # the head batch begins to wait for a component; entity is its stock point, quantity is missing

# Kinds of dated changes, with what their values mean.
SET_LEVELS: Final = 0  # stock point: reorder point, order-up-to level
SET_LANE_SHARE: Final = 1  # lane: share
SET_LANE_TIME: Final = 2  # lane: lead time, law
SET_LANE_TERMS: Final = 3  # lane: terms, price
SET_LINE_SPEED: Final = 4  # line: servers, ticks per quantum as numerator and denominator
SET_LINE_TIME: Final = 5  # line: fixed time, law, batch
SET_NEED: Final = 6  # need: numerator, denominator
SET_REVIEW: Final = 7  # stock point: review period, lot


@dataclass(slots=True)
class Stock:
    """A stock point; the roles are 0 made, 1 bought, 2 outside, 3 sold."""

    role: int = 0
    on_hand: int = 0
    on_order: int = 0
    backorders: int = 0
    committed: int = 0  # what the line that uses it could start at once if it were there
    reorder_point: int = 0
    order_up_to: int = 0
    review: int = 0
    review_due: int = 0
    review_version: int = 0  # a pending review of another version is void
    lot: int = 1
    line: int = -1
    starving: int = 0  # the line waits for this component
    lanes_begin: int = 0
    lanes_end: int = 0
    lots_ordered: int = 0
    inbox_head: int = -1  # orders placed in this round, not yet booked
    inbox_tail: int = -1
    inbox_quantity: int = 0
    inbox_orders: int = 0
    rotation: int = 0
    queue_head: int = -1  # backorders, first in first out
    queue_tail: int = -1


@dataclass(slots=True)
class Lane:
    """A lane; `draw` counts its orders, so that the n-th order has the n-th lead time."""

    buyer: int = 0
    supplier: int = 0
    share: int = 0
    lots: int = 0  # had so far
    opens: int = 0  # number of the buyer's lot from which this lane may have its next one
    deadline: int = 0  # number of the buyer's lot by which it must
    law: int = -1
    lead_time: int = 0
    terms: int = 0
    price: int = 0
    draw: int = 0
    pending: int = 0  # lots given to this lane in the order that is being shared out


@dataclass(slots=True)
class Line:
    """A production line; batches of one stock point, first in first out."""

    stock: int = 0
    servers: int = 0
    busy: int = 0
    ticks: int = 0  # ticks per quantum, numerator
    per: int = 1  # and denominator
    carry: int = 0  # of the division
    fixed: int = 0
    law: int = -1
    batch: int = 0
    draw: int = 0
    start_due: int = 0
    waiting: int = 0  # quanta in the queue
    committed: int = 0  # of these, quanta announced to the components because they lack
    needs_begin: int = 0
    needs_end: int = 0
    queue_head: int = -1
    queue_tail: int = -1


@dataclass(slots=True)
class Need:
    """One row of a bill of materials; the remainder of the fraction is carried, never rounded up each time."""

    component: int = 0
    quantity: int = 0  # numerator
    per: int = 1  # denominator
    carry: int = 0


@dataclass(slots=True)
class Order:
    """An order to a supplier (lane >= 0) or to the own line (lane -1)."""

    lane: int = -1
    stock: int = 0
    quantity: int = 0
    open: int = 0  # not yet shipped, or not yet started
    placed: int = 0
    price: int = 0
    terms: int = 0
    draw: int = 0
    next: int = -1


@dataclass(slots=True)
class Counts:
    """How many orders exist."""

    orders: int = 0


class State(NamedTuple):
    """All tables, the log and the outbox.

    log: rows (tick, kind, order, entity, quantity).
    outbox: rows (delay, phase, entity, a, b, law, n): run `phase` on `entity` after `delay` ticks plus, if law >= 0,
        the n-th draw of that law.
    """

    stocks: list[Stock]
    lanes: list[Lane]
    lines: list[Line]
    needs: list[Need]
    orders: list[Order]
    counts: list[Counts]
    log: list[tuple[int, int, int, int, int]]
    outbox: list[tuple[int, int, int, int, int, int, int]]


ROLES: Final = {"made": 0, "bought": 1, "outside": 2, "sold": 3}
BOUGHT: Final = 1
OUTSIDE: Final = 2
SOLD: Final = 3


def dtype_of(table: type[Any]) -> np.dtype[Any]:
    """The same columns as a structured dtype, for compiled rules."""
    import numpy as np

    return np.dtype([(column.name, np.int64) for column in dataclasses.fields(table)])


def opening(network: Network) -> State:
    """The state before the first event; shipments under way are booked as on order, `chainsim.engine` delivers them."""
    stocks = [
        Stock(
            role=ROLES[point.role],
            on_hand=point.on_hand,
            reorder_point=point.reorder_point,
            order_up_to=point.order_up_to,
            review=point.review,
            lot=point.lot,
            line=point.line,
        )
        for point in network.stocks
    ]
    lanes = []
    for index, lane in enumerate(network.lanes):
        buyer = stocks[lane.buyer]
        if buyer.lanes_end == 0:
            buyer.lanes_begin = index
        buyer.lanes_end = index + 1
        row = Lane(lane.buyer, lane.supplier, lane.share, law=lane.law, lead_time=lane.lead_time)
        row.terms, row.price = lane.terms, lane.price
        lanes.append(row)
    lines = []
    for line in network.lines:
        speed = line.ticks_per_quantum
        server = Line(line.stock, line.servers, ticks=speed.numerator, per=speed.denominator)
        server.fixed, server.law, server.batch = line.fixed, line.law, line.batch
        lines.append(server)
    needs = []
    for index, need in enumerate(network.needs):
        user = lines[network.stocks[need.made].line]
        if user.needs_end == 0:
            user.needs_begin = index
        user.needs_end = index + 1
        needs.append(Need(need.component, need.quantity.numerator, need.quantity.denominator))
    return State(stocks, lanes, lines, needs, [], [Counts()], [], [])
