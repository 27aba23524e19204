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


class Levels:
    """Levels from `begin` on.  clock: ticks as an entity counts them (entity, ticks), for the integral; else
    every tick counts.

    level: now, int64[n].  integral: level x time.  positive: the same of levels above 0.  above: ticks with a level
    above 0.  peak: the highest level above 0 that lasted.  lowest: the lowest that ever was, within a tick too.
    """

    def __init__(self, opening: Columns, begin: int, clock: Clock | None = None) -> None:
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
        last = np.append(first[1:], len(entity)) - 1
        owner = entity[first]
        level = np.cumsum(rise)
        level += np.repeat(self.level[owner] - (level[first] - rise[first]), last - first + 1)
        self._lasted(owner, self.level[owner], self._since[owner], tick[first])
        self.level[owner], self._since[owner] = level[last], tick[last]
        until = np.append(tick[1:], tick[-1])
        until[last] = tick[last]
        self._last_all(first, owner, level, tick, until)

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

    def _last_all(self, first: Columns, owner: Columns, level: Columns, since: Columns, until: Columns) -> None:
        """Add levels of one stretch, those of owner[k] from row first[k] on."""
        if since.min() < self._begin:
            since, until = np.maximum(since, self._begin), np.maximum(until, self._begin)
        ticks = until - since
        clocked = ticks
        if self._clock is not None:
            entity = np.repeat(owner, np.diff(np.append(first, len(level))))
            clocked = self._clock(entity, until) - self._clock(entity, since)
        lowest = np.minimum.reduceat(level, first)
        worth = level * clocked
        integral = np.add.reduceat(worth, first)
        self.lowest[owner] = np.minimum(self.lowest[owner], lowest)
        self.integral[owner] += integral
        positive = level > 0
        self.positive[owner] += integral if lowest.min() >= 0 else np.add.reduceat(worth * positive, first)
        self.above[owner] += np.add.reduceat(ticks * positive, first)
        held = np.maximum.reduceat(level * (ticks > 0), first)
        self.peak[owner] = np.maximum(self.peak[owner], held)

    def _lasted(self, entity: Columns, level: Columns, since: Columns, until: Columns) -> None:
        """Add one level of each entity."""
        since, until = np.maximum(since, self._begin), np.maximum(until, self._begin)
        ticks = until - since
        worth = level * (ticks if self._clock is None else self._clock(entity, until) - self._clock(entity, since))
        positive = level > 0
        self.integral[entity] += worth
        self.positive[entity] += worth * positive
        self.above[entity] += ticks * positive
        self.peak[entity] = np.maximum(self.peak[entity], level * (ticks > 0))
