"""The table of stock points: what they held, owed, ordered and how well they served, as exact time averages.

In: a run's tally.  Out: one row a stock point of the simulated firms, from the warm-up's end to the horizon.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.capacity import starved_ticks
from chainsim.results.columns import Table, as_kept, rows_where, with_role
from chainsim.results.dates import days
from chainsim.results.frames import Tallied, quanta_per_unit
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums

PHYSICAL: Final = ("made", "bought")


def stock_table(run: Tallied) -> Table:
    """By stock point that holds stock; times in days, quantities in units, variances in units squared a period."""
    network, tally = run.network, run.tally
    span = run.horizon - network.warm_up
    per_unit = quanta_per_unit(network)
    on_hand = tally.on_hand
    asked, at_once = served_at_once(run)
    wait, shipped = (by_seller(run, tally.trade[name]) for name in ("waited", "sent"))
    orders, ordered = orders_placed(run)
    variance = {name: found / per_unit**2 for name, found in tally.variances.items()}
    columns = {
        "opening_units": on_hand.opening / per_unit,
        "closing_units": on_hand.sums.level / per_unit,
        "starved_days": days(network, starved_ticks(run)),
        "mean_on_hand_units": on_hand.sums.integral / span / per_unit,
        "max_on_hand_units": on_hand.sums.peak / per_unit,
        "ready_rate": on_hand.sums.above / span,
        "mean_on_order_units": on_order_integral(run) / span / per_unit,
        "mean_backorders_units": backorder_integral(run) / span / per_unit,
        "demanded_units": (asked + tally.counted(state.CONSUMED)) / per_unit,
        "fill_rate": _ratio(at_once, asked, 1.0),
        "mean_wait_days": days(network, _ratio(wait, shipped)),
        "lost_units": by_seller(run, tally.counted(state.LOST)) / per_unit,
        "destroyed_units": tally.counted(state.DESTROYED) / per_unit,
        "orders": orders,
        "ordered_units": ordered / per_unit,
        "order_variance": variance["orders"],
        "demand_variance": variance["demand"],
        "bullwhip": _ratio(variance["orders"], variance["demand"]),
    }
    kept = np.flatnonzero(with_role(network, *PHYSICAL))
    return _names(network) | rows_where(columns, kept)


@once_per_network
def _names(network: Network) -> Table:
    """Columns firm, part, role of the table of stock points, as pandas keeps them."""
    points = [point for point in network.stocks if point.role in PHYSICAL]
    return as_kept(
        firm=[network.firms[point.firm].name for point in points],
        part=[network.parts[point.part].name for point in points],
        role=[point.role for point in points],
    )


def _ratio(above: np.ndarray, below: np.ndarray, otherwise: float = 0.0) -> np.ndarray:
    """Quotients; `otherwise` where there is nothing to divide by."""
    result: np.ndarray = np.divide(above, below, out=np.full(len(below), otherwise), where=below > 0)
    return result


def by_seller(run: Tallied, by_lane: Columns) -> Columns:
    """Sums by lane as sums by the stock point sold from, int64[P]."""
    return sums(run.lanes.seller_stock, by_lane, len(run.network.stocks))


def by_buyer(run: Tallied, by_lane: Columns) -> Columns:
    """Sums by lane as sums by the stock point bought for, int64[P]."""
    return sums(run.lanes.buyer_stock, by_lane, len(run.network.stocks))


def served_at_once(run: Tallied) -> tuple[Columns, Columns]:
    """By stock point: quanta ordered from it, and how many of them left in the same tick, int64[P] each."""
    return by_seller(run, run.tally.counted(state.PLACED)), by_seller(run, run.tally.trade["at_once"])


def orders_placed(run: Tallied) -> tuple[Columns, Columns]:
    """By stock point: orders that it placed with suppliers or its line, and their quanta, int64[P] each."""
    tally = run.tally
    number = by_buyer(run, tally.rows[state.PLACED]) + tally.rows[state.RELEASED]
    return number, by_buyer(run, tally.counted(state.PLACED)) + tally.counted(state.RELEASED)


def backorder_integral(run: Tallied) -> Columns:
    """Quanta ordered from each stock point and neither shipped nor lost x time, int64[P]."""
    moment = run.tally.moment
    return by_seller(run, moment[state.PLACED] - moment[state.SHIPPED] - moment[state.LOST])


def opening_transits(run: Tallied) -> Columns:
    """Quanta under way to each stock point at the start, int64[P]."""
    return _opening(run.network)


@once_per_network
def _opening(network: Network) -> Columns:
    opening = np.zeros(len(network.stocks), dtype=np.int64)
    for transit in network.transits:
        opening[network.lanes[transit.lane].buyer] += transit.quantity
    return opening


def on_order_integral(run: Tallied) -> Columns:
    """Quanta that each stock point has ordered and not yet received x time, int64[P]; opening shipments included."""
    moment = run.tally.moment
    bought = by_buyer(run, moment[state.PLACED] - moment[state.RECEIVED] - moment[state.LOST])
    made = moment[state.RELEASED] - moment[state.FINISHED] - moment[state.SCRAPPED]
    return opening_transits(run) * (run.horizon - run.network.warm_up) + bought + made
