"""The bullwhip effect: variance of orders relative to variance of demand, under order-up-to with forecasts.

Convention: each period the demand D_t is seen, then a level L x forecast (plus a constant) is ordered up to, so the
order is q_t = D_t + L (F_t - F_{t-1}); an order of period t is there before the demand of period t + L.  `lead_time`
is the number of periods whose demand the level covers: chainsim's lead time in periods under review every period;
1 more where a book counts the review period on top (Lee, So & Tang).  Orders may be negative: where they are cut at
0 the formulas hold as far as that hardly ever happens.  Demand is independent, or AR(1) with `correlation`.

In: lead times, windows or weights of forecasts, correlation.  Out: variance ratios.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chainsim.theory.domain import correlation as a_correlation
from chainsim.theory.domain import not_negative, positive, same_length, whole
from chainsim.theory.registry import Numbers, formula

if TYPE_CHECKING:
    from chainsim.theory.lattice import Floats

CHEN = "Chen, Drezner, Ryan & Simchi-Levi (2000), Quantifying the bullwhip effect, Management Science 46"
CHEN_SMOOTHING = (
    "Chen, Ryan & Simchi-Levi (2000), The impact of exponential smoothing forecasts, Naval Res. Logistics 47"
)
LEE = "Lee, So & Tang (2000), The value of information sharing, Management Science 46; Lee et al. 1997"
FILTER = "impulse response of the stages in a row; single stage: Chen et al. 2000"


@formula(source=CHEN)
def moving_average_bullwhip(lead_time: float, window: int, correlation: float = 0.0) -> float:
    """Variance of orders over that of demand when a moving average of `window` periods is the forecast."""
    not_negative(lead_time=lead_time)
    positive(window=window)
    a_correlation(correlation=correlation)
    part = lead_time / window
    return 1 + (2 * part + 2 * part**2) * (1 - correlation**window)


@formula(source=CHEN + ", centralised demand information")
def moving_average_bullwhip_centralised(lead_times: Numbers, window: int) -> float:
    """Variance of the last stage's orders over that of demand when all stages see demand and use one forecast."""
    same_length(lead_times=lead_times)
    return moving_average_bullwhip(sum(lead_times), window)


@formula(source=CHEN_SMOOTHING)
def exponential_smoothing_bullwhip(lead_time: float, weight: float, correlation: float = 0.0) -> float:
    """Variance of orders over that of demand when exponential smoothing is the forecast; `weight` is on the newest."""
    not_negative(lead_time=lead_time)
    _a_weight(weight)
    a_correlation(correlation=correlation)
    damping = (1 - correlation) / (1 - (1 - weight) * correlation)
    part = lead_time * weight
    return 1 + (2 * part + 2 * part**2 / (2 - weight)) * damping


@formula(source=LEE)
def optimal_forecast_bullwhip(lead_time: int, correlation: float) -> float:
    """Variance of orders over that of AR(1) demand when the forecast is the conditional mean."""
    not_negative(lead_time=lead_time)
    a_correlation(correlation=correlation)
    rho = correlation
    return 1 + 2 * rho * (1 - rho**lead_time) * (1 - rho ** (lead_time + 1)) / (1 - rho)


@formula(source=FILTER)
def moving_average_bullwhip_chain(lead_times: Numbers, windows: Numbers, correlation: float = 0.0) -> float:
    """Variance of the last stage's orders over that of demand when each stage averages the orders it receives.

    Stages are listed from the customer upwards; a stage's forecast is a moving average over its window.
    """
    import numpy as np

    same_length(lead_times=lead_times, windows=windows)
    response = np.ones(1)
    for lead_time, window in zip(lead_times, whole("windows", windows, least=1), strict=True):
        not_negative(lead_times=lead_time)
        stage = np.zeros(window + 1)
        stage[0] = 1 + lead_time / window
        stage[-1] = -lead_time / window
        response = np.convolve(response, stage)
    return _variance(response, correlation)


@formula(source=FILTER)
def exponential_smoothing_bullwhip_chain(lead_times: Numbers, weights: Numbers, correlation: float = 0.0) -> float:
    """Variance of the last stage's orders over that of demand when each stage smooths the orders it receives.

    Stages are listed from the customer upwards; weights are on the newest order.
    """
    import numpy as np

    same_length(lead_times=lead_times, weights=weights)
    response = np.ones(1)
    for lead_time, weight in zip(lead_times, weights, strict=True):
        not_negative(lead_times=lead_time)
        _a_weight(weight)
        memory = math.ceil(math.log(1e-18) / math.log1p(-weight)) if weight < 1 else 1
        stage = np.concatenate(
            [[1 + lead_time * weight], -lead_time * weight**2 * (1 - weight) ** np.arange(float(memory))]
        )
        response = np.convolve(response, stage)
    return _variance(response, correlation)


def _a_weight(weight: float) -> None:
    if not 0 < weight <= 1:
        raise ValueError(f"weight must be above 0 and at most 1, got {weight:g}")


def _variance(response: Floats, correlation: float) -> float:
    """Variance of a linear filter's output on AR(1) input of variance 1, in linear time."""
    a_correlation(correlation=correlation)
    # sum over i, j of c_i c_j rho^|i - j|, with `carried` = sum over j < i of c_j rho^(i - j).
    total = carried = 0.0
    for c in response.tolist():
        total += c * (c + 2 * carried)
        carried = correlation * (carried + c)
    return total
