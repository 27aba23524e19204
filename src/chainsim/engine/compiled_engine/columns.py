"""A network's opening state in columns, made once and copied for each replication.

In: a Network.  Out: a State of structured arrays, with room to grow, and what every replication has on its calendar.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

import numpy as np

from chainsim.engine.base import ROOM, open_state, scheduled
from chainsim.engine.compiled_engine.layout import LINE_WORDS, OUTBOX_WIDTH, WORD, Rows, dtype_of
from chainsim.model import rules
from chainsim.model.network import Network
from chainsim.model.state import GROWING, TABLES, State
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns

LINE: Final = WORD * LINE_WORDS  # bytes
LOG_ROWS: Final = 1 << 15  # rows after which the log is taken away; few enough to stay in the processor's cache


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """The state before the first event and the events that are the same in every replication."""

    network: Network
    tables: dict[str, np.ndarray]
    outbox: Columns
    placed: Columns
    events: Columns
    changes: Columns

    @property
    def size(self) -> int:
        """Bytes of the tables."""
        return sum(table.nbytes for table in self.tables.values())

    def state(self) -> State:
        """A fresh copy to run on."""
        spare = most_rows(self.tables)
        fields: dict[str, Any] = {name: _room(len(table), table) for name, table in self.tables.items()}
        fields["log"] = rows(LOG_ROWS + spare, len(EVENT_COLUMNS))
        fields["placed"] = rows(LOG_ROWS + spare, len(ORDER_COLUMNS), self.placed)
        fields["outbox"] = rows(len(self.outbox) + spare, OUTBOX_WIDTH, self.outbox)
        return State(**fields)


def opened(network: Network) -> Opened:
    """The opening of a network."""
    state = open_state(network)
    tables = {name: columns(getattr(state, name), table) for name, table in TABLES.items()}
    changes = [(row.kind, row.entity, *row.values) for row in network.changes]
    return Opened(
        network,
        tables,
        _array(state.outbox, OUTBOX_WIDTH),
        _array(state.placed, len(ORDER_COLUMNS)),
        scheduled(network, state),
        _array(changes, 5),
    )


def columns(records: Sequence[Any], table: type[Any]) -> np.ndarray:
    """Records as a structured array of the same fields; never without a row, so that a first row can be looked at."""
    names = [field.name for field in dataclasses.fields(table)]
    values = [*map(attrgetter(*names), records or [table()])]
    if len(names) == 1:
        values = [(value,) for value in values]
    return np.array(values, dtype=dtype_of(table))


def _room(size: int, filled: np.ndarray) -> np.ndarray:
    """A table of so many rows, the first of them filled, that begins with a line of the processor's cache."""
    wide = filled.dtype.itemsize
    memory = np.empty(size * wide + LINE, dtype=np.uint8)
    begin = -memory.ctypes.data % LINE
    table = memory[begin : begin + size * wide].view(filled.dtype)
    table[: len(filled)] = filled
    return table


def rows(capacity: int, width: int, filled: Columns | None = None) -> Rows:
    """Rows with so much room, the first of them filled."""
    table = np.empty((capacity, width), dtype=np.int64)
    used = 0 if filled is None else len(filled)
    if filled is not None:
        table[:used] = filled
    return Rows(table, np.array([used], dtype=np.int64))


def most_rows(tables: dict[str, np.ndarray]) -> int:
    """More rows than one event adds to the log, the orders or the outbox.

    A rule adds at most a few rows for each order, claim, batch, stock point, lane, line and hit there is, and a few
    with each component for each batch that it starts.
    """
    sizes = sum(len(tables[name]) for name in TABLES)
    needs = tables["lines"]["needs_end"] - tables["lines"]["needs_begin"]
    return 4 * sizes + rules.MOST_STARTS * (int(needs.max(initial=0)) + 4)


def with_room(state: State, network: Network) -> State:
    """The state with spare rows in every growing table, and a log that is long enough for them."""
    counts = state.counts[0]
    spare = ROOM + len(network.lanes) + rules.MOST_STARTS + 1
    grown: dict[str, Any] = {}
    for name, used in GROWING.items():
        table: Any = getattr(state, name)
        if len(table) < int(counts[used]) + spare:  # type: ignore[index]
            grown[name] = longer = _room(2 * len(table) + spare, table)
            longer[len(table) :] = columns([], TABLES[name])
    counts["used"] = 0  # type: ignore[index]
    state = state._replace(**grown)
    spare = most_rows({name: np.asarray(getattr(state, name)) for name in TABLES})
    lists: dict[str, Any] = {}
    for name in ("log", "placed", "outbox"):
        old: Any = getattr(state, name)
        if len(old.rows) < LOG_ROWS + spare:
            lists[name] = rows(LOG_ROWS + 2 * spare, old.rows.shape[1], old.rows[: int(old.used[0])])
    return state._replace(**lists)


def _array(values: Sequence[tuple[int, ...]], width: int) -> Columns:
    return np.array(values, dtype=np.int64).reshape(len(values), width)
