"""What differs between the tables of two versions, as dated changes.

In: what may change of stock points, lanes, lines and needs, before and after.  Out: one change for each group of values
that differ.  What
a rule may be told of during a run is this list and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from chainsim.model import state
from chainsim.model.network import Change, Lane, Line, Need, StockPoint

Values = Callable[[Any], tuple[int, int, int]]
Row: TypeAlias = tuple[tuple[int, int, int], ...]  # of one entity: the values of each kind of change
Rows: TypeAlias = tuple[Sequence[Row], Sequence[Row], Sequence[Row], Sequence[Row]]
DIFFERENCES: Final[tuple[tuple[tuple[int, Values], ...], ...]] = (
    (
        (state.SET_LEVELS, lambda stock: (stock.reorder_point, stock.order_up_to, 0)),
        (state.SET_REVIEW, lambda stock: (stock.review, stock.lot, stock.minimum)),
        (
            state.SET_SHORTAGE,
            lambda stock: (stock.backlog, int(stock.complete), state.ALLOCATIONS[stock.allocation]),
        ),
        (
            state.SET_FORECAST,
            lambda stock: (stock.forecast.window, stock.forecast.protect, 0) if stock.forecast else (0, 0, 0),
        ),
        (state.SET_SOURCING, lambda stock: (state.SOURCINGS[stock.sourcing], int(stock.switches), 0)),
    ),
    (
        (state.SET_LANE_SHARE, lambda lane: (lane.share, 0, 0)),
        (state.SET_LANE_TIME, lambda lane: (lane.lead_time, lane.law, 0)),
        (state.SET_LANE_TERMS, lambda lane: (lane.terms, lane.price, lane.freight)),
        (state.SET_LANE_RANK, lambda lane: (lane.rank, lane.priority, 0)),
    ),
    (
        (
            state.SET_LINE_SPEED,
            lambda line: (line.servers, line.ticks_per_quantum.numerator, line.ticks_per_quantum.denominator),
        ),
        (state.SET_LINE_TIME, lambda line: (line.fixed, line.law, line.batch)),
        (state.SET_YIELD, lambda line: (line.good.numerator, line.good.denominator, line.set_up)),
    ),
    ((state.SET_NEED, lambda need: (need.quantity.numerator, need.quantity.denominator, 0)),),
)


LEVELS, REVIEW, SHORTAGE, FORECAST, SOURCING = range(5)  # where a row of a stock point has what


def rows(points: Sequence[StockPoint], lanes: Sequence[Lane], lines: Sequence[Line], needs: Sequence[Need]) -> Rows:
    """Of each entity, what may change."""
    stocks, of_lanes, of_lines, of_needs = (
        [tuple(values(one) for _, values in kinds) for one in table]
        for kinds, table in zip(DIFFERENCES, (points, lanes, lines, needs), strict=True)
    )
    return stocks, of_lanes, of_lines, of_needs


def differences(before: Rows, after: Rows, tick: int) -> Iterator[Change]:
    """The changes that make the one of the other at a tick; both have the same entities."""
    for kinds, old, new in zip(DIFFERENCES, before, after, strict=True):
        if old is new:
            continue
        for index, (was, now) in enumerate(zip(old, new, strict=True)):
            if was is now or was == now:
                continue
            for (kind, _), one, other in zip(kinds, was, now, strict=True):
                if one != other:
                    yield Change(tick, kind, index, other)
