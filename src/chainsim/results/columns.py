"""Columns, of which tables are made: rows of one kind, what a network says of its lanes and stock points.

In: a Network, or a table.  Out: arrays.  This module must not know logs.

Within a trial a table is its columns by name.  It becomes a frame once, when it is complete, with policy and
replication: to make a frame or to read a column of one takes longer than to reckon a small table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.remember import once_per_network

Table: TypeAlias = dict[str, Any]
"""Columns by name, of one length: numpy arrays, lists, or text as pandas keeps it; what `pandas.DataFrame` takes."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the log, int64[n] each, in their order."""

    tick: Columns
    order: Columns
    entity: Columns
    quantity: Columns

    def __len__(self) -> int:
        return len(self.tick)

    def since(self, tick: int) -> Rows:
        """Those at or after a tick; copies nothing."""
        first = int(np.searchsorted(self.tick, tick))
        return Rows(self.tick[first:], self.order[first:], self.entity[first:], self.quantity[first:])

    def where(self, chosen: np.ndarray | slice) -> Rows:
        """Those that a mask, an index or a slice chooses."""
        return Rows(self.tick[chosen], self.order[chosen], self.entity[chosen], self.quantity[chosen])


@dataclass(frozen=True, slots=True)
class LaneColumns:
    """By lane, int64[lanes]: buyer and seller stock point, their firms, the part, quanta per unit."""

    buyer_stock: Columns
    seller_stock: Columns
    buyer: Columns
    seller: Columns
    part: Columns
    per_unit: Columns


@once_per_network
def lane_columns(network: Network) -> LaneColumns:
    """What the network says of its lanes."""
    stocks, parts = network.stocks, network.parts
    rows = [
        (lane.buyer, lane.supplier, stocks[lane.buyer].firm, stocks[lane.supplier].firm, stocks[lane.buyer].part)
        for lane in network.lanes
    ]
    buyer_stock, seller_stock, buyer, seller, part = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T
    per_unit = np.array([row.per_unit for row in parts], dtype=np.int64)[part]
    return LaneColumns(buyer_stock, seller_stock, buyer, seller, part, per_unit)


@once_per_network
def simulated_firms(network: Network) -> np.ndarray:
    """Which firms are simulated: all but markets and outside sources, bool[firms]."""
    return np.array([firm.kind not in ("market", "outside") for firm in network.firms], dtype=bool)


@once_per_network
def quanta_per_unit(network: Network) -> Columns:
    """By stock point, int64[P]."""
    return np.array([network.parts[point.part].per_unit for point in network.stocks], dtype=np.int64)


def columns_of(table: pd.DataFrame) -> Table:
    """The columns of a frame, as pandas keeps them."""
    return {str(name): column.values for name, column in table.items()}


def rows_where(table: Table, chosen: np.ndarray | slice) -> Table:
    """The rows that a mask, an index or a slice chooses."""
    return {name: column[chosen] for name, column in table.items()}


def from_rows(names: Sequence[str], rows: Sequence[tuple[Any, ...]], words: int) -> Table:
    """A table from its rows.  words: how many columns, the first ones, are text, which runs have in common."""
    if not rows:  # pandas takes nothing for objects
        return {name: np.array([], dtype=object) for name in names}
    numbers = map(np.array, zip(*(row[words:] for row in rows), strict=True))
    kept = _words(tuple(names[:words]), tuple(row[:words] for row in rows))
    return {**kept, **dict(zip(names[words:], numbers, strict=True))}


@lru_cache(maxsize=64)
def _words(names: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Table:
    return columns_of(pd.DataFrame(rows, columns=list(names)))


def as_kept(**words: Sequence[str]) -> Table:
    """Columns of text as pandas keeps them, for many tables: to make them takes longer than the rest of a small one."""
    return columns_of(pd.DataFrame(words))


@once_per_network
def firm_of_stock(network: Network) -> Columns:
    """The firm of each stock point, int64[P]."""
    return np.array([point.firm for point in network.stocks], dtype=np.int64)


def of_kind(network: Network, kind: str) -> np.ndarray:
    """Which firms are of this kind, bool[firms]."""
    found: np.ndarray = _kinds(network) == kind
    return found


@once_per_network
def _kinds(network: Network) -> np.ndarray:
    return np.array([firm.kind for firm in network.firms], dtype=str)


def with_role(network: Network, *roles: str) -> np.ndarray:
    """Which stock points have one of these roles, bool[P]."""
    found: np.ndarray = np.logical_or.reduce([_roles(network) == role for role in roles])
    return found


@once_per_network
def _roles(network: Network) -> np.ndarray:
    return np.array([point.role for point in network.stocks], dtype=str)


@once_per_network
def line_of_stock(network: Network) -> Columns:
    """The line that makes or uses each stock point, -1 if none, int64[P]."""
    return np.array([point.line for point in network.stocks], dtype=np.int64)
