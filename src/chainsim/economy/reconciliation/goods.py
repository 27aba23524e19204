"""What moved in one segment of a run, counted in the log: quanta by stock point and lane.

In: a Run and one Segment.  Out: Goods.  This module must not know causes or money.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.economy.inventory import quantities
from chainsim.economy.reconciliation.segments import Segment
from chainsim.model import state
from chainsim.records import Columns, Floats
from chainsim.results.frames import Run
from chainsim.results.periods import Periods


@dataclass(frozen=True, slots=True)
class Goods:
    """Quanta; received is int64[lanes], all others are by stock point, int64[stock points] but for the last two.

    into: what lanes brought.  stock: rise of what is on hand.  process: rise of what is on the line.  transit: rise
    of what is on its way to buyers.  destroyed: in disruptions.  consumed, started: by lines.  demanded: final demand
    as it arose.  scrap: quanta started that are no good, beyond the planned share, float64.  gap: what is missing at
    the start between the levels of the stock rules and the opening stock, on hand and under way, float64.
    """

    received: Columns
    into: Columns
    stock: Columns
    process: Columns
    transit: Columns
    destroyed: Columns
    consumed: Columns
    started: Columns
    demanded: Columns
    scrap: Floats
    gap: Floats


def goods(run: Run, segment: Segment) -> Goods:
    """What moved in [begin, end) of the segment."""
    stocks, lanes = run.network.stocks, run.lanes
    count = len(stocks)
    window = Periods(np.array([0, segment.begin, segment.end, max(run.horizon, segment.end + 1)]), ("",) * 3, 1)
    every = quantities(run, window)
    received = _within(run, segment, state.RECEIVED, np.arange(len(run.network.lanes)), len(run.network.lanes))
    shipped = _within(run, segment, state.SHIPPED, lanes.seller_stock, count)
    into, finished, ended = every.received[:, 1], every.finished[:, 1], every.ended[:, 1]
    bought = np.array([point.role == "bought" for point in stocks], dtype=bool)
    destroyed, consumed = every.destroyed[:, 1], every.consumed[:, 1]
    came = np.where(bought, into, finished)
    return Goods(
        received,
        into,
        came - np.where(bought, consumed, 0) - shipped - destroyed,
        every.started[:, 1] - ended,
        shipped - every.delivered[:, 1],
        destroyed,
        consumed,
        every.started[:, 1],
        _within(run, segment, state.DEMANDED, np.arange(count), count),
        ended - finished / _good(segment),
        _opening_gap(run) if segment.begin == 0 else np.zeros(count),
    )


def _within(run: Run, segment: Segment, kind: int, of: Columns, count: int) -> Columns:
    """Sum of the quantities of one kind of row in the segment, by what `of` says of its entity, int64[count]."""
    rows = run.of_kind(kind)
    first, last = np.searchsorted(rows.tick, [segment.begin, segment.end])
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, of[rows.entity[first:last]], rows.quantity[first:last])
    return total


def _good(segment: Segment) -> Floats:
    """Planned share of what is started that is no scrap, float64[stock points]."""
    good = np.ones(len(segment.cost))
    used = (segment.made_from >= 0) & (segment.need > 0)
    good[segment.made_from[used]] = segment.raw[used] / segment.need[used]
    return good


def _opening_gap(run: Run) -> Floats:
    """Quanta between each stock point's level and what it opens with; 0 where it forecasts or counts downstream."""
    network = run.network
    gap = np.zeros(len(network.stocks))
    for index, point in enumerate(network.stocks):
        if point.role in ("bought", "made") and point.forecast is None and not point.echelon:
            gap[index] = point.order_up_to - point.on_hand
    for transit in network.transits:
        buyer = network.lanes[transit.lane].buyer
        if network.stocks[buyer].role == "bought" and network.stocks[buyer].forecast is None:
            gap[buyer] -= transit.quantity
    return gap
