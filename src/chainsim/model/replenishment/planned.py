"""Rules whose level follows the announced plan, month by month.

They follow the plan, not the simulated output, so that a level cannot chase its own tail.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainsim.model.replenishment.base import Flow, Levels, replenishments
from chainsim.registry import declared


@replenishments.register("cover")
@dataclass(frozen=True, slots=True)
class Cover:
    """Base stock that keeps days of planned use on hand, on top of the use during lead time and review."""

    days: float = declared("duration", "planned use kept on hand", low=0)

    def check(self) -> str:
        return ""

    def levels(self, flow: Flow) -> Levels:
        return Levels(flow.rate * (self.days + flow.lead_time + flow.review))


@replenishments.register("lot_for_lot")
@dataclass(frozen=True, slots=True)
class LotForLot:
    """Order what the plan needs until the next delivery and has not got, and keep a safety stock besides.

    Source: material requirements planning with a planned lead time (Hopp & Spearman 2011, ch. 3).
    """

    safety: float = declared("quantity", "units kept on hand", low=0, default=0.0)

    def check(self) -> str:
        return ""

    def levels(self, flow: Flow) -> Levels:
        return Levels(flow.rate * flow.protection + self.safety)
