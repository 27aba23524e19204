"""What a log adds up to: quantities at every moment, rebuilt from the network and the log alone.

In: a Network and the Log of one of its runs.  Out: the books of each stock point and line after each row and
at the end of each tick.  Must not know the engine or its state: the laws compare the two.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from chainsim.model import state
from chainsim.model.network import UNLIMITED, Change, Network
from chainsim.records import Log
from chainsim.streams import Stream


class Run(NamedTuple):
    """A run to be judged; `end` is the engine's state after it, where it is known."""

    network: Network
    log: Log
    replication: int = 0
    end: state.State | None = None


class Row(NamedTuple):
    """One event of the log."""

    tick: int
    kind: int
    order: int
    entity: int
    quantity: int


def rows_of(log: Log) -> list[Row]:
    """The events of a log in plain integers."""
    return [Row(*row) for row in log.events.tolist()]


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
    """Quantities at one moment, by stock point, line and lane."""

    def __init__(self, network: Network) -> None:
        self.network = network
        points = network.stocks
        self.on_hand = [point.on_hand for point in points]
        self.on_order = [0] * len(points)
        self.backorders = [0] * len(points)
        self.reorder_point = [point.reorder_point for point in points]
        self.order_up_to = [point.order_up_to for point in points]
        self.review = [point.review for point in points]
        self.lot = [point.lot for point in points]
        self.share = [lane.share for lane in network.lanes]
        self.lead_time = [(lane.lead_time, lane.law) for lane in network.lanes]
        self.terms = [(lane.terms, lane.price) for lane in network.lanes]
        self.servers = [line.servers for line in network.lines]
        self.speed = [line.ticks_per_quantum.as_integer_ratio() for line in network.lines]
        self.time = [(line.fixed, line.law) for line in network.lines]
        self.batch = [line.batch for line in network.lines]
        self.busy = [0] * len(network.lines)
        self.queue: list[deque[list[int]]] = [deque() for _ in network.lines]  # [order, quantity not yet started]
        self.needs = [NeedBook(need.component, *need.quantity.as_integer_ratio()) for need in network.needs]
        self.needs_of: list[list[int]] = [[] for _ in network.lines]
        for number, need in enumerate(network.needs):
            self.needs_of[points[need.made].line].append(number)
        for transit in network.transits:
            self.on_order[network.lanes[transit.lane].buyer] += transit.quantity

    def change(self, change: Change) -> None:
        """Apply a dated change."""
        kind, entity = change.kind, change.entity
        a, b, c = change.values
        if kind == state.SET_LEVELS:
            self.reorder_point[entity], self.order_up_to[entity] = a, b
        elif kind == state.SET_REVIEW:
            self.review[entity], self.lot[entity] = a, b
        elif kind == state.SET_LANE_SHARE:
            self.share[entity] = a
        elif kind == state.SET_LANE_TIME:
            self.lead_time[entity] = (a, b)
        elif kind == state.SET_LANE_TERMS:
            self.terms[entity] = (a, b)
        elif kind == state.SET_LINE_SPEED:
            self.servers[entity], self.speed[entity] = a, (b, c)
        elif kind == state.SET_LINE_TIME:
            self.time[entity], self.batch[entity] = (a, b), c
        elif kind == state.SET_NEED:
            self.needs[entity] = NeedBook(self.needs[entity].component, a, b)

    def book(self, row: Row) -> None:
        """Apply one row of the log."""
        _, kind, order, entity, quantity = row
        network = self.network
        if kind in (state.PLACED, state.SHIPPED, state.RECEIVED):
            lane = network.lanes[entity]
            if kind == state.PLACED:
                self.on_order[lane.buyer] += quantity
                self.backorders[lane.supplier] += quantity
            elif kind == state.SHIPPED:
                self.backorders[lane.supplier] -= quantity
                if network.stocks[lane.supplier].role != "outside":
                    self.on_hand[lane.supplier] -= quantity
            else:
                self.on_order[lane.buyer] -= quantity
                self.on_hand[lane.buyer] += quantity
        elif kind == state.CONSUMED:
            self.on_hand[entity] -= quantity
        elif kind in (state.RELEASED, state.STARTED, state.FINISHED):
            line = network.stocks[entity].line
            if kind == state.RELEASED:
                self.on_order[entity] += quantity
                self.queue[line].append([order, quantity])
            elif kind == state.STARTED:
                self.busy[line] += 1
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
                self.busy[line] -= 1
                self.on_order[entity] -= quantity
                self.on_hand[entity] += quantity

    def head_batch(self, line: int) -> int:
        """Size of the batch that would start next, 0 if nothing waits."""
        return min(self.queue[line][0][1], self.batch[line]) if self.queue[line] else 0

    def lacks(self, line: int) -> list[int]:
        """Component stock points that the next batch of a line is short of."""
        quantity = self.head_batch(line)
        needs = [self.needs[number] for number in self.needs_of[line]]
        return [need.component for need in needs if need.of(quantity) > self.on_hand[need.component]]

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

    def positions(self) -> list[int]:
        """Inventory position of every stock point at the end of a tick: what a line waits for counts as
        gone."""
        result = [
            on_hand + on_order - backorders
            for on_hand, on_order, backorders in zip(self.on_hand, self.on_order, self.backorders, strict=True)
        ]
        for line, numbers in enumerate(self.needs_of):
            if self.busy[line] < self.servers[line]:
                quantity = self.startable(line)
                for number in numbers:
                    result[self.needs[number].component] -= self.needs[number].of(quantity)
        return result


def replay(run: Run) -> Iterator[tuple[int, Row | None, Books]]:
    """(tick, row, books) after each row, and (tick, None, books) at the end of each tick with rows or
    changes.

    The books are one object that moves on; copy what must stay.
    """
    books = Books(run.network)
    rows = deque(rows_of(run.log))
    changes = deque(change for change in run.network.changes if change.tick < run.log.horizon)
    while rows or changes:
        tick = min(waiting[0].tick for waiting in (rows, changes) if waiting)
        while changes and changes[0].tick == tick:
            books.change(changes.popleft())
        while rows and rows[0].tick <= tick:
            row = rows.popleft()
            books.book(row)
            yield tick, row, books
        yield tick, None, books


class Luck:
    """Random times by law and number, straight from their addresses: nothing of an engine is used."""

    def __init__(self, run: Run) -> None:
        self._network = run.network
        self._replication = run.replication
        self._values: dict[int, list[int]] = {}

    def __call__(self, law: int, n: int) -> int:
        """The n-th value of a law in ticks, 0 if there is no law."""
        if law < 0:
            return 0
        values = self._values.get(law, [])
        if n >= len(values):
            import numpy as np

            network, draw = self._network, self._network.draws[law]
            uniforms = Stream(network.seed, self._replication, draw.purpose, draw.owner).take(2 * n + 64)
            seconds = draw.distribution.inverse(uniforms)
            ticks = np.rint(seconds / float(network.tick_seconds)).astype(np.int64)
            values = self._values[law] = np.maximum(ticks, 0).tolist()
        return values[n]
