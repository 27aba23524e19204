"""The rulebook is written once, and any calendar may drive it: all leave the same log, byte for byte.

A calendar must run the events of (tick, round, phase, entity, sequence) in that order, where what follows at once joins
the same round if its phase is still to come and the next round otherwise.  The smallest calendar there is says so here,
apart from every engine's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given, settings

from chainsim.engine import simpy_engine
from chainsim.engine.base import LogBuilder, exogenous, make_room, open_state
from chainsim.engine.draws import Draws
from chainsim.model import rules
from chainsim.model.distributions import Exponential
from chainsim.model.network import Network
from chainsim.model.state import CHANGE, CHANGE_KINDS, LOG_KINDS
from chainsim.records import Columns, Log
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import Run, networks, serial, single_server
from chainsim.testing.cases import CASES

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
QUEUE = single_server(200_000, mean_between=150.0, service=Exponential(100.0), seed=5)
compiles = pytest.mark.skipif(
    os.environ.get("CHAINSIM_TEST_NUMBA", "1") == "0", reason="CHAINSIM_TEST_NUMBA=0 leaves out what compiles"
)


def compiled(network: Network, replication: int = 0, large: bool = False) -> Log:
    """The fast engine's log.  large: as of a city, with much on a page, events fetched ahead, the log copied."""
    pytest.importorskip("numba")
    from chainsim.engine import compiled_engine

    small = {"NEAR": 0, "MOST_PAGES": 3, "RESERVED": 0}
    with patch.dict(vars(compiled_engine), small if large else {}):
        return compiled_engine.run(network, replication)


def from_a_heap(network: Network) -> Log:
    """The smallest calendar there is."""
    state = open_state(network)
    events = exogenous(network, state, 0).tolist()
    make_room(state, network)
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
                delay = rules.due(state, tick, delay, later, target, c) - tick
            at_once = round_ + (later <= phase) if delay == 0 else 0
            heappush(heap, (tick + delay, at_once, later, target, sequence, c, d))
        state.outbox.clear()
        make_room(state, network)
        if not heap or heap[0][0] >= network.horizon:
            break
        tick, round_, phase, entity, _, a, b = heappop(heap)
        if phase == CHANGE:
            row = network.changes[entity]
            rules.change(state, row.kind, row.entity, *row.values)
        else:
            rules.step(state, tick, phase, entity, a, b)
    builder = LogBuilder()
    builder.flush(state)
    return builder.build(network.horizon)


def assert_same(one: Log, other: Log) -> None:
    """Two logs agree to the byte."""
    assert other.events.tobytes() == one.events.tobytes()
    assert other.orders.tobytes() == one.orders.tobytes()
    assert other.horizon == one.horizon


@example(QUEUE)
@given(networks())
def test_a_bare_heap_and_simpy_leave_the_same_log_in_any_network(network: Network) -> None:
    assert_same(simpy_engine.run(network, 0), from_a_heap(network))


@compiles
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_compiled_rules_leave_the_same_log_in_every_case(case: Callable[[], Run]) -> None:
    run = case()
    assert_same(run.log, compiled(run.network, run.replication))


@compiles
@settings(max_examples=2 * settings.default.max_examples)  # type: ignore[union-attr]
@given(networks())
def test_compiled_rules_leave_the_same_log_in_any_network(network: Network) -> None:
    for replication in (0, 1):
        assert_same(simpy_engine.run(network, replication), compiled(network, replication, large=replication == 1))


@compiles
@pytest.mark.parametrize("name", ["byd.yaml", pytest.param("sinotruk.yaml", marks=pytest.mark.nightly)])
def test_compiled_rules_leave_the_same_log_of_a_plant(name: str) -> None:
    """Whole, and three months into a policy that changes what it can: prices, terms, shares and speeds, on a date."""
    whole = load(SCENARIOS / name)
    first, change = next(iter(whole.scenario.policies.items()))
    assert change.begin is not None
    part = load(SCENARIOS / name, [f"study.end={change.begin + timedelta(days=91)}"])
    policy = build(part, (first,))
    assert any(0 < change.tick < policy.horizon for change in policy.changes)
    for network, large in ((build(whole), False), (policy, True)):
        assert_same(simpy_engine.run(network, 2), compiled(network, 2, large))


@compiles
@pytest.mark.nightly
@pytest.mark.parametrize("file", sorted((SCENARIOS / "textbook").glob("*.yaml")), ids=lambda file: file.stem)
def test_compiled_rules_leave_the_same_log_of_the_gallery(file: Path) -> None:
    network = build(load(file))
    assert_same(simpy_engine.run(network, 0), compiled(network, 0))


@pytest.mark.parametrize("engine", ["simpy", pytest.param("compiled", marks=compiles)])
def test_a_sink_takes_the_log_block_by_block(engine: str) -> None:
    """The blocks joined are the log; an order comes no later than its first event; nothing is kept."""
    network = serial(3000, (3, 7), (2, 3), rate=2.0, seed=8)
    run = simpy_engine.run if engine == "simpy" else pytest.importorskip("chainsim.engine.compiled_engine").run
    blocks: list[tuple[Columns, Columns]] = []
    rest = run(network, 0, sink=lambda events, orders: blocks.append((events.copy(), orders.copy())))
    assert len(rest.events) == len(rest.orders) == 0
    whole = simpy_engine.run(network, 0)
    events, orders = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    assert_same(whole, Log(events, orders, network.horizon))
    known = 0
    for block, more in blocks:
        known += len(more)
        assert block[:, 2].max(initial=-1) < known


def test_the_examples_have_everything_that_can_happen() -> None:
    assert len(simpy_engine.run(QUEUE, 0).events) > 3_000
    assert {kind for case in CASES for kind in case().log.events[:, 1].tolist()} == set(range(LOG_KINDS))
    assert {change.kind for case in CASES for change in case().network.changes} == set(range(CHANGE_KINDS))
