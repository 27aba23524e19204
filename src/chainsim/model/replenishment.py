"""Replenishment rules: when a stock point orders, and up to what inventory position.

Every rule of this family compiles to two numbers, the reorder point s and the order-up-to level S: a review
orders S minus the inventory position as soon as the position is at or below s (Snyder & Shen 2019, ch. 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chainsim.registry import Registry, declared


@dataclass(frozen=True, slots=True)
class Flow:
    """What a rule may know of its stock point: planned use (units/second), lead time and review period (seconds)."""

    rate: float
    lead_time: float
    review: float


class Replenishment(Protocol):
    """A rule that turns the planned flow into a reorder point and an order-up-to level, in units."""

    def check(self) -> str:
        """Empty when the parameters are coherent, else what is wrong with them."""
        ...

    def levels(self, flow: Flow) -> tuple[float, float]:
        """Reorder point s and order-up-to level S, in units (not yet rounded to the part's resolution).

        s is `-1` below S, in units of the resolution, for rules that order at every demand; they return
        s = S and the caller turns "at or below S" into "below S".
        """
        ...


replenishments: Registry[Replenishment] = Registry("replenishment rule")


@replenishments.register("base_stock")
@dataclass(frozen=True, slots=True)
class BaseStock:
    """Order at every review up to a fixed level; level 0 makes or buys to order."""

    level: float = declared("quantity", "order-up-to level of the inventory position, S", low=0)

    def check(self) -> str:
        return ""

    def levels(self, flow: Flow) -> tuple[float, float]:
        return self.level, self.level


@replenishments.register("s_S")
@dataclass(frozen=True, slots=True)
class ReorderPointOrderUpTo:
    """Order up to S when the inventory position is at or below s."""

    reorder_point: float = declared("quantity", "reorder point, s")
    order_up_to: float = declared("quantity", "order-up-to level, S", low=0)

    def check(self) -> str:
        return "" if self.reorder_point < self.order_up_to else "the reorder point must be below the order-up-to level"

    def levels(self, flow: Flow) -> tuple[float, float]:
        return self.reorder_point, self.order_up_to


@replenishments.register("cover")
@dataclass(frozen=True, slots=True)
class Cover:
    """Base stock that keeps days of planned use on hand, on top of the use during lead time and review.

    The level follows the announced production plan, month by month, not the simulated output, so it cannot
    chase its own tail (no forecast feedback).
    """

    days: float = declared("duration", "planned use kept on hand", low=0)

    def check(self) -> str:
        return ""

    def levels(self, flow: Flow) -> tuple[float, float]:
        level = flow.rate * (self.days + flow.lead_time + flow.review)
        return level, level
