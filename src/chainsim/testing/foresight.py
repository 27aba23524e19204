"""Order-up-to levels of the stock points that forecast, recomputed from the demand that reached them.

In: placed and released quantities of the log, changes of safety stock, weight and reach.  Out: levels in quanta.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Change, Forecast, Network
from chainsim.testing.run import Row

HALF = Fraction(1, 2)


def nearest(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return floor(value + HALF)


@dataclass(slots=True)
class Outlook:
    """What one stock point has seen and expects."""

    forecast: Forecast
    safety: int
    window: int
    protect: int
    next: int  # the tick on which the current period ends
    recent: int = 0
    past: deque[int] = field(default_factory=deque)
    smoothed: Fraction = Fraction(0)
    level: int = 0

    @property
    def order_up_to(self) -> int:
        return max(0, self.safety + self.level)

    def learn(self) -> None:
        """The period is over; demand smoothed is kept to a thousandth of a quantum."""
        demand, period = self.recent, self.forecast.period
        first = self.next == 0
        self.recent = 0
        self.next += period
        if first and not demand:
            return
        if self.forecast.kind == "moving_average":
            self.past.popleft()
            self.past.append(demand)
            self.level = nearest(Fraction(sum(self.past), len(self.past)) * self.protect / period)
        elif self.forecast.kind == "exponential":
            step = (demand - self.smoothed) * Fraction(self.window, WHOLE_SHARE)
            self.smoothed += Fraction(nearest(step * 1000), 1000)
            self.level = nearest(self.smoothed * self.protect / period)
        else:
            self.level = nearest((demand - self.forecast.mean) * Fraction(self.window, WHOLE_SHARE))


class Foresight:
    """All stock points that forecast.

    A period has the final demand of the tick on which it ends, but not what firms order on that tick; where reviews
    come first, neither.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.outlooks: dict[int, Outlook] = {}
        self._released: dict[int, Fraction] = {}
        self._need = {need.component: need.quantity for need in network.needs}
        for p, point in enumerate(network.stocks):
            forecast = point.forecast
            if forecast is not None:
                first = forecast.period if network.reviews_first else 0
                outlook = Outlook(forecast, point.order_up_to, forecast.window, forecast.protect, first)
                outlook.smoothed = Fraction(forecast.mean)
                if forecast.kind == "moving_average":
                    outlook.past.extend([forecast.mean] * forecast.window)
                if forecast.kind != "autoregressive":
                    outlook.level = nearest(Fraction(forecast.mean * forecast.protect, forecast.period))
                self.outlooks[p] = outlook

    def note(self, row: Row) -> None:
        """Demand reaches a stock point: an order, or the release of what it goes into."""
        if row.kind == state.PLACED:
            supplier = self.network.lanes[row.entity].supplier
            if supplier in self.outlooks:
                self._notice(supplier, row.tick, row.quantity, final=self._is_final(row.entity))
        elif row.kind == state.RELEASED and self.outlooks:
            for need in self.network.needs:
                p = need.component
                if need.made == row.entity and p in self.outlooks:
                    before = self._released.get(p, Fraction(0))
                    after = self._released[p] = before + row.quantity * self._need[p]
                    self._notice(p, row.tick, floor(after) - floor(before), final=False)

    def _is_final(self, lane: int) -> bool:
        return self.network.stocks[self.network.lanes[lane].buyer].role == "sold"

    def _notice(self, p: int, tick: int, quantity: int, *, final: bool) -> None:
        outlook = self.outlooks[p]
        if outlook.next <= tick and (not final or self.network.reviews_first):
            outlook.learn()
        outlook.recent += quantity

    def change(self, change: Change) -> None:
        """New safety stock, weight, reach, or bill of materials."""
        a, b, _ = change.values
        if change.kind == state.SET_NEED:
            component = self.network.needs[change.entity].component
            self._need[component] = Fraction(a, b)
            self._released[component] = Fraction(0)
        elif change.entity in self.outlooks:
            outlook = self.outlooks[change.entity]
            if change.kind == state.SET_LEVELS:
                outlook.safety = b
            elif change.kind == state.SET_FORECAST:
                outlook.protect = b
                if outlook.forecast.kind != "moving_average":
                    outlook.window = a

    def learn(self, until: int) -> None:
        """Every period that ends at or before a tick is over."""
        for outlook in self.outlooks.values():
            while outlook.next <= until:
                outlook.learn()
