"""Working calendars in seconds: when a line stands still because nobody works.

In: a Calendar of the scenario and the days of a study.  Out: closures, in order and apart.  A shift belongs to the day
on which it begins, so one that runs past midnight ends on a closed day; holidays close from midnight on, whatever the
shift.  This module must not know ticks or lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, TypeAlias

from chainsim.scenario.language.calendars import Calendar, Hours

DAY: Final = 86_400
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span: TypeAlias = tuple[Fraction, Fraction]

# The first day of the first month of the Chinese calendar; the festival begins on its eve.
# Source: Hong Kong Observatory, Gregorian-lunar calendar conversion tables.
LUNAR_NEW_YEAR: Final = {
    day.year: day
    for day in map(
        date.fromisoformat,
        (
            "2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 "
            "2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 "
            "2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 "
            "2037-02-15 2038-02-04 2039-01-24 2040-02-12"
        ).split(),
    )
}


def unknown_festivals(start: date, end: date) -> list[int]:
    """The years of a study, [start, end), whose Spring Festival this table does not know."""
    last = end - timedelta(days=1)
    return [year for year in range(start.year, last.year + 1) if year not in LUNAR_NEW_YEAR]


def closures(calendar: Calendar, start: date, end: date) -> list[Span]:
    """The spans of [start, end) in which the calendar is closed, seconds since `start`; in order, apart, not empty."""
    horizon = Fraction((end - start).days * DAY)
    open_spans = merged(_shifts(calendar, start, end))
    closed = [*_between(open_spans, horizon), *_holidays(calendar, start, end)]
    clipped = ((max(Fraction(0), begin), min(horizon, finish)) for begin, finish in closed)
    return merged(clipped)


def working_share(spans: Iterable[Span], start: date, end: date) -> Fraction:
    """The share of [start, end) that is not closed, 0 to 1."""
    horizon = Fraction((end - start).days * DAY)
    return 1 - sum((finish - begin for begin, finish in spans), Fraction(0)) / horizon if horizon else Fraction(1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of some spans as spans in order and apart; empty ones are left out."""
    result: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if result and begin <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((begin, end))
    return result


def _shifts(calendar: Calendar, start: date, end: date) -> Iterator[Span]:
    """The shifts that begin from the day before the study on, seconds since `start`."""
    hours = calendar.hours or Hours()
    length = (hours.until - hours.begin) % DAY or Fraction(DAY)
    for day in range(-1, (end - start).days):
        if WEEKDAYS[(start + timedelta(days=day)).weekday()] not in calendar.closed:
            begin = day * DAY + hours.begin
            yield begin, begin + length


def _between(spans: Iterable[Span], horizon: Fraction) -> Iterator[Span]:
    """What is left of [0, horizon) between spans in order and apart."""
    at = Fraction(0)
    for begin, end in spans:
        if begin > at:
            yield at, begin
        at = max(at, end)
    yield at, horizon


def _holidays(calendar: Calendar, start: date, end: date) -> Iterator[Span]:
    for first, length in calendar.holidays.items():
        begin = Fraction((first - start).days * DAY)
        yield begin, begin + length
    if calendar.spring_festival:
        for year in range(start.year, end.year + 1):
            if year in LUNAR_NEW_YEAR:
                begin = Fraction((LUNAR_NEW_YEAR[year] - timedelta(days=1) - start).days * DAY)
                yield begin, begin + calendar.spring_festival
