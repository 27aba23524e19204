"""Input-output formulas against the example of Miller & Blair and the round-by-round sum."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.theory import evaluate
from chainsim.theory import leontief as io

# Miller & Blair 2022, sec. 2.3 and 2.5: two sectors, households as a third.
A = [[0.15, 0.25], [0.20, 0.05]]
LABOUR, CONSUMPTION, AMONG = [0.30, 0.25], [0.05, 0.40], 0.05


def test_the_two_sectors_of_miller_and_blair() -> None:
    inverse = [[io.leontief_coefficient(A, i, j) for j in (1, 2)] for i in (1, 2)]
    assert inverse == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    # Final demand of 600 and 1500 calls for 1247.5 and 1841.6.
    assert io.leontief_output(A, [600, 1500], 1) == pytest.approx(1247.52, abs=0.01)
    assert io.leontief_output(A, [600, 1500], 2) == pytest.approx(1841.58, abs=0.01)
    assert io.leontief_total_output(A, [600, 1500]) == pytest.approx(3089.11, abs=0.01)
    assert io.output_multiplier(A, 1) == pytest.approx(1.518, abs=5e-4)
    assert io.output_multiplier(A, 2) == pytest.approx(1.452, abs=5e-4)


def test_households_raise_the_multiplier_as_in_the_book() -> None:
    # The closed inverse has the columns (1.365, 0.527, 0.570) and (0.425, 1.348, 0.489).
    first = io.output_multiplier_type_two(A, LABOUR, CONSUMPTION, 1, AMONG)
    second = io.output_multiplier_type_two(A, LABOUR, CONSUMPTION, 2, AMONG)
    assert first == pytest.approx(1.365 + 0.527, abs=1e-3)
    assert second == pytest.approx(0.425 + 1.348, abs=1e-3)
    assert io.output_multiplier_type_two(A, [0, 0], CONSUMPTION, 1) == pytest.approx(io.output_multiplier(A, 1))


def test_multipliers_are_sums_over_the_rounds_of_spending() -> None:
    round_, gathered = np.array([0.0, 1.0]), np.zeros(2)
    for _ in range(200):
        gathered += round_
        round_ = np.array(A) @ round_
    assert io.output_multiplier(A, 2) == pytest.approx(gathered.sum())
    assert io.weighted_multiplier(A, LABOUR, 2) == pytest.approx(LABOUR @ gathered)


def test_value_added_of_all_sectors_makes_up_a_unit() -> None:
    added = [1 - sum(row[j] for row in A) for j in (0, 1)]
    assert io.weighted_multiplier(A, added, 1) == pytest.approx(1)


def test_tables_are_written_as_lists_of_rows() -> None:
    text = "output_multiplier(coefficients=[[0.15, 1/4], [0.2, 0.05]], sector=1)"
    assert evaluate(text)[0] == pytest.approx(io.output_multiplier(A, 1))
    for table, complaint in [
        ("[[0.1, 0.2]]", "square"),
        ("[[0.1, -0.2], [0, 0]]", ">= 0"),
        ("[[1.1, 0], [0, 0]]", "spectral radius 1.1"),
        ("[0.1, 0.2]", "must be a list of rows"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            evaluate(f"output_multiplier(coefficients={table}, sector=1)")
    with pytest.raises(ValueError, match="sector must be from 1 to 2"):
        io.output_multiplier(A, 3)
