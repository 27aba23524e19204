"""The table of markets: what they asked for, got, lost and wait for, and how long they waited.

In: a Run and its deliveries.  Out: one row a market, from the warm-up's end to the horizon.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.results.dates import DAY_SECONDS, days
from chainsim.results.frames import Run, quanta_per_unit
from chainsim.results.steps import sums

LATE: Final = 95
PERCENT: Final = 100


def market_table(run: Run, deliveries: pd.DataFrame) -> pd.DataFrame:
    """By market; delays over the units delivered, 0 where there are none."""
    network = run.network
    count = len(network.stocks)
    per_unit = quanta_per_unit(network)
    buyer = run.lanes.buyer_stock
    demanded, lost = run.counted(state.DEMANDED), run.counted(state.LOST)
    asked = sums(demanded.entity, demanded.quantity, count)
    gone = sums(buyer[lost.entity], lost.quantity, count)
    final = np.array([network.stocks[lane.buyer].role == "sold" for lane in network.lanes], dtype=bool)
    deliveries = deliveries[final[deliveries["lane"].to_numpy()]]
    stock = buyer[deliveries["lane"].to_numpy()]
    quantity = deliveries["quantity"].to_numpy()
    delay = deliveries["tick"].to_numpy() - np.maximum(deliveries["placed"].to_numpy(), 0)
    delivered = sums(stock, quantity, count)
    waited = sums(stock, quantity * delay, count)
    at_once = within_a_day(run)
    table = pd.DataFrame(
        {
            "market": [network.firms[point.firm].name for point in network.stocks],
            "part": [network.parts[point.part].name for point in network.stocks],
            "demanded_units": asked / per_unit,
            "delivered_units": delivered / per_unit,
            "lost_units": gone / per_unit,
            "lost_share": np.divide(gone, asked, out=np.zeros(count), where=asked > 0),
            "waiting_units": _waiting(run) / per_unit,
            "fill_rate": np.divide(at_once, asked, out=np.ones(count), where=asked > 0),
            "mean_delay_days": days(network, np.divide(waited, delivered, out=np.zeros(count), where=delivered > 0)),
            "p95_delay_days": days(network, _quantile(stock, delay, quantity, count)),
        }
    )
    return table[[point.role == "sold" for point in network.stocks]].reset_index(drop=True)


def within_a_day(run: Run) -> np.ndarray:
    """Quanta of final demand after the warm-up that left within a day of their order, by stock point, int64[P]."""
    network = run.network
    sold = np.array([point.role == "sold" for point in network.stocks], dtype=bool)
    shipped = run.counted(state.SHIPPED)
    shipped = shipped.where(sold[run.lanes.buyer_stock[shipped.entity]])
    placed = run.placed[shipped.order]
    prompt = (placed >= network.warm_up) & (shipped.tick - placed < math.ceil(DAY_SECONDS / network.tick_seconds))
    found = shipped.where(prompt)
    return sums(run.lanes.buyer_stock[found.entity], found.quantity, len(network.stocks))


def _waiting(run: Run) -> np.ndarray:
    """Quanta that were ordered and have neither arrived nor been lost at the horizon, by stock point, int64[P]."""
    count, buyer = len(run.network.stocks), run.lanes.buyer_stock
    total = np.zeros(count, dtype=np.int64)
    for transit in run.network.transits:
        total[run.network.lanes[transit.lane].buyer] += transit.quantity
    for kind, sign in ((state.PLACED, 1), (state.RECEIVED, -1), (state.LOST, -1)):
        rows = run.of_kind(kind)
        total += sign * sums(buyer[rows.entity], rows.quantity, count)
    return total


def _quantile(entity: np.ndarray, value: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    """Least value at or below which at least 95 % of each entity's weight lies, int64[count]; 0 without weight."""
    result = np.zeros(count, dtype=np.int64)
    order = np.lexsort((value, entity))
    entity, value, so_far = entity[order], value[order], np.cumsum(weight[order])
    found = np.unique(entity)
    first, last = np.searchsorted(entity, found), np.searchsorted(entity, found, side="right") - 1
    before = so_far[first] - weight[order][first]
    wanted = before + -(-(so_far[last] - before) * LATE // PERCENT)
    result[found] = value[np.searchsorted(so_far, wanted)]
    return result
