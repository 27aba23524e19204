"""The table of stock points: what they held, owed, ordered and how well they served, as exact time averages.

In: a Run.  Out: one row a stock point of the simulated firms, from the warm-up's end to the horizon.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.capacity import starved_ticks
from chainsim.results.dates import DAY_SECONDS, days, whole_days
from chainsim.results.frames import Rows, Run, quanta_per_unit
from chainsim.results.steps import integral, sums

PHYSICAL: Final = ("made", "bought")


def stock_table(run: Run) -> pd.DataFrame:
    """By stock point that holds stock; times in days, quantities in units, variances in units squared a period."""
    network = run.network
    begin, end = network.warm_up, run.horizon
    span, count = end - begin, len(network.stocks)
    per_unit = quanta_per_unit(network)
    on_hand, held = run.on_hand, run.on_hand.within(begin, end)
    asked, at_once = served_at_once(run)
    wait, shipped = waiting_times(run)
    orders, ordered = orders_placed(run)
    lost = run.counted(state.LOST)
    destroyed = run.counted(state.DESTROYED)
    used = run.counted(state.CONSUMED)
    variance = {name: variances(run, rows) / per_unit**2 for name, rows in streams(run).items()}
    columns = {
        "firm": [network.firms[point.firm].name for point in network.stocks],
        "part": [network.parts[point.part].name for point in network.stocks],
        "role": [point.role for point in network.stocks],
        "opening_units": on_hand.opening / per_unit,
        "closing_units": on_hand.closing / per_unit,
        "starved_days": days(network, starved_ticks(run)),
        "mean_on_hand_units": held.integral / span / per_unit,
        "max_on_hand_units": held.peak / per_unit,
        "ready_rate": held.ticks_above_zero / span,
        "mean_on_order_units": on_order_integral(run) / span / per_unit,
        "mean_backorders_units": backorder_integral(run) / span / per_unit,
        "demanded_units": (asked + sums(used.entity, used.quantity, count)) / per_unit,
        "fill_rate": _ratio(at_once, asked, 1.0),
        "mean_wait_days": days(network, _ratio(wait, shipped)),
        "lost_units": sums(run.lanes.seller_stock[lost.entity], lost.quantity, count) / per_unit,
        "destroyed_units": sums(destroyed.entity, destroyed.quantity, count) / per_unit,
        "orders": orders,
        "ordered_units": ordered / per_unit,
        "order_variance": variance["orders"],
        "demand_variance": variance["demand"],
        "bullwhip": _ratio(variance["orders"], variance["demand"]),
    }
    kept = [point.role in PHYSICAL for point in network.stocks]
    return pd.DataFrame(columns)[kept].reset_index(drop=True)


def _ratio(above: np.ndarray, below: np.ndarray, otherwise: float = 0.0) -> np.ndarray:
    """Quotients; `otherwise` where there is nothing to divide by."""
    result: np.ndarray = np.divide(above, below, out=np.full(len(below), otherwise), where=below > 0)
    return result


def served_at_once(run: Run) -> tuple[Columns, Columns]:
    """By stock point: quanta ordered from it, and how many of them left in the same tick, int64[P] each."""
    count, seller = len(run.network.stocks), run.lanes.seller_stock
    placed, shipped = run.counted(state.PLACED), run.counted(state.SHIPPED)
    prompt = shipped.where(shipped.tick == run.placed[shipped.order])
    return (
        sums(seller[placed.entity], placed.quantity, count),
        sums(seller[prompt.entity], prompt.quantity, count),
    )


def waiting_times(run: Run) -> tuple[Columns, Columns]:
    """By stock point: quanta shipped x ticks from order to dispatch, and quanta shipped, int64[P] each."""
    count = len(run.network.stocks)
    shipped = run.counted(state.SHIPPED)
    seller = run.lanes.seller_stock[shipped.entity]
    waited = shipped.tick - run.placed[shipped.order]
    return sums(seller, shipped.quantity * waited, count), sums(seller, shipped.quantity, count)


def orders_placed(run: Run) -> tuple[Columns, Columns]:
    """By stock point: orders that it placed with suppliers or its line, and their quanta, int64[P] each."""
    count = len(run.network.stocks)
    placed, released = run.counted(state.PLACED), run.counted(state.RELEASED)
    buyer = run.lanes.buyer_stock[placed.entity]
    number = np.bincount(buyer, minlength=count) + np.bincount(released.entity, minlength=count)
    return number, sums(buyer, placed.quantity, count) + sums(released.entity, released.quantity, count)


def backorder_integral(run: Run) -> Columns:
    """Quanta ordered from each stock point and neither shipped nor lost x time, int64[P]."""
    nothing = np.zeros(len(run.network.stocks), dtype=np.int64)
    total = nothing
    for kind, sign in ((state.PLACED, 1), (state.SHIPPED, -1), (state.LOST, -1)):
        rows = run.of_kind(kind)
        seller = run.lanes.seller_stock[rows.entity]
        total = total + integral(nothing, seller, rows.tick, sign * rows.quantity, run.network.warm_up, run.horizon)
    return total


def on_order_integral(run: Run) -> Columns:
    """Quanta that each stock point has ordered and not yet received x time, int64[P]; opening shipments included."""
    opening = np.zeros(len(run.network.stocks), dtype=np.int64)
    for transit in run.network.transits:
        opening[run.network.lanes[transit.lane].buyer] += transit.quantity
    buyer = run.lanes.buyer_stock
    total, nothing = opening * (run.horizon - run.network.warm_up), np.zeros_like(opening)
    for kind, sign, stock in (
        (state.PLACED, 1, buyer),
        (state.RECEIVED, -1, buyer),
        (state.LOST, -1, buyer),
        (state.RELEASED, 1, None),
        (state.FINISHED, -1, None),
        (state.SCRAPPED, -1, None),
    ):
        rows = run.of_kind(kind)
        entity = rows.entity if stock is None else stock[rows.entity]
        total = total + integral(nothing, entity, rows.tick, sign * rows.quantity, run.network.warm_up, run.horizon)
    return total


def streams(run: Run) -> dict[str, Rows]:
    """What each stock point ordered, and what was ordered or used from it; each one's rows in the order of time."""
    placed, released, used = (run.counted(kind) for kind in (state.PLACED, state.RELEASED, state.CONSUMED))
    found = {}
    for name, stock, other in (("orders", run.lanes.buyer_stock, released), ("demand", run.lanes.seller_stock, used)):
        found[name] = Rows(
            np.concatenate([placed.tick, other.tick]),
            np.concatenate([placed.order, other.order]),
            np.concatenate([stock[placed.entity], other.entity]),
            np.concatenate([placed.quantity, other.quantity]),
        )
    return found


