"""Matrices of who buys from whom: a full one and a sparse one answer alike, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.economy.leontief import matrices
from chainsim.engine import simpy_engine
from chainsim.study.trial import run_trial
from chainsim.testing import Seeded, random_network

ENTRIES = st.integers(1, 999).map(lambda number: number / 70)  # hardly a sum of them is exact
FACTORS = st.integers(-99, 99).map(lambda number: number / 70)
FEW = 12  # entries by column: SciPy sorts more of one place in an order of its own


@st.composite
def entries(draw: st.DrawFn) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    size = draw(st.integers(0, 30))
    columns = sorted(draw(st.integers(0, FEW)) for _ in range(size))
    column = np.repeat(np.arange(size), columns)
    row = draw(st.lists(st.integers(0, max(0, size - 1)), min_size=len(column), max_size=len(column)))
    value = draw(st.lists(ENTRIES, min_size=len(column), max_size=len(column)))
    return size, np.array(row, dtype=np.int64), column, np.array(value, dtype=np.float64)


def both(size: int, row: np.ndarray, column: np.ndarray, value: np.ndarray) -> tuple[Any, Any]:
    with pytest.MonkeyPatch.context() as patch:
        full = matrices.matrix(row, column, value, size)
        patch.setattr(matrices, "SMALL", -1)
        return full, matrices.matrix(row, column, value, size)


@settings(max_examples=40)
@given(of=entries(), data=st.data())
def test_every_answer_is_the_same_in_both_forms(of: tuple[Any, ...], data: st.DataObject) -> None:
    size = of[0]
    full, sparse = both(*of)
    assert [isinstance(form, np.ndarray) for form in (full, sparse)] == [True, False]
    vector, other = (np.array(data.draw(st.lists(FACTORS, min_size=size, max_size=size)), float) for _ in range(2))
    for answer in (matrices.column_sums, matrices.row_sums, lambda m: matrices.times(m, vector)):
        assert answer(full).tobytes() == answer(sparse).tobytes()
    assert matrices.times(full.T, vector).tobytes() == matrices.times(sparse.T, vector).tobytes()
    for changed in (lambda m: matrices.scaled(m, vector, other), lambda m: matrices.only(m, lambda i, j: i < j)):
        assert (matrices.full(changed(full)) == matrices.full(changed(sparse))).all()
    assert (matrices.full(sparse) == full).all()


def test_entries_of_one_place_are_summed() -> None:
    for found in both(2, np.array([1, 1]), np.array([0, 0]), np.array([2.0, 3.0])):
        assert matrices.full(found).tolist() == [[0, 0], [5, 0]]
        assert matrices.times(found, np.array([10.0, 1.0])).tolist() == [0, 50]
        assert matrices.column_sums(found).tolist() == [5, 0]
        assert matrices.row_sums(found).tolist() == [0, 5]


@pytest.mark.parametrize("seed", range(3))
def test_the_tables_of_a_run_do_not_depend_on_the_form(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(Seeded(seed))
    full = run_trial(network, "none", 0, engine=simpy_engine.run).tables
    monkeypatch.setattr(matrices, "SMALL", -1)
    again = random_network(Seeded(seed))  # another object: what follows from a network is remembered by identity
    sparse = run_trial(again, "none", 0, engine=simpy_engine.run).tables
    for name, table in full.items():
        assert table.equals(sparse[name]), name
