"""Working time: a line that keeps a calendar counts only the ticks in which it works.

A calendar is a range of closures, in order and apart.  In and out: ticks.
"""

from __future__ import annotations

from chainsim.model.state import State


def closures_before(s: State, begin: int, end: int, tick: int) -> int:
    """The number of closures, counted from `begin`, that have begun at or before a tick."""
    low = begin
    high = end
    while low < high:
        middle = (low + high) // 2
        if s.closures[middle].begin <= tick:
            low = middle + 1
        else:
            high = middle
    return low - begin


def worked(s: State, begin: int, end: int, tick: int) -> int:
    """Working ticks in [0, tick)."""
    count = closures_before(s, begin, end, tick)
    if count == 0:
        return tick
    last = s.closures[begin + count - 1]
    return tick - last.before - min(tick, last.end) + last.begin


def reopening(s: State, begin: int, end: int, tick: int) -> int:
    """The tick itself where the calendar works on it, else the next one on which it does."""
    count = closures_before(s, begin, end, tick)
    if count == 0:
        return tick
    return max(tick, s.closures[begin + count - 1].end)


def after_work(s: State, begin: int, end: int, tick: int, work: int) -> int:
    """The first tick by which `work` working ticks have passed since `tick`."""
    target = worked(s, begin, end, tick) + work
    low = begin
    high = end
    while low < high:
        middle = (low + high) // 2
        closure = s.closures[middle]
        if closure.begin - closure.before < target:
            low = middle + 1
        else:
            high = middle
    if low == begin:
        return max(tick, target)
    last = s.closures[low - 1]
    return max(tick, target + last.before + last.end - last.begin)
