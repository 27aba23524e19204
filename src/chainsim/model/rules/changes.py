"""Dated changes: what a policy or a new month of the plan sets from one day to the next.

Open orders keep their price, terms and supplier; batches in process finish.
"""

from __future__ import annotations

from chainsim.model.rules.ordering import expect
from chainsim.model.rules.sourcing import restart_sharing
from chainsim.model.rules.waking import ask_review, ask_start
from chainsim.model.state import (
    MOVING_AVERAGE,
    SERVE,
    SET_FORECAST,
    SET_LANE_RANK,
    SET_LANE_SHARE,
    SET_LANE_TERMS,
    SET_LANE_TIME,
    SET_LEVELS,
    SET_LINE_SPEED,
    SET_LINE_TIME,
    SET_NEED,
    SET_REVIEW,
    SET_SHORTAGE,
    SET_SOURCING,
    SET_YIELD,
    State,
)


def change(s: State, kind: int, entity: int, a: int, b: int, c: int) -> None:
    """Apply a dated change."""
    if kind == SET_LEVELS:
        stock = s.stocks[entity]
        if stock.forecast > 0:
            stock.safety = b
            expect(s, entity)
        else:
            stock.reorder_point = a
            stock.order_up_to = b
        ask_review(s, entity)
    elif kind == SET_REVIEW:
        stock = s.stocks[entity]
        if (stock.review == 0) != (a == 0):
            stock.review_version += 1
            stock.review_due = 0
            if a > 0:
                s.outbox.append((0, s.counts[0].review_phase, entity, stock.review_version, 0, -1, 0, 0))
        stock.review = a
        stock.lot = b
        stock.minimum = c
        ask_review(s, entity)
    elif kind == SET_SHORTAGE:
        stock = s.stocks[entity]
        stock.backlog = a
        stock.complete = b
        stock.allocation = c
        s.outbox.append((0, SERVE, entity, 0, 0, -1, 0, 0))
    elif kind == SET_SOURCING:
        s.stocks[entity].sourcing = a
        s.stocks[entity].switches = b
        restart_sharing(s, entity)
    elif kind == SET_FORECAST:
        stock = s.stocks[entity]
        if stock.forecast != MOVING_AVERAGE:  # whose window is the room for its periods
            stock.window = a
        stock.protect = b
    elif kind == SET_LANE_SHARE:
        s.lanes[entity].share = a
        restart_sharing(s, s.lanes[entity].buyer)
    elif kind == SET_LANE_TIME:
        s.lanes[entity].lead_time = a
        s.lanes[entity].law = b
    elif kind == SET_LANE_TERMS:
        s.lanes[entity].terms = a
        s.lanes[entity].price = b
        s.lanes[entity].freight = c
    elif kind == SET_LANE_RANK:
        s.lanes[entity].rank = a
        s.lanes[entity].priority = b
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
    elif kind == SET_YIELD:
        s.lines[entity].good = a
        s.lines[entity].good_per = b
        s.lines[entity].good_carry = 0
        s.lines[entity].set_up = c
    elif kind == SET_NEED:
        s.needs[entity].quantity = a
        s.needs[entity].per = b
        s.needs[entity].carry = 0
        s.needs[entity].told = 0
        user = s.stocks[s.needs[entity].component].line
        s.lines[user].committed = -1  # to be announced anew
        ask_start(s, user)
