"""Order in the compiled calendar, interpreted: the heap of ticks, the sorting of events of one phase."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("numba")  # the package is its door

from chainsim.engine.compiled_engine.sorting import DIGIT, FEW, drop, push, sort

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


ENTITIES = st.one_of(st.integers(0, 3), st.integers(250, 260), st.integers(0, 2**20))
EVENTS = st.lists(st.tuples(ENTITIES, st.integers(-9, 99)), max_size=4 * FEW, unique=True)


@given(EVENTS)
@example([(n % 7, -n) for n in range(2 * FEW)])
@example([(1 << DIGIT * (n % 4), n) for n in range(2 * FEW)])
def test_events_are_sorted_by_entity_and_sequence(events: list[tuple[int, int]]) -> None:
    """As Python sorts, whatever came in front; what belongs to an event stays with it."""
    table = [(entity, -number, number, 10 * entity) for entity, number in events]
    rows = np.array(table, dtype=np.int64).reshape(-1, 4)
    most = max((entity for entity, _ in events), default=0)
    sort(rows, np.empty_like(rows), np.empty(1 << DIGIT, dtype=np.int64), len(rows), most)
    assert rows.tolist() == [[entity, -number, number, 10 * entity] for entity, number in sorted(events)]
