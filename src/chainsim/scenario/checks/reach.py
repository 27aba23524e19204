"""Whom a change of a group's line reaches: not firms with a value of their own, and firms of all rings alike.

In: a View of a scenario whose suppliers are sound.  Out: warnings at the change, with what to write where something
else is meant.  This module must not know when changes are in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chainsim.errors import Problem
from chainsim.scenario.checks.divided import percent, ring_of
from chainsim.scenario.checks.view import View, changes
from chainsim.scenario.language.schema import Supplier
from chainsim.scenario.resolve.paths import as_key
from chainsim.scenario.text.nodes import Path


def check_unheard(view: View) -> Iterator[Problem]:
    """Changes of a group's capacity that do not reach those of its firms which have one of their own."""
    for place, called, group in _of_groups(view, "capacity"):
        own = [firm for firm, row in group.firms.items() if row.capacity is not None]
        if own:
            few = "all" if len(own) == len(group.firms) else f"{len(own)} of {len(group.firms)}"
            message = f"{place[1]} changes {place[-1]}, but {few} firms of {called} have a capacity of their own"
            named = as_key(("firms", own[0], "capacity"))
            hint = f"name the firm, as in `{named}`, or leave its capacity to the group's line"
            yield view.problem(place, message, hint, warning=True, key=True)


def check_alike(view: View) -> Iterator[Problem]:
    """Changes of the one share of a group whose named firms are in several rings."""
    for place, called, group in _of_groups(view, "share"):
        if not isinstance(group.share, Fraction):
            continue
        parts: dict[str, Fraction] = {}
        for firm, row in group.firms.items():
            ring = ring_of(group, firm)
            parts[ring] = parts.get(ring, Fraction(0)) + (Fraction(1) if row.share is None else row.share)
        if len(parts) > 1:
            total = sum(parts.values(), Fraction(0)) or Fraction(1)
            stated = ", ".join(f"{ring}: {percent(group.share * part / total, 1)}" for ring, part in parts.items())
            message = f"{place[1]} changes {place[-1]} of its firms in {' and '.join(parts)} alike"
            one = f"{place[-1]}.{next(iter(parts))}"
            hint = f"for one ring, write share: {{{stated}}} in the line of {called}, and change {one}"
            yield view.problem(place, message, hint, warning=True, key=True)


def _of_groups(view: View, key: str) -> Iterator[tuple[Path, str, Supplier]]:
    """Changes of a key of a group's line: where each stands, and the group."""
    for section, name, entry in changes(view):
        for what in entry.change:
            words = what.split(".")
            group = view.scenario.suppliers.get(words[1]) if len(words) == 3 and words[0] == "suppliers" else None
            if group is not None and words[2] == key:
                yield (section, name, "change", what), words[1], group
