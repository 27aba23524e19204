"""Variance ratios against plain double sums over impulse responses, limits, and simulated orders."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.theory import bullwhip as b


def ratio(response: np.ndarray, correlation: float) -> float:
    """Variance of filtered AR(1) input of variance 1, as a quadratic form."""
    lags = np.abs(np.subtract.outer(np.arange(len(response)), np.arange(len(response))))
    return float(response @ correlation**lags @ response)


def respond(lead: float, forecast: np.ndarray) -> np.ndarray:
    """Orders D_t + L (F_t - F_{t-1}) after one unit of demand, from the forecast's own response."""
    orders = lead * np.diff(np.concatenate([[0.0], forecast]))
    orders[0] += 1
    return orders


def averaged(window: int) -> np.ndarray:
    return np.concatenate([np.full(window, 1 / window), [0.0]])


def smoothed(weight: float) -> np.ndarray:
    return weight * (1 - weight) ** np.arange(600)


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.4])
@pytest.mark.parametrize(("lead", "window"), [(1, 1), (2, 5), (4, 3)])
def test_a_moving_average(lead: int, window: int, correlation: float) -> None:
    expected = ratio(respond(lead, averaged(window)), correlation)
    assert b.moving_average_bullwhip(lead, window, correlation) == pytest.approx(expected)
    assert b.moving_average_bullwhip_chain([lead], [window], correlation) == pytest.approx(expected)
    assert b.moving_average_bullwhip(lead + 1, window, correlation) != pytest.approx(expected, rel=0.01)


def test_the_numbers_of_chen_and_others() -> None:
    # L = 1, p = 1: 1 + 2 + 2; L = 4, p = 4 the same; with correlation 0.9 and p = 2: 1 + (1 + 1/2) (1 - 0.81).
    assert b.moving_average_bullwhip(1, 1) == 5
    assert b.moving_average_bullwhip(4, 4) == 5
    assert b.moving_average_bullwhip(1, 2, 0.9) == pytest.approx(1.285)
    # Smoothing with weight 2 / (p + 1) has forecasts as old as a moving average's but lets through more.
    assert b.exponential_smoothing_bullwhip(2, 2 / 6) > b.moving_average_bullwhip(2, 5)


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.4])
def test_exponential_smoothing(correlation: float) -> None:
    expected = ratio(respond(3, smoothed(0.2)), correlation)
    assert b.exponential_smoothing_bullwhip(3, 0.2, correlation) == pytest.approx(expected)
    assert b.exponential_smoothing_bullwhip_chain([3], [0.2], correlation) == pytest.approx(expected)
    # All weight on the newest is a moving average of one.
    assert b.exponential_smoothing_bullwhip(3, 1, correlation) == pytest.approx(
        b.moving_average_bullwhip(3, 1, correlation)
    )
    assert b.exponential_smoothing_bullwhip_chain([3], [1], correlation) == pytest.approx(
        b.moving_average_bullwhip(3, 1, correlation)
    )


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_stages_in_a_row(correlation: float) -> None:
    first, second = respond(2, averaged(3)), respond(1, averaged(4))
    expected = ratio(np.convolve(first, second), correlation)
    assert b.moving_average_bullwhip_chain([2, 1], [3, 4], correlation) == pytest.approx(expected)
    smooth = ratio(np.convolve(respond(2, smoothed(0.3)), respond(1, smoothed(0.2))), correlation)
    assert b.exponential_smoothing_bullwhip_chain([2, 1], [0.3, 0.2], correlation) == pytest.approx(smooth)


def test_passing_on_demand_helps() -> None:
    # Centralised grows with the square of the sum, decentralised faster than the product of the stages.
    central = b.moving_average_bullwhip_centralised([2, 2, 2], 5)
    apart = b.moving_average_bullwhip_chain([2, 2, 2], [5, 5, 5])
    assert central == pytest.approx(1 + 2 * 6 / 5 + 2 * 36 / 25)
    assert apart > b.moving_average_bullwhip(2, 5) ** 3 > central


@pytest.mark.parametrize(("lead", "correlation"), [(1, 0.7), (3, 0.5), (2, -0.4), (2, 0.0)])
def test_the_conditional_mean_as_forecast(lead: int, correlation: float) -> None:
    # The level moves by sum of rho^1 .. rho^L times the newest demand.
    pull = sum(correlation**i for i in range(1, lead + 1))
    expected = ratio(np.array([1 + pull, -pull]), correlation)
    assert b.optimal_forecast_bullwhip(lead, correlation) == pytest.approx(expected)


def moving(values: np.ndarray, window: int) -> np.ndarray:
    """Moving averages along the rows; the first few are over fewer values and not used."""
    sums = np.cumsum(values, axis=1)
    return np.concatenate([sums[:, :window], sums[:, window:] - sums[:, :-window]], axis=1) / window


def test_simulated_orders_of_two_stages_agree() -> None:
    """Variance ratio from 400 runs of 600 periods, within 4 standard errors (about 0.2 % each)."""
    rng = np.random.default_rng(7)
    demand = rng.normal(100, 10, (400, 700))
    orders = demand
    for lead, window in [(2, 4), (3, 6)]:
        placed = orders.copy()
        placed[:, 1:] += lead * np.diff(moving(orders, window), axis=1)
        orders = placed
    ratios = orders[:, 100:].var(axis=1, ddof=1) / 100
    error = ratios.std(ddof=1) / 20
    assert abs(ratios.mean() - b.moving_average_bullwhip_chain([2, 3], [4, 6])) < 4 * error
    assert abs(ratios.mean() - b.moving_average_bullwhip_chain([3, 3], [4, 6])) > 8 * error


def test_bounds_are_named() -> None:
    with pytest.raises(ValueError, match="weight must be above 0 and at most 1"):
        b.exponential_smoothing_bullwhip(2, 1.5)
    with pytest.raises(ValueError, match="windows must be whole"):
        b.moving_average_bullwhip_chain([2], [2.5])
    with pytest.raises(ValueError, match="correlation must be between -1 and 1"):
        b.optimal_forecast_bullwhip(2, 1)
