"""The section `calendars`: when lines work.

In: weekdays, dates and hours as a file writes them.  Out: a frozen Calendar.  What it means in seconds is
`scenario.network.working_time`'s matter.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from chainsim.scenario.language.fields import Date, Duration, PositiveDuration
from chainsim.scenario.language.section import Section

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Hours(Section):
    """The shift of a working day; it may run past midnight."""

    begin: Annotated[Duration, Field(alias="from", description="when it begins, after midnight")] = Fraction(0)
    until: Annotated[Duration, Field(description="when it ends; before `from`, on the next day")] = Fraction(86_400)


class Calendar(Section):
    """When a line works: every day round the clock but for what is said here."""

    closed: Annotated[tuple[Weekday, ...], Field(description="days of the week on which no shift begins")] = ()
    hours: Annotated[Hours | None, Field(description="the shift of a working day; all day if absent")] = None
    holidays: Annotated[
        dict[Date, PositiveDuration], Field(description="closed from this midnight on, for so long")
    ] = {}
    spring_festival: Annotated[
        Duration, Field(description="closed each year for so long, from the midnight that begins New Year's Eve on")
    ] = Fraction(0)
