"""What a region keeps: direct, rounds, feedback by way of firms elsewhere, spillover; consolidation of groups."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.leontief import Leontief, Measure, Region, compile_network
from chainsim.errors import InvariantError
from chainsim.testing.tables import table_network
from chainsim.theory import leontief as theory

HERE, ELSEWHERE = np.array([True, False]), np.array([False, True])


def gross(table: Leontief, between: np.ndarray | None = None) -> Measure:
    return Measure(
        "gross output", "CNY/CNY", np.ones(len(table.stocks)), table.purchases if between is None else between
    )


def two_regions() -> Leontief:
    """Firm 0 here buys 20 % from itself and 50 % elsewhere; firm 1 elsewhere buys 40 % here.  10 % and 20 % imports.

    Six in ten yuan of final sales are here.
    """
    purchases = ((Fraction("0.2"), Fraction("0.4")), (Fraction("0.5"), Fraction("0")))
    outside = (Fraction("0.1"), Fraction("0.2"))
    return compile_network(table_network(purchases, (3, 2), outside=outside, rings=("city", "nation")))


def test_two_regions_by_hand() -> None:
    """I - A = [[0.8, -0.4], [-0.5, 1]] has determinant 0.6, so L = [[1, 0.4], [0.5, 0.8]] / 0.6; L_R = 1 / 0.8.

    Here: L f = (0.6 + 0.4 x 0.4) / 0.6; L f_R = 0.6 / 0.6 = 1, of which 0.6 / 0.8 = 0.75 without feedback.
    """
    table = two_regions()
    region = Region(table, HERE)
    assert region.mix.parts(gross(table)) == pytest.approx(
        {
            "direct": 0.6,
            "first round": 0.2 * 0.6 + 0.4 * 0.4,
            "further rounds": 0.76 / 0.6 - 0.6 - 0.28,
            "indirect": 0.76 / 0.6 - 0.6,
            "total": 0.76 / 0.6,
            "without feedback": 0.75,
            "feedback": 0.25,
            "spillover": 0.16 / 0.6,
        }
    )
    other = Region(table, ELSEWHERE).mix.parts(gross(table))
    assert other["total"] == pytest.approx((0.5 * 0.6 + 0.8 * 0.4) / 0.6)
    assert other["without feedback"] == pytest.approx(0.4)  # nothing is sold to itself
    assert other["feedback"] == pytest.approx(0.8 * 0.4 / 0.6 - 0.4)


def test_what_a_region_buys_elsewhere_is_its_import() -> None:
    """m_R = 0.1 + 0.5 and v = 0.2, so that v'L_R + m_R'L_R = 0.8 / 0.8."""
    region = Region(two_regions(), HERE)
    assert region.alone.outside == pytest.approx([0.6])
    assert region.alone.value_added == pytest.approx([0.2])
    assert region.identity_error < 1e-12
    region.check()


def test_one_product_alone_is_its_column() -> None:
    """A yuan of product 1, which is sold elsewhere, is no direct sale here, but 0.4 / 0.6 are sold here."""
    table = two_regions()
    found = Region(table, HERE).rounds(np.array([0.0, 1.0])).parts(gross(table))
    assert found["direct"] == 0
    assert found["total"] == found["spillover"] == pytest.approx(0.4 / 0.6)
    assert found["first round"] == pytest.approx(0.4)


def test_a_group_that_sells_to_itself_sells_less() -> None:
    """If the two are one group, only final sales are left; if firm 0 alone is, its sales to itself are gone."""
    table = two_regions()
    region = Region(table, HERE)
    as_one = region.mix.parts(gross(table, np.zeros((2, 2))))
    assert as_one["total"] == as_one["direct"] == pytest.approx(0.6)
    without_own = region.mix.parts(gross(table, table.purchases * ~np.eye(2, dtype=bool)))
    assert without_own["total"] == pytest.approx(0.76 / 0.6 * 0.8)
    assert without_own["without feedback"] == pytest.approx(0.6)
    assert without_own["feedback"] == pytest.approx(1 * 0.8 - 0.6)


@st.composite
def regional_tables(draw: st.DrawFn) -> tuple[Leontief, np.ndarray, np.ndarray]:
    """A table, the region of each row (0, 1 or 2), and its group (0 is none)."""
    size = draw(st.integers(2, 5))
    purchases = np.zeros((size, size))
    outside = np.zeros(size)
    for j in range(size):
        left = 16
        for i in range(size):
            taken = draw(st.integers(0, left))
            left -= taken
            purchases[i, j] = taken / 20
        outside[j] = draw(st.integers(0, left)) / 20
    final = np.array(draw(st.lists(st.integers(0, 4), min_size=size, max_size=size).filter(any)), dtype=float)
    where, group = (np.array(draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))) for _ in range(2))
    return Leontief(0, tuple(range(size)), purchases, outside, final / final.sum()), where, group


def between_groups(table: Leontief, group: np.ndarray) -> np.ndarray:
    same = (group[:, None] == group[None, :]) & (group[:, None] > 0)
    return np.where(same, 0.0, table.purchases)


@given(regional_tables())
def test_parts_add_up_and_regions_add_up(drawn: tuple[Leontief, np.ndarray, np.ndarray]) -> None:
    """Of every measure, the parts sum to the total as they say, and disjoint regions to the whole."""
    table, where, group = drawn
    everywhere = Region(table, np.ones(len(table.stocks), dtype=bool))
    for measure in (
        gross(table),
        gross(table, between_groups(table, group)),
        Measure("value added", "", table.value_added, table.purchases),
    ):
        whole = everywhere.mix.parts(measure)
        assert whole["feedback"] == pytest.approx(0, abs=1e-12)
        assert whole["spillover"] == pytest.approx(0, abs=1e-12)
        sums = dict.fromkeys(whole, 0.0)
        for number in range(3):
            parts = Region(table, where == number).mix.parts(measure)
            assert parts["total"] == pytest.approx(parts["direct"] + parts["indirect"])
            assert parts["indirect"] == pytest.approx(parts["first round"] + parts["further rounds"])
            assert parts["total"] == pytest.approx(parts["without feedback"] + parts["feedback"] + parts["spillover"])
            for part, value in parts.items():
                assert value >= -1e-12, part
                sums[part] += value
        for part in ("direct", "first round", "further rounds", "indirect", "total"):
            assert sums[part] == pytest.approx(whole[part])


@given(regional_tables())
def test_the_region_alone_is_the_textbooks_table_of_its_block(drawn: tuple[Leontief, np.ndarray, np.ndarray]) -> None:
    """L_R = (I - A_R)^-1 <= the region's block of L, entry by entry; v'L_R + m_R'L_R = 1'."""
    table, where, _ = drawn
    for number in range(3):
        inside = where == number
        region = Region(table, inside)
        assert region.identity_error < 1e-12
        if not inside.any():
            assert region.mix.parts(gross(table))["total"] == 0
            continue
        block = table.purchases[np.ix_(inside, inside)]
        alone = region.alone.outputs(np.eye(int(inside.sum())))
        assert alone == pytest.approx(theory.inverse(block.tolist()), rel=1e-9)
        assert (table.outputs(np.eye(len(where)))[np.ix_(inside, inside)] >= alone - 1e-12).all()
        for product in np.flatnonzero(inside):
            found = region.rounds(np.eye(len(where))[product]).parts(gross(table))
            assert found["without feedback"] == pytest.approx(
                theory.output_multiplier(block.tolist(), int(inside[:product].sum()) + 1)
            )
            assert found["spillover"] == pytest.approx(0, abs=1e-12)
            assert 1 - 1e-12 <= found["total"] <= 1 / (1 - table.purchases.sum(axis=0).max()) + 1e-9


@given(regional_tables())
def test_consolidated_is_gross_less_sales_inside_groups(drawn: tuple[Leontief, np.ndarray, np.ndarray]) -> None:
    """Sales inside groups are those of the full outputs, also to members elsewhere; and value added is at most 1."""
    table, where, group = drawn
    same = (group[:, None] == group[None, :]) & (group[:, None] > 0)
    for number in range(3):
        inside = where == number
        mix = Region(table, inside).mix
        apart, consolidated = (mix.parts(gross(table, b))["total"] for b in (None, between_groups(table, group)))
        within = (table.purchases * same * table.output[None, :])[inside].sum()
        assert consolidated == pytest.approx(apart - within)
        assert consolidated <= apart + 1e-12
        added = mix.parts(Measure("value added", "", table.value_added, table.purchases))["total"]
        assert added <= min(1.0, apart) + 1e-12


@pytest.mark.parametrize("imports", [0.1, 0.6 * 1.01, 0.5])
def test_imports_that_are_forgotten_or_booked_twice_break_a_regions_identity(imports: float) -> None:
    """Without what is bought from firms elsewhere, without that from outside, and with a hundredth too much."""
    region = Region(two_regions(), HERE)
    vars(region)["alone"] = replace(region.alone, outside=np.array([imports]))
    with pytest.raises(InvariantError, match="algebra of a region"):
        region.check()
