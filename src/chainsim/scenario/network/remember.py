"""What follows from a scenario alone, worked out once for all who ask.

By identity: a scenario is frozen, and comparing two costs more than most of what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from chainsim.scenario.language.schema import Scenario

T = TypeVar("T")
P = ParamSpec("P")


def once_per_scenario(
    kept: int,
) -> Callable[[Callable[Concatenate[Scenario, P], T]], Callable[Concatenate[Scenario, P], T]]:
    """Remember the results for the last `kept` scenarios and other arguments; shared, so nobody may change them."""

    def decorate(function: Callable[Concatenate[Scenario, P], T]) -> Callable[Concatenate[Scenario, P], T]:
        known: dict[object, tuple[Scenario, T]] = {}

        def remembered(scenario: Scenario, /, *args: P.args, **kwargs: P.kwargs) -> T:
            asked = (id(scenario), *args, *kwargs.values())
            entry = known.pop(asked, None)
            if entry is None:  # the scenario is held, so that no other gets its id
                entry = (scenario, function(scenario, *args, **kwargs))
            known[asked] = entry  # last asked for, last forgotten
            for old in list(known)[:-kept]:
                known.pop(old, None)
            return entry[1]

        return update_wrapper(remembered, function)

    return decorate
