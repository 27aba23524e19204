"""Working calendars in ticks.

In: calendars of the scenario by name.  Out: the closures of each, in order and apart.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from chainsim.model.network import Closure
from chainsim.scenario.compiling.stocks import Ticks
from chainsim.scenario.language.calendars import Calendar
from chainsim.scenario.network.working_time import closures, merged


def compiled(calendar: Calendar, start: date, end: date, ticks: Ticks) -> tuple[Closure, ...]:
    """The closures of a study, [start, end)."""
    rounded = ((Fraction(ticks(begin)), Fraction(ticks(finish))) for begin, finish in closures(calendar, start, end))
    return tuple(Closure(int(begin), int(finish)) for begin, finish in merged(rounded))
