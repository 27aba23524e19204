"""The rulebook and the calendar, compiled: every function of theirs from its own source, by Numba.

Out: `advance` of `calendar`, compiled.  There is no second text of any rule: the code objects are the interpreted ones,
bound to a namespace in which every function they call is a compiled one.  This module must not know networks or runs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

import numba
from numba import types
from numba.extending import overload_method

from chainsim.engine.compiled_engine import calendar, stored
from chainsim.engine.compiled_engine.calendar import Rows
from chainsim.model import rules
from chainsim.model.rules import (
    cash,
    changes,
    delivering,
    disruption,
    growth,
    lines,
    ordering,
    orders,
    sourcing,
    waking,
    working_time,
)

# Lower before upper: each takes the compiled functions of those before it.
MODULES: Final[tuple[ModuleType, ...]] = (
    working_time,
    orders,
    waking,
    sourcing,
    lines,
    cash,
    delivering,
    ordering,
    growth,
    disruption,
    changes,
    rules,
    calendar,
)
ENTRY: Final = "advance"  # the one function that is called from outside, and kept on disk


@overload_method(types.NamedTuple, "append")  # type: ignore[misc]
def _append(rows: Any, row: Any) -> Callable[[Any, Any], None] | None:
    """`Rows.append`, for compiled rules."""
    if rows.instance_class is not Rows:
        return None

    def append(rows: Any, row: Any) -> None:
        at = rows.used[0]
        if at < len(rows.rows):
            for column in range(len(row)):
                rows.rows[at, column] = row[column]
        rows.used[0] = at + 1

    return append


def functions() -> dict[str, FunctionType]:
    """Every function of the rulebook and of the calendar, by name, lower before upper."""
    found: dict[str, FunctionType] = {}
    for module in MODULES:
        for name, function in vars(module).items():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                assert name not in found, f"two rules are called {name}"
                found[name] = function
    return found


@cache
def compiled() -> Callable[..., int]:
    """`calendar.advance`; the first call of what is returned compiles it, or takes it from disk."""
    own = functions()
    namespace: dict[str, Any] = {}
    for module in MODULES:
        namespace |= {name: value for name, value in vars(module).items() if name not in namespace}
    for name, function in own.items():
        plain = FunctionType(function.__code__, namespace, name, function.__defaults__)
        if name == ENTRY:
            with stored.at_hand():
                namespace[name] = numba.njit(plain, cache=stored.folder() is not None)
        else:
            namespace[name] = numba.njit(plain)
    entry: Callable[..., int] = namespace[ENTRY]
    return entry
