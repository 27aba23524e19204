"""Levels over time, carried from block to block: integrals, time above nothing, peaks, extrema.

In: dated rises of many entities, in stretches of whole ticks.  Out: int64 by entity, in quanta, ticks and their
products; sums that pass 2^63 on the way come out right as long as the result fits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.kernels.meaning import LevelSums
from chainsim.records import Columns

Clock = Callable[[Columns, Columns], Columns]


class Levels:
    """Levels from `begin` on.  clock: ticks as an entity counts them (entity, ticks), for the integral; else
    every tick counts.

    opening: int64[n].  sums: what they came to.
    """

    def __init__(self, opening: Columns, begin: int, clock: Clock | None = None, kernels: Kernels = arrays) -> None:
        self.opening = opening
        self._begin, self._clock, self._kernels = begin, clock, kernels
        count = len(opening)
        since = np.full(count, begin, dtype=np.int64)
        since_clock = self._told(np.arange(count), since).copy()
        integral, positive, above, peak = np.zeros((4, count), dtype=np.int64)
        self.sums = LevelSums(opening.copy(), since, since_clock, integral, positive, above, peak, opening.copy())

    def take(self, entity: Columns, tick: Columns, rise: Columns) -> None:
        """Rises of one stretch, each entity's in the order in which they happened."""
        tick = np.maximum(tick, self._begin)
        self._kernels.raise_levels(entity, tick, self._told(entity, tick), rise, self.sums)

    def take_settings(self, entity: Columns, tick: Columns, level: Columns) -> None:
        """Levels that are set rather than raised."""
        order = np.argsort(entity, kind="stable")
        entity, tick, level = entity[order], tick[order], level[order]
        first = np.r_[True, entity[1:] != entity[:-1]] if len(entity) else np.zeros(0, dtype=bool)
        before = np.where(first, self.sums.level[entity], np.append(0, level)[: len(level)])
        self.take(entity, tick, level - before)

    def finish(self, end: int) -> None:
        """Let the last levels last to the end."""
        every = np.arange(len(self.opening))
        self.take(every, np.full_like(every, end), np.zeros_like(every))

    def _told(self, entity: Columns, tick: Columns) -> Columns:
        """Ticks by the clock of each entity."""
        return tick if self._clock is None else self._clock(entity, tick)
