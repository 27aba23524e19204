"""Dated changes of a sketch: one method for each kind, by name."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Self

from chainsim.model import state
from chainsim.model.network import Allocation, Role, Sourcing
from chainsim.testing.keys import Key, LaneKey


class DatedChanges:
    """The part of a sketch that collects what changes from which tick on."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, int, Any, tuple[int, int, int]]] = []

    def lane_key(self, buyer: str, supplier: str, part: str) -> LaneKey:
        raise NotImplementedError

    def planned_speed(self, key: Key) -> Fraction:
        raise NotImplementedError

    def levels_at(self, tick: int, firm: str, part: str, role: Role, reorder_point: int, order_up_to: int) -> Self:
        """From `tick` on a stock point has other levels; one that forecasts, other safety stock."""
        return self._change(tick, state.SET_LEVELS, (firm, part, role), (reorder_point, order_up_to, 0))

    def review_at(
        self, tick: int, firm: str, part: str, role: Role, review: int, lot: int = 1, minimum: int = 0
    ) -> Self:
        """From `tick` on a stock point has another review period (0 is continuous), lot and minimum."""
        return self._change(tick, state.SET_REVIEW, (firm, part, role), (review, lot, minimum))

    def shortage_at(
        self,
        tick: int,
        firm: str,
        part: str,
        role: Role,
        backlog: int = -1,
        complete: bool = False,
        allocation: Allocation = "fifo",
    ) -> Self:
        """From `tick` on a stock point treats those who wait otherwise."""
        values = (backlog, int(complete), state.ALLOCATIONS[allocation])
        return self._change(tick, state.SET_SHORTAGE, (firm, part, role), values)

    def sourcing_at(
        self, tick: int, firm: str, part: str, role: Role, sourcing: Sourcing, switches: bool = False
    ) -> Self:
        """From `tick` on a stock point chooses among its suppliers otherwise."""
        return self._change(tick, state.SET_SOURCING, (firm, part, role), (state.SOURCINGS[sourcing], int(switches), 0))

    def forecast_at(self, tick: int, firm: str, part: str, role: Role, window: int, protect: int) -> Self:
        """From `tick` on a stock point forecasts with another weight (not of a moving average) and reach."""
        return self._change(tick, state.SET_FORECAST, (firm, part, role), (window, protect, 0))

    def share_at(self, tick: int, buyer: str, part: str, shares: Mapping[str, int]) -> Self:
        """From `tick` on a buyer shares its orders otherwise."""
        for supplier, share in sorted(shares.items()):
            self._change(tick, state.SET_LANE_SHARE, self.lane_key(buyer, supplier, part), (share, 0, 0))
        return self

    def terms_at(
        self, tick: int, buyer: str, supplier: str, part: str, terms: int, price: int, freight: int = 0
    ) -> Self:
        """From `tick` on new orders on a lane have other terms, another price and freight."""
        key = self.lane_key(buyer, supplier, part)
        return self._change(tick, state.SET_LANE_TERMS, key, (terms, price, freight))

    def lead_time_at(self, tick: int, buyer: str, supplier: str, part: str, time: int) -> Self:
        """From `tick` on what is shipped on a lane takes a constant time."""
        return self._change(tick, state.SET_LANE_TIME, self.lane_key(buyer, supplier, part), (time, -1, 0))

    def rank_at(self, tick: int, buyer: str, part: str, ranks: Mapping[str, int], priority: int = 0) -> Self:
        """From `tick` on a buyer ranks its suppliers otherwise, and has another priority with them."""
        for supplier, rank in sorted(ranks.items()):
            self._change(tick, state.SET_LANE_RANK, self.lane_key(buyer, supplier, part), (rank, priority, 0))
        return self

    def speed_at(
        self, tick: int, firm: str, part: str, servers: int, per_quantum: Fraction | int | None = None
    ) -> Self:
        """From `tick` on a line has other servers (0 is an outage); same speed unless given."""
        key: Key = (firm, part, "made")
        speed = self.planned_speed(key) if per_quantum is None else Fraction(per_quantum)
        return self._change(tick, state.SET_LINE_SPEED, key, (servers, speed.numerator, speed.denominator))

    def batch_at(self, tick: int, firm: str, part: str, time: int, batch: int) -> Self:
        """From `tick` on a line has a constant time per batch and another batch size."""
        return self._change(tick, state.SET_LINE_TIME, (firm, part, "made"), (time, -1, batch))

    def yield_at(self, tick: int, firm: str, part: str, good: Fraction | int | str, set_up: int = 0) -> Self:
        """From `tick` on another share of what a line starts is good, and it sets up for another time."""
        share = Fraction(good)
        return self._change(tick, state.SET_YIELD, (firm, part, "made"), (share.numerator, share.denominator, set_up))

    def need_at(self, tick: int, firm: str, into: str, part: str, quantity: Fraction | int | str) -> Self:
        """From `tick` on a line needs another quantity of a component."""
        need = Fraction(quantity)
        key = ((firm, into, "made"), (firm, part, "bought"))
        return self._change(tick, state.SET_NEED, key, (need.numerator, need.denominator, 0))

    def _change(self, tick: int, kind: int, key: Any, values: tuple[int, int, int]) -> Self:
        self.changes.append((tick, kind, key, values))
        return self
