"""What follows from a scenario alone, worked out once for all who ask.

By identity: a scenario is frozen, and comparing two costs more than most of what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

from chainsim.scenario.language.schema import Scenario

T = TypeVar("T")

KEPT: Final = 8  # scenarios; a study has one for each set of policies in force, and asks of one after the other


def once_per_scenario(function: Callable[[Scenario], T]) -> Callable[[Scenario], T]:
    """Remember the results for the last few scenarios; they are shared, so nobody may change them."""
    known: dict[int, tuple[Scenario, T]] = {}

    @wraps(function)
    def remembered(scenario: Scenario) -> T:
        entry = known.get(id(scenario))
        if entry is None:  # the scenario is held, so that no other gets its id
            entry = known[id(scenario)] = (scenario, function(scenario))
            for old in list(known)[:-KEPT]:
                known.pop(old, None)
        return entry[1]

    return remembered
