"""The flat log of a run: one row an event, and one row an order; every table and figure is made from these two.

Columns are int64.  Times are ticks, quantities are multiples of the part's resolution, money is fen.  Rows stand
in the order in which the model processed them: (tick, round, phase, entity, sequence).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Columns: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

EVENT_COLUMNS: Final = ("tick", "kind", "order", "entity", "quantity")
ORDER_COLUMNS: Final = ("lane", "stock", "quantity", "placed", "price", "terms", "draw", "freight")


@dataclass(frozen=True, slots=True)
class Log:
    """What one replication leaves behind.

    events: int64[N, 5], `EVENT_COLUMNS`; `kind` is one of `chainsim.model.state`'s log kinds; `entity` is the lane
        for PLACED, SHIPPED and RECEIVED, else the stock point.
    orders: int64[M, 8], `ORDER_COLUMNS`; `lane` is -1 for production orders; `stock` is the stock point that is
        refilled; `price` and `freight` are fen per unit; `terms` is ticks from delivery to payment.
    horizon: ticks; no event is at or after it.
    """

    events: Columns
    orders: Columns
    horizon: int
