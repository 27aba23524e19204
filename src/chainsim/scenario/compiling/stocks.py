"""Stock points in quanta and ticks: one mechanism for every replenishment rule.

In: what a blueprint says of a stock point, and its planned flow.  Out: a row of the network, and the position at which
it opens.  This module must not know dates or versions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from chainsim.model import network as net
from chainsim.model.opening import downstream, first_level, users
from chainsim.model.replenishment import Flow, Learning, Levels
from chainsim.scenario.network.blueprint import NO_FLOW, StockSpec

Ticks = Callable[[Fraction | float], int]


def compiled(point: net.StockPoint, spec: StockSpec, flow: Flow, per_unit: int, ticks: Ticks) -> net.StockPoint:
    """The row of a stock point whose firm is in the network; `point` says which, its role and its line."""
    found: dict[str, Any] = {}
    if spec.rule is not None:
        levels = spec.rule.levels(flow)
        found["reorder_point"], found["order_up_to"], found["lot"] = in_quanta(levels, spec.lot, per_unit)
        found["forecast"] = _forecast(levels.learning, per_unit, ticks) if levels.learning is not None else None
        found |= {"review": ticks(spec.review), "minimum": spec.minimum, "echelon": levels.echelon}
    return replace(
        point,
        backlog=spec.backlog,
        complete=spec.complete,
        allocation=spec.allocation,
        sourcing=spec.sourcing,
        switches=spec.switches,
        **found,
    )


def in_quanta(levels: Levels, lot: int, per_unit: int) -> tuple[int, int, int]:
    """Reorder point, order-up-to level and lot, quanta; lot: that of the part."""
    if levels.quantity > 0:
        reorder_point = math.floor(levels.reorder_point * per_unit) if levels.reorder_point is not None else -1
        return reorder_point, reorder_point + 1, _up(levels.quantity * per_unit)
    order_up_to = _up(levels.order_up_to * per_unit)
    if levels.reorder_point is None:
        return order_up_to - 1, order_up_to, lot
    return math.floor(levels.reorder_point * per_unit), order_up_to, lot


def protected(levels: Levels, ticks: Ticks) -> tuple[int, int, int]:
    """What may change of a forecast: its window, and the ticks that its level covers."""
    return (levels.learning.window, ticks(levels.learning.protect), 0) if levels.learning else (0, 0, 0)


def _forecast(learning: Learning, per_unit: int, ticks: Ticks) -> net.Forecast:
    period = max(1, ticks(learning.period))
    protect = ticks(learning.protect)
    return net.Forecast(learning.kind, learning.window, period, protect, round(learning.mean * per_unit))


def opening_positions(network: net.Network, specs: Sequence[StockSpec | None]) -> list[int]:
    """The inventory position at which each stock point opens when stocks are full, quanta.

    It is where an order has just brought it: S, or r + Q, with the first forecast.  Of an echelon level it is what the
    stock points downstream leave of it.
    """
    found: dict[int, int] = {}
    used = users(network) if any(point.echelon for point in network.stocks) else {}

    def position(p: int) -> int:
        if p not in found:
            point = network.stocks[p]
            held = 0
            if point.echelon:
                held = sum(math.floor(position(q) * share) for q, share in downstream(used, p).items())
            found[p] = max(0, _full(point, specs[p]) - held)
        return found[p]

    return [position(p) for p in range(len(network.stocks))]


def _full(point: net.StockPoint, spec: StockSpec | None) -> int:
    if point.forecast is not None:
        return point.order_up_to + first_level(point.forecast)
    if spec is not None and spec.rule is not None and spec.rule.levels(NO_FLOW).quantity > 0:
        return point.reorder_point + point.lot
    return point.order_up_to


def _up(level: float) -> int:
    """A level in whole quanta, rounded up; forgives the last bits of a float."""
    return math.ceil(level - 1e-9 * max(1.0, abs(level)))
