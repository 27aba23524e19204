"""Rules that set a base stock by a service level, for use that is normal and independent from period to period.

In: mean and spread of the use.  Out: levels in units.  Standard library only: a scenario is validated without numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from chainsim.model.replenishment.base import Flow, Levels, replenishments
from chainsim.registry import declared

STANDARD: Final = NormalDist()
HALVINGS: Final = 100
FAR: Final = 12.0  # standard deviations; beyond, the loss is 0 in floating point


def loss(level: float, mean: float, sd: float) -> float:
    """E[(D - level)+] of D normal, in the unit of `level`; the expected shortage of a stock of that level.

    Source: Snyder & Shen 2019, app. C (the standard normal loss function).
    """
    if sd == 0:
        return max(0.0, mean - level)
    z = (level - mean) / sd
    return sd * (STANDARD.pdf(z) - z * STANDARD.cdf(-z))


@replenishments.register("safety_stock")
@dataclass(frozen=True, slots=True)
class SafetyStock:
    """Base stock that lasts from one order to the receipt of the next with a stated probability.

    S = d P + z sqrt(sd^2 P / period + d^2 var(L)), with use d a period of time, P = lead time + review.
    Source: Snyder & Shen 2019, sec. 4.3.
    """

    service: float = declared("share", "probability that no unit is short in a cycle", low=0, high=1, scales=False)
    sd: float = declared("quantity", "standard deviation of the use in a period", low=0)
    period: float = declared("duration", "length of that period", low=0, scales=False)

    def check(self) -> str:
        if not 0 < self.service < 1:
            return "the service level must be above 0% and below 100%"
        return "" if self.period > 0 else "the period must be above 0"

    def levels(self, flow: Flow) -> Levels:
        mean, spread = flow.use_and_spread(self.sd, self.period, flow.protection)
        return Levels(max(0.0, mean + STANDARD.inv_cdf(self.service) * spread))


@replenishments.register("fill_rate_stock")
@dataclass(frozen=True, slots=True)
class FillRateStock:
    """Base stock from which a stated share of the use is met at once.

    Units that fall short in a cycle C are those short at its end less those short already at its beginning:
    E[(D(L + C) - S)+] - E[(D(L) - S)+] = (1 - fill rate) d C.  The cycle is the review period, under continuous review
    the `period`.
    Source: Sobel 2004, Manufacturing & Service Operations Management 6, for normal use.
    """

    fill_rate: float = declared("share", "share of the use that is met from stock", low=0, high=1, scales=False)
    sd: float = declared("quantity", "standard deviation of the use in a period", low=0)
    period: float = declared("duration", "length of that period", low=0, scales=False)

    def check(self) -> str:
        if not 0 < self.fill_rate < 1:
            return "the fill rate must be above 0% and below 100%"
        return "" if self.period > 0 else "the period must be above 0"

    def levels(self, flow: Flow) -> Levels:
        cycle = flow.review or self.period
        if flow.rate == 0:
            return Levels(0.0)
        before = flow.use_and_spread(self.sd, self.period, flow.lead_time)
        after = flow.use_and_spread(self.sd, self.period, flow.lead_time + cycle)
        wanted = (1 - self.fill_rate) * flow.rate * cycle
        low, high = 0.0, after[0] + FAR * after[1]
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if loss(middle, *after) - loss(middle, *before) > wanted:
                low = middle
            else:
                high = middle
        return Levels(high)
