"""What was ordered and not yet there, delivery by delivery: placed, promised, sent, arrived.

In: a run's log or its tally.  Out: int64 columns by lane; ticks that never came are the horizon.  This module must not
know why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.model.state import SET_LANE_TIME
from chainsim.records import ORDER_COLUMNS, Columns
from chainsim.results.folding import Pieces
from chainsim.results.frames import Rows, Run, Tallied, number_of_order
from chainsim.results.steps import sums


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Pieces of purchase orders, one for each delivery and one for what was never sent; by lane, then placing.

    promised: the tick of placing plus the mean lead time then in force: what a seller with stock keeps; of what was
    under way at the start, the horizon.  first: where each lane's pieces begin, int64[lanes + 1].
    """

    lane: Columns
    placed: Columns
    promised: Columns
    sent: Columns
    arrived: Columns
    quantity: Columns
    first: Columns


def open_orders(run: Run) -> OpenOrders:
    """Every piece of every purchase order, from the log."""
    of_order, quantity = (run.log.orders[:, ORDER_COLUMNS.index(name)] for name in ("lane", "quantity"))
    shipped, received, lost = (run.of_kind(kind) for kind in (state.SHIPPED, state.RECEIVED, state.LOST))
    known = run.placed >= 0
    arrived = _arrivals(shipped, received, run.horizon)
    early = received.where(~known[received.order])  # sent before the run
    left = quantity - sums(shipped.order, shipped.quantity, len(quantity))
    left -= sums(early.order, early.quantity, len(quantity)) + sums(lost.order, lost.quantity, len(quantity))
    rest = np.flatnonzero((left > 0) & (of_order >= 0))
    order = np.concatenate([shipped.order, early.order, rest])
    never = np.full(len(rest), run.horizon, dtype=np.int64)
    sent = np.concatenate([shipped.tick, np.full(len(early), -1), np.where(known[rest], never, -1)])
    there = np.concatenate([arrived, early.tick, never])
    amount = np.concatenate([shipped.quantity, early.quantity, left[rest]])
    return _sorted(run.network, run.horizon, Pieces(of_order[order], run.placed[order], sent, there, amount))


def waited_for(run: Tallied) -> OpenOrders:
    """The pieces that stock points may have waited for while they were short."""
    return _sorted(run.network, run.horizon, run.tally.evidence.pieces)


def _sorted(network: Network, horizon: int, pieces: Pieces) -> OpenOrders:
    """Pieces by lane, then placing, with what was promised."""
    lane, placed = pieces.lane, pieces.placed
    promised = np.where(placed >= 0, placed + _lead_times(network, lane, placed), horizon)
    rows = np.lexsort((placed, lane))
    first = np.searchsorted(lane[rows], np.arange(len(network.lanes) + 1))
    lane, placed, promised, sent, arrived, quantity = (
        column[rows] for column in (lane, placed, promised, pieces.sent, pieces.arrived, pieces.quantity)
    )
    return OpenOrders(lane, placed, promised, sent, arrived, quantity, first)


def _arrivals(shipped: Rows, received: Rows, horizon: int) -> Columns:
    """When each shipment arrived: the n-th of an order is its n-th delivery, int64[shipped]."""
    width = int(max(len(shipped), len(received))) + 1
    keys = received.order * width + number_of_order(received.order)
    order = np.argsort(keys)
    wanted = shipped.order * width + number_of_order(shipped.order)
    found = np.searchsorted(keys[order], wanted)
    result = np.full(len(shipped), horizon, dtype=np.int64)
    inside = found < len(keys)
    rows = order[found[inside]]
    result[inside] = np.where(keys[rows] == wanted[inside], received.tick[rows], horizon)
    return result


def _lead_times(network: Network, lane: Columns, tick: Columns) -> Columns:
    """Mean lead time of each lane at each tick, ticks, int64[n]."""

    def mean(time: int, law: int) -> int:
        drawn = network.draws[law].distribution.moments[0] / float(network.tick_seconds) if law >= 0 else 0.0
        return time + round(drawn)

    result = np.array([mean(row.lead_time, row.law) for row in network.lanes], dtype=np.int64)[lane]
    changed = [change for change in network.changes if change.kind == SET_LANE_TIME]
    if changed:
        order = np.argsort(lane, kind="stable")
        by_lane = lane[order]
        for change in changed:
            own = order[slice(*np.searchsorted(by_lane, [change.entity, change.entity + 1]))]
            result[own[tick[own] >= change.tick]] = mean(*change.values[:2])
    return result
