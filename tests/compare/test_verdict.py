"""A verdict: the expected value inside the interval passes, outside fails, and a run that could not tell is void."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.compare.verdict import Expected, judge


def of(expected: float, values: list[float], unlike: list[float] | None = None, within: float = 0.0):
    return judge("case", "quantity", Expected(expected, "", ""), unlike or [], values, within)


def test_the_standard_error_is_that_of_the_mean_over_replications() -> None:
    verdict = of(10.0, [9.0, 10.0, 11.0])
    assert verdict.simulated == 10.0
    assert math.isclose(verdict.error, 1 / math.sqrt(3))
    assert verdict.replications == 3


def test_the_margin_is_the_t_quantile_of_9999_in_10000() -> None:
    """Two degrees of freedom: 99.992 standard errors (Student's t, two-sided 0.0001)."""
    verdict = of(10.0, [9.0, 10.0, 11.0])
    assert math.isclose(verdict.margin / verdict.error, 99.992, rel_tol=1e-4)


def test_a_value_outside_the_interval_fails_even_where_near_misses_are_close() -> None:
    values = [10.0 + 0.01 * (n % 3) for n in range(60)]
    assert of(10.01, values, [9.0]).outcome == "pass"
    assert of(10.1, values, [9.0]).outcome == "fail"
    assert of(10.1, values, [10.1]).outcome == "fail"


def test_a_near_miss_within_twice_the_margin_makes_a_pass_void() -> None:
    values = [10.0 + 0.01 * (n % 3) for n in range(60)]
    margin = of(10.01, values, [9.0]).margin
    assert of(10.01, values, [10.01 + 2.01 * margin]).outcome == "pass"
    assert of(10.01, values, [10.01 - 1.99 * margin]).outcome == "void"
    assert of(10.01, values, [5.0, 10.01 + margin]).near == 10.01 + margin


def test_without_near_misses_a_wide_interval_is_void() -> None:
    assert of(10.0, [8.0, 12.0, 9.0, 11.0]).outcome == "void"
    assert of(10.001, [10.0 + 0.001 * (n % 3) for n in range(60)]).outcome == "pass"


def test_without_chance_the_value_must_be_met_to_nine_digits() -> None:
    assert of(7.0, [7.0]).outcome == "pass"
    assert of(7.0, [7.0 + 1e-10]).outcome == "pass"
    assert of(7.0, [7.0 + 1e-7]).outcome == "fail"
    assert of(7.0, [7.0 + 1e-7], within=1e-6).outcome == "pass"


@given(st.floats(-100, 100), st.lists(st.floats(-100, 100), min_size=2, max_size=20), st.floats(0.1, 10))
def test_a_verdict_does_not_depend_on_the_unit(expected: float, values: list[float], factor: float) -> None:
    one, other = of(expected, values), of(expected * factor, [value * factor for value in values])
    if abs(abs(one.simulated - expected) - one.margin) > 1e-3 and one.error > 1e-3 and other.error > 1e-3:
        assert (one.outcome == "fail") == (other.outcome == "fail")


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0]])
def test_one_replication_has_no_standard_error(values: list[float]) -> None:
    assert of(1.0, values).error == 0.0
    assert of(1.0, values).deviation == 0.0
