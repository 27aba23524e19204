"""Since when a line is bound by its capacity: the first month from which it was full in every month that followed.

In: a Run.  Out: by line, a month or nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import UNLIMITED
from chainsim.model.state import SET_LINE_SPEED
from chainsim.records import Columns
from chainsim.results.capacity import line_of_stock, on_the_clock
from chainsim.results.frames import Run
from chainsim.results.periods import periods

FULL: Final = 0.99


def utilisation_by_month(run: Run) -> np.ndarray:
    """Busy over offered server time by line and period of `periods`, float64[lines, periods]; 0 where nothing is."""
    edges, count = periods(run.network).edges, len(run.network.lines)
    busy = np.zeros((count, len(edges)), dtype=np.int64)
    if not count:
        return busy[:, 1:].astype(np.float64)
    clock = np.stack([on_the_clock(run, np.arange(count), np.full(count, edge)) for edge in edges.tolist()], axis=1)
    for kind, sign in ((state.STARTED, 1), (state.FINISHED, -1)):
        rows = run.of_kind(kind)
        line = line_of_stock(run)[rows.entity]
        begun = np.searchsorted(edges, rows.tick)  # the first edge at or behind it
        cell = line * (len(edges) + 1) + begun
        size = count * (len(edges) + 1)
        number, ticks = np.bincount(cell, minlength=size), np.zeros(size, dtype=np.int64)
        np.add.at(ticks, cell, on_the_clock(run, line, rows.tick))
        number, ticks = (np.cumsum(x.reshape(count, -1), axis=1)[:, :-1] for x in (number, ticks))
        busy += sign * (number * clock - ticks)
    offered = np.diff(_offered(run, edges, clock), axis=1)
    return np.divide(np.diff(busy, axis=1), offered, out=np.zeros(offered.shape), where=offered > 0)


def _offered(run: Run, edges: Columns, clock: Columns) -> Columns:
    """Server time on offer up to each edge, int64[lines, edges]; 0 while it is unlimited."""
    network = run.network
    servers = np.array([line.servers for line in network.lines], dtype=np.int64)
    total = np.where(servers < UNLIMITED, servers, 0)[:, None] * clock
    for change in network.changes:
        if change.kind == SET_LINE_SPEED:
            line, many = change.entity, change.values[0]
            rise = (many if many < UNLIMITED else 0) - (servers[line] if servers[line] < UNLIMITED else 0)
            at = on_the_clock(run, np.array([line]), np.array([change.tick]))[0]
            total[line] += rise * np.where(edges > change.tick, clock[line] - at, 0)
            servers[line] = many
    return total


def bound_since(run: Run) -> list[str]:
    """By line: `2024-05` where utilisation was 99 % or more in that month and in each after it, else nothing."""
    found = periods(run.network)
    full = utilisation_by_month(run)[:, found.counted :] >= FULL
    lasting = np.cumprod(full[:, ::-1], axis=1).sum(axis=1).tolist()
    return [found.months[len(found) - months] if months else "" for months in lasting]
