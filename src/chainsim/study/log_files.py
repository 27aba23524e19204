"""The log of a trial on its way to a run folder: kept block by block, in memory or on disk.

In: blocks of a log.  Out: the tables `orders` and `events`.  On disk, memory holds one batch of each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns
from chainsim.results.long_tables import LongTable, LongWriter

LOG_TABLES: Final = ("orders", "events")


def labelled(table: pd.DataFrame, policy: str, replication: int) -> pd.DataFrame:
    """A table led by its policy and replication, counted from 0 here and from 1 in the table."""
    table.insert(0, "policy", policy)
    table.insert(1, "replication", replication + 1)
    return table


class LogFiles:
    """Writes the two tables of one trial into a folder, under names of their own."""

    def __init__(self, folder: Path, name: str, policy: str, replication: int) -> None:
        folder.mkdir(exist_ok=True)
        self._of = policy, replication
        self._writers = {table: LongWriter(folder / f".{name}-{table}") for table in LOG_TABLES}
        self._orders = 0
        self.take(np.empty((0, len(EVENT_COLUMNS)), np.int64), np.empty((0, len(ORDER_COLUMNS)), np.int64))

    def take(self, events: Columns, orders: Columns) -> None:
        """The next block; an engine's sink."""
        rows = order_rows(orders, self._orders)
        self._orders += len(orders)
        self._writers["orders"].add(labelled(rows, *self._of))
        self._writers["events"].add(labelled(event_rows(events), *self._of))

    def finish(self) -> dict[str, LongTable]:
        """The tables."""
        return {table: writer.finish() for table, writer in self._writers.items()}


class LogFrames:
    """Keeps the two tables in memory."""

    def __init__(self) -> None:
        self._events: list[Columns] = []
        self._orders: list[Columns] = []

    def take(self, events: Columns, orders: Columns) -> None:
        """The next block; an engine's sink."""
        self._events.append(events)
        self._orders.append(orders)

    def finish(self) -> dict[str, pd.DataFrame]:
        """The tables."""
        return {"orders": order_rows(np.concatenate(self._orders)), "events": event_rows(np.concatenate(self._events))}


def order_rows(orders: Columns, first: int = 0) -> pd.DataFrame:
    """Orders with their numbers, from `first` on."""
    table = pd.DataFrame(orders, columns=list(ORDER_COLUMNS))
    table.insert(0, "order", np.arange(first, first + len(orders)))
    return table


def event_rows(events: Columns) -> pd.DataFrame:
    """Rows of the log."""
    return pd.DataFrame(events, columns=list(EVENT_COLUMNS))
