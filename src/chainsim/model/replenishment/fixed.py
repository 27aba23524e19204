"""Rules with fixed levels: base stock, (s, S), (r, Q), and base stock of an echelon."""

from __future__ import annotations

from dataclasses import dataclass

from chainsim.model.replenishment.base import Flow, Levels, replenishments
from chainsim.registry import declared


@replenishments.register("base_stock")
@dataclass(frozen=True, slots=True)
class BaseStock:
    """Order at every review up to a fixed level; level 0 makes or buys to order."""

    level: float = declared("quantity", "order-up-to level of the inventory position, S", low=0)

    def check(self) -> str:
        return ""

    def levels(self, flow: Flow) -> Levels:
        return Levels(self.level)


@replenishments.register("s_S")
@dataclass(frozen=True, slots=True)
class ReorderPointOrderUpTo:
    """Order up to S when the inventory position is at or below s."""

    reorder_point: float = declared("quantity", "reorder point, s")
    order_up_to: float = declared("quantity", "order-up-to level, S", low=0)

    def check(self) -> str:
        return "" if self.reorder_point < self.order_up_to else "the reorder point must be below the order-up-to level"

    def levels(self, flow: Flow) -> Levels:
        return Levels(self.order_up_to, self.reorder_point)


@replenishments.register("r_Q")
@dataclass(frozen=True, slots=True)
class ReorderPointQuantity:
    """Order a fixed quantity, or as many times that as it takes, when the inventory position is at or below r.

    Source: Hadley & Whitin 1963, ch. 4; Snyder & Shen 2019, ch. 5.
    """

    reorder_point: float = declared("quantity", "reorder point, r")
    quantity: float = declared("quantity", "order quantity, Q", low=0)

    def check(self) -> str:
        return "" if self.quantity > 0 else "the order quantity must be above 0"

    def levels(self, flow: Flow) -> Levels:
        return Levels(self.reorder_point + self.quantity, self.reorder_point, self.quantity)


@replenishments.register("echelon_base_stock")
@dataclass(frozen=True, slots=True)
class EchelonBaseStock:
    """Base stock on the echelon position: what is here, on order and everywhere downstream.

    Source: Clark & Scarf 1960, Management Science 6.
    """

    level: float = declared("quantity", "order-up-to level of the echelon inventory position", low=0)

    def check(self) -> str:
        return ""

    def levels(self, flow: Flow) -> Levels:
        return Levels(self.level, echelon=True)
