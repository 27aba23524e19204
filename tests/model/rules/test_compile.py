"""The rulebook is written once: compiled by Numba and driven from a bare heap it leaves the same log, byte
for byte.

Nothing of an engine's calendar is used here, so this also says what a calendar must do: run the events of
(tick, round, phase, entity, sequence) in that order, where what follows at once joins the same round if its
phase is still to come and the next round otherwise.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from functools import cache
from heapq import heapify, heappop, heappush
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings

from chainsim.engine import simpy_engine
from chainsim.engine.base import Draws, LogBuilder, exogenous, open_state
from chainsim.model import rules
from chainsim.model.distributions import Exponential
from chainsim.model.network import Network
from chainsim.model.rules import (
    cash,
    changes,
    delivering,
    disruption,
    growth,
    lines,
    ordering,
    sourcing,
    waking,
    working_time,
)
from chainsim.model.state import CHANGE, CHANGE_KINDS, GROWING, LOG_KINDS, TABLES, Order, State, dtype_of
from chainsim.records import Log
from chainsim.testing import Run, networks, single_server
from chainsim.testing.cases import CASES

os.environ.setdefault("NUMBA_OPT", "1")  # the meaning is tested, not the speed; compiles in a third of the time
numba = pytest.importorskip("numba")
Functions = tuple[Callable[..., None], Callable[..., None], Callable[..., int]]


# Lower before upper: each takes the compiled functions of those before it.
MODULES: tuple[ModuleType, ...] = (
    working_time,
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
)


@cache
def compiled() -> Functions:
    """`step`, `change` and `due`, with every function they call compiled from the same source."""
    namespace: dict[str, Any] = {}
    for module in MODULES:
        namespace |= {name: value for name, value in vars(module).items() if name not in namespace}
        for name, function in list(vars(module).items()):
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                namespace[name] = numba.njit(FunctionType(function.__code__, namespace, name))
    return namespace["step"], namespace["change"], namespace["due"]


INTERPRETED = (rules.step, rules.change, rules.due)


def structured(rows: list[Any], table: type[Any], room: int = 0) -> Any:
    """A list of records as a structured array of the same fields."""
    values = [dataclasses.astuple(row) for row in rows]
    values += [dataclasses.astuple(table())] * max(0, room - len(rows))
    return np.array(values, dtype=dtype_of(table))


def in_arrays(state: State, room: int) -> State:
    """The state as a compiled engine holds it."""

    def row(values: list[Any], width: int) -> Any:
        typed = numba.typed.List.empty_list(numba.types.UniTuple(numba.int64, width))
        for value in values:
            typed.append(value)
        return typed

    tables = {
        name: structured(getattr(state, name), table, room if name in GROWING else 1) for name, table in TABLES.items()
    }
    return State(**tables, log=row(state.log, 5), outbox=row(state.outbox, 8))


def from_a_heap(network: Network, functions: Functions, room: int) -> Log:
    """The smallest calendar there is, with room for so many orders."""
    step, change, due = functions
    state = open_state(network)
    events = exogenous(network, state, 0)
    arrays = functions is not INTERPRETED
    if arrays:
        state = in_arrays(state, room)
    else:
        for name in GROWING:
            getattr(state, name).extend(TABLES[name]() for _ in range(room))
    draws = Draws(network, 0)
    heap = [(tick, 0, phase, entity, n - len(events), a, b) for n, (tick, phase, entity, a, b) in enumerate(events)]
    heapify(heap)
    sequence = 0
    tick, round_, phase = 0, 0, -1
    while True:
        for delay, later, target, c, d, law, n, timed in state.outbox:
            sequence += 1
            delay += draws.extend(law, n) if law >= 0 else 0
            if timed:
                delay = due(state, tick, delay, later, target, c) - tick
            at_once = round_ + (later <= phase) if delay == 0 else 0
            heappush(heap, (tick + delay, at_once, later, target, sequence, c, d))
        state.outbox.clear()
        if not heap or heap[0][0] >= network.horizon:
            break
        tick, round_, phase, entity, _, a, b = heappop(heap)
        if phase == CHANGE:
            row = network.changes[entity]
            change(state, row.kind, row.entity, *row.values)
        else:
            step(state, tick, phase, entity, a, b)
    builder = LogBuilder()
    builder.flush(list(state.log))
    count = int(state.counts[0]["orders"] if arrays else state.counts[0].orders)
    orders = [Order(*row) for row in state.orders[:count].tolist()] if arrays else state.orders
    return builder.build(orders, count, network.horizon)


def assert_same_log(network: Network, functions: Functions) -> Log:
    """The bare heap and the reference engine agree to the byte; returns the log."""
    reference = simpy_engine.run(network, 0)
    other = from_a_heap(network, functions, room=len(reference.orders) + 1000)
    assert other.events.tobytes() == reference.events.tobytes()
    assert other.orders.tobytes() == reference.orders.tobytes()
    assert other.horizon == reference.horizon
    return reference


QUEUE = single_server(200_000, mean_between=150.0, service=Exponential(100.0), seed=5)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_compiled_rules_leave_the_same_log_in_every_case(case: Callable[[], Run]) -> None:
    assert_same_log(case().network, compiled())


@settings(max_examples=max(1, settings.default.max_examples // 4))  # type: ignore[union-attr]
@given(networks())
def test_compiled_rules_leave_the_same_log_in_any_network(network: Network) -> None:
    assert_same_log(network, compiled())


@example(QUEUE)
@given(networks())
def test_a_bare_heap_and_simpy_leave_the_same_log_in_any_network(network: Network) -> None:
    assert_same_log(network, INTERPRETED)


def test_the_examples_have_everything_that_can_happen() -> None:
    assert len(simpy_engine.run(QUEUE, 0).events) > 3_000
    assert {kind for case in CASES for kind in case().log.events[:, 1].tolist()} == set(range(LOG_KINDS))
    assert {change.kind for case in CASES for change in case().network.changes} == set(range(CHANGE_KINDS))
