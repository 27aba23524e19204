"""Every replenishment rule compiles to a reorder point and an order-up-to level."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.replenishment import BaseStock, Cover, Flow, ReorderPointOrderUpTo, replenishments

amounts = st.floats(0, 1e6)


def test_every_registered_rule_is_known_here() -> None:
    assert set(replenishments) == {"base_stock", "s_S", "cover"}


@given(amounts, amounts, amounts, amounts)
def test_base_stock_is_its_level_whatever_flows(level: float, rate: float, lead_time: float, review: float) -> None:
    assert BaseStock(level).levels(Flow(rate, lead_time, review)) == (level, level)


def test_s_s_keeps_its_two_numbers_and_wants_them_in_order() -> None:
    assert ReorderPointOrderUpTo(20, 100).levels(Flow(1.0, 5.0, 0.0)) == (20, 100)
    assert ReorderPointOrderUpTo(20, 100).check() == ""
    assert "below" in ReorderPointOrderUpTo(100, 100).check()


@given(amounts, amounts, amounts, amounts)
def test_cover_holds_the_planned_use_of_cover_lead_time_and_review(
    days: float, rate: float, lead_time: float, review: float
) -> None:
    low, high = Cover(days).levels(Flow(rate, lead_time, review))
    assert low == high == pytest.approx(rate * (days + lead_time + review))
