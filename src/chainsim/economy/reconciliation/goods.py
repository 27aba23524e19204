"""What moved in one segment of a run, counted as it happened: quanta by stock point and lane.

In: a run's tally and one Segment.  Out: Goods.  This module must not know causes or money.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.economy.inventory import quantities
from chainsim.economy.reconciliation.segments import Segment
from chainsim.model import state
from chainsim.records import Columns, Floats
from chainsim.results.frames import Tallied
from chainsim.results.stock_points import by_seller


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


def goods(run: Tallied, segment: Segment) -> Goods:
    """What moved in [begin, end) of the segment."""
    stocks, count = run.network.stocks, len(run.network.stocks)
    found = run.tally.segments
    own = slice(found.at(segment.begin), found.at(segment.end))
    every = quantities(run, lambda sums: sums[own].sum(axis=0, keepdims=True))
    received = run.tally.quanta[state.RECEIVED][own].sum(axis=0)
    shipped = by_seller(run, run.tally.quanta[state.SHIPPED][own].sum(axis=0))
    into, finished, ended = every.received[:, 0], every.finished[:, 0], every.ended[:, 0]
    bought = np.array([point.role == "bought" for point in stocks], dtype=bool)
    destroyed, consumed = every.destroyed[:, 0], every.consumed[:, 0]
    came = np.where(bought, into, finished)
    return Goods(
        received,
        into,
        came - np.where(bought, consumed, 0) - shipped - destroyed,
        every.started[:, 0] - ended,
        shipped - every.delivered[:, 0],
        destroyed,
        consumed,
        every.started[:, 0],
        run.tally.quanta[state.DEMANDED][own].sum(axis=0),
        ended - finished / _good(segment),
        _opening_gap(run) if segment.begin == 0 else np.zeros(count),
    )


def _good(segment: Segment) -> Floats:
    """Planned share of what is started that is no scrap, float64[stock points]."""
    good = np.ones(len(segment.cost))
    used = (segment.made_from >= 0) & (segment.need > 0)
    good[segment.made_from[used]] = segment.raw[used] / segment.need[used]
    return good


def _opening_gap(run: Tallied) -> Floats:
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
