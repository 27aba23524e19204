"""Disruptions: shocks that set in, ease in stages and end, on lines, lanes, stock points and markets.

Where several hit the same target, the worst counts.
"""

from __future__ import annotations

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.lines import set_speed
from chainsim.model.rules.waking import ask_review, ask_upstream
from chainsim.model.state import (
    DEMAND_LEVEL,
    DESTROYED,
    LANE,
    LANE_LEVEL,
    LINE,
    SERVE,
    SHOCK,
    STOCK,
    STOCK_LEVEL,
    State,
)


def shock(s: State, tick: int, index: int, number: int) -> None:
    """A stage of a shock begins; the last one has no end, unless the shock comes back."""
    row = s.shocks[index]
    stage = s.stages[row.stages_begin + number]
    for h in range(row.hits_begin, row.hits_end):
        s.hits[h].level = stage.level
        if number == 0 and s.hits[h].loses > 0:
            destroy(s, tick, s.hits[h].entity, s.hits[h].loses)
        strike(s, tick, h)
    if number + 1 < row.stages_end - row.stages_begin:
        s.outbox.append((stage.wait, SHOCK, index, number + 1, 0, stage.law, row.count, 0))
    elif row.again == 1:
        row.count += 1
        s.outbox.append((row.between, SHOCK, index, 0, 0, row.law, row.count, 0))


def strike(s: State, tick: int, h: int) -> None:
    """A target is as well off as the worst of its hits allows."""
    hit = s.hits[h]
    level = hit.level
    peer = hit.peer
    while peer != h:
        level = min(level, s.hits[peer].level)
        peer = s.hits[peer].peer
    if hit.target == LINE:
        s.lines[hit.entity].level = level
        set_speed(s, tick, hit.entity)
    elif hit.target == LANE:
        lane = s.lanes[hit.entity]
        if level != lane.level:
            opens = lane.level == 0
            lane.level = level
            s.log.append((tick, LANE_LEVEL, -1, hit.entity, level))
            if opens:
                s.outbox.append((0, SERVE, lane.supplier, 0, 0, -1, 0, 0))
    elif hit.target == STOCK:
        stock = s.stocks[hit.entity]
        closed = 1 if level == 0 or (stock.purse >= 0 and s.purses[stock.purse].insolvent == 1) else 0
        if closed != stock.closed:
            stock.closed = closed
            s.log.append((tick, STOCK_LEVEL, -1, hit.entity, 0 if closed == 1 else WHOLE_SHARE))
            if closed == 0:
                s.outbox.append((0, SERVE, hit.entity, 0, 0, -1, 0, 0))
    else:
        sold = s.stocks[hit.entity]
        if level != sold.level:
            sold.level = level
            s.log.append((tick, DEMAND_LEVEL, -1, hit.entity, level))


def destroy(s: State, tick: int, p: int, share: int) -> None:
    """A share of the stock on hand is gone, rounded up to whole quanta."""
    stock = s.stocks[p]
    lost = (stock.on_hand * share + WHOLE_SHARE - 1) // WHOLE_SHARE
    if lost > 0:
        stock.on_hand -= lost
        s.log.append((tick, DESTROYED, -1, p, lost))
        ask_review(s, p)
        ask_upstream(s, p)
