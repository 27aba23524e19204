"""When lines waited, and for which component: shortages, and the spells that a line stood waiting.

In: a Run.  Out: int64 columns in ticks, over the whole run.  This module must not know suppliers: why a component was
not there is the matter of `chainsim.economy.causes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.frames import Run


@dataclass(frozen=True, slots=True)
class Shortages:
    """A component's stock point lacked what its line's next batch needs, in [begin, end); by stock point, then time."""

    stock: Columns
    begin: Columns
    end: Columns


@dataclass(frozen=True, slots=True)
class Waits:
    """A line waited for one component in [begin, end): of those that it lacks at a moment, the one that is there last.

    spell: number of the unbroken wait that it belongs to.  By line, then time; the waits of a line never overlap.
    """

    line: Columns
    spell: Columns
    component: Columns
    begin: Columns
    end: Columns


def shortages(run: Run) -> Shortages:
    """From each shortage to the next arrival, or to the line's next start; those that follow on each other are one."""
    events, lanes = run.log.events, run.lanes
    lines = np.array([point.line for point in run.network.stocks], dtype=np.int64)
    rows = {kind: np.flatnonzero(events[:, 1] == kind) for kind in (state.STARVED, state.RECEIVED, state.STARTED)}
    starved = rows[state.STARVED]
    stock = events[starved, 3]
    ends = np.minimum(
        _next(starved, stock, rows[state.RECEIVED], lanes.buyer_stock[events[rows[state.RECEIVED], 3]], len(events)),
        _next(starved, lines[stock], rows[state.STARTED], lines[events[rows[state.STARTED], 3]], len(events)),
    )
    ticks = np.append(events[:, 0], run.horizon)
    begin, end = ticks[starved], ticks[ends]
    order = np.lexsort((starved, stock))
    order = order[end[order] > begin[order]]
    stock, begin, end = stock[order], begin[order], end[order]
    first = np.ones(len(stock), dtype=bool)
    first[1:] = (stock[1:] != stock[:-1]) | (begin[1:] > end[:-1])
    last = np.append(first[1:], True)[: len(first)]
    return Shortages(stock[first], begin[first], end[last])


def _next(at: Columns, of: Columns, rows: Columns, owner: Columns, count: int) -> Columns:
    """The first of an owner's rows behind each position, `count` if there is none."""
    width = count + 1
    keys = np.sort(owner * width + rows)
    found = np.searchsorted(keys, of * width + at)
    result = np.full(len(at), count, dtype=np.int64)
    inside = found < len(keys)
    key = keys[found[inside]]
    result[inside] = np.where(key // width == of[inside], key % width, count)
    return result


def waits(run: Run) -> Waits:
    """What each line waited for; their time is the time with any component lacking, each moment once."""
    found = shortages(run)
    lines = np.array([point.line for point in run.network.stocks], dtype=np.int64)[found.stock]
    rows: list[tuple[int, int, int, int, int]] = []
    spell = -1
    for line in np.unique(lines):
        own = lines == line
        lacks = list(zip(found.begin[own].tolist(), found.end[own].tolist(), found.stock[own].tolist(), strict=True))
        edges = sorted({edge for begin, end, _ in lacks for edge in (begin, end)})
        until = -1
        for begin, end in pairwise(edges):
            lacking = [(-stop, stock) for start, stop, stock in lacks if start <= begin < stop]
            if not lacking:
                continue
            component = min(lacking)[1]
            spell += begin != until
            until = end
            if rows and rows[-1][:3] == (line, spell, component):
                begin = rows.pop()[3]
            rows.append((int(line), spell, component, begin, end))
    return Waits(*np.array(rows, dtype=np.int64).reshape(len(rows), 5).T)
