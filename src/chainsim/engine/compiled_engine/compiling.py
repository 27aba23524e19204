"""The rulebook and the calendar, compiled: every function of theirs from its own source, by Numba.

Out: `advance` of `calendar`, compiled, on blocks of addresses.  There is no second text of any rule: the code objects
are the interpreted ones, bound to a namespace in which every function that they call is a compiled one.  This module
must not know networks or runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

import numba
from numba import types

from chainsim.engine import stored
from chainsim.engine.compiled_engine import calendar
from chainsim.engine.compiled_engine.calendar import advance
from chainsim.engine.compiled_engine.pointers import CALENDAR, STATE, view_at
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
from chainsim.records import Columns

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


def functions() -> dict[str, FunctionType]:
    """Every function of the rulebook and of the calendar, by name, lower before upper."""
    found: dict[str, FunctionType] = {}
    for module in MODULES:
        for name, function in vars(module).items():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                assert name not in found, f"two rules are called {name}"
                found[name] = function
    return found


state_at, calendar_at = view_at(STATE), view_at(CALENDAR)


def drive(state: Columns, calendar: Columns, horizon: int, log_limit: int, room: int) -> int:
    """`calendar.advance` on the blocks of a state and a calendar."""
    return advance(state_at(state.ctypes.data), calendar_at(calendar.ctypes.data), horizon, log_limit, room)


@contextlib.contextmanager
def _at_hand() -> Iterator[None]:
    """Numba keeps what is decorated in here in our folder."""
    from numba.core import config

    place = stored.folder()
    before = config.CACHE_DIR
    if place is not None:
        config.CACHE_DIR = str(place)
    try:
        yield
    finally:
        config.CACHE_DIR = before


@cache
def compiled() -> Any:
    """`drive`, compiled at its first call, or taken from disk."""
    namespace: dict[str, Any] = {"state_at": state_at, "calendar_at": calendar_at}
    for module in MODULES:
        namespace |= {name: value for name, value in vars(module).items() if name not in namespace}
    for name, function in functions().items():
        namespace[name] = numba.njit(FunctionType(function.__code__, namespace, name))
    # Names, not a closure: what a closure holds would be part of the name under which Numba keeps the code.
    with _at_hand():
        return numba.njit(
            FunctionType(drive.__code__, namespace, "drive"), cache=stored.folder() is not None, nogil=True
        )


def is_ready() -> bool:
    """Whether this process has the code already."""
    return bool(compiled().nopython_signatures)


def make_ready() -> None:
    """Compile, or take from disk, for the one signature there is."""
    compiled().compile((types.int64[::1], types.int64[::1], types.int64, types.int64, types.int64))
