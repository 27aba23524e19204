"""Where a run's deliveries differ from what its final demand calls for, in quanta by lane.

In: a Run and one Segment.  Out: what each lane delivered because of each cause that can be counted in the log.

For every stock point that is bought, what was received is, by the books of goods,

    received = need x delivered of the product
             + rise of its own stock + what was destroyed of it
             + raw need x (rise of work in process + scrap beyond plan)
             + need x (rise of the product's stock + goods on their way to its buyers + what was destroyed of them)
             + what its line took beyond the bill, because a quantum is not divided

Each addend is counted, split among suppliers by nominal share, and
followed up the chain with (I - B)^-1.  What lanes received beyond their nominal share is sourcing.  This module must
not know money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from chainsim.economy.inventory import quantities
from chainsim.economy.reconciliation.segments import Segment
from chainsim.model import state
from chainsim.records import Columns, Floats
from chainsim.results.frames import Run
from chainsim.results.periods import Periods

Quanta: TypeAlias = Columns | Floats

CAUSES: Final = (
    "opening transient",
    "stock building",
    "in process and under way",
    "losses and scrap",
    "whole units",
    "sourcing",
)
DEMANDED: Final = "demanded"
NOT_DELIVERED: Final = "final demand not delivered"


@dataclass(frozen=True, slots=True)
class Flows:
    """Quanta by lane, float64[lanes], of each of DEMANDED, NOT_DELIVERED and `CAUSES`; received: what came, int64."""

    received: Columns
    of: dict[str, Floats]


def flows(run: Run, segment: Segment) -> Flows:
    """The deliveries of one segment, taken apart."""
    network = run.network
    count = len(network.lanes)
    window = Periods(np.array([0, segment.begin, segment.end, max(run.horizon, segment.end + 1)]), ("",) * 3, 1)
    moved = quantities(run, window)
    rows = run.of_kind(state.RECEIVED)
    inside = (rows.tick >= segment.begin) & (rows.tick < segment.end)
    received = np.zeros(count, dtype=np.int64)
    np.add.at(received, rows.entity[inside], rows.quantity[inside])
    buyer = run.lanes.buyer_stock
    into = np.zeros(len(network.stocks), dtype=np.int64)
    np.add.at(into, buyer, received)

    bought = np.array([point.role == "bought" for point in network.stocks], dtype=bool)
    shipped = _shipped(run, segment)
    left = np.where(bought, moved.consumed[:, 1] + shipped, shipped)
    came = np.where(bought, into, moved.finished[:, 1])
    destroyed = moved.destroyed[:, 1]
    rise = came - left - destroyed
    process = moved.started[:, 1] - moved.ended[:, 1]
    transit = shipped - moved.delivered[:, 1]
    good = np.ones(len(network.stocks))
    lanes_used = segment.made_from >= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(segment.need > 0, segment.raw / segment.need, 1.0)
    good[segment.made_from[lanes_used]] = ratio[lanes_used]
    scrap = moved.ended[:, 1] - moved.finished[:, 1] / good
    gap = _opening_gap(run) if segment.begin == 0 else np.zeros(len(network.stocks))

    product = np.maximum(segment.made_from, 0)
    trades = product == buyer  # a warehouse sells the stock that it buys: count it once

    def up(own: Quanta, made: Quanta, started: Quanta) -> Floats:
        """What a lane's buyer takes on top, by lane: for its own stock, its product's, and what its line began."""
        passed = segment.need * np.where(trades, 0.0, made[product]) + segment.raw * np.where(
            trades, 0, started[product]
        )
        result: Floats = np.where(lanes_used, own[buyer] + passed, 0.0)
        return result

    nothing = np.zeros(len(network.stocks))
    transit_of_traders = np.where(bought, transit, 0)
    extra = {
        "opening transient": up(gap, gap, nothing),
        "stock building": up(rise - gap, rise - gap, nothing),
        "in process and under way": up(transit_of_traders, np.where(bought, 0, transit), process),
        "losses and scrap": up(destroyed, destroyed, scrap),
    }
    billed = segment.raw * moved.started[product, 1]
    extra["whole units"] = np.where(lanes_used & ~trades, moved.consumed[buyer, 1] - billed, 0.0)
    demand = _demanded(run, segment)
    final = np.where(lanes_used, 0, 1).astype(bool)
    of = {name: _follow(segment, segment.share * extra[name]) for name in extra}
    of["sourcing"] = _follow(segment, received - segment.share * into[buyer])
    of[DEMANDED] = _follow(segment, np.where(final, segment.share * demand[buyer], 0.0))
    of[NOT_DELIVERED] = _follow(segment, np.where(final, segment.share * (into - demand)[buyer], 0.0))
    return Flows(received, of)


def _follow(segment: Segment, own: Floats) -> Floats:
    """What lanes deliver when they deliver `own` on top of what the products' deliveries call for, by lane."""
    sold = np.zeros(len(segment.cost))
    np.add.at(sold, segment.supplier, own)
    delivered = np.zeros(len(segment.cost))
    delivered[segment.sellers] = segment.inverse @ sold[segment.sellers]
    used = segment.made_from >= 0
    called: Floats = np.where(used, segment.share * segment.need * delivered[np.maximum(segment.made_from, 0)], 0.0)
    return own + called


def _shipped(run: Run, segment: Segment) -> Columns:
    """Quanta that left each stock point for its buyers, int64[stock points]."""
    rows = run.of_kind(state.SHIPPED)
    inside = (rows.tick >= segment.begin) & (rows.tick < segment.end)
    total = np.zeros(len(run.network.stocks), dtype=np.int64)
    np.add.at(total, run.lanes.seller_stock[rows.entity[inside]], rows.quantity[inside])
    return total


def _demanded(run: Run, segment: Segment) -> Columns:
    """Final demand as it arose, quanta by stock point of the markets, int64[stock points]."""
    rows = run.of_kind(state.DEMANDED)
    inside = (rows.tick >= segment.begin) & (rows.tick < segment.end)
    total = np.zeros(len(run.network.stocks), dtype=np.int64)
    np.add.at(total, rows.entity[inside], rows.quantity[inside])
    return total


def _opening_gap(run: Run) -> Floats:
    """Quanta between each stock point's level and what it opens with, on hand and under way; 0 where it forecasts."""
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
