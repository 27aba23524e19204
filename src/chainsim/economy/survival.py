"""Time to survive: how long a plant keeps its full output when firms stop, from stocks and flows along the bill.

In: a Run and a date.  Out: ticks.  Stock on hand, what is under way and what is in work, over what is used of it per
tick; the shortest time over components, and over tiers of suppliers, counts.  Here every firm goes on as before until
it lacks a part; the linear program of the source also lets those who are short choose what to make.

Source: Simchi-Levi et al. 2015, Interfaces 45(5).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.frames import Run, movements
from chainsim.results.open_orders import open_orders
from chainsim.results.steps import sums


@dataclass(frozen=True)
class Survival:
    """Stocks just before a tick, and flows over the `window` ticks before it."""

    run: Run
    tick: int
    window: int

    def plant(self, stopped: Collection[int]) -> float:
        """Ticks until the first chain master's line lacks a component when these firms stop; infinite if none does."""
        network = self.run.network
        times = [math.inf]
        for index, point in enumerate(network.stocks):
            if point.role == "made" and network.firms[point.firm].kind == "chain_master":
                times.append(0.0 if point.firm in stopped else self._line(index, stopped, {}))
        return min(times)

    def _line(self, made: int, stopped: Collection[int], known: dict[int, float]) -> float:
        return min((self._bought(stock, stopped, known) for stock in self._components.get(made, ())), default=math.inf)

    def _made(self, stock: int, stopped: Collection[int], known: dict[int, float]) -> float:
        """Ticks until what is made or kept here runs out.  What is in work at a firm that stops stays in work."""
        point = self.run.network.stocks[stock]
        if point.role == "outside":
            return math.inf
        if point.line < 0:  # bought and sold on
            left = float(self._on_hand[stock]) / float(self._sold[stock]) if self._sold[stock] else math.inf
            return left if point.firm in stopped else self._bought(stock, stopped, known)
        held, used = float(self._on_hand[stock]), float(self._sold[stock])
        until = 0.0
        if point.firm not in stopped:
            held += float(self._in_work[stock])
            until = self._line(stock, stopped, known)
        return until + (held / used if used else math.inf)

    def _bought(self, stock: int, stopped: Collection[int], known: dict[int, float]) -> float:
        """Ticks until a stock point runs out: when what its suppliers no longer send has eaten its stock."""
        if stock in known:
            return known[stock]
        known[stock] = math.inf  # in a ring, whoever asks first
        ends = []
        for lane in self._lanes.get(stock, ()):
            flow = float(self._received[lane])
            if flow:
                until = self._made(self.run.network.lanes[lane].supplier, stopped, known)
                ends.append((until + float(self._under_way[lane]) / flow, flow))
        missing, rate, time = float(self._on_hand[stock]), 0.0, 0.0
        result = math.inf
        for end, flow in sorted(ends):
            if end == math.inf or (rate and missing <= rate * (end - time)):
                break
            missing -= rate * (end - time)
            rate, time = rate + flow, end
        if rate:
            result = time + missing / rate
        known[stock] = result
        return result

    @cached_property
    def _components(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for need in self.run.network.needs:
            if need.quantity:
                found.setdefault(need.made, []).append(need.component)
        return found

    @cached_property
    def _lanes(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for index, lane in enumerate(self.run.network.lanes):
            found.setdefault(lane.buyer, []).append(index)
        return found

    @cached_property
    def _on_hand(self) -> Columns:
        moves = movements(self.run)
        early = moves.tick < self.tick
        opening = np.array([point.on_hand for point in self.run.network.stocks], dtype=np.int64)
        return opening + sums(moves.entity[early], moves.quantity[early], len(opening))

    @cached_property
    def _in_work(self) -> Columns:
        total = np.zeros(len(self.run.network.stocks), dtype=np.int64)
        for kind, sign in ((state.STARTED, 1), (state.FINISHED, -1), (state.SCRAPPED, -1)):
            rows = self.run.of_kind(kind)
            early = rows.tick < self.tick
            total += sign * sums(rows.entity[early], rows.quantity[early], len(total))
        return total

    @cached_property
    def _under_way(self) -> Columns:
        orders = open_orders(self.run)
        moving = (orders.sent < self.tick) & (orders.arrived >= self.tick)
        return sums(orders.lane[moving], orders.quantity[moving], len(self.run.network.lanes))

    @cached_property
    def _received(self) -> np.ndarray:
        """By lane, quanta per tick."""
        return self._flow(state.RECEIVED)

    @cached_property
    def _sold(self) -> np.ndarray:
        """By stock point, quanta per tick that leave for buyers."""
        flow = self._flow(state.SHIPPED)
        return np.bincount(self.run.lanes.seller_stock, flow, len(self.run.network.stocks))

    def _flow(self, kind: int) -> np.ndarray:
        rows = self.run.of_kind(kind)
        begin = max(0, self.tick - self.window)
        inside = (rows.tick >= begin) & (rows.tick < self.tick)
        total = sums(rows.entity[inside], rows.quantity[inside], len(self.run.network.lanes))
        result: np.ndarray = total / max(1, self.tick - begin)
        return result
