"""What two sets of inputs set differently: value by value, before anything runs.

In: resolved values of two scenarios, or of one under two policies.  Out: one row for each that differs.
This module must not know files or terminals.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chainsim.scenario.load import Resolved

DEFAULT = "default"


class Difference(NamedTuple):
    """One value that differs: where it stands in the scenario, what it was and is, where that is said and by whom.

    old, new: empty where there is no such value.  place, set_by: of the new value, of the old one where it is gone.
    """

    section: str
    path: str
    old: str
    new: str
    place: str
    set_by: str


def differences(before: Iterable[Resolved], after: Iterable[Resolved]) -> list[Difference]:
    """Values that differ, in the order of the second, then what is gone.

    A default that comes or goes with the section around it says nothing and is left out.
    """
    one, other = ({row.path: row for row in rows} for rows in (before, after))
    found = []
    for path, new in other.items():
        old = one.get(path)
        if old is None and new.set_by != DEFAULT:
            found.append(_difference(path, "", new.value, new))
        elif old is not None and old.value != new.value:
            found.append(_difference(path, old.value, new.value, new))
    for path, old in one.items():
        if path not in other and old.set_by != DEFAULT:
            found.append(_difference(path, old.value, "", old))
    return found


def _difference(path: str, old: str, new: str, said: Resolved) -> Difference:
    return Difference(path.partition(".")[0].partition("[")[0], path, old, new, said.place, said.set_by)
