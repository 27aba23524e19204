"""Shares of whole numbers: one by one and many at once, of any size, halves to the even one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.rounding import Shares, share_of

values = st.integers(-(2**62), 2**62)
shares = st.fractions(-1, 1) | st.sampled_from([Fraction(1, 2), Fraction(1, 4), Fraction(1, 10**25), Fraction(0)])


@given(st.lists(st.tuples(values | st.integers(-9, 9), shares), max_size=9))
def test_many_at_once_are_what_round_gives_of_each(rows: list[tuple[int, Fraction]]) -> None:
    found = Shares.of(share for _, share in rows)(np.array([value for value, _ in rows], dtype=np.int64))
    assert found.dtype == np.int64
    assert found.tolist() == [round(value * share) for value, share in rows]
    assert found.tolist() == [share_of(value, share) for value, share in rows]


def test_one_share_of_every_value() -> None:
    assert Shares.of([Fraction(1, 2)])(np.array([1, 2, 3, 5, -1, -3])).tolist() == [0, 1, 2, 2, 0, -2]
