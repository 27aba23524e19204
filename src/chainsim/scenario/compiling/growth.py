"""How capacity grows: windows that expand or shrink a line, and the steps of a ramp-up.

In: what the scenario says of each line.  Out: rows of the network's growths; the days on which a ramp-up takes a step,
and the share of the stated capacity on a day.  This module must not know what a line makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil

from chainsim.model import network as net
from chainsim.model.curves import level_between
from chainsim.model.network import WHOLE_SHARE
from chainsim.scenario.language.growth import RampUp
from chainsim.scenario.network.blueprint import LineSpec, StockKey

DAY = 86_400
STEPS = {"daily": 1, "weekly": 7, "monthly": 30}  # days


def growths(
    specs: Mapping[StockKey, LineSpec], keys: Sequence[StockKey], ticks: Callable[[Fraction], int]
) -> Iterator[net.Growth]:
    """Rows for the lines that can be full; one without a limit is never busy and never idle."""
    for index, key in enumerate(keys):
        spec = specs[key]
        if spec.capacity is None and spec.lines is None and spec.process_time is None:
            continue
        more, less = spec.expansion, spec.shrinks
        if more is not None:
            window, build = max(1, ticks(more.window)), ticks(more.takes)
            yield net.Growth(index, window, _ppm(more.above), _ppm(more.by), build, more.costs, more.most)
        if less is not None:
            window = max(1, ticks(less.window))
            yield net.Growth(index, window, _ppm(less.below), -_ppm(less.by), most=less.most)


def ramp_days(ramp: RampUp, start: date, days: int) -> set[int]:
    """Days since `start`, inside a study of so many days, on which the capacity takes a step."""
    begin, length = _span(ramp, start)
    steps = {begin, begin + length, *range(begin, begin + length, STEPS[ramp.steps])}
    return {day for day in steps if 0 < day < days}


def ramp_share(ramp: RampUp, start: date, day: int) -> Fraction:
    """Share of the stated capacity in force on a day since `start`, in whole parts per million."""
    begin, length = _span(ramp, start)
    if day < begin:
        return Fraction(0)
    if day >= begin + length:
        return Fraction(1)
    step = STEPS[ramp.steps]
    first = (day - begin) // step * step
    last = min(first + step, length)
    return Fraction(level_between(ramp.shape, _ppm(ramp.start), first / length, last / length), WHOLE_SHARE)


def _span(ramp: RampUp, start: date) -> tuple[int, int]:
    """First day since `start` and number of days."""
    return ((ramp.begin or start) - start).days, ceil(ramp.over / DAY)


def _ppm(share: Fraction) -> int:
    return round(share * WHOLE_SHARE)
