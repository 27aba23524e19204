"""The columns of state that rules read and write, and the codes of events, log rows and dated changes.

One dataclass a table, all fields int64, those that most events read in front.  The reference engine holds lists of
these records; a compiled engine holds structured arrays of the same fields; the rules see no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

# Phases, in the order in which they run at one tick and round; each event code is its phase.
CHANGE: Final = 0  # a dated change
SHOCK: Final = 1  # a disruption sets in, eases or ends
REPAIR: Final = 2
BREAK: Final = 3
BUILT: Final = 4  # an expansion is ready
QUALIFIED: Final = 5  # a substitute may deliver
MONTH: Final = 6  # running costs and interest
DUN: Final = 7  # somebody's patience with an unpaid claim ends
EARLY_LEARN: Final = 8  # as LEARN, where reviews come first
EARLY_REVIEW: Final = 9  # a periodic review that sees neither the day's receipts nor its demand
FINISH: Final = 10
ARRIVE: Final = 11
SERVE: Final = 12
FINAL: Final = 13  # final demand arises
DEMAND: Final = 14  # orders are booked and served
LEARN: Final = 15  # a period that a forecast looks back on is over
REVIEW: Final = 16
START: Final = 17
PAY: Final = 18
RESUME: Final = 19  # cash came in: pay what is late, buy again
WATCH: Final = 20  # utilisation of a window is judged

# Kinds of log rows.
PLACED: Final = 0  # an order to a supplier; entity is the lane
RELEASED: Final = 1  # an order to the own line; entity is the made stock point
STARTED: Final = 2
CONSUMED: Final = 3  # entity is the component's stock point
FINISHED: Final = 4  # what is good of a batch, 0 where all is scrap
SHIPPED: Final = 5  # entity is the lane
RECEIVED: Final = 6  # entity is the lane
DEMANDED: Final = 7  # final demand as it arose; entity is the sold stock point
STARVED: Final = 8  # the head batch begins to wait for a component; entity is its stock point, quantity is missing
LOST: Final = 9  # final demand that nobody waits for; entity is the lane
SCRAPPED: Final = 10  # what is no good of a batch; entity is the made stock point
DESTROYED: Final = 11  # stock lost in a disruption; entity is the stock point
LINE_LEVEL: Final = 12  # a line's speed is now this, parts per million; entity is the made stock point
LANE_LEVEL: Final = 13  # a lane's; entity is the lane
STOCK_LEVEL: Final = 14  # a stock point's deliveries, 0 is closed
DEMAND_LEVEL: Final = 15  # a market's demand; entity is the sold stock point
SWITCHED: Final = 16  # a buyer turns to a substitute; entity is its lane, quantity the cost, fen
GROWN: Final = 17  # a line's planned speed is now this, parts per million; entity is the made stock point
INVESTED: Final = 18  # fen; entity is the made stock point of the line
PAID: Final = 19  # fen; entity is the lane
DISCOUNTED: Final = 20  # the fee, fen, for a claim sold on delivery; entity is the lane
WRITTEN_OFF: Final = 21  # fen that an insolvent buyer never pays; entity is the lane
SPENT: Final = 22  # running costs, fen; entity is the purse
INTEREST: Final = 23  # fen; entity is the purse
INSOLVENT: Final = 24  # entity is the purse, quantity the fen it is short of
LOG_KINDS: Final = 25

# Kinds of dated changes, with what their values mean.
SET_LEVELS: Final = 0  # stock point: reorder point, order-up-to level (of a forecast: the safety stock)
SET_LANE_SHARE: Final = 1  # lane: share
SET_LANE_TIME: Final = 2  # lane: lead time, law
SET_LANE_TERMS: Final = 3  # lane: terms, price, freight
SET_LINE_SPEED: Final = 4  # line: servers, ticks per quantum as numerator and denominator
SET_LINE_TIME: Final = 5  # line: fixed time, law, batch
SET_NEED: Final = 6  # need: numerator, denominator
SET_REVIEW: Final = 7  # stock point: review period, lot, minimum
SET_SHORTAGE: Final = 8  # stock point: backlog limit, complete, allocation
SET_SOURCING: Final = 9  # stock point: sourcing, switches
SET_LANE_RANK: Final = 10  # lane: rank, priority
SET_FORECAST: Final = 11  # stock point: window (not of a moving average), protected ticks
SET_YIELD: Final = 12  # line: good numerator, denominator, set-up
CHANGE_KINDS: Final = 13


@dataclass(slots=True)
class Stock:
    """A stock point; the roles are 0 made, 1 bought, 2 outside, 3 sold."""

    on_hand: int = 0
    on_order: int = 0
    backorders: int = 0
    committed: int = 0  # what the line that uses it could start at once if it were there
    reorder_point: int = 0
    order_up_to: int = 0
    review: int = 0
    review_due: int = 0
    role: int = 0
    review_version: int = 0  # a pending review of another version is void
    echelon_end: int = 0
    watchers_end: int = 0
    starving: int = 0  # the line waits for this component
    line: int = -1
    closed: int = 0  # delivers nothing
    forecast: int = 0
    inbox_head: int = -1  # orders placed in this round, not yet booked
    inbox_tail: int = -1
    inbox_quantity: int = 0
    inbox_orders: int = 0
    queue_head: int = -1  # backorders, in the order in which they are served
    queue_tail: int = -1
    backlog: int = -1  # most that final demand may wait for, -1 any
    allocation: int = 0
    complete: int = 0
    lot: int = 1
    minimum: int = 0
    purse: int = -1
    lanes_begin: int = 0
    lanes_end: int = 0
    lots_ordered: int = 0
    sourcing: int = 0
    need: int = -1  # the row of the bill of materials that uses it
    rotation: int = 0
    level: int = 1_000_000  # of a market: what is left of its demand
    level_carry: int = 0
    switches: int = 0
    window: int = 0
    period: int = 0
    protect: int = 0
    safety: int = 0  # on top of the forecast
    foreseen: int = 0  # what the forecast adds to it
    mean: int = 0
    smoothed: int = 0  # forecast demand of a period, thousandths of a quantum
    recent: int = 0  # demand of the current period
    periods: int = 0
    samples_begin: int = 0
    echelon_begin: int = 0  # what is downstream, where the echelon position counts
    watchers_begin: int = 0  # upstream stock points whose echelon position final demand here moves


@dataclass(slots=True)
class Lane:
    """A lane; `draw` counts its orders, so that the n-th order has the n-th lead time."""

    buyer: int = 0
    supplier: int = 0
    law: int = -1
    lead_time: int = 0
    level: int = 1_000_000  # of its speed; at 0 nothing leaves
    timed: int = 0  # arrivals are not simply the lead time after the dispatch
    money: int = 0  # buyer or seller has a purse
    price: int = 0
    draw: int = 0
    terms: int = 0
    freight: int = 0
    pending: int = 0  # lots given to this lane in the order that is being shared out
    share: int = 0
    lots: int = 0  # had so far
    opens: int = 0  # number of the buyer's lot from which this lane may have its next one
    deadline: int = 0  # number of the buyer's lot by which it must
    per_unit: int = 1  # quanta in a unit of the part
    rank: int = 0
    priority: int = 0
    in_order: int = 0
    last_arrival: int = 0
    final: int = 0  # the buyer is a market
    qualification: int = -1  # ticks, -1 where it is qualified
    qualifying: int = 0
    switching_cost: int = 0
    substitute: int = 0  # stands in for another lane at present


@dataclass(slots=True)
class Line:
    """A production line; batches of one stock point, first in first out."""

    stock: int = 0
    busy: int = 0
    servers: int = 0
    start_due: int = 0
    timed: int = 0  # batches are tracked, because their time can be stretched
    watched: int = 0
    queue_head: int = -1
    queue_tail: int = -1
    good: int = 1  # share that is no scrap, numerator
    good_per: int = 1  # and denominator
    early: int = 0  # components are called off when work is released, not when a server could start it
    batch: int = 0
    waiting: int = 0  # quanta in the queue
    needs_begin: int = 0
    needs_end: int = 0
    committed: int = 0  # of these, quanta announced to the components because they lack
    fixed: int = 0
    set_up: int = 0
    ticks: int = 0  # ticks per quantum, numerator
    per: int = 1  # and denominator
    carry: int = 0  # of the division
    law: int = -1
    draw: int = 0
    announces: int = 0  # a component forecasts from the orders released here
    opening_due: int = 0  # looks for work when its calendar opens
    good_carry: int = 0
    batches: int = -1  # those in process, newest first
    level: int = 1_000_000  # what disruptions leave of the speed
    growth: int = 1_000_000  # what expansions made of it
    broken: int = 0
    dead: int = 0  # its firm is insolvent
    speed: int = 1_000_000  # all of that together; at 0 it stands still
    breakdowns: int = 0
    up_law: int = -1
    repair_law: int = -1
    closures_begin: int = 0
    closures_end: int = 0
    busy_ticks: int = 0
    busy_since: int = 0


@dataclass(slots=True)
class Batch:
    """A batch in process on a timed line: `left` ticks of work at full speed, as of `since`."""

    order: int = -1
    quantity: int = 0
    left: int = 0
    since: int = 0
    version: int = 0  # a pending finish of another version is void
    next: int = -1
    previous: int = -1


@dataclass(slots=True)
class Closure:
    """Ticks [begin, end) in which a calendar does not work; `before`: ticks closed before them."""

    begin: int = 0
    end: int = 0
    before: int = 0


@dataclass(slots=True)
class Need:
    """One row of a bill of materials; the remainder of the fraction is carried, never rounded up each time."""

    component: int = 0
    quantity: int = 0  # numerator
    per: int = 1  # denominator
    carry: int = 0
    told: int = 0  # remainder of what a forecast has been told of


@dataclass(slots=True)
class Order:
    """An order to a supplier (lane >= 0) or to the own line (lane -1), as long as any of it is outstanding.

    Its row is used again when all of it has arrived; `number` is what the log calls it.
    """

    lane: int = -1
    open: int = 0  # not yet shipped, or not yet started
    left: int = 0  # not yet received, finished or lost
    next: int = -1
    number: int = 0
    draw: int = 0
    quantity: int = 0
    stock: int = 0
    price: int = 0
    terms: int = 0
    freight: int = 0
    received: int = 0  # so far, for invoices


@dataclass(slots=True)
class FreeOrder:
    """A row of `orders` that may be used again; those that were freed last are taken first."""

    row: int = -1


@dataclass(slots=True)
class Sample:
    """Demand of one past period of a stock point that forecasts."""

    quantity: int = 0


@dataclass(slots=True)
class Echelon:
    """A stock point downstream of another: `quantity` / `per` quanta of the upper one are in each of its quanta."""

    stock: int = 0
    quantity: int = 1
    per: int = 1


@dataclass(slots=True)
class Watcher:
    """An upstream stock point that decides on its echelon position."""

    stock: int = 0


@dataclass(slots=True)
class Shock:
    """A disruption and where its stages and hits stand."""

    stages_begin: int = 0
    stages_end: int = 0
    hits_begin: int = 0
    hits_end: int = 0
    law: int = -1
    again: int = 0
    between: int = 0
    count: int = 0


@dataclass(slots=True)
class Stage:
    """What is left of the target, and for how long."""

    level: int = 0
    wait: int = 0
    law: int = -1


@dataclass(slots=True)
class Hit:
    """One target of one shock; `peer` is the next hit of the same target, in a ring."""

    target: int = 0
    entity: int = 0
    loses: int = 0
    level: int = 1_000_000
    peer: int = 0


@dataclass(slots=True)
class Growth:
    """A line whose utilisation is judged window by window."""

    line: int = 0
    window: int = 0
    threshold: int = 0
    by: int = 0
    build: int = 0
    cost: int = 0
    most: int = 0
    done: int = 0
    building: int = 0
    busy_then: int = 0  # the line's busy ticks at the start of the window


@dataclass(slots=True)
class Purse:
    """The cash of a firm that can run short."""

    cash: int = 0
    credit: int = 0
    floor: int = 0
    patience: int = -1
    fixed: int = 0
    of_sales: int = 0
    interest: int = 0
    discount: int = -1
    month: int = 0
    year: int = 0
    sales: int = 0  # of the current month
    late_head: int = -1  # claims that it could not pay when they were due
    late_tail: int = -1
    resume_due: int = 0
    short: int = 0  # could not cover its running costs last month
    insolvent: int = 0
    stocks_begin: int = 0
    stocks_end: int = 0


@dataclass(slots=True)
class Claim:
    """What a buyer owes for one delivery, where one of the two has a purse; its order is named by number."""

    order: int = 0
    lane: int = 0
    amount: int = 0
    sold: int = 0  # to a bank, on delivery
    paid: int = 0
    next: int = -1


@dataclass(slots=True)
class Counts:
    """How many orders, batches and claims there have been, and what holds for the whole run."""

    orders: int = 0
    order_rows: int = 0
    free_orders: int = 0  # rows of orders that may be used again
    batches: int = 0
    free_batch: int = -1
    claims: int = 0
    used: int = 0  # rows of growing tables taken since room was last made
    review_phase: int = REVIEW  # of periodic reviews
    learn_phase: int = LEARN  # of forecasts


class State(NamedTuple):
    """All tables, the log and the outbox.

    log: rows (tick, kind, order, entity, quantity).
    placed: orders in the order of their numbers, rows (lane, stock, quantity, placed, price, terms, draw, freight).
    outbox: rows (delay, phase, entity, a, b, law, n, timed): run `phase` on `entity` after `delay` ticks plus, if
        law >= 0, the n-th draw of that law; if timed, `rules.due` says when that is.
    """

    stocks: list[Stock]
    lanes: list[Lane]
    lines: list[Line]
    needs: list[Need]
    orders: list[Order]
    free_orders: list[FreeOrder]
    batches: list[Batch]
    closures: list[Closure]
    samples: list[Sample]
    echelons: list[Echelon]
    watchers: list[Watcher]
    shocks: list[Shock]
    stages: list[Stage]
    hits: list[Hit]
    growths: list[Growth]
    purses: list[Purse]
    claims: list[Claim]
    counts: list[Counts]
    log: list[tuple[int, int, int, int, int]]
    placed: list[tuple[int, int, int, int, int, int, int, int]]
    outbox: list[tuple[int, int, int, int, int, int, int, int]]


TABLES: Final[dict[str, type[Any]]] = {
    "stocks": Stock,
    "lanes": Lane,
    "lines": Line,
    "needs": Need,
    "orders": Order,
    "free_orders": FreeOrder,
    "batches": Batch,
    "closures": Closure,
    "samples": Sample,
    "echelons": Echelon,
    "watchers": Watcher,
    "shocks": Shock,
    "stages": Stage,
    "hits": Hit,
    "growths": Growth,
    "purses": Purse,
    "claims": Claim,
    "counts": Counts,
}
GROWING: Final = {  # tables that events add to, and what counts their rows
    "orders": "order_rows",
    "free_orders": "order_rows",
    "batches": "batches",
    "claims": "claims",
}


def outstanding(state: State) -> dict[int, Order]:
    """Orders of which something is still to come, by number."""
    rows = state.orders[: state.counts[0].order_rows]
    return {row.number: row for row in rows if row.left > 0}


def blank(**tables: list[Any]) -> State:
    """A state with the given tables, all others empty."""
    return State(**{name: tables.get(name, []) for name in State._fields})


ROLES: Final = {"made": 0, "bought": 1, "outside": 2, "sold": 3}
MADE: Final = 0
BOUGHT: Final = 1
OUTSIDE: Final = 2
SOLD: Final = 3

FIFO: Final = 0
PRIORITY: Final = 1
PROPORTIONAL: Final = 2
ALLOCATIONS: Final = {"fifo": FIFO, "priority": PRIORITY, "proportional": PROPORTIONAL}

BY_SHARES: Final = 0
WHOLE_ORDERS: Final = 1
RANKED: Final = 2
SOURCINGS: Final = {"shares": BY_SHARES, "whole_orders": WHOLE_ORDERS, "ranked": RANKED}

MOVING_AVERAGE: Final = 1
EXPONENTIAL: Final = 2
AUTOREGRESSIVE: Final = 3
FORECASTS: Final = {"moving_average": MOVING_AVERAGE, "exponential": EXPONENTIAL, "autoregressive": AUTOREGRESSIVE}

LINE: Final = 0
LANE: Final = 1
STOCK: Final = 2
MARKET: Final = 3
TARGETS: Final = {"line": LINE, "lane": LANE, "stock": STOCK, "market": MARKET}
