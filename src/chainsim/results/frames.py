"""The log of one replication as named columns: deliveries, stock movements, production and starvation.

In: a Network and its Log.  Out: pandas frames of whole numbers (ticks, quanta, fen) that every table is made from.
This module must not know policies, folders or statistics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import UNLIMITED, Change, Network
from chainsim.model.state import SET_LINE_SPEED
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns, Log


@dataclass(frozen=True, slots=True)
class Run:
    """One replication: its network, its log, and the columns of both that tables are made from."""

    network: Network
    events: pd.DataFrame
    orders: pd.DataFrame
    horizon: int

    def of_kind(self, kind: int) -> pd.DataFrame:
        """The events of one kind, in the order of the log."""
        found: pd.DataFrame = self.events[self.events["kind"].to_numpy() == kind]
        return found


def frames(network: Network, log: Log) -> Run:
    """The log as frames; copies nothing."""
    events = pd.DataFrame(log.events, columns=list(EVENT_COLUMNS))
    orders = pd.DataFrame(log.orders, columns=list(ORDER_COLUMNS))
    return Run(network, events, orders, log.horizon)


def lane_columns(network: Network) -> pd.DataFrame:
    """By lane: buyer and seller stock point, buyer and seller firm, part, quanta per unit."""
    stocks = network.stocks
    rows = [
        (
            lane.buyer,
            lane.supplier,
            stocks[lane.buyer].firm,
            stocks[lane.supplier].firm,
            stocks[lane.buyer].part,
            network.parts[stocks[lane.buyer].part].per_unit,
        )
        for lane in network.lanes
    ]
    names = ["buyer_stock", "seller_stock", "buyer", "seller", "part", "per_unit"]
    return pd.DataFrame(np.array(rows, dtype=np.int64).reshape(len(rows), len(names)), columns=names)


def deliveries(run: Run) -> pd.DataFrame:
    """One row a delivery: tick, order, lane, buyer, seller, part, quantity, amount in fen, tick at which it is due.

    An order delivered in parts is invoiced in parts that sum to the whole to the fen: each part is the rise of
    floor(price x quantity delivered so far / quanta per unit).
    """
    received = run.of_kind(state.RECEIVED).rename(columns={"entity": "lane"}).drop(columns="kind")
    received = received.reset_index(drop=True)
    lanes = lane_columns(run.network)
    order = received["order"].to_numpy()
    for name in ("buyer", "seller", "part", "seller_stock"):
        received[name] = lanes[name].to_numpy()[received["lane"].to_numpy()]
    per_unit = lanes["per_unit"].to_numpy()[received["lane"].to_numpy()]
    price = run.orders["price"].to_numpy()[order]
    so_far = received.groupby("order", sort=False)["quantity"].cumsum().to_numpy()
    before = so_far - received["quantity"].to_numpy()
    received["amount"] = price * so_far // per_unit - price * before // per_unit
    received["due"] = received["tick"].to_numpy() + run.orders["terms"].to_numpy()[order]
    received["placed"] = run.orders["placed"].to_numpy()[order]
    return received


def movements(run: Run) -> pd.DataFrame:
    """One row a change of stock on hand: tick, stock point, quantity (negative when it leaves); outside excepted."""
    lanes = lane_columns(run.network)
    events = run.events
    kind = events["kind"].to_numpy()
    entity = events["entity"].to_numpy()
    stock = entity.copy()
    shipped, received = kind == state.SHIPPED, kind == state.RECEIVED
    stock[shipped] = lanes["seller_stock"].to_numpy()[entity[shipped]]
    stock[received] = lanes["buyer_stock"].to_numpy()[entity[received]]
    sign = np.zeros(len(events), dtype=np.int64)
    sign[received | (kind == state.FINISHED)] = 1
    sign[shipped | (kind == state.CONSUMED)] = -1
    outside = np.array([point.role == "outside" for point in run.network.stocks], dtype=bool)
    moved = sign != 0
    moved[moved] = ~outside[stock[moved]]
    return pd.DataFrame(
        {
            "tick": events["tick"].to_numpy()[moved],
            "stock": stock[moved],
            "quantity": (sign * events["quantity"].to_numpy())[moved],
        }
    )


def closing_stock(run: Run, moves: pd.DataFrame | None = None) -> Columns:
    """On hand at the horizon by stock point, int64[P], quanta."""
    moves = movements(run) if moves is None else moves
    closing = np.array([point.on_hand for point in run.network.stocks], dtype=np.int64)
    np.add.at(closing, moves["stock"].to_numpy(), moves["quantity"].to_numpy())
    return closing


def busy_ticks(run: Run) -> Columns:
    """Server time used between warm-up and horizon by line, int64[lines]; unfinished batches count until then."""
    line_of = np.array([point.line for point in run.network.stocks], dtype=np.int64)
    busy = np.zeros(len(run.network.lines), dtype=np.int64)
    running = np.zeros(len(run.network.lines), dtype=np.int64)
    for kind, sign in ((state.STARTED, -1), (state.FINISHED, 1)):
        rows = run.of_kind(kind)
        lines = line_of[rows["entity"].to_numpy()]
        np.add.at(busy, lines, sign * np.maximum(rows["tick"].to_numpy(), run.network.warm_up))
        np.add.at(running, lines, -sign)
    return busy + running * run.horizon


def server_ticks(run: Run) -> Columns:
    """Server time on offer between warm-up and horizon by line, int64[lines]; 0 while it is unlimited."""
    network = run.network
    begin = np.full(len(network.lines), network.warm_up, dtype=np.int64)
    servers = [line.servers for line in network.lines]
    offered = [0] * len(servers)
    for change in [*network.changes, *(Change(run.horizon, SET_LINE_SPEED, line) for line in range(len(servers)))]:
        if change.kind == SET_LINE_SPEED:
            line, until = change.entity, max(change.tick, network.warm_up)
            offered[line] += servers[line] * (until - int(begin[line])) if servers[line] < UNLIMITED else 0
            begin[line], servers[line] = until, change.values[0]
    return np.array(offered, dtype=np.int64)


def starved_ticks(run: Run) -> Columns:
    """Time after the warm-up during which a line waited for each stock point, int64[P].

    It waits from each shortage to the next arrival.
    """
    starved = run.of_kind(state.STARVED)
    buyer_stock = lane_columns(run.network)["buyer_stock"].to_numpy()
    received = run.of_kind(state.RECEIVED)
    width = run.horizon + 1
    arrivals = np.sort(buyer_stock[received["entity"].to_numpy()] * width + received["tick"].to_numpy())
    begin = starved["entity"].to_numpy() * width + starved["tick"].to_numpy()
    following = np.searchsorted(arrivals, begin, side="right")
    end = (starved["entity"].to_numpy() + 1) * width - 1
    known = following < len(arrivals)
    end[known] = np.minimum(end[known], arrivals[following[known]])
    total = np.zeros(len(run.network.stocks), dtype=np.int64)
    cut = np.maximum(begin, starved["entity"].to_numpy() * width + run.network.warm_up)
    np.add.at(total, starved["entity"].to_numpy(), np.maximum(end - cut, 0))
    return total
