"""Rules that forecast the demand they see, period by period, and order up to what the forecast needs.

The period is the review period; a stock point under continuous review states a `period` of its own.  Forecasts of own
orders are what makes the bullwhip (Lee, Padmanabhan & Whang 1997).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Final

from chainsim.model.replenishment.base import Flow, Learning, Levels, replenishments
from chainsim.registry import declared

MILLION: Final = 1_000_000
OWN_PERIOD: Final = "time between forecasts under continuous review; else the review period"


@replenishments.register("moving_average")
@dataclass(frozen=True, slots=True)
class MovingAverage:
    """Base stock that follows the mean demand of the last periods, over cover, lead time and review.

    Source: Chen, Drezner, Ryan & Simchi-Levi 2000, Management Science 46.
    """

    cover: float = declared("duration", "forecast use kept on hand", low=0)
    window: float = declared("number", "periods looked back on", low=1, high=10_000, scales=False)
    safety: float = declared("quantity", "units kept besides", low=0, default=0.0)
    period: float = declared("duration", OWN_PERIOD, low=0, default=0.0, scales=False)

    def check(self) -> str:
        return "" if self.window == floor(self.window) else "the window must be a whole number of periods"

    def levels(self, flow: Flow) -> Levels:
        period = self.period or flow.review
        protect = self.cover + flow.protection
        learning = Learning("moving_average", int(self.window), period, protect, flow.rate * period)
        return Levels(self.safety, learning=learning)


@replenishments.register("exponential_smoothing")
@dataclass(frozen=True, slots=True)
class ExponentialSmoothing:
    """Base stock that follows exponentially smoothed demand, over cover, lead time and review.

    Source: Chen, Ryan & Simchi-Levi 2000, Naval Research Logistics 47.
    """

    cover: float = declared("duration", "forecast use kept on hand", low=0)
    weight: float = declared("share", "weight of the last period", low=0, high=1, scales=False)
    safety: float = declared("quantity", "units kept besides", low=0, default=0.0)
    period: float = declared("duration", OWN_PERIOD, low=0, default=0.0, scales=False)

    def check(self) -> str:
        return "" if self.weight > 0 else "the weight of the last period must be above 0"

    def levels(self, flow: Flow) -> Levels:
        period = self.period or flow.review
        protect = self.cover + flow.protection
        learning = Learning("exponential", round(self.weight * MILLION), period, protect, flow.rate * period)
        return Levels(self.safety, learning=learning)


@replenishments.register("autoregressive")
@dataclass(frozen=True, slots=True)
class Autoregressive:
    """Base stock under demand that follows its last period: the best forecast moves it by a sum of powers.

    With demand d_t - mean = rho (d_{t-1} - mean) + noise and P periods of lead time and review, the level is
    P mean + safety + (rho + rho^2 + ... + rho^P) (d_t - mean).
    Source: Lee, So & Tang 2000, Management Science 46.
    """

    mean: float = declared("quantity", "mean demand of a period", low=0)
    correlation: float = declared("number", "of one period's demand with the next, rho", low=-1, high=1, scales=False)
    safety: float = declared("quantity", "units kept besides", low=0, default=0.0)
    period: float = declared("duration", OWN_PERIOD, low=0, default=0.0, scales=False)

    def check(self) -> str:
        return "" if -1 < self.correlation < 1 else "the correlation must be above -1 and below 1"

    def levels(self, flow: Flow) -> Levels:
        period = self.period or flow.review
        if period == 0:
            return Levels(self.safety, learning=Learning("autoregressive", 0, 0.0, 0.0, self.mean))
        periods = flow.protection / period
        window = round(powers(self.correlation, periods) * MILLION)
        learning = Learning("autoregressive", window, period, flow.protection, self.mean)
        return Levels(self.mean * periods + self.safety, learning=learning)


def powers(rho: float, periods: float) -> float:
    """rho + rho^2 + ... up to `periods` terms; of the last term only the fraction that `periods` has of it."""
    whole = floor(periods + 1e-9)
    total = sum(rho**number for number in range(1, whole + 1))
    return total + max(0.0, periods - whole) * rho ** (whole + 1)
