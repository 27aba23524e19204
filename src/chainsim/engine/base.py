"""What every engine shares: the draws of a replication, its opening state, its exogenous events, its log.

In: a Network and a replication number.  Out: a Log.  This module must not know which calendar runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, islice
from operator import attrgetter
from typing import Final, Protocol

import numpy as np

from chainsim.model import demand, rules
from chainsim.model.network import Network
from chainsim.model.opening import opening
from chainsim.model.state import ARRIVE, CHANGE, FINAL, GROWING, REVIEW, SHOCK, TABLES, Order, State
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns, Log
from chainsim.streams import Stream

BLOCK: Final = 256
FLUSH_ROWS: Final = 1 << 14  # few enough to stay in the processor's cache
ROOM: Final = 4096  # spare rows of a growing table

Progress = Callable[[float], None]
Event = tuple[int, int, int, int, int]  # tick, phase, entity, a, b


class Engine(Protocol):
    """A calendar: runs one replication of a network."""

    def __call__(self, network: Network, replication: int, progress: Progress | None = None) -> Log: ...


class Draws:
    """The random times of one replication in ticks, by law and number, made in blocks."""

    def __init__(self, network: Network, replication: int) -> None:
        self._network = network
        self._replication = replication
        self._streams: list[Stream | None] = [None] * len(network.draws)
        self.values: list[list[int]] = [[] for _ in network.draws]

    def extend(self, law: int, n: int) -> int:
        """Make the values of `law` up to and including number n; returns the n-th."""
        draw = self._network.draws[law]
        stream = self._streams[law]
        if stream is None:
            stream = Stream(self._network.seed, self._replication, draw.purpose, draw.owner)
            self._streams[law] = stream
        values = self.values[law]
        while len(values) <= n:
            seconds = draw.distribution.inverse(stream.take(BLOCK))
            ticks = np.rint(seconds / float(self._network.tick_seconds)).astype(np.int64)
            values.extend(np.maximum(ticks, 0).tolist())
        return values[n]


class LogBuilder:
    """Turns log rows into columns as the run goes, so that memory holds no tuple per event for long."""

    def __init__(self) -> None:
        self._blocks: list[Columns] = []

    def flush(self, rows: list[tuple[int, int, int, int, int]]) -> None:
        """Move `rows` into columns and empty the list."""
        if rows:
            self._blocks.append(_table(rows, len(rows), len(EVENT_COLUMNS)))
            rows.clear()

    def build(self, orders: list[Order], count: int, horizon: int) -> Log:
        """The log of a run that made `count` orders."""
        empty = np.empty((0, len(EVENT_COLUMNS)), dtype=np.int64)
        events = np.concatenate(self._blocks) if self._blocks else empty
        placed = map(attrgetter(*ORDER_COLUMNS), islice(orders, count))
        return Log(events, _table(placed, count, len(ORDER_COLUMNS)), horizon)


def _table(rows: Iterable[tuple[int, ...]], count: int, width: int) -> Columns:
    """`count` rows as one array, int64[count, width]; twice as fast as np.array(rows)."""
    return np.fromiter(chain.from_iterable(rows), np.int64, count * width).reshape(count, width)


def open_state(network: Network) -> State:
    """The state before the first event; what the rules set in motion by themselves is in the outbox."""
    state = opening(network)
    rules.begin(state)
    return state


def make_room(state: State, network: Network) -> None:
    """Give every growing table spare rows for `ROOM` more and one event on top.

    An event places at most an order a lane, starts so many batches and books one claim.
    """
    counts = state.counts[0]
    spare = ROOM + len(network.lanes) + rules.MOST_STARTS + 1
    for name in GROWING:
        table, used = getattr(state, name), getattr(counts, name)
        table.extend([TABLES[name]() for _ in range(spare - (len(table) - used))])
    counts.used = 0


def exogenous(network: Network, state: State, replication: int) -> list[Event]:
    """All events that no rule causes, sorted: dated changes, first reviews, final demand, opening shipments.

    Opening shipments get an order each, placed at tick -1, and are booked as on order.
    """
    events: list[Event] = [(row.tick, CHANGE, index, 0, 0) for index, row in enumerate(network.changes)]
    shipments: list[Event] = []
    for transit in network.transits:
        lane = network.lanes[transit.lane]
        order = Order(transit.lane, lane.buyer, transit.quantity, 0, -1, lane.price, lane.terms, freight=lane.freight)
        state.orders.append(order)
        state.stocks[lane.buyer].on_order += transit.quantity
        row = state.lanes[transit.lane]
        row.last_arrival = max(row.last_arrival, transit.tick)
        shipments.append((transit.tick, ARRIVE, transit.lane, len(state.orders) - 1, transit.quantity))
    state.counts[0].orders = len(state.orders)
    for index, point in enumerate(network.stocks):
        below = rules.position_of(state, index) <= state.stocks[index].reorder_point
        if point.role in ("made", "bought") and (point.review > 0 or below):
            phase = state.counts[0].review_phase if point.review > 0 else REVIEW
            events.append((0, phase, index, 0, 0))
    events += shipments
    draws = Draws(network, replication)
    for index, shock in enumerate(network.shocks):
        onset = shock.wait + (draws.extend(shock.law, 0) if shock.law >= 0 else 0)
        events.append((onset, SHOCK, index, 0, 0))
    for market in network.markets:
        luck, sizes = (Stream(network.seed, replication, what, market.name) for what in ("demand", "order size"))
        ticks, quantities = demand.orders(market, network.horizon, luck.take, sizes.take)
        events.extend(
            (tick, FINAL, market.stock, quantity, 0)
            for tick, quantity in zip(ticks.tolist(), quantities.tolist(), strict=True)
        )
    events.sort(key=lambda event: event[0])
    return events
