"""Curves lead from nothing to all, never back, and their steps lose what they lose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.curves import curves, level_between
from chainsim.model.network import WHOLE_SHARE

TIMES = st.floats(0, 1)


@pytest.mark.parametrize("name", list(curves))
def test_a_curve_leads_from_nothing_to_all(name: str) -> None:
    curve = curves[name]()
    assert curve.at(0.0) == pytest.approx(0, abs=1e-12)
    assert curve.at(1.0) == pytest.approx(1)


@pytest.mark.parametrize("name", list(curves))
@given(one=TIMES, other=TIMES)
def test_a_curve_never_falls(name: str, one: float, other: float) -> None:
    curve = curves[name]()
    assert curve.at(min(one, other)) <= curve.at(max(one, other)) + 1e-12


@given(st.integers(1, 50), st.integers(0, WHOLE_SHARE))
def test_the_steps_of_a_straight_line_lose_what_the_line_loses(steps: int, low: int) -> None:
    """The mean of the steps is halfway between the lowest level and the whole, to the rounding of each."""
    levels = [level_between(curves["linear"](), low, n / steps, (n + 1) / steps) for n in range(steps)]
    assert sum(levels) / steps == pytest.approx((low + WHOLE_SHARE) / 2, abs=0.5)


def test_the_logistic_is_the_same_from_either_end() -> None:
    curve = curves["logistic"]()
    for time in (0.0, 0.1, 0.25, 0.4):
        assert curve.at(time) + curve.at(1 - time) == pytest.approx(1)
    assert curve.at(0.1) < 0.1
