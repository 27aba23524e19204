"""The physical tables of one replication: stock points, lanes and days.

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
from chainsim.results.frames import Run, busy_ticks, closing_stock, server_ticks, starved_ticks

FEN: Final = 100
DAY_SECONDS: Final = 86_400


def days(network: Network, ticks: np.ndarray) -> np.ndarray:
    """Ticks as days, float64."""
    result: np.ndarray = ticks * (float(network.tick_seconds) / DAY_SECONDS)
    return result


def whole_days(network: Network, ticks: np.ndarray) -> np.ndarray:
    """The day, counted from 0, on which each tick falls, int64; exact for every length of tick."""
    seconds = network.tick_seconds
    result: np.ndarray = ticks * seconds.numerator // (seconds.denominator * DAY_SECONDS)
    return result


def firm_attributes(network: Network) -> pd.DataFrame:
    """Names and places of firms, in the order of the network (by name)."""
    columns = ("name", "kind", "ring", "tier", "category", "group", "district", "sector", "generated")
    rows = [tuple(getattr(firm, column) for column in columns) for firm in network.firms]
    return pd.DataFrame(rows, columns=["firm", *columns[1:]])


def stock_table(run: Run, moves: pd.DataFrame) -> pd.DataFrame:
    """By stock point of the simulated firms: closing stock (units) and days for which a line waited for it."""
    network = run.network
    closing, starved = closing_stock(run, moves), days(network, starved_ticks(run))
    rows = [
        (
            network.firms[point.firm].name,
            network.parts[point.part].name,
            point.role,
            point.on_hand / network.parts[point.part].per_unit,
            closing[index] / network.parts[point.part].per_unit,
            starved[index],
        )
        for index, point in enumerate(network.stocks)
        if point.role in ("made", "bought")
    ]
    names = ["firm", "part", "role", "opening_units", "closing_units", "starved_days"]
    return pd.DataFrame(rows, columns=names)


def lane_table(run: Run, deliveries: pd.DataFrame) -> pd.DataFrame:
    """By lane: orders and units delivered, revenue, mean days from order to receipt (opening shipments excepted)."""
    network = run.network
    count = len(network.lanes)
    lane = deliveries["lane"].to_numpy()
    units, revenue = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(units, lane, deliveries["quantity"].to_numpy())
    np.add.at(revenue, lane, deliveries["amount"].to_numpy())
    timed = deliveries["placed"].to_numpy() >= 0
    waited, weight = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(
        waited,
        lane[timed],
        ((deliveries["tick"] - deliveries["placed"]) * deliveries["quantity"]).to_numpy()[timed],
    )
    np.add.at(weight, lane[timed], deliveries["quantity"].to_numpy()[timed])
    placed = run.of_kind(state.PLACED)
    placed = placed[placed["tick"].to_numpy() >= network.warm_up]
    orders = np.bincount(placed["entity"].to_numpy(), minlength=count)
    mean = np.divide(days(network, waited), weight, out=np.zeros(count), where=weight > 0)
    rows = []
    for index, line in enumerate(network.lanes):
        buyer, seller = network.stocks[line.buyer], network.stocks[line.supplier]
        part = network.parts[buyer.part]
        rows.append(
            (
                network.firms[buyer.firm].name,
                network.firms[seller.firm].name,
                part.name,
                int(orders[index]),
                units[index] / part.per_unit,
                revenue[index] / FEN,
                mean[index],
            )
        )
    names = ["buyer", "supplier", "part", "orders", "units", "revenue_cny", "order_to_receipt_days"]
    return pd.DataFrame(rows, columns=names)


def operations(run: Run) -> pd.DataFrame:
    """By firm: orders received, share of their units that left at once (fill rate), utilisation of its lines."""
    network = run.network
    firms = len(network.firms)
    seller = np.array([network.stocks[lane.supplier].firm for lane in network.lanes], dtype=np.int64)
    placed = run.of_kind(state.PLACED)
    placed = placed[placed["tick"].to_numpy() >= network.warm_up]
    orders = np.bincount(seller[placed["entity"].to_numpy()], minlength=firms) if len(placed) else np.zeros(firms, int)
    asked, at_once = np.zeros(firms, dtype=np.int64), np.zeros(firms, dtype=np.int64)
    np.add.at(asked, seller[placed["entity"].to_numpy()], placed["quantity"].to_numpy())
    shipped = run.of_kind(state.SHIPPED)
    shipped = shipped[shipped["tick"].to_numpy() >= network.warm_up]
    prompt = shipped["tick"].to_numpy() == run.orders["placed"].to_numpy()[shipped["order"].to_numpy()]
    np.add.at(at_once, seller[shipped["entity"].to_numpy()[prompt]], shipped["quantity"].to_numpy()[prompt])
    line_firm = np.array([network.stocks[line.stock].firm for line in network.lines], dtype=np.int64)
    on_offer, used = server_ticks(run), busy_ticks(run)
    limited = np.array([line.servers < UNLIMITED for line in network.lines], dtype=bool)
    busy, servers = np.zeros(firms), np.zeros(firms)
    np.add.at(busy, line_firm[limited], used[limited])
    np.add.at(servers, line_firm[limited], on_offer[limited])
    return pd.DataFrame(
        {
            "orders": orders,
            "fill_rate": np.divide(at_once, asked, out=np.ones(firms), where=asked > 0),
            "utilisation": np.divide(busy, servers, out=np.zeros(firms), where=servers > 0),
        }
    )


def daily_table(run: Run, deliveries: pd.DataFrame) -> pd.DataFrame:
    """By day: units demanded and delivered to the markets, and revenue by ring (disjoint rings, simulated firms)."""
    network = run.network
    count = int(whole_days(network, np.array([run.horizon - 1]))[0]) + 1
    day = whole_days(network, deliveries["tick"].to_numpy())
    seller = deliveries["seller"].to_numpy()
    amount = deliveries["amount"].to_numpy()
    kinds = np.array([firm.kind for firm in network.firms])
    sold = kinds[deliveries["buyer"].to_numpy()] == "market" if len(deliveries) else np.zeros(0, dtype=bool)
    demanded = run.of_kind(state.DEMANDED)
    per_unit = np.array([network.parts[point.part].per_unit for point in network.stocks], dtype=np.int64)
    start = datetime.combine(network.start, time())
    columns: dict[str, object] = {
        "date": [(start + timedelta(days=index)).date().isoformat() for index in range(count)],
        "demanded_units": np.bincount(
            whole_days(network, demanded["tick"].to_numpy()),
            demanded["quantity"].to_numpy() / per_unit[demanded["entity"].to_numpy()],
            minlength=count,
        ),
        "delivered_units": np.bincount(
            day[sold],
            (deliveries["quantity"].to_numpy() / per_unit[deliveries["seller_stock"].to_numpy()])[sold],
            minlength=count,
        ),
    }
    simulated = np.isin(kinds, ("chain_master", "supplier"))
    rings = np.array([firm.ring for firm in network.firms])
    for ring in ("city", "province", "nation", "abroad"):
        here = (simulated & (rings == ring))[seller] if len(seller) else np.zeros(0, dtype=bool)
        columns[f"revenue_{ring}_cny"] = np.bincount(day[here], amount[here], minlength=count) / FEN
    return pd.DataFrame(columns)
