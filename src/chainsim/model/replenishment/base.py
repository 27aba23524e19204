"""What a replenishment rule is: a declaration that turns the planned flow of a stock point into its levels.

In: a Flow.  Out: Levels, in units and seconds; the caller rounds them to quanta and ticks.  A rule must not know the
network, the calendar or what is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from chainsim.registry import Registry


@dataclass(frozen=True, slots=True)
class Flow:
    """What a rule may know of its stock point: planned use (units/second) and times (seconds).

    lead_time, lead_time_sd: mean and standard deviation of the time from order to receipt.  review: review period,
    0 is continuous.
    """

    rate: float
    lead_time: float
    review: float
    lead_time_sd: float = 0.0

    @property
    def protection(self) -> float:
        """The time that an order must last until the next one can have arrived, seconds (Silver, Pyke & Peterson)."""
        return self.lead_time + self.review

    def use_and_spread(self, sd: float, period: float, seconds: float) -> tuple[float, float]:
        """Mean and standard deviation of the use in `seconds`, units, which vary as much as the lead time.

        sd: standard deviation of the use in a `period`, units; periods are independent.
        """
        variance = sd**2 * seconds / period + (self.rate * self.lead_time_sd) ** 2
        return self.rate * seconds, float(variance**0.5)


@dataclass(frozen=True, slots=True)
class Learning:
    """How the level follows the demand that the stock point sees.

    window: periods of a moving average; else parts per million: the weight of the last period in exponential
        smoothing, or how far its deviation from `mean` moves an autoregressive level.
    period, protect: seconds of a period, and of forecast demand that the level covers.  mean: units a period, expected
        at the start.
    """

    kind: Literal["moving_average", "exponential", "autoregressive"]
    window: int
    period: float
    protect: float
    mean: float


@dataclass(frozen=True, slots=True)
class Levels:
    """What a rule comes down to, in units.

    order_up_to: the highest inventory position that an order aims at.  reorder_point: order at or below it; None
        orders whatever was used.  quantity: orders are multiples of it and no larger than needed to rise above the
        reorder point; 0 orders up to the level, in multiples of the part's lot.
    echelon: the position counts the stock downstream too.  learning: the forecast that comes on top.
    """

    order_up_to: float
    reorder_point: float | None = None
    quantity: float = 0.0
    echelon: bool = False
    learning: Learning | None = None


class Replenishment(Protocol):
    """A rule that turns the planned flow into levels."""

    def check(self) -> str:
        """Empty when the parameters are coherent, else what is wrong with them."""
        ...

    def levels(self, flow: Flow) -> Levels:
        """The levels of a stock point with this planned flow."""
        ...


replenishments: Registry[Replenishment] = Registry("replenishment rule")


def learning_of(rule: Replenishment, review: float) -> Learning | None:
    """How a rule forecasts at a review period (seconds), None where it does not; its mean and protection are unset."""
    return rule.levels(Flow(0.0, 0.0, review)).learning
