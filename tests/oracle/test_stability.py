"""Forecasts in a ring of firms: where theory says that swings die out and where they last, and what simulation shows.

The line is the spectral radius of A times g = 1 + S / tau (`chainsim.scenario.network.stability`).  It is proved below
for the linear system with any lags, and exact for two firms that need each other and review once a period: they
alternate.  It is loose where the lags do not let a swing come back in step; simulated orders are never negative, so
above the line they grow without bound only where growth needs no negative orders, and else swing for ever.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from chainsim.model.network import Forecast
from chainsim.model.replenishment import Learning
from chainsim.model.state import PLACED
from chainsim.scenario.network.stability import gain
from chainsim.testing import Sketch, simulate

Kind = Literal["moving_average", "exponential", "autoregressive"]
Reals = NDArray[np.float64]

PERIOD = 4  # ticks
MILLION = 1_000_000
DEMAND = 1_000


def learning(kind: Kind, window: int, cover: float) -> Learning:
    """cover: periods that the level holds, S."""
    return Learning(kind, window, 1.0, cover, 0.0)


def response(rule: Learning, length: int = 400) -> Reals:
    """Orders of a stage period by period after one unit of demand: d + S (m - m of the period before)."""
    demand = np.zeros(length + 1)
    demand[1] = 1.0
    level = np.zeros(length + 1)
    forecast = 0.0
    for t in range(1, length + 1):
        if rule.kind == "moving_average":
            forecast = demand[max(0, t - rule.window + 1) : t + 1].sum() / rule.window
        elif rule.kind == "exponential":
            forecast += rule.window / MILLION * (demand[t] - forecast)
        if rule.kind == "autoregressive":
            level[t] = rule.window / MILLION * demand[t]
        else:
            level[t] = rule.protect * forecast
    return demand[1:] + np.diff(level)


RULES = st.one_of(
    st.builds(learning, st.just("moving_average"), st.integers(1, 12), st.floats(0, 20)),
    st.builds(learning, st.just("exponential"), st.integers(100_000, MILLION), st.floats(0, 20)),
    st.builds(learning, st.just("autoregressive"), st.integers(-900_000, 3_000_000), st.just(0.0)),
)


@given(RULES)
def test_the_gain_is_the_largest_over_all_frequencies(rule: Learning) -> None:
    """Of the response to one unit, on 5,040 points of the circle, among them all at which a window is out of step."""
    largest = np.abs(np.fft.fft(response(rule), 2520 * 2)).max()
    assert gain(rule) == pytest.approx(largest, rel=1e-6)


def test_a_negative_correlation_amplifies_nothing_and_a_positive_one_twice_its_sum() -> None:
    assert gain(learning("autoregressive", -500_000, 0.0)) == 1
    assert gain(learning("autoregressive", 1_710_000, 0.0)) == pytest.approx(4.42)


def modes(a: float, rule: Learning, lag: int, turn: complex) -> float:
    """The largest |z| with z^lag = turn a G(z), by the polynomial that it is."""
    if rule.kind == "exponential":
        w = rule.window / MILLION
        top, bottom = np.array([1 + rule.protect * w, -(1 - w) - rule.protect * w]), np.array([1, -(1 - w)])
    else:
        n, part = rule.window, rule.protect / rule.window
        top = np.zeros(n + 1)
        top[0], top[-1] = 1 + part, -part
        bottom = np.zeros(n + 1)
        bottom[0] = 1
    left = np.concatenate([bottom, np.zeros(lag)]).astype(complex)
    left[lag:] -= turn * a * top
    return float(np.abs(np.roots(left)).max())


@given(
    RULES.filter(lambda rule: rule.kind != "autoregressive"),
    st.floats(0.05, 0.99),
    st.integers(1, 5),
    st.integers(0, 7),
)
def test_below_1_every_swing_dies_out_whatever_the_lag(rule: Learning, radius: float, lag: int, turn: int) -> None:
    a = radius / gain(rule)
    assert modes(a, rule, lag, np.exp(2j * np.pi * turn / 8)) < 1 + 1e-9


@given(st.integers(50_000, MILLION), st.floats(1, 20), st.sampled_from([0.98, 1.02]))
def test_two_firms_that_smooth_alternate_exactly_from_1_on(weight: int, cover: float, radius: float) -> None:
    rule = learning("exponential", weight, cover)
    a = radius / gain(rule)
    if a < 1:
        assert (modes(a, rule, 1, -1) >= 1) == (radius > 1)


@given(st.integers(0, 4).map(lambda half: 2 * half + 1), st.floats(1, 20), st.sampled_from([0.98, 1.02]))
def test_so_do_two_firms_with_a_window_of_an_odd_number_of_periods(window: int, cover: float, radius: float) -> None:
    rule = learning("moving_average", window, cover)
    a = radius / gain(rule)
    if a < 1:
        assert (modes(a, rule, 1, -1) >= 1) == (radius > 1)


def orders(a: float, kind: Kind, window: int, cover: int, periods: int) -> Reals:
    """Orders per period of two firms that need `a` of each other's part, over where they settle, float64[2, periods].

    Reviewed once a period, from ample stock; one of them begins with a forecast that is a fifth too high.
    """
    need = Fraction(a).limit_denominator(1000)
    settled = DEMAND * need / (1 - need)
    sketch = Sketch(periods * PERIOD)
    for name in "xy":
        sketch.make(name, f"part of {name}", 10**12)
    for name, other in ("xy", "yx"):
        forecast = Forecast(kind, window, PERIOD, cover * PERIOD, int(settled * (Fraction(6, 5) if name == "x" else 1)))
        part = f"part of {other}"
        sketch.buy(name, part, f"part of {name}", need, other, 0, review=PERIOD, forecast=forecast)
        sketch.market(f"market of {name}", f"part of {name}", name, every=PERIOD, quantity=DEMAND)
    network = sketch.network()
    log = simulate(network).log
    result = np.zeros((2, periods))
    for tick, kind_of_row, _, lane, quantity in log.events.tolist():
        buyer = network.stocks[network.lanes[lane].buyer] if kind_of_row == PLACED else None
        if buyer is not None and buyer.role == "bought":
            result["xy".index(network.firms[buyer.firm].name), tick // PERIOD] += quantity
    return result / float(settled)


@pytest.mark.parametrize(
    ("kind", "window", "cover"),
    [
        ("exponential", 200_000, 3),
        ("exponential", 500_000, 2),
        ("moving_average", 1, 1),
        ("moving_average", 3, 2),
        ("moving_average", 10, 8),
    ],
)
def test_at_a_radius_of_seven_tenths_orders_settle(kind: Kind, window: int, cover: int) -> None:
    """To within the rounding of forecasts and bills, a few quanta of several hundred."""
    a = 0.7 / gain(learning(kind, window, cover))
    late = orders(a, kind, window, cover, 160)[:, 120:]
    assert np.abs(late - 1).max() * a * DEMAND / (1 - a) < 5


def test_at_a_radius_of_1_3_orders_grow_without_bound() -> None:
    """Two firms that spend 95 % on each other: every 20 periods orders peak at more than ten times as much."""
    rule = learning("exponential", 90_000, 4)
    assert 0.95 * gain(rule) == pytest.approx(1.31, abs=0.01)
    found = orders(0.95, "exponential", 90_000, 4, 80)
    peaks = [found[:, begin : begin + 20].max() for begin in range(0, 80, 20)]
    assert all(later > 10 * earlier for earlier, later in pairwise(peaks)), peaks


def test_at_the_same_radius_but_less_need_orders_swing_for_ever() -> None:
    """Growth would need negative orders, so it ends in swings between nothing and several times what is needed."""
    a = 1.3 / gain(learning("exponential", 200_000, 3))
    found = orders(a, "exponential", 200_000, 3, 300)
    for begin in (100, 200):
        assert np.ptp(found[:, begin : begin + 100]) > 2
        assert found[:, begin : begin + 100].min() == 0


def test_just_above_the_line_swings_last_and_just_below_they_die_out() -> None:
    for radius, lasts in ((0.95, False), (1.05, True)):
        a = radius / gain(learning("exponential", 200_000, 3))
        assert (np.ptp(orders(a, "exponential", 200_000, 3, 300)[:, 250:]) > 0.5) == lasts


def test_the_line_is_loose_where_swings_come_back_out_of_step() -> None:
    """A window of two periods does not see what alternates: at a radius of 1.2 orders settle all the same."""
    assert 0.6 * gain(learning("moving_average", 2, 1)) == pytest.approx(1.2)
    assert np.ptp(orders(0.6, "moving_average", 2, 1, 160)[:, 120:]) < 0.01
