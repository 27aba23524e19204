"""The tables of lanes, firms' operations and days of one replication.

In: a run's tally.  Out: pandas frames with names, units in the column names, fixed column and row order.
Measures count from the warm-up's end to the horizon; days are all there, for a warm-up is found by looking at it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import UNLIMITED, Network
from chainsim.results.capacity import busy_ticks, made_by, server_ticks, servers_of
from chainsim.results.columns import Table, as_kept, firm_of_stock, lane_columns
from chainsim.results.dates import days, whole_days
from chainsim.results.folding.days import RINGS
from chainsim.results.frames import Tallied, quanta_per_unit
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums
from chainsim.results.stock_points import opening_transits, served_at_once

FEN: Final = 100
DECIMALS: Final = 6  # beyond which sums of units are rounding errors


def firm_attributes(network: Network) -> pd.DataFrame:
    """Names and places of firms, in the order of the network (by name)."""
    columns = ("name", "kind", "ring", "tier", "category", "group", "district", "sector", "generated")
    rows = [tuple(getattr(firm, column) for column in columns) for firm in network.firms]
    return pd.DataFrame(rows, columns=["firm", *columns[1:]])


def lane_table(run: Tallied) -> Table:
    """By lane: orders, units delivered and lost, money, mean days from order to receipt and from dispatch to it.

    Opening shipments do not count for the times.
    """
    network, lanes, tally = run.network, run.lanes, run.tally
    first, trade = tally.segments.first, tally.trade
    return {
        **_lane_names(network),
        "orders": tally.rows[state.PLACED],
        "units": tally.counted(state.RECEIVED) / lanes.per_unit,
        "lost_units": tally.counted(state.LOST) / lanes.per_unit,
        "revenue_cny": tally.amount[first:].sum(axis=0) / FEN,
        "freight_cny": tally.freight[first:].sum(axis=0) / FEN,
        "order_to_receipt_days": _mean(days(network, trade["took"]), trade["timed"]),
        "mean_transit_days": _mean(days(network, trade["under_way"]), trade["arrived"]),
    }


@once_per_network
def _lane_names(network: Network) -> Table:
    """Columns buyer, supplier, part of lanes, as pandas keeps them."""
    lanes, firms = lane_columns(network), [firm.name for firm in network.firms]
    return as_kept(
        buyer=[firms[firm] for firm in lanes.buyer.tolist()],
        supplier=[firms[firm] for firm in lanes.seller.tolist()],
        part=[network.parts[part].name for part in lanes.part.tolist()],
    )


def _mean(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Means, 0 where there is nothing to average."""
    result: np.ndarray = np.divide(total, weight, out=np.zeros(len(total)), where=weight > 0)
    return result


def operations(run: Tallied) -> Table:
    """By firm: orders received, share of their units that left at once (fill rate), utilisation of its lines."""
    network = run.network
    firms = len(network.firms)
    firm_of = firm_of_stock(network)
    asked, at_once = (sums(firm_of, by_stock, firms) for by_stock in served_at_once(run))
    line_firm, limited = firm_of[made_by(run)], servers_of(network) < UNLIMITED
    busy = sums(line_firm[limited], busy_ticks(run)[limited], firms)
    servers = sums(line_firm[limited], server_ticks(run)[limited], firms)
    return {
        "orders": sums(run.lanes.seller, run.tally.rows[state.PLACED], firms),
        "fill_rate": np.divide(at_once, asked, out=np.ones(firms), where=asked > 0),
        "utilisation": np.divide(busy, servers, out=np.zeros(firms), where=servers > 0),
    }


@once_per_network
def _dates(network: Network) -> Any:
    """The days of the study as pandas keeps text, `2024-03-01`."""
    first = np.datetime64(network.start, "D")
    last = first + whole_days(network, np.array([network.horizon - 1]))[0]
    return pd.array(np.datetime_as_string(np.arange(first, last + 1)).tolist(), dtype="str")


def daily_table(run: Tallied) -> Table:
    """By day: units demanded, delivered, lost, and waited for at its end by the markets; revenue by ring, disjoint."""
    network, found = run.network, run.tally.days
    per_unit = quanta_per_unit(network)[found.stocks]
    units = {kind: (quanta / per_unit).sum(axis=1) for kind, quanta in found.quanta.items()}
    flows = found.quanta[state.PLACED] - found.quanta[state.RECEIVED] - found.quanta[state.LOST]
    waiting = (opening_transits(run)[found.stocks] + np.cumsum(flows, axis=0)) / per_unit
    columns: Table = {
        "date": _dates(network),
        "demanded_units": units[state.DEMANDED],
        "delivered_units": units[state.RECEIVED],
        "lost_units": units[state.LOST],
        "waiting_units": np.round(waiting.sum(axis=1), DECIMALS),
    }
    for at, ring in enumerate(RINGS):
        columns[f"revenue_{ring}_cny"] = found.revenue[:, at] / FEN
    return columns
