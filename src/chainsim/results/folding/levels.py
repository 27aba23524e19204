"""Levels over time, carried from block to block: integrals, time above nothing, peaks, extrema.

In: dated rises of many entities, in stretches of whole ticks.  Out: int64 by entity, in quanta, ticks and their
products; sums that pass 2^63 on the way come out right as long as the result fits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainsim.records import Columns
from chainsim.results.columns import small

Clock = Callable[[Columns, Columns], Columns]


def calendar_time(_: Columns, ticks: Columns) -> Columns:
    """Every tick counts."""
    return ticks


class Levels:
    """Levels from `begin` on.  clock: ticks as an entity counts them (entity, ticks), for the integral.

    level: now, int64[n].  integral: level x time.  positive: the same of levels above 0.  above: ticks with a level
    above 0.  peak: the highest level above 0 that lasted.  lowest: the lowest that ever was, within a tick too.
    """

    def __init__(self, opening: Columns, begin: int, clock: Clock = calendar_time) -> None:
        self.opening, self.level = opening, opening.copy()
        self._begin, self._clock = begin, clock
        self._since = np.zeros(len(opening), dtype=np.int64)
        self.integral, self.positive, self.above, self.peak = (np.zeros(len(opening), dtype=np.int64) for _ in range(4))
        self.lowest = opening.copy()

    def take(self, entity: Columns, tick: Columns, rise: Columns) -> None:
        """Rises of one stretch, each entity's in the order in which they happened."""
        if not len(entity):
            return
        order = np.argsort(small(entity, len(self.level)), kind="stable")
        entity, tick, rise = entity[order], tick[order], rise[order]
        first = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]])
        owner = entity[first]
        total = np.cumsum(rise)
        before = np.append(0, total)[first]
        level = total + np.repeat(self.level[owner] - before, np.diff(np.append(first, len(entity))))
        self.lowest[owner] = np.minimum(self.lowest[owner], np.minimum.reduceat(level, first))
        self._lasted(owner, self.level[owner], self._since[owner], tick[first])
        until = np.append(tick[1:], tick[-1])
        last = np.append(first[1:], len(entity)) - 1
        until[last] = tick[last]
        lasting = until > tick
        self._lasted(entity[lasting], level[lasting], tick[lasting], until[lasting])
        self.level[owner], self._since[owner] = level[last], tick[last]

    def take_settings(self, entity: Columns, tick: Columns, level: Columns) -> None:
        """Levels that are set rather than raised."""
        order = np.argsort(small(entity, len(self.level)), kind="stable")
        entity, tick, level = entity[order], tick[order], level[order]
        first = np.r_[True, entity[1:] != entity[:-1]] if len(entity) else np.zeros(0, dtype=bool)
        before = np.where(first, self.level[entity], np.append(0, level)[: len(level)])
        self.take(entity, tick, level - before)

    def finish(self, end: int) -> None:
        """Let the last levels last to the end."""
        every = np.arange(len(self.level))
        self._lasted(every, self.level, self._since, np.full(len(every), end, dtype=np.int64))

    def _lasted(self, entity: Columns, level: Columns, since: Columns, until: Columns) -> None:
        since, until = np.maximum(since, self._begin), np.maximum(until, self._begin)
        ticks = until - since
        worth = level * (self._clock(entity, until) - self._clock(entity, since))
        np.add.at(self.integral, entity, worth)
        positive = level > 0
        np.add.at(self.positive, entity[positive], worth[positive])
        np.add.at(self.above, entity[positive], ticks[positive])
        held = positive & (ticks > 0)
        np.maximum.at(self.peak, entity[held], level[held])
