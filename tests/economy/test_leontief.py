"""Leontief tables compiled from networks, against Miller & Blair's numbers and the textbook functions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.leontief import ALGEBRA, Leontief, Region, compile_network
from chainsim.errors import InvariantError
from chainsim.testing.tables import table_network
from chainsim.theory import leontief as theory

# Miller & Blair 2009, sec. 2.3: two sectors that both use their own product; final demand 600 and 1500.
A = ((Fraction("0.15"), Fraction("0.25")), (Fraction("0.20"), Fraction("0.05")))


def unit(size: int, at: int) -> np.ndarray:
    return np.eye(size)[at]


def test_the_two_sectors_of_miller_and_blair_as_firms() -> None:
    """L, the outputs 1247.5 and 1841.6, and the multipliers 1.518 and 1.452 of ch. 6."""
    table = compile_network(table_network(A, (600, 1500)))
    assert table.purchases == pytest.approx(np.array([[0.15, 0.25], [0.20, 0.05]]), abs=1e-12)
    assert table.outputs(np.eye(2)) == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    assert table.final == pytest.approx([600 / 2100, 1500 / 2100])
    assert table.output * 2100 == pytest.approx([1247.52, 1841.58], abs=0.01)
    assert table.outputs(np.eye(2)).sum(axis=0) == pytest.approx([1.518, 1.452], abs=5e-4)
    assert table.value_added == pytest.approx([0.65, 0.70])


def test_prices_of_units_do_not_matter_in_value_terms() -> None:
    dear = compile_network(table_network(A, (2, 3), prices=(700, 1900)))
    assert dear.purchases == pytest.approx(np.array([[0.15, 0.25], [0.20, 0.05]]), abs=1e-12)
    assert dear.final == pytest.approx(np.array([1400, 5700]) / 7100)


def test_a_table_without_rows_says_nothing() -> None:
    table = Leontief(0, (), np.zeros((0, 0)), np.zeros(0), np.zeros(0))
    assert table.output.shape == (0,)
    assert table.identity_error == 0


@st.composite
def twentieths(draw: st.DrawFn) -> tuple[list[list[Fraction]], list[Fraction], list[int]]:
    """Purchases and imports of at most 16 twentieths of each firm's output, and some final demand."""
    size = draw(st.integers(2, 4))
    purchases = [[Fraction(0)] * size for _ in range(size)]
    outside = []
    for j in range(size):
        left = 16
        for i in range(size):
            taken = draw(st.integers(0, left))
            left -= taken
            purchases[i][j] = Fraction(taken, 20)
        outside.append(Fraction(draw(st.integers(0, left)), 20))
    final = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any))
    return purchases, outside, final


@given(twentieths(), st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_a_compiled_table_is_the_one_that_the_network_was_made_from(
    drawn: tuple[list[list[Fraction]], list[Fraction], list[int]], prices: list[int]
) -> None:
    """Coefficients, L and the multipliers of the textbook functions, value added that makes up a yuan."""
    purchases, outside, final = drawn
    size = len(final)
    table = compile_network(table_network(purchases, final, outside=outside, prices=[100 * p for p in prices[:size]]))
    floats = [[float(value) for value in row] for row in purchases]
    assert table.purchases == pytest.approx(np.array(floats), abs=1e-12)
    assert table.outside == pytest.approx([float(value) for value in outside], abs=1e-12)
    assert table.outputs(np.eye(size)) == pytest.approx(theory.inverse(floats), rel=1e-9, abs=1e-12)
    for product in range(size):
        column = table.outputs(unit(size, product))
        assert column.sum() == pytest.approx(theory.output_multiplier(floats, product + 1))
        added = theory.weighted_multiplier(floats, table.value_added.tolist(), product + 1)
        assert table.value_added @ column == pytest.approx(added)
        assert 1 - 1e-12 <= column.sum() <= 1 / (1 - table.purchases.sum(axis=0).max()) + 1e-9
        assert table.value_added @ column <= 1 + 1e-12
        assert (table.value_added + table.outside) @ column == pytest.approx(1, abs=1e-12)
    assert table.identity_error < 1e-12


def test_without_circles_as_many_rounds_as_tiers_are_all_of_it() -> None:
    """Four tiers: f + A f + A^2 f + A^3 f is L f; one round less is not."""
    half = Fraction(1, 2)
    chain = [[half if i == j + 1 else Fraction(0) for j in range(4)] for i in range(4)]
    chain[3][1] = Fraction(1, 4)  # one firm is in two tiers
    table = compile_network(table_network(chain, (1, 0, 0, 0)))
    rounds = [table.final]
    for _ in range(3):
        rounds.append(table.purchases @ rounds[-1])
    assert sum(rounds) == pytest.approx(table.output, abs=1e-15)
    assert sum(rounds[:3]).sum() == pytest.approx(table.output.sum() - 1 / 8)
    region = Region(table, np.ones(4, dtype=bool))
    assert (region.mix.output - rounds[0] - rounds[1]).sum() == pytest.approx(rounds[2].sum() + rounds[3].sum())


def test_firms_that_sell_each_other_everything_have_no_table() -> None:
    """I - A without an inverse is an error with a name; nearly so, the identity says how far rounding went."""
    closed = Leontief(0, (0, 1), np.array([[0.0, 1.0], [1.0, 0.0]]), np.zeros(2), np.array([1.0, 0.0]))
    with pytest.raises(InvariantError, match="no inverse"):
        closed.check()
    with pytest.raises(InvariantError, match="no inverse"):
        _ = closed.output
    nearly = replace(closed, bought=np.array([[0.3, 1e9 / 3], [1e-10, 0.2]]))  # sells far below cost
    with pytest.raises(InvariantError, match="algebra is off"):
        nearly.check()
    assert replace(closed, bought=np.array([[0.0, 0.99], [0.99, 0.0]])).identity_error < ALGEBRA


def test_nan_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    table = compile_network(table_network(A, (1, 1)))
    table.check()
    monkeypatch.setattr(Leontief, "identity_error", np.nan)
    with pytest.raises(InvariantError, match="algebra is off"):
        table.check()
