"""The books of a network at one moment, rebuilt from its log: quantities, rules in force, hazards, cash.

In: a Run, then its rows and changes one by one.  Must not know the engine or its state: the laws compare the two.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from chainsim.model import state
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Change
from chainsim.testing.foresight import Foresight
from chainsim.testing.run import Row, Run
from chainsim.testing.shifts import Shifts
from chainsim.testing.till import Till


@dataclass(slots=True)
class NeedBook:
    """One row of a bill of materials as it stands."""

    component: int
    quantity: int
    per: int
    carry: int = 0

    def of(self, product: int) -> int:
        """Quanta that `product` quanta take from stock now."""
        return (product * self.quantity + self.carry) // self.per


class Books:
    """Quantities at one moment, by stock point, line and lane, and the rules that are in force."""

    def __init__(self, run: Run) -> None:
        network = self.network = run.network
        points, lanes, lines = network.stocks, network.lanes, network.lines
        self.on_hand = [point.on_hand for point in points]
        self.on_order = [0] * len(points)
        self.backorders = [0] * len(points)  # what is placed here and neither shipped nor lost
        self.reorder_point = [point.reorder_point for point in points]
        self.order_up_to = [point.order_up_to for point in points]
        self.review = [point.review for point in points]
        self.lot = [point.lot for point in points]
        self.minimum = [point.minimum for point in points]
        self.backlog = [point.backlog for point in points]
        self.complete = [point.complete for point in points]
        self.allocation = [state.ALLOCATIONS[point.allocation] for point in points]
        self.sourcing = [state.SOURCINGS[point.sourcing] for point in points]
        self.switches = [point.switches for point in points]
        self.closed = [False] * len(points)
        self.demand_level = [WHOLE_SHARE] * len(points)
        self.share = [lane.share for lane in lanes]
        self.lead_time = [(lane.lead_time, lane.law) for lane in lanes]
        self.terms = [(lane.terms, lane.price, lane.freight) for lane in lanes]
        self.rank = [lane.rank for lane in lanes]
        self.priority = [lane.priority for lane in lanes]
        self.lane_level = [WHOLE_SHARE] * len(lanes)
        self.servers = [line.servers for line in lines]
        self.speed = [line.ticks_per_quantum.as_integer_ratio() for line in lines]
        self.time = [(line.fixed, line.law) for line in lines]
        self.batch = [line.batch for line in lines]
        self.set_up = [line.set_up for line in lines]
        self.good = [line.good.as_integer_ratio() for line in lines]
        self.line_level = [WHOLE_SHARE] * len(lines)
        self.growth = [WHOLE_SHARE] * len(lines)
        self.shifts = [Shifts(network, line) for line in range(len(lines))]
        self.busy = [0] * len(lines)
        self.in_process = [0] * len(lines)  # quanta
        self.queue: list[deque[list[int]]] = [deque() for _ in lines]  # [order, quantity not yet started]
        self.open: dict[int, int] = {}  # by order: neither shipped, started nor lost
        self.in_transit: Counter[int] = Counter()  # by lane
        self.needs = [NeedBook(need.component, *need.quantity.as_integer_ratio()) for need in network.needs]
        self.needs_of: list[list[int]] = [[] for _ in lines]
        for number, need in enumerate(network.needs):
            self.needs_of[points[need.made].line].append(number)
        for transit in network.transits:
            self.on_order[lanes[transit.lane].buyer] += transit.quantity
            self.in_transit[transit.lane] += transit.quantity
        self.till = Till(run)
        self.insolvent = [False] * len(points)
        self.foresight = Foresight(network)
        self.learn(-1)

    def change(self, change: Change) -> None:
        """Apply a dated change."""
        kind, entity = change.kind, change.entity
        a, b, c = change.values
        if kind == state.SET_LEVELS:
            self.reorder_point[entity], self.order_up_to[entity] = a, b
        elif kind == state.SET_REVIEW:
            self.review[entity], self.lot[entity], self.minimum[entity] = a, b, c
        elif kind == state.SET_SHORTAGE:
            self.backlog[entity], self.complete[entity], self.allocation[entity] = a, bool(b), c
        elif kind == state.SET_SOURCING:
            self.sourcing[entity], self.switches[entity] = a, bool(b)
        elif kind == state.SET_LANE_SHARE:
            self.share[entity] = a
        elif kind == state.SET_LANE_TIME:
            self.lead_time[entity] = (a, b)
        elif kind == state.SET_LANE_TERMS:
            self.terms[entity] = (a, b, c)
        elif kind == state.SET_LANE_RANK:
            self.rank[entity], self.priority[entity] = a, b
        elif kind == state.SET_LINE_SPEED:
            self.servers[entity], self.speed[entity] = a, (b, c)
        elif kind == state.SET_LINE_TIME:
            self.time[entity], self.batch[entity] = (a, b), c
        elif kind == state.SET_YIELD:
            self.good[entity], self.set_up[entity] = (a, b), c
        elif kind == state.SET_NEED:
            self.needs[entity] = NeedBook(self.needs[entity].component, a, b)
        if kind in (state.SET_LEVELS, state.SET_FORECAST, state.SET_NEED):
            self.foresight.change(change)

    def learn(self, until: int) -> None:
        """Forecasts take note of every period that ends at or before a tick."""
        self.foresight.learn(until)
        for p, outlook in self.foresight.outlooks.items():
            self.order_up_to[p] = outlook.order_up_to
            self.reorder_point[p] = outlook.order_up_to - 1

    def book(self, row: Row) -> None:
        """Apply one row of the log."""
        _, kind, _, entity, quantity = row
        if kind in (state.PLACED, state.SHIPPED, state.RECEIVED, state.LOST):
            self._trade(row)
        elif kind in (state.CONSUMED, state.DESTROYED):
            self.on_hand[entity] -= quantity
        elif kind in (state.RELEASED, state.STARTED, state.FINISHED, state.SCRAPPED):
            self._produce(row)
        elif kind == state.LINE_LEVEL:
            self.line_level[self.network.stocks[entity].line] = quantity
        elif kind == state.GROWN:
            self.growth[self.network.stocks[entity].line] = quantity
        elif kind == state.LANE_LEVEL:
            self.lane_level[entity] = quantity
        elif kind == state.STOCK_LEVEL:
            self.closed[entity] = quantity == 0
        elif kind == state.DEMAND_LEVEL:
            self.demand_level[entity] = quantity
        elif kind == state.INSOLVENT:
            for p, purse in enumerate(self.till.purse_of):
                if purse == entity:
                    self.closed[p] = self.insolvent[p] = True
        self.till.book(row)
        if kind in (state.PLACED, state.RELEASED):
            self.foresight.note(row)

    def _trade(self, row: Row) -> None:
        _, kind, order, entity, quantity = row
        lane = self.network.lanes[entity]
        if kind == state.PLACED:
            self.open[order] = quantity
            self.on_order[lane.buyer] += quantity
            self.backorders[lane.supplier] += quantity
        elif kind == state.RECEIVED:
            self.in_transit[entity] -= quantity
            self.on_order[lane.buyer] -= quantity
            self.on_hand[lane.buyer] += quantity
        else:
            self.open[order] = self.open.get(order, 0) - quantity
            self.backorders[lane.supplier] -= quantity
            if kind == state.LOST:
                self.on_order[lane.buyer] -= quantity
                return
            self.in_transit[entity] += quantity
            if self.network.stocks[lane.supplier].role != "outside":
                self.on_hand[lane.supplier] -= quantity

    def _produce(self, row: Row) -> None:
        _, kind, order, entity, quantity = row
        line = self.network.stocks[entity].line
        if kind == state.RELEASED:
            self.open[order] = quantity
            self.on_order[entity] += quantity
            self.queue[line].append([order, quantity])
        elif kind == state.STARTED:
            self.open[order] = self.open.get(order, 0) - quantity
            self.busy[line] += 1
            self.in_process[line] += quantity
            assert self.queue[line], f"{row}: nothing was ordered"
            head = self.queue[line][0]
            assert head[0] == order, f"{row}: production order {head[0]} was first in the queue"
            head[1] -= quantity
            assert head[1] >= 0, f"{row}: starts more than was ordered"
            if head[1] == 0:
                self.queue[line].popleft()
            for number in self.needs_of[line]:
                need = self.needs[number]
                need.carry = (quantity * need.quantity + need.carry) % need.per
        else:
            self.on_order[entity] -= quantity
            self.in_process[line] -= quantity
            if kind == state.FINISHED:
                self.busy[line] -= 1
                self.on_hand[entity] += quantity

    def head_batch(self, line: int) -> int:
        """Size of the batch that would start next, 0 if nothing waits."""
        return min(self.queue[line][0][1], self.batch[line]) if self.queue[line] else 0

    def lacks(self, line: int) -> list[int]:
        """Component stock points that the next batch of a line is short of."""
        quantity = self.head_batch(line)
        needs = [self.needs[number] for number in self.needs_of[line]]
        return [need.component for need in needs if need.of(quantity) > self.on_hand[need.component]]

    def runs(self, line: int, tick: int) -> bool:
        """Whether a line works: it does not stand still and its calendar is open."""
        return self.line_level[line] > 0 and not self.shifts[line].closed(tick)

    def startable(self, line: int) -> int:
        """What the free servers could take of the waiting work, were the components there."""
        free = self.servers[line] - self.busy[line]
        if self.servers[line] >= UNLIMITED:
            return sum(waiting for _, waiting in self.queue[line])
        total = 0
        for _, waiting in self.queue[line]:
            while waiting > 0 and free > 0:
                quantity = min(waiting, self.batch[line])
                total += quantity
                waiting -= quantity
                free -= 1
        return total

    def positions(self, tick: int) -> list[int | None]:
        """Inventory position of every stock point at the end of a tick: what a line waits for counts as gone.

        None for the components of a line that does not work now: what it last announced is not in the log.
        """
        result: list[int | None] = [
            on_hand + on_order - backorders
            for on_hand, on_order, backorders in zip(self.on_hand, self.on_order, self.backorders, strict=True)
        ]
        for line, numbers in enumerate(self.needs_of):
            early = self.network.lines[line].calls_off_at_release
            runs = early or self.runs(line, tick)
            if runs and not early and self.busy[line] >= self.servers[line]:
                continue
            quantity = sum(waiting for _, waiting in self.queue[line]) if early else self.startable(line)
            for number in numbers:
                need = self.needs[number]
                position = result[need.component]
                assert position is not None
                result[need.component] = position - need.of(quantity) if runs else None
        return result
