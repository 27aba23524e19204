"""The rulebook, the calendar and the kernels, compiled: every function of theirs from its own source, by Numba.

Out: `advance` of `calendar`, compiled, on blocks of addresses; kernels on arrays.  There is no second text of any rule:
the code objects are the interpreted ones, bound to a namespace in which every function that they call is a compiled
one.  This module must not know networks or runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final, cast, get_type_hints

import numba
from numba import types

from chainsim.engine import stored
from chainsim.engine.compiled_engine import calendar, foresight, sorting
from chainsim.engine.compiled_engine.calendar import advance
from chainsim.engine.compiled_engine.pointers import CALENDAR, STATE, touch, view_at
from chainsim.kernels import Kernels, loops, meaning
from chainsim.kernels.meaning import Grid
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
    sorting,
    foresight,
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
        namespace[name] = (
            touch if name == touch.__name__ else numba.njit(FunctionType(function.__code__, namespace, name))
        )
    # Names, not a closure: what a closure holds would be part of the name under which Numba keeps the code.
    with _at_hand():
        return numba.njit(
            FunctionType(drive.__code__, namespace, "drive"), cache=stored.folder() is not None, nogil=True
        )


@cache
def kernels() -> Kernels:
    """The kernels, compiled or taken from disk, each for the one signature that its annotations tell."""
    found = SimpleNamespace()
    with _at_hand():
        for name, function in vars(loops).items():
            if isinstance(function, FunctionType):
                kernel = numba.njit(function, cache=stored.folder() is not None, nogil=True)
                taken = get_type_hints(function, vars(meaning))
                kernel.compile(tuple(_type(kind) for of, kind in taken.items() if of != "return"))
                kernel.disable_compile()  # other arrays than these are a mistake, and would take a second each
                setattr(found, name, kernel)
    return cast("Kernels", found)


def _type(kind: Any) -> Any:
    """What Numba calls what a kernel is annotated with."""
    if kind is int:
        return types.int64
    if kind == Columns:
        return types.int64[::1]
    if kind == Grid:
        return types.int64[:, ::1]
    fields = [_type(field) for field in get_type_hints(kind).values()]
    if len(set(fields)) == 1:
        return types.NamedUniTuple(fields[0], len(fields), kind)
    return types.NamedTuple(fields, kind)


def is_ready() -> bool:
    """Whether this process has the code already."""
    return bool(compiled().nopython_signatures)


def make_ready() -> None:
    """Compile, or take from disk, for the one signature there is."""
    kernels()
    address, number = types.int64[::1], types.int64
    compiled().compile((address, address, number, number, number))  # the last: `stored` looks for it
