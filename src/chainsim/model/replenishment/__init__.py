"""Replenishment rules: when a stock point orders, and up to what inventory position.

Every rule comes down to a reorder point s, an order-up-to level S and a lot: a review orders S minus the inventory
position, in whole lots, as soon as the position is at or below s (Snyder & Shen 2019, ch. 4).  Forecasts move S from
period to period.  The names under which a scenario writes them are those of the registry.
"""

from __future__ import annotations

from chainsim.model.replenishment.base import Flow, Learning, Levels, Replenishment, learning_of, replenishments
from chainsim.model.replenishment.fixed import BaseStock, EchelonBaseStock, ReorderPointOrderUpTo, ReorderPointQuantity
from chainsim.model.replenishment.forecasts import Autoregressive, ExponentialSmoothing, MovingAverage
from chainsim.model.replenishment.planned import Cover, LotForLot
from chainsim.model.replenishment.service import FillRateStock, SafetyStock

__all__ = [
    "Autoregressive",
    "BaseStock",
    "Cover",
    "EchelonBaseStock",
    "ExponentialSmoothing",
    "FillRateStock",
    "Flow",
    "Learning",
    "Levels",
    "LotForLot",
    "MovingAverage",
    "ReorderPointOrderUpTo",
    "ReorderPointQuantity",
    "Replenishment",
    "SafetyStock",
    "learning_of",
    "replenishments",
]
