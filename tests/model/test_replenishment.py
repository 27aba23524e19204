"""Every replenishment rule comes down to levels; the numbers are those of a calculation by hand or of a table."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.replenishment import (
    Autoregressive,
    BaseStock,
    Cover,
    EchelonBaseStock,
    ExponentialSmoothing,
    FillRateStock,
    Flow,
    Learning,
    Levels,
    LotForLot,
    MovingAverage,
    ReorderPointOrderUpTo,
    ReorderPointQuantity,
    SafetyStock,
    learning_of,
    replenishments,
)
from chainsim.model.replenishment.forecasts import powers
from chainsim.model.replenishment.service import loss

DAY = 86_400.0
amounts = st.floats(0, 1e6)
flows = st.builds(Flow, amounts, amounts, amounts, amounts)


def test_every_registered_rule_is_known_here() -> None:
    assert set(replenishments) == {
        "autoregressive",
        "base_stock",
        "cover",
        "echelon_base_stock",
        "exponential_smoothing",
        "fill_rate_stock",
        "lot_for_lot",
        "moving_average",
        "r_Q",
        "s_S",
        "safety_stock",
    }


@given(amounts, flows)
def test_fixed_levels_are_what_they_are_whatever_flows(level: float, flow: Flow) -> None:
    assert BaseStock(level).levels(flow) == Levels(level)
    assert EchelonBaseStock(level).levels(flow) == Levels(level, echelon=True)


def test_s_s_keeps_its_two_numbers_and_wants_them_in_order() -> None:
    assert ReorderPointOrderUpTo(20, 100).levels(Flow(1.0, 5.0, 0.0)) == Levels(100, 20)
    assert ReorderPointOrderUpTo(20, 100).check() == ""
    assert "below" in ReorderPointOrderUpTo(100, 100).check()


def test_r_q_orders_its_quantity_and_aims_no_higher_than_both_together() -> None:
    assert ReorderPointQuantity(20, 50).levels(Flow(1.0, 5.0, 0.0)) == Levels(70, 20, 50)
    assert "above 0" in ReorderPointQuantity(20, 0).check()


@given(amounts, flows)
def test_cover_holds_the_planned_use_of_cover_lead_time_and_review(days: float, flow: Flow) -> None:
    held = Cover(days).levels(flow).order_up_to
    assert held == pytest.approx(flow.rate * (days + flow.lead_time + flow.review))


@given(amounts, flows)
def test_lot_for_lot_holds_what_the_plan_needs_until_the_next_delivery(safety: float, flow: Flow) -> None:
    held = LotForLot(safety).levels(flow).order_up_to
    assert held == pytest.approx(flow.rate * (flow.lead_time + flow.review) + safety)


@pytest.mark.parametrize(
    ("service", "z"),  # as every table of the normal distribution has them
    [(0.5, 0.0), (0.90, 1.2816), (0.95, 1.6449), (0.975, 1.9600), (0.99, 2.3263)],
)
def test_safety_stock_for_a_constant_lead_time_is_z_times_the_root_of_the_periods(service: float, z: float) -> None:
    """20 a day, sd 6 a day, 3 days of lead time and 1 of review: 80 and z x 6 x 2."""
    level = SafetyStock(service, 6.0, DAY).levels(Flow(20 / DAY, 3 * DAY, DAY)).order_up_to
    assert level == pytest.approx(80 + z * 12, abs=12 * 5e-5)


def test_safety_stock_adds_the_spread_of_the_lead_time() -> None:
    """sd^2 P + d^2 var(L) = 6^2 x 4 + 20^2 x 0.8^2 = 400."""
    flow = Flow(20 / DAY, 3 * DAY, DAY, 0.8 * DAY)
    assert SafetyStock(0.95, 6.0, DAY).levels(flow).order_up_to == pytest.approx(80 + 1.64485 * 20, abs=1e-3)


def test_safety_stock_reads_its_spread_by_the_period() -> None:
    """A week with sd 6 x root 7 is a day with sd 6."""
    flow = Flow(20 / DAY, 3 * DAY, DAY)
    by_week = SafetyStock(0.9, 6.0 * math.sqrt(7), 7 * DAY).levels(flow).order_up_to
    assert by_week == pytest.approx(SafetyStock(0.9, 6.0, DAY).levels(flow).order_up_to)


@pytest.mark.parametrize("rule", [SafetyStock(0.0, 6, DAY), SafetyStock(1.0, 6, DAY), FillRateStock(1.0, 6, DAY)])
def test_a_service_of_all_or_nothing_is_refused(rule: SafetyStock | FillRateStock) -> None:
    assert "above 0% and below 100%" in rule.check()


@pytest.mark.parametrize(
    ("z", "standard"), [(0.0, 0.3989), (0.5, 0.1978), (1.0, 0.0833), (1.5, 0.0293), (2.0, 0.0085), (-1.0, 1.0833)]
)
def test_the_loss_function_is_that_of_the_tables(z: float, standard: float) -> None:
    assert loss(z, 0.0, 1.0) == pytest.approx(standard, abs=5e-5)
    assert loss(100 + 20 * z, 100.0, 20.0) == pytest.approx(20 * standard, abs=20 * 5e-5)


def test_fill_rate_of_a_stock_without_lead_time_is_one_loss_function() -> None:
    """100 a day, sd 20, reviewed daily, no lead time: 98 % leaves 2 units = 20 x 0.1, which the tables have at z =
    0.90."""
    level = FillRateStock(0.98, 20.0, DAY).levels(Flow(100 / DAY, 0.0, DAY)).order_up_to
    assert level == pytest.approx(100 + 0.90 * 20, abs=0.1)


@given(st.floats(0.3, 0.999), st.floats(0, 50), st.integers(0, 10), st.floats(0, 1))
def test_the_level_of_a_fill_rate_leaves_that_share_of_a_cycle_short(
    fill_rate: float, sd: float, days: int, spread: float
) -> None:
    """Units short at the end of a cycle less those short at its beginning are (1 - fill rate) of its demand."""
    flow = Flow(100 / DAY, days * DAY, DAY, spread * days * DAY)
    level = FillRateStock(fill_rate, sd, DAY).levels(flow).order_up_to
    before = flow.use_and_spread(sd, DAY, days * DAY)
    after = flow.use_and_spread(sd, DAY, (days + 1) * DAY)
    if level > 0:
        assert loss(level, *after) - loss(level, *before) == pytest.approx((1 - fill_rate) * 100, abs=1e-6)


def test_without_planned_use_a_fill_rate_needs_no_stock() -> None:
    assert FillRateStock(0.98, 20.0, DAY).levels(Flow(0.0, DAY, DAY)) == Levels(0.0)


def test_forecasts_cover_what_they_are_told_besides_lead_time_and_review() -> None:
    flow = Flow(20 / DAY, 3 * DAY, DAY)
    average = MovingAverage(2 * DAY, 5, 7).levels(flow)
    assert average == Levels(7, learning=Learning("moving_average", 5, DAY, 6 * DAY, pytest.approx(20)))
    smoothed = ExponentialSmoothing(0.0, 0.25).levels(flow)
    assert smoothed == Levels(0, learning=Learning("exponential", 250_000, DAY, 4 * DAY, pytest.approx(20)))


def test_a_forecast_under_continuous_review_has_a_period_of_its_own() -> None:
    rule = MovingAverage(0.0, 5, 0.0, 7 * DAY)
    learning = learning_of(rule, 0.0)
    assert learning is not None
    assert learning.period == 7 * DAY
    assert learning_of(BaseStock(3), 0.0) is None


def test_an_autoregressive_level_moves_by_the_sum_of_the_powers() -> None:
    """P = 3 + 1 periods, rho = 1/2: 4 x 20 + 5, and 1/2 + 1/4 + 1/8 + 1/16 of the last deviation."""
    levels = Autoregressive(20, 0.5, 5).levels(Flow(1.0, 3 * DAY, DAY))
    assert levels == Levels(85, learning=Learning("autoregressive", 937_500, DAY, 4 * DAY, 20))


@given(st.floats(-0.99, 0.99), st.integers(0, 40))
def test_the_sum_of_the_powers_is_the_geometric_series(rho: float, periods: int) -> None:
    assert powers(rho, periods) == pytest.approx(rho * (1 - rho**periods) / (1 - rho), abs=1e-9)


def test_part_of_a_period_counts_in_part() -> None:
    assert powers(0.5, 1.5) == pytest.approx(0.5 + 0.25 / 2)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (MovingAverage(DAY, 2.5), "whole number of periods"),
        (ExponentialSmoothing(DAY, 0.0), "above 0"),
        (Autoregressive(20, 1.0), "below 1"),
        (SafetyStock(0.9, 6, 0.0), "the period must be above 0"),
        (FillRateStock(0.9, 6, 0.0), "the period must be above 0"),
    ],
)
def test_parameters_that_make_no_sense_are_named(rule: MovingAverage, wrong: str) -> None:
    assert wrong in rule.check()
