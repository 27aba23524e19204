"""Working calendars: shifts, weekends, holidays and the Spring Festival, against dates calculated in another way."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.network import Closure
from chainsim.scenario.compiling import calendars
from chainsim.scenario.language.calendars import Calendar
from chainsim.scenario.network.working_time import (
    LUNAR_NEW_YEAR,
    WEEKDAYS,
    closures,
    unknown_festivals,
    working_share,
)

HOUR = 3600
MONDAY = date(2024, 1, 1)


def calendar(**said: Any) -> Calendar:
    return Calendar.model_validate(said)


def closed(said: Calendar, days: int, start: date = MONDAY) -> list[tuple[float, float]]:
    """Closures in days since the start."""
    spans = closures(said, start, start + timedelta(days=days))
    return [(float(begin / 86_400), float(end / 86_400)) for begin, end in spans]


def test_a_calendar_that_says_nothing_is_never_closed() -> None:
    assert closed(calendar(), 30) == []


def test_weekends_are_closed() -> None:
    assert closed(calendar(closed=["saturday", "sunday"]), 14) == [(5, 7), (12, 14)]


def test_a_study_may_start_in_the_middle_of_a_weekend() -> None:
    assert closed(calendar(closed=["saturday", "sunday"]), 3, date(2024, 1, 7)) == [(0, 1)]


def test_a_shift_opens_and_ends_each_day() -> None:
    said = calendar(hours={"from": "8 h", "until": "20 h"})
    assert closed(said, 2) == [(0, 1 / 3), (5 / 6, 4 / 3), (11 / 6, 2)]


def test_an_early_shift_from_midnight_and_a_late_one_until_midnight() -> None:
    assert closed(calendar(hours={"until": "12 h"}), 2) == [(0.5, 1), (1.5, 2)]
    assert closed(calendar(hours={"from": "12 h"}), 2) == [(0, 0.5), (1, 1.5)]


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    """From 18 h to 6 h, Saturdays and Sundays closed: Friday's shift ends on Saturday, Sunday's did not begin."""
    said = calendar(hours={"from": "18 h", "until": "6 h"}, closed=["saturday", "sunday"])
    assert closed(said, 8) == [(0, 0.75), (1.25, 1.75), (2.25, 2.75), (3.25, 3.75), (4.25, 4.75), (5.25, 7.75)]


def test_a_night_shift_that_began_before_the_study_is_under_way() -> None:
    said = calendar(hours={"from": "18 h", "until": "6 h"})
    assert closed(said, 1, date(2024, 1, 2)) == [(0.25, 0.75)]


def test_holidays_close_from_midnight_and_join_the_weekend() -> None:
    said = calendar(closed=["saturday", "sunday"], holidays={"2024-01-04": "2 days", "2024-01-09": "12 h"})
    assert closed(said, 10) == [(3, 7), (8, 8.5)]


def test_a_holiday_may_have_begun_before_the_study_and_end_after_it() -> None:
    said = calendar(holidays={"2023-12-30": "3 days", "2024-01-08": "9 days"})
    assert closed(said, 10) == [(0, 1), (7, 10)]


def test_the_spring_festival_begins_on_new_years_eve() -> None:
    """New Year is 10 February 2024; closed from the 9th, for 8 days."""
    assert closed(calendar(spring_festival="8 days"), 60) == [(39, 47)]
    assert closed(calendar(spring_festival="8 days"), 366 + 60) == [(39, 47), (366 + 27, 366 + 35)]


def test_the_share_of_time_that_is_worked() -> None:
    spans = closures(calendar(closed=["sunday"]), MONDAY, MONDAY + timedelta(days=14))
    assert working_share(spans, MONDAY, MONDAY + timedelta(days=14)) == Fraction(6, 7)


def test_in_ticks_closures_are_rounded_and_none_is_empty() -> None:
    said = calendar(hours={"from": "8 h", "until": "8.1 h"})
    hours = calendars.compiled(
        said, MONDAY, MONDAY + timedelta(days=2), lambda seconds: round(Fraction(seconds) / HOUR)
    )
    assert hours == (Closure(0, 48),)
    minutes = calendars.compiled(
        said, MONDAY, MONDAY + timedelta(days=1), lambda seconds: round(Fraction(seconds) / 60)
    )
    assert minutes == (Closure(0, 480), Closure(486, 1440))


@given(
    st.sets(st.sampled_from(WEEKDAYS), max_size=6),
    st.integers(0, 23),
    st.integers(1, 24),
    st.dictionaries(st.integers(-5, 40), st.integers(1, 100), max_size=4),
    st.integers(1, 30),
)
def test_closures_are_in_order_apart_and_agree_with_looking_at_each_hour(
    days_closed: set[str], begin: int, until: int, holidays: dict[int, int], days: int
) -> None:
    said = calendar(
        closed=sorted(days_closed),
        hours={"from": f"{begin} h", "until": f"{until} h"},
        holidays={(MONDAY + timedelta(days=day)).isoformat(): f"{length} h" for day, length in holidays.items()},
    )
    spans = closures(said, MONDAY, MONDAY + timedelta(days=days))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    length = (until - begin) % 24 or 24
    for hour in range(24 * days):
        shifts = (hour // 24 - past for past in (0, 1))
        works = any(
            WEEKDAYS[day % 7] not in days_closed and 24 * day + begin <= hour < 24 * day + begin + length
            for day in shifts
        ) and not any(24 * day <= hour < 24 * day + lasts for day, lasts in holidays.items())
        assert works != any(a <= hour * HOUR < b for a, b in spans)


def new_moon(number: int) -> datetime:
    """The new moon of a lunation counted from 6 January 2000, in China's time, to about a minute.

    Source: Meeus 1998, Astronomical Algorithms, ch. 49; terms above 0.0001 days.
    """
    t = number / 1236.85
    day = 2451550.09766 + 29.530588861 * number + 0.00015437 * t**2
    e = 1 - 0.002516 * t
    sun = math.radians(2.5534 + 29.10535670 * number)
    moon = math.radians(201.5643 + 385.81693528 * number + 0.0107582 * t**2)
    latitude = math.radians(160.7108 + 390.67050284 * number - 0.0016118 * t**2)
    node = math.radians(124.7746 - 1.56375588 * number)
    terms = [
        (-0.40720, moon),
        (0.17241 * e, sun),
        (0.01608, 2 * moon),
        (0.01039, 2 * latitude),
        (0.00739 * e, moon - sun),
        (-0.00514 * e, moon + sun),
        (0.00208 * e**2, 2 * sun),
        (-0.00111, moon - 2 * latitude),
        (-0.00057, moon + 2 * latitude),
        (0.00056 * e, 2 * moon + sun),
        (-0.00042, 3 * moon),
        (0.00042 * e, sun + 2 * latitude),
        (0.00038 * e, sun - 2 * latitude),
        (-0.00024 * e, 2 * moon - sun),
        (-0.00017, node),
        (0.000325, math.radians(299.77 + 0.107408 * number)),
        (0.000165, math.radians(251.88 + 0.016321 * number)),
    ]
    day += sum(size * math.sin(angle) for size, angle in terms)
    universal = datetime(2000, 1, 1, 12) + timedelta(days=day - 2451545, seconds=-70)  # terrestrial time is ahead
    return universal + timedelta(hours=8)


def test_the_new_moons_are_those_of_an_almanac() -> None:
    """6 January 2000 18:14 and 6 February 2027 15:56, universal time; the latter 4 minutes before China's midnight."""
    assert abs(new_moon(0) - datetime(2000, 1, 7, 2, 14)) < timedelta(minutes=2)
    assert abs(new_moon(335) - datetime(2027, 2, 6, 23, 56)) < timedelta(minutes=2)


def test_the_festival_is_the_first_new_moon_from_21_january_on() -> None:
    """So it is in all these years, by China's time; new moons are calculated here and not looked up."""
    moons = [new_moon(number).date() for number in range(120, 510)]
    assert list(LUNAR_NEW_YEAR) == list(range(2010, 2041))
    for year, festival in LUNAR_NEW_YEAR.items():
        assert festival == next(moon for moon in moons if moon >= date(year, 1, 21))


@pytest.mark.parametrize(
    ("start", "end", "unknown"),
    [
        (date(2010, 1, 1), date(2041, 1, 1), []),
        (date(2039, 6, 1), date(2041, 1, 2), [2041]),
        (date(2008, 6, 1), date(2010, 6, 1), [2008, 2009]),
    ],
)
def test_years_without_a_known_festival_are_named(start: date, end: date, unknown: list[int]) -> None:
    assert unknown_festivals(start, end) == unknown
