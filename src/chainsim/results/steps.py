"""Quantities over time as steps: exact integrals, time above nothing, peaks.

In: opening levels and dated rises and falls of many entities.  Out: int64 by entity, in quanta, ticks and their
products.  Sums that pass 2^63 on the way come out right, as long as the result fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.records import Columns


def sums(entity: Columns, values: Columns, count: int) -> Columns:
    """Sum of the values of each entity, exactly, int64[count]."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, entity, values)
    return total


@dataclass(frozen=True, slots=True)
class Steps:
    """Levels after each row, sorted by entity and within it as they happened.

    entity, tick, level: int64[N].  opening: int64[n], the levels before the first row.
    """

    entity: Columns
    tick: Columns
    level: Columns
    opening: Columns

    @classmethod
    def of(cls, opening: Columns, entity: Columns, tick: Columns, rise: Columns) -> Steps:
        """From rises in the order of time."""
        small = entity.astype(np.uint16) if len(opening) < 2**16 else entity  # sorts several times faster
        order = np.argsort(small, kind="stable")
        entity, rise = entity[order], rise[order]
        total = np.cumsum(rise)
        first = np.searchsorted(entity, np.arange(len(opening)))
        before = np.where(first > 0, total[first - 1], 0) if len(total) else np.zeros(len(opening), dtype=np.int64)
        return cls(entity, tick[order], (opening - before)[entity] + total, opening)

    @property
    def closing(self) -> Columns:
        """The levels after the last row, int64[n]."""
        result = self.opening.copy()
        last = np.r_[self.entity[1:] != self.entity[:-1], True] if len(self.entity) else slice(0)
        result[self.entity[last]] = self.level[last]
        return result

    def within(self, begin: int, end: int) -> Spans:
        """The time in [begin, end) that each level lasted."""
        count = len(self.opening)
        tick = np.clip(self.tick, begin, end)
        first = np.searchsorted(self.entity, np.arange(count + 1))
        until = np.append(tick[1:], end)
        until[first[1:][first[1:] > 0] - 1] = end  # an entity's last row lasts to the end
        some = first[:-1] < first[1:]
        opened = np.full(count, end, dtype=np.int64)
        opened[some] = tick[first[:-1][some]]
        lasting = until > tick
        return Spans(
            np.concatenate([np.arange(count), self.entity[lasting]]),
            np.concatenate([self.opening, self.level[lasting]]),
            np.concatenate([opened - begin, (until - tick)[lasting]]),
            count,
        )


@dataclass(frozen=True, slots=True)
class Spans:
    """Levels and how long each lasted, int64[M]; `count` entities."""

    entity: Columns
    level: Columns
    ticks: Columns
    count: int

    @property
    def integral(self) -> Columns:
        """Level x time, int64[n]."""
        return sums(self.entity, self.level * self.ticks, self.count)

    @property
    def ticks_above_zero(self) -> Columns:
        """Time with a level above 0, int64[n]."""
        above = self.level > 0
        return sums(self.entity[above], self.ticks[above], self.count)

    @property
    def peak(self) -> Columns:
        """Highest level, above 0, that lasted, int64[n]."""
        result = np.zeros(self.count, dtype=np.int64)
        np.maximum.at(result, self.entity, np.where(self.ticks > 0, self.level, 0))
        return result
