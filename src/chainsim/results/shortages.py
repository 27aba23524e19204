"""The spells that lines stood waiting, and for which component.

In: a run's tally.  Out: int64 columns in ticks, over the whole run.  This module must not know suppliers: why a
component was not there is the matter of `chainsim.economy.causes`.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from chainsim.records import Columns
from chainsim.results.columns import line_of_stock
from chainsim.results.frames import Tallied


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


def waits(run: Tallied) -> Waits:
    """What each line waited for; their time is the time with any component lacking, each moment once."""
    found = run.tally.evidence
    lines = line_of_stock(run.network)[found.stock]
    order = np.argsort(lines, kind="stable")
    cuts = np.flatnonzero(np.r_[True, np.diff(lines[order]) != 0, True]) if len(order) else np.zeros(0, dtype=np.int64)
    rows: list[tuple[int, int, int, int, int]] = []
    spell = -1
    for first, last in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        own = order[first:last]
        line, until = int(lines[own[0]]), -1
        for component, begin, end in _last_there(found.begin[own], found.end[own], found.stock[own]):
            spell += begin != until
            until = end
            rows.append((line, spell, component, begin, end))
    return Waits(*np.array(rows, dtype=np.int64).reshape(len(rows), 5).T)


def _last_there(begin: Columns, end: Columns, stock: Columns) -> list[tuple[int, int, int]]:
    """Component, from, until: at each moment, of all that is lacking, what is there last; of equals, the first."""
    order = np.lexsort((stock, begin))
    waiting = list(zip(begin[order].tolist(), end[order].tolist(), stock[order].tolist(), strict=True))
    found: list[tuple[int, int, int]] = []
    lacking: list[tuple[int, int]] = []  # latest end first, then least stock point
    now, at = 0, 0
    while at < len(waiting) or lacking:
        if not lacking:
            now = waiting[at][0]
        while at < len(waiting) and waiting[at][0] <= now:
            heapq.heappush(lacking, (-waiting[at][1], waiting[at][2]))
            at += 1
        until, component = -lacking[0][0], lacking[0][1]
        later = at
        while (
            later < len(waiting) and waiting[later][0] < until and (-waiting[later][1], waiting[later][2]) > lacking[0]
        ):
            heapq.heappush(lacking, (-waiting[later][1], waiting[later][2]))
            later += 1
        at = later
        stop = waiting[at][0] if at < len(waiting) and waiting[at][0] < until else until
        if found and found[-1][0] == component and found[-1][2] == now:
            now = found.pop()[1]
        found.append((component, now, stop))
        now = stop
        while lacking and -lacking[0][0] <= now:
            heapq.heappop(lacking)
    return found