def variances(run: Run, rows: Rows) -> np.ndarray:
    """Sample variance of what each stock point's rows sum to per period, float64[P], quanta squared.

    The period is the stock point's review period at the start, or a day where it is reviewed continuously; only whole
    periods after the warm-up count.  0 with fewer than two.
    """
    network = run.network
    count = len(network.stocks)
    review = np.array([point.review for point in network.stocks], dtype=np.int64)
    day = DAY_SECONDS / network.tick_seconds  # ticks
    length = np.maximum(review, 1)
    first = np.where(review > 0, -(-network.warm_up // length), math.ceil(network.warm_up / day))
    last = np.where(review > 0, run.horizon // length, math.floor(run.horizon / day))
    periods = np.maximum(last - first, 0)
    small = rows.entity.astype(np.uint16) if count < 2**16 else rows.entity  # sorts several times faster
    order = np.argsort(small, kind="stable")
    entity, tick, quantity = rows.entity[order], rows.tick[order], rows.quantity[order]
    own = review[entity]
    period = np.where(own > 0, tick // length[entity], whole_days(network, tick))
    inside = (period >= first[entity]) & (period < last[entity])
    entity, period, quantity = entity[inside], period[inside], quantity[inside]
    if len(entity) == 0:
        return np.zeros(count)
    starts = np.flatnonzero(np.r_[True, (entity[1:] != entity[:-1]) | (period[1:] != period[:-1])])
    totals, owner = np.add.reduceat(quantity, starts).astype(np.float64), entity[starts]
    mean = np.bincount(owner, totals, count) / np.maximum(periods, 1)
    squares = np.bincount(owner, (totals - mean[owner]) ** 2, count)
    squares += (periods - np.bincount(owner, minlength=count)) * mean**2  # periods without a row
    return np.where(periods > 1, squares / np.maximum(periods - 1, 1), 0.0)
