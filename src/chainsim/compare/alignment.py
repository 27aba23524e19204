"""Two logs row against row: where each channel, one kind of event at one place, differs.

In: two Runs on the same luck.  Out: for every channel the rows that the other run does not have alike.  Orders are
numbered through the whole run, so one order more shifts all later numbers; rows are therefore compared by tick, place
and quantity, the n-th of a channel with the n-th.  This module must not know what the events mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from chainsim.compare.places import LANE_KINDS, PURSE_KINDS, Places
from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.frames import Run

NEVER = -1
ROWS = 1 << 32  # more rows than one tick can have


@dataclass(frozen=True)
class Alignment:
    """Everything in which two runs differ, channel by channel.

    A channel is kind x places.width + place.  Of each one, row n of either log stands beside row n of the other; pairs
    of another tick or quantity, and rows without a pair, are kept: in [start[c], start[c + 1]), in order.

    moments: int64[n], when a pair parts: tick x 2^32 + rows before it in that tick, in the log that comes first.
    before, after: int64[n], rows of the two logs, -1 where there is none.
    """

    places: Places
    runs: tuple[Run, Run]
    start: Columns
    moments: Columns
    before: Columns
    after: Columns
    by_channel: tuple[Grouped, Grouped]

    def channel(self, kind: int, entity: int) -> int:
        """The number of a channel."""
        return kind * self.places.width + entity

    @cached_property
    def firsts(self) -> Columns:
        """The first difference of every channel that differs, as indices, in the order of their moments, int64."""
        first = self.start[:-1][np.diff(self.start) > 0]
        result: Columns = first[np.argsort(self.moments[first], kind="stable")]
        return result

    def channel_at(self, index: int) -> int:
        """The channel in which a difference is."""
        return int(np.searchsorted(self.start, index, side="right")) - 1

    def tick(self, index: int) -> int:
        """When a difference shows."""
        return int(self.moments[index]) // ROWS

    def latest(self, channel: int, moment: int) -> int:
        """The last difference of a channel before a moment, -1 for none."""
        begin, end = int(self.start[channel]), int(self.start[channel + 1])
        found = begin + int(np.searchsorted(self.moments[begin:end], moment))
        return found - 1 if found > begin else NEVER

    def last_tick(self, run: int, channel: int, tick: int) -> int:
        """When a channel of run 0 or 1 last had an event before a tick, -1 for never."""
        grouped = self.by_channel[run]
        begin, end = int(grouped.start[channel]), int(grouped.start[channel + 1])
        found = begin + int(np.searchsorted(grouped.tick[begin:end], tick))
        return int(grouped.tick[found - 1]) if found > begin else NEVER

    def next_tick(self, run: int, channel: int, tick: int) -> int:
        """When a channel next had an event after a tick, in run 0 or 1; the horizon for never."""
        grouped = self.by_channel[run]
        begin, end = int(grouped.start[channel]), int(grouped.start[channel + 1])
        found = begin + int(np.searchsorted(grouped.tick[begin:end], tick, side="right"))
        return int(grouped.tick[found]) if found < end else self.runs[run].horizon

    def quantity(self, run: int, channel: int, tick: int) -> int:
        """Sum of the quantities of a channel's events before a tick, in run 0 or 1."""
        grouped = self.by_channel[run]
        begin, end = int(grouped.start[channel]), int(grouped.start[channel + 1])
        found = begin + int(np.searchsorted(grouped.tick[begin:end], tick))
        return int(self.runs[run].log.events[grouped.row[begin:found], 4].sum())

    def rows(self, index: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """Tick and quantity of a difference in either run."""
        found: list[tuple[int, int] | None] = []
        for run, rows in zip(self.runs, (self.before, self.after), strict=True):
            row = int(rows[index])
            found.append((int(run.log.events[row, 0]), int(run.log.events[row, 4])) if row >= 0 else None)
        return found[0], found[1]


class Grouped(NamedTuple):
    """A log by channel: rows, and their ticks, of channel c in [start[c], start[c + 1])."""

    start: Columns
    row: Columns
    tick: Columns


def align(before: Run, after: Run) -> Alignment:
    """Where two runs differ, channel by channel; ValueError when they do not cover the same time."""
    places = Places.of(before.network, after.network)
    one, other = (_grouped(run, places) for run in (before, after))
    sizes = np.diff(one.start), np.diff(other.start)
    longest = np.maximum(*sizes)
    channel = np.repeat(np.arange(len(longest)), longest)
    nth = np.arange(len(channel)) - np.repeat(np.cumsum(longest) - longest, longest)
    rows = [_nth(grouped, size, channel, nth) for grouped, size in zip((one, other), sizes, strict=True)]
    unlike = (rows[0] < 0) | (rows[1] < 0)
    both = ~unlike
    for column in (0, 4):
        values = (run.log.events[row[both], column] for run, row in zip((before, after), rows, strict=True))
        unlike[both] |= np.not_equal(*values)
    kept = [row[unlike] for row in rows]
    moments = np.minimum(*(_moments(run, row) for run, row in zip((before, after), kept, strict=True)))
    start = np.searchsorted(channel[unlike], np.arange(len(longest) + 1))
    return Alignment(places, (before, after), start, moments, kept[0], kept[1], (one, other))


def _grouped(run: Run, places: Places) -> Grouped:
    keys = _channels(run, places)
    order = np.argsort(keys, kind="stable")
    counts = np.bincount(keys, minlength=state.LOG_KINDS * places.width)
    return Grouped(np.concatenate([[0], np.cumsum(counts)]), order, run.log.events[order, 0])


def _nth(grouped: Grouped, size: Columns, channel: Columns, nth: Columns) -> Columns:
    """The row of each channel's n-th event, -1 where there are fewer."""
    result = np.full(len(channel), NEVER, dtype=np.int64)
    has = nth < size[channel]
    result[has] = grouped.row[grouped.start[channel[has]] + nth[has]]
    return result


def _channels(run: Run, places: Places) -> Columns:
    """The channel of each row of a log."""
    stock, lane, purse = places.maps(run.network)
    kind, entity = run.log.events[:, 1], run.log.events[:, 3]
    result = np.empty(len(kind), dtype=np.int64)
    of_lane, of_purse = np.isin(kind, LANE_KINDS), np.isin(kind, PURSE_KINDS)
    of_stock = ~(of_lane | of_purse)
    for chosen, numbers in ((of_stock, stock), (of_lane, lane), (of_purse, purse)):
        if chosen.any():
            result[chosen] = numbers[entity[chosen]]
    return result + kind * places.width


def _moments(run: Run, rows: Columns) -> Columns:
    """Tick and place in the tick of each row; the end of time where there is none."""
    result = np.full(len(rows), np.iinfo(np.int64).max, dtype=np.int64)
    has = rows >= 0
    ticks = run.log.events[:, 0]
    tick = ticks[rows[has]]
    result[has] = tick * ROWS + rows[has] - np.searchsorted(ticks, tick)
    return result
