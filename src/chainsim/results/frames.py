"""One replication that tables are made from: what it came to, and, where it was kept, its log as columns.

In: a Network and its Log, or its Tally.  Out: sums of whole numbers (ticks, quanta, fen) that every table is made from;
of a log also rows by kind, deliveries, movements of stock.  This module must not know policies, folders or statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns, Log
from chainsim.results.columns import LaneColumns, Rows, lane_columns, quanta_per_unit, simulated_firms
from chainsim.results.folding import Tally, fold
from chainsim.results.steps import Steps

__all__ = [
    "Folded",
    "LaneColumns",
    "Rows",
    "Run",
    "Tallied",
    "deliveries",
    "frames",
    "movements",
    "number_of_order",
    "quanta_per_unit",
    "received_so_far",
    "simulated_firms",
]

MOVES: Final = {
    state.RECEIVED: 1,
    state.FINISHED: 1,
    state.SHIPPED: -1,
    state.CONSUMED: -1,
    state.DESTROYED: -1,
}  # what a kind of row does to the stock on hand


class Tallied(Protocol):
    """A run of which tables can be made: its network, and what it came to.  Its log may be gone."""

    @property
    def network(self) -> Network:
        """What ran."""

    @property
    def tally(self) -> Tally:
        """What it came to."""

    @property
    def lanes(self) -> LaneColumns:
        """What the network says of its lanes."""

    @property
    def horizon(self) -> int:
        """Ticks; nothing happens at or after it."""


@dataclass(frozen=True)
class Folded:
    """One replication whose log was folded as it was written."""

    network: Network
    tally: Tally

    @property
    def horizon(self) -> int:
        """Ticks; nothing happens at or after it."""
        return self.network.horizon

    @cached_property
    def lanes(self) -> LaneColumns:
        """What the network says of its lanes."""
        return lane_columns(self.network)


@dataclass(frozen=True)
class Run:
    """One replication: its network, its log, and the columns of both that tables are made from."""

    network: Network
    log: Log

    @property
    def horizon(self) -> int:
        """Ticks; nothing happens at or after it."""
        return self.log.horizon

    @property
    def events(self) -> pd.DataFrame:
        """The log as it stands; copies nothing."""
        return pd.DataFrame(self.log.events, columns=list(EVENT_COLUMNS))

    @cached_property
    def orders(self) -> pd.DataFrame:
        """One row an order; copies nothing."""
        return pd.DataFrame(self.log.orders, columns=list(ORDER_COLUMNS))

    @cached_property
    def placed(self) -> Columns:
        """Tick at which each order was placed, int64[orders]; -1 where it was under way at the start."""
        return np.ascontiguousarray(self.log.orders[:, ORDER_COLUMNS.index("placed")])

    @cached_property
    def _kinds(self) -> Columns:
        return self.log.events[:, 1].astype(np.uint8)

    @cached_property
    def _columns(self) -> Columns:
        """The log column by column, int64[5, N]."""
        return np.ascontiguousarray(self.log.events.T)

    @cached_property
    def _by_kind(self) -> dict[int, Rows]:
        order = np.argsort(self._kinds, kind="stable")
        counts = np.bincount(self._kinds, minlength=state.LOG_KINDS)
        sorted_columns = [self._columns[column][order] for column in (0, 2, 3, 4)]
        ends = np.cumsum(counts).tolist()
        return {
            kind: Rows(*(column[end - count : end] for column in sorted_columns))
            for kind, (end, count) in enumerate(zip(ends, counts.tolist(), strict=True))
        }

    def of_kind(self, kind: int) -> Rows:
        """The rows of one kind."""
        return self._by_kind[kind]

    def counted(self, kind: int) -> Rows:
        """The rows of one kind from the end of the warm-up on."""
        return self._by_kind[kind].since(self.network.warm_up)

    @cached_property
    def lanes(self) -> LaneColumns:
        """What the network says of its lanes."""
        return lane_columns(self.network)

    @cached_property
    def tally(self) -> Tally:
        """What the log comes to."""
        return fold(self.network, self.log)

    @cached_property
    def on_hand(self) -> Steps:
        """Stock on hand of every stock point over time, quanta; outside sources stay at 0."""
        opening = np.array([point.on_hand for point in self.network.stocks], dtype=np.int64)
        moves = movements(self)
        return Steps.of(opening, moves.entity, moves.tick, moves.quantity)


def frames(network: Network, log: Log) -> Run:
    """The log as columns."""
    return Run(network, log)


def deliveries(run: Run) -> pd.DataFrame:
    """One row a delivery: tick, order, lane, buyer, seller, part, quantity, amount and freight in fen, tick when due.

    An order delivered in parts is invoiced in parts that sum to the whole to the fen: each part is the rise of
    floor(price x quantity delivered so far / quanta per unit); freight likewise.
    """
    received, lanes, orders = run.of_kind(state.RECEIVED), run.lanes, run.log.orders.T
    order, lane, quantity = received.order, received.entity, received.quantity
    so_far = received_so_far(received)
    before = so_far - quantity
    per_unit = lanes.per_unit[lane]
    price, terms, freight = (orders[ORDER_COLUMNS.index(name)][order] for name in ("price", "terms", "freight"))
    return pd.DataFrame(
        {
            "tick": received.tick,
            "order": order,
            "lane": lane,
            "quantity": quantity,
            "buyer": lanes.buyer[lane],
            "seller": lanes.seller[lane],
            "part": lanes.part[lane],
            "seller_stock": lanes.seller_stock[lane],
            "amount": price * so_far // per_unit - price * before // per_unit,
            "freight": freight * so_far // per_unit - freight * before // per_unit,
            "due": received.tick + terms,
            "placed": run.placed[order],
        }
    )


def received_so_far(rows: Rows) -> Columns:
    """Running sum of the quantities of each order, the row itself included, int64[n]."""
    if len(rows) == 0:
        return rows.quantity
    sorted_by_order = np.argsort(rows.order, kind="stable")
    order, quantity = rows.order[sorted_by_order], rows.quantity[sorted_by_order]
    total = np.cumsum(quantity)
    first = np.r_[True, order[1:] != order[:-1]]
    before = np.where(first, total - quantity, 0)
    sums = total - np.maximum.accumulate(before)
    result = np.empty_like(sums)
    result[sorted_by_order] = sums
    return result


def number_of_order(order: Columns) -> Columns:
    """How manieth row of its order each row is, from 0, int64[n]."""
    by_order = np.argsort(order, kind="stable")
    at = np.arange(len(order))
    first = np.searchsorted(order[by_order], order[by_order])
    result = np.empty(len(order), dtype=np.int64)
    result[by_order] = at - first
    return result


def movements(run: Run) -> Rows:
    """One row a change of stock on hand: tick, stock point, quantity (negative when it leaves); outside excepted."""
    signs = np.zeros(state.LOG_KINDS, dtype=np.int8)
    signs[list(MOVES)] = list(MOVES.values())
    kinds = run._kinds
    moved = np.flatnonzero(signs[kinds])
    kind = kinds[moved]
    tick, _, order, entity, quantity = (column[moved] for column in run._columns)
    lanes = run.lanes
    for of, stock in ((state.SHIPPED, lanes.seller_stock), (state.RECEIVED, lanes.buyer_stock)):
        chosen = kind == of
        entity[chosen] = stock[entity[chosen]]
    rows = Rows(tick, order, entity, quantity * signs[kind])
    outside = np.array([point.role == "outside" for point in run.network.stocks], dtype=bool)
    return rows.where(~outside[entity]) if outside.any() else rows
