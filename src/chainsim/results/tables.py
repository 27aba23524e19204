"""The tables of lanes, firms' operations and days of one replication.

In: a Run and its deliveries.  Out: pandas frames with names, units in the column names, fixed column and row order.
Measures count from the warm-up's end to the horizon; days are all there, for a warm-up is found by looking at it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import UNLIMITED, Network
from chainsim.records import Columns
from chainsim.results.capacity import busy_ticks, server_ticks
from chainsim.results.dates import days, whole_days
from chainsim.results.frames import Run, number_of_order, quanta_per_unit, simulated_firms
from chainsim.results.steps import sums
from chainsim.results.stock_points import served_at_once

FEN: Final = 100
DECIMALS: Final = 6  # beyond which sums of units are rounding errors


def firm_attributes(network: Network) -> pd.DataFrame:
    """Names and places of firms, in the order of the network (by name)."""
    columns = ("name", "kind", "ring", "tier", "category", "group", "district", "sector", "generated")
    rows = [tuple(getattr(firm, column) for column in columns) for firm in network.firms]
    return pd.DataFrame(rows, columns=["firm", *columns[1:]])


def lane_table(run: Run, deliveries: pd.DataFrame) -> pd.DataFrame:
    """By lane: orders, units delivered and lost, money, mean days from order to receipt and from dispatch to it.

    Opening shipments do not count for the times.
    """
    network, lanes = run.network, run.lanes
    count = len(network.lanes)
    lane, quantity = deliveries["lane"].to_numpy(), deliveries["quantity"].to_numpy()
    timed = deliveries["placed"].to_numpy() >= 0
    took = (deliveries["tick"].to_numpy() - deliveries["placed"].to_numpy()) * quantity
    weight = sums(lane[timed], quantity[timed], count)
    transit, arrived = transit_times(run)
    placed, lost = run.counted(state.PLACED), run.counted(state.LOST)
    return pd.DataFrame(
        {
            "buyer": [network.firms[firm].name for firm in lanes.buyer],
            "supplier": [network.firms[firm].name for firm in lanes.seller],
            "part": [network.parts[part].name for part in lanes.part],
            "orders": np.bincount(placed.entity, minlength=count),
            "units": sums(lane, quantity, count) / lanes.per_unit,
            "lost_units": sums(lost.entity, lost.quantity, count) / lanes.per_unit,
            "revenue_cny": sums(lane, deliveries["amount"].to_numpy(), count) / FEN,
            "freight_cny": sums(lane, deliveries["freight"].to_numpy(), count) / FEN,
            "order_to_receipt_days": _mean(days(network, sums(lane[timed], took[timed], count)), weight),
            "mean_transit_days": _mean(days(network, transit), arrived),
        }
    )


def _mean(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Means, 0 where there is nothing to average."""
    result: np.ndarray = np.divide(total, weight, out=np.zeros(len(total)), where=weight > 0)
    return result


def transit_times(run: Run) -> tuple[Columns, Columns]:
    """By lane: quanta received x ticks under way, and quanta received, int64[lanes] each.

    The k-th receipt of an order is its k-th dispatch; opening shipments do not count.
    """
    count = len(run.network.lanes)
    shipped, received = run.of_kind(state.SHIPPED), run.counted(state.RECEIVED)
    before = len(run.of_kind(state.RECEIVED)) - len(received)
    number = number_of_order(run.of_kind(state.RECEIVED).order)[before:]
    by_order = np.argsort(shipped.order, kind="stable")
    first = np.searchsorted(shipped.order[by_order], received.order)
    timed = run.placed[received.order] >= 0
    sent = shipped.tick[by_order][(first + number)[timed]]
    received = received.where(timed)
    under_way = (received.tick - sent) * received.quantity
    return sums(received.entity, under_way, count), sums(received.entity, received.quantity, count)


def operations(run: Run) -> pd.DataFrame:
    """By firm: orders received, share of their units that left at once (fill rate), utilisation of its lines."""
    network = run.network
    firms = len(network.firms)
    seller = run.lanes.seller
    firm_of = np.array([point.firm for point in network.stocks], dtype=np.int64)
    orders = np.bincount(seller[run.counted(state.PLACED).entity], minlength=firms)
    asked, at_once = (sums(firm_of, by_stock, firms) for by_stock in served_at_once(run))
    line_firm = np.array([network.stocks[line.stock].firm for line in network.lines], dtype=np.int64)
    limited = np.array([line.servers < UNLIMITED for line in network.lines], dtype=bool)
    busy = sums(line_firm[limited], busy_ticks(run)[limited], firms)
    servers = sums(line_firm[limited], server_ticks(run)[limited], firms)
    return pd.DataFrame(
        {
            "orders": orders,
            "fill_rate": np.divide(at_once, asked, out=np.ones(firms), where=asked > 0),
            "utilisation": np.divide(busy, servers, out=np.zeros(firms), where=servers > 0),
        }
    )


def daily_table(run: Run, deliveries: pd.DataFrame) -> pd.DataFrame:
    """By day: units demanded, delivered, lost, and waited for at its end by the markets; revenue by ring, disjoint."""
    network = run.network
    count = int(whole_days(network, np.array([run.horizon - 1]))[0]) + 1
    day = whole_days(network, deliveries["tick"].to_numpy())
    seller = deliveries["seller"].to_numpy()
    amount = deliveries["amount"].to_numpy()
    kinds = np.array([firm.kind for firm in network.firms])
    sold = kinds[deliveries["buyer"].to_numpy()] == "market" if len(deliveries) else np.zeros(0, dtype=bool)
    demanded = run.of_kind(state.DEMANDED)
    per_unit = quanta_per_unit(network)
    start = datetime.combine(network.start, time())
    columns: dict[str, object] = {
        "date": [(start + timedelta(days=index)).date().isoformat() for index in range(count)],
        "demanded_units": np.bincount(
            whole_days(network, demanded.tick),
            demanded.quantity / per_unit[demanded.entity],
            minlength=count,
        ),
        "delivered_units": np.bincount(
            day[sold],
            (deliveries["quantity"].to_numpy() / per_unit[deliveries["seller_stock"].to_numpy()])[sold],
            minlength=count,
        ),
        **_shortage(run, count),
    }
    own = simulated_firms(network)
    rings = np.array([firm.ring for firm in network.firms])
    for ring in ("city", "province", "nation", "abroad"):
        here = (own & (rings == ring))[seller] if len(seller) else np.zeros(0, dtype=bool)
        columns[f"revenue_{ring}_cny"] = np.bincount(day[here], amount[here], minlength=count) / FEN
    return pd.DataFrame(columns)


def _shortage(run: Run, count: int) -> dict[str, np.ndarray]:
    """By day: units of final demand lost, and units ordered and neither arrived nor lost at its end."""
    network, lanes = run.network, run.lanes
    final = np.array([network.stocks[lane.buyer].role == "sold" for lane in network.lanes], dtype=bool)
    flows = {}
    for kind in (state.PLACED, state.RECEIVED, state.LOST):
        rows = run.of_kind(kind)
        rows = rows.where(final[rows.entity])
        units = rows.quantity / lanes.per_unit[rows.entity]
        flows[kind] = np.bincount(whole_days(network, rows.tick), units, minlength=count)
    opening = sum(row.quantity / lanes.per_unit[row.lane] for row in network.transits if final[row.lane])
    waiting = opening + np.cumsum(flows[state.PLACED] - flows[state.RECEIVED] - flows[state.LOST])
    return {"lost_units": flows[state.LOST], "waiting_units": np.round(waiting, DECIMALS)}
