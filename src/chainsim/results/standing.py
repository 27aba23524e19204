"""What a line did at each moment: stood still, was full, was at work, was idle; and how fast it could go.

In: a run's tally.  Out: spans by line, worked out when they are asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Change, Network
from chainsim.model.state import SET_LINE_SPEED, SET_LINE_TIME
from chainsim.records import Columns
from chainsim.results.frames import Rows, Tallied

STILL: Final = 0
FULL: Final = 1
WORKING: Final = 2
IDLE: Final = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What each line did in [edges[k], edges[k + 1]): one of the four."""

    edges: list[int]
    what: list[int]

    def within(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Spans (begin, end, what) of a stretch of time."""
        at = bisect_right(self.edges, begin) - 1
        while begin < end:
            until = self.edges[at + 1] if at + 1 < len(self.edges) else end
            yield begin, min(until, end), self.what[at]
            begin, at = until, at + 1


def line_changes(network: Network) -> dict[int, list[Change]]:
    """Dated changes of each line's speed and time, in their order; lines without any are left out."""
    found: dict[int, list[Change]] = {}
    for change in network.changes:
        if change.kind in (SET_LINE_SPEED, SET_LINE_TIME):
            found.setdefault(change.entity, []).append(change)
    return found


class Standings:
    """What the lines of a run did.  A line stands still without speed or servers, and when nothing is delivered."""

    def __init__(self, run: Tallied) -> None:
        self._run, self._dated = run, line_changes(run.network)
        self._settings = {kind: _by_entity(run.tally.kept[kind]) for kind in (state.LINE_LEVEL, state.STOCK_LEVEL)}

    def of(self, line: int) -> Standing:
        """What a line did while somebody was short of what it makes."""
        row = self._run.network.lines[line]
        speed, gate = (self._steps(kind, row.stock) for kind in (state.LINE_LEVEL, state.STOCK_LEVEL))
        changes = [change for change in self._dated.get(line, ()) if change.kind == SET_LINE_SPEED]
        servers = (
            np.array([0, *(change.tick for change in changes)], dtype=np.int64),
            np.array([row.servers, *(change.values[0] for change in changes)], dtype=np.int64),
        )
        ticks, levels = self._run.tally.evidence.busy.of(line)
        busy = np.append(0, ticks), np.append(0, levels)
        edges = np.unique(np.concatenate([speed[0], gate[0], servers[0], busy[0]]))
        speeds, gates, many, at_work = (_at(steps, edges) for steps in (speed, gate, servers, busy))
        what = np.where(at_work > 0, WORKING, IDLE)
        what[(at_work >= many) & (many < UNLIMITED)] = FULL
        what[(speeds == 0) | (gates == 0) | (many == 0)] = STILL
        other = np.r_[True, what[1:] != what[:-1]]
        return Standing(edges[other].tolist(), what[other].tolist())

    def pace(self, line: int, tick: int) -> Fraction | None:
        """Quanta per tick that a line makes at a tick with all its servers, None where they are unlimited."""
        network, row = self._run.network, self._run.network.lines[line]
        servers, variable, fixed, law, batch = row.servers, row.ticks_per_quantum, row.fixed, row.law, row.batch
        for change in self._dated.get(line, ()):
            if change.tick <= tick:
                if change.kind == SET_LINE_SPEED:
                    servers, variable = change.values[0], Fraction(change.values[1], change.values[2])
                elif change.kind == SET_LINE_TIME:
                    fixed, law, batch = change.values
        if servers >= UNLIMITED:
            return None
        drawn = network.draws[law].distribution.moments[0] / float(network.tick_seconds) if law >= 0 else 0
        time = fixed + Fraction(drawn) + variable * batch
        level = int(_at(self._steps(state.LINE_LEVEL, row.stock), np.array([tick]))[0])
        return Fraction(servers * batch * level, WHOLE_SHARE) / time if time else None

    def _steps(self, kind: int, entity: int) -> tuple[Columns, Columns]:
        """Ticks and levels of one entity's rows, from 0 on."""
        rows = self._settings[kind]
        own = rows.where(slice(*np.searchsorted(rows.entity, [entity, entity + 1])))
        return np.append(0, own.tick), np.append(WHOLE_SHARE, own.quantity)


def _by_entity(rows: Rows) -> Rows:
    return rows.where(np.argsort(rows.entity, kind="stable"))


def _at(steps: tuple[Columns, Columns], ticks: Columns) -> Columns:
    """The level in force at each tick, after all that happens on it."""
    result: Columns = steps[1][np.searchsorted(steps[0], ticks, side="right") - 1]
    return result
