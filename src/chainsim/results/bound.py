"""Since when a line is bound by its capacity: the first month from which it was full in every month that followed.

In: a run's tally.  Out: by line, a month or nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model.network import UNLIMITED
from chainsim.records import Columns
from chainsim.results.capacity import busy_until, clock_at, servers_of
from chainsim.results.frames import Tallied
from chainsim.results.periods import periods
from chainsim.results.working import on_the_clock

FULL: Final = 0.99


def utilisation_by_month(run: Tallied) -> np.ndarray:
    """Busy over offered server time by line and period of `periods`, float64[lines, periods]; 0 where nothing is."""
    found, count = run.tally.segments, len(run.network.lines)
    edges = found.periods.edges
    if not count:
        return np.zeros((0, len(edges) - 1))
    clock = np.stack([clock_at(run, edge) for edge in edges.tolist()], axis=1)
    begins = np.append(np.searchsorted(found.period, np.arange(len(edges) - 1)), len(found)).tolist()
    busy = np.stack([busy_until(run, segment) for segment in begins], axis=1)
    offered = np.diff(_offered(run, edges, clock), axis=1)
    return np.divide(np.diff(busy, axis=1), offered, out=np.zeros(offered.shape), where=offered > 0)


def _offered(run: Tallied, edges: Columns, clock: Columns) -> Columns:
    """Server time on offer up to each edge, int64[lines, edges]; 0 while it is unlimited."""
    network = run.network
    servers = servers_of(network).copy()
    total = np.where(servers < UNLIMITED, servers, 0)[:, None] * clock
    for change in run.tally.making.speeds:
        line, many = change.entity, change.values[0]
        rise = (many if many < UNLIMITED else 0) - (servers[line] if servers[line] < UNLIMITED else 0)
        at = on_the_clock(network, np.array([line]), np.array([change.tick]))[0]
        total[line] += rise * np.where(edges > change.tick, clock[line] - at, 0)
        servers[line] = many
    return total


def bound_since(run: Tallied) -> list[str]:
    """By line: `2024-05` where utilisation was 99 % or more in that month and in each after it, else nothing."""
    found = periods(run.network)
    full = utilisation_by_month(run)[:, found.counted :] >= FULL
    lasting = np.cumprod(full[:, ::-1], axis=1).sum(axis=1).tolist()
    return [found.months[len(found) - months] if months else "" for months in lasting]
