"""The table of markets: what they asked for, got, lost and wait for, and how long they waited.

In: a run's tally.  Out: one row a market, from the warm-up's end to the horizon.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.results.columns import Table, as_kept, rows_where
from chainsim.results.dates import days
from chainsim.results.frames import Tallied, quanta_per_unit
from chainsim.results.remember import once_per_network
from chainsim.results.stock_points import by_buyer, opening_transits

LATE: Final = 95
PERCENT: Final = 100


def market_table(run: Tallied) -> Table:
    """By market; delays over the units delivered, 0 where there are none."""
    network, tally = run.network, run.tally
    count = len(network.stocks)
    per_unit = quanta_per_unit(network)
    asked, gone = tally.counted(state.DEMANDED), by_buyer(run, tally.counted(state.LOST))
    delivered, waited = (by_buyer(run, tally.trade[name]) for name in ("delivered", "delayed"))
    at_once = within_a_day(run)
    columns = {
        "demanded_units": asked / per_unit,
        "delivered_units": delivered / per_unit,
        "lost_units": gone / per_unit,
        "lost_share": np.divide(gone, asked, out=np.zeros(count), where=asked > 0),
        "waiting_units": _waiting(run) / per_unit,
        "fill_rate": np.divide(at_once, asked, out=np.ones(count), where=asked > 0),
        "mean_delay_days": days(network, np.divide(waited, delivered, out=np.zeros(count), where=delivered > 0)),
        "p95_delay_days": days(network, _quantile(*tally.delays, count)),
    }
    return _names(network) | rows_where(columns, tally.days.stocks)


@once_per_network
def _names(network: Network) -> Table:
    """Columns market, part, as pandas keeps them."""
    points = [point for point in network.stocks if point.role == "sold"]
    return as_kept(
        market=[network.firms[point.firm].name for point in points],
        part=[network.parts[point.part].name for point in points],
    )


def within_a_day(run: Tallied) -> np.ndarray:
    """Quanta of final demand after the warm-up that left within a day of their order, by stock point, int64[P]."""
    return by_buyer(run, run.tally.trade["prompt"])


def _waiting(run: Tallied) -> np.ndarray:
    """Quanta that were ordered and have neither arrived nor been lost at the horizon, by stock point, int64[P]."""
    placed, received, lost = (run.tally.in_all(kind) for kind in (state.PLACED, state.RECEIVED, state.LOST))
    return opening_transits(run) + by_buyer(run, placed - received - lost)


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
