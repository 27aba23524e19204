"""Which supplier groups take orders on a day: those that enter, leave, and move to another ring.

In: a validated Scenario and a day.  Out: who is absent, who has a twin where, and the days on which that changes.
A firm that moves gets a twin in the new ring, so that each yuan is earned in one ring; it delivers what it still owes.
This module must not know lanes or stock points.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from chainsim.scenario.language import schema
from chainsim.scenario.network.naming import firm_names

DAY = 86_400
HOME = "city"  # of firms that state no ring


def after(day: date, duration: Fraction) -> date:
    """The day on which a duration has passed, in whole days; the last day there is where it never does."""
    days = ceil(duration / DAY)
    return day + timedelta(days=days) if days <= (date.max - day).days else date.max


def twin_name(name: str, ring: str) -> str:
    """What a firm is called in the ring that it moves to."""
    return f"{name} ({ring})"


def is_there(group: schema.Plant | schema.Supplier, day: date) -> bool:
    """Whether the firms of a group exist on a day, qualified or not."""
    return not isinstance(group, schema.Supplier) or group.enters is None or group.enters.begin <= day


def takes_orders(group: schema.Plant | schema.Supplier, day: date) -> bool:
    """Whether buyers order from a group on a day."""
    if not isinstance(group, schema.Supplier):
        return True
    enters, leaves = group.enters, group.leaves
    if enters is not None and day < after(enters.begin, enters.qualification):
        return False
    return leaves is None or day < leaves.begin


def absent(scenario: schema.Scenario, day: date) -> frozenset[str]:
    """The supplier groups that take no orders on a day."""
    return frozenset(name for name, group in scenario.suppliers.items() if not takes_orders(group, day))


def movers(group_name: str, group: schema.Plant | schema.Supplier) -> list[str]:
    """The firms of a group that its move takes to another ring."""
    if not isinstance(group, schema.Supplier) or group.moves is None:
        return []
    return [name for name, ring in firm_names(group_name, group) if (ring or HOME) != group.moves.to]


def turning_days(scenario: schema.Scenario) -> set[date]:
    """The days on which a group enters, leaves, moves, or is qualified where it has come to."""
    days: set[date] = set()
    for group in scenario.suppliers.values():
        if group.enters is not None:
            days |= {group.enters.begin, after(group.enters.begin, group.enters.qualification)}
        if group.leaves is not None:
            days.add(group.leaves.begin)
        if group.moves is not None:
            days |= {group.moves.begin, after(group.moves.begin, group.moves.qualification)}
    return days


def day_by_day(timeline: Sequence[tuple[date, schema.Scenario]], end: date) -> list[tuple[date, schema.Scenario]]:
    """A timeline in which a scenario appears anew on each day on which a group enters, leaves or moves."""
    result: list[tuple[date, schema.Scenario]] = []
    for (begin, scenario), until in zip(timeline, [*(day for day, _ in timeline[1:]), end], strict=True):
        days = sorted({begin, *(day for day in turning_days(scenario) if begin < day < until)})
        result += [(day, scenario) for day in days]
    return result
