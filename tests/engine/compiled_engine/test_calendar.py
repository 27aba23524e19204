"""The calendar of the compiled engine, interpreted: its heaps, and how it stops for what it needs and goes on."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")  # the package is its door

from chainsim.engine import compiled_engine, simpy_engine
from chainsim.engine.base import LogBuilder, make_room
from chainsim.engine.compiled_engine import calendar, columns
from chainsim.engine.compiled_engine.calendar import Calendar, Rows, advance, dequeue, drop, enqueue, push
from chainsim.model.network import Network
from chainsim.testing import networks, serial
from chainsim.testing.cases import CASES

TICKS = st.lists(st.integers(0, 9), max_size=40)


@given(TICKS, st.integers(0, 40))
def test_the_heap_gives_ticks_in_order(ticks: list[int], first: int) -> None:
    """As Python's own heap does, with takings between the puttings."""
    heap = np.zeros((41, 2), dtype=np.int64)
    known: list[int] = []
    for number, tick in enumerate(ticks):
        push(heap, len(known), tick, number)
        heapq.heappush(known, tick)
        if number >= first:
            assert heap[0, 0] == known[0]
            drop(heap, len(known))
            heapq.heappop(known)
    while known:
        assert heap[0, 0] == known[0]
        assert ticks[heap[0, 1]] == known[0]
        drop(heap, len(known))
        heapq.heappop(known)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), max_size=40, unique=True), st.integers(0, 40))
def test_the_queue_gives_events_by_key_and_sequence(events: list[tuple[int, int]], first: int) -> None:
    queue = np.zeros((41, 4), dtype=np.int64)
    known: list[tuple[int, int]] = []
    for number, (key, sequence) in enumerate(events):
        enqueue(queue, len(known), key, sequence, 10 * key, 10 * sequence)
        heapq.heappush(known, (key, sequence))
        if number >= first:
            assert tuple(queue[0, :2]) == known[0]
            dequeue(queue, len(known))
            heapq.heappop(known)
    while known:
        assert tuple(queue[0]) == (*known[0], 10 * known[0][0], 10 * known[0][1])
        dequeue(queue, len(known))
        heapq.heappop(known)


def test_rows_that_do_not_fit_are_counted_and_not_written() -> None:
    rows = Rows(np.zeros((1, 2), dtype=np.int64), np.zeros(1, dtype=np.int64))
    rows.append((1, 2))
    rows.append((3, 4))
    assert (rows.rows.tolist(), rows.used.tolist()) == ([[1, 2]], [2])


def interpreted(network: Network, room: int) -> tuple[Any, set[int]]:
    """The log by `advance`, interpreted, on a calendar that is too short for everything; and what it asked for."""
    opening = columns.opened(network)
    run = compiled_engine._Run(opening, 0, LogBuilder())
    state = compiled_engine.columns.open_state(network)
    make_room(state, network)
    run.state = state._replace(log=run.state.log, placed=run.state.placed, outbox=run.state.outbox)
    run.calendar = _short(run.calendar, room)
    asked = set()
    while True:
        wanted = advance(run.state, run.calendar, network.horizon, 50, 5)
        asked.add(wanted)
        if wanted == calendar.DRAWS:
            run.draw()
        elif wanted == calendar.SPACE:
            run.calendar = compiled_engine._longer(run.calendar, int(run.state.outbox.used[0]))
        elif wanted == calendar.ROOM:
            make_room(run.state, network)
        else:
            run.flush()
            if wanted == calendar.FINISHED_RUN:
                return run.builder.build(network.horizon), asked


def _short(k: Calendar, room: int) -> Calendar:
    k.control[calendar.FREE_USED] = room
    return k._replace(heap=k.heap[:room], slots=k.slots[:room], free=np.arange(room), queue=k.queue[:room])


@given(networks(), st.integers(1, 9))
def test_it_stops_for_whatever_is_short_and_goes_on_where_it_stood(network: Network, room: int) -> None:
    log, _ = interpreted(network, room)
    assert log.events.tobytes() == simpy_engine.run(network, 0).events.tobytes()


def test_it_has_asked_for_everything_it_can_ask_for() -> None:
    asked: set[int] = set()
    for network in (*(case().network for case in CASES), serial(300, (3, 7), (2, 3), rate=2.0, seed=8)):
        asked |= interpreted(network, 1)[1]
    wanted = {calendar.FINISHED_RUN, calendar.DRAWS, calendar.SPACE, calendar.ROOM, calendar.FLUSH}
    assert asked == wanted
