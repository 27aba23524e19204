"""What every engine shares: the opening state of a replication, its exogenous events, its log.

In: a Network and a replication number.  Out: a Log.  This module must not know which calendar runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final, Protocol

import numpy as np

from chainsim.engine.draws import Draws
from chainsim.model import demand, rules
from chainsim.model.network import Network
from chainsim.model.opening import opening
from chainsim.model.state import ARRIVE, CHANGE, FINAL, GROWING, REVIEW, SHOCK, TABLES, State
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns, Log
from chainsim.streams import Stream

FLUSH_ROWS: Final = 1 << 14  # few enough to stay in the processor's cache
ROOM: Final = 4096  # spare rows of a growing table

Progress = Callable[[float], None]
Attach = Callable[[Any, State], None]  # given a simpy.Environment and the state, before the run
Sink = Callable[[Columns, Columns], None]
Event = tuple[int, int, int, int, int]  # tick, phase, entity, a, b
EVENT_WIDTH: Final = 5


class Engine(Protocol):
    """A calendar: runs one replication of a network.

    progress: called now and then with the share of the horizon done.
    sink: takes the log block by block, (events, orders) as in `Log`; then none is kept, and the log returned is empty.
    """

    def __call__(
        self, network: Network, replication: int, progress: Progress | None = None, sink: Sink | None = None
    ) -> Log: ...


class LogBuilder:
    """Turns log rows into columns as the run goes, so that memory holds no tuple per event for long.

    sink: takes each block of the log (events int64[n, 5], orders int64[m, 8]) instead of having it kept.
    """

    def __init__(self, sink: Sink | None = None) -> None:
        self._sink = sink
        self._events: list[Columns] = []
        self._orders: list[Columns] = []

    def flush(self, state: State) -> None:
        """Move the rows of `state` into columns and empty its lists."""
        if state.log or state.placed:
            self.add(
                _table(state.log, len(state.log), len(EVENT_COLUMNS)),
                _table(state.placed, len(state.placed), len(ORDER_COLUMNS)),
            )
            state.log.clear()
            state.placed.clear()

    def add(self, events: Columns, orders: Columns) -> None:
        """Hand a block on, or keep it."""
        if self._sink is not None:
            self._sink(events, orders)
        else:
            self._events.append(events)
            self._orders.append(orders)

    def build(self, horizon: int) -> Log:
        """The log of the run; empty where a sink has taken it."""
        return Log(_joined(self._events, len(EVENT_COLUMNS)), _joined(self._orders, len(ORDER_COLUMNS)), horizon)


def _table(rows: Iterable[tuple[int, ...]], count: int, width: int) -> Columns:
    """`count` rows as one array, int64[count, width]; twice as fast as np.array(rows)."""
    return np.fromiter(chain.from_iterable(rows), np.int64, count * width).reshape(count, width)


def _joined(blocks: list[Columns], width: int) -> Columns:
    return np.concatenate(blocks) if blocks else np.empty((0, width), dtype=np.int64)


def open_state(network: Network) -> State:
    """The state before the first event; what the rules set in motion by themselves is in the outbox.

    Shipments under way have an order each, placed at tick -1, in the order of `network.transits`.
    """
    state = opening(network)
    rules.begin(state)
    make_room(state, network, len(network.transits))
    for transit in network.transits:
        lane = network.lanes[transit.lane]
        o = rules.new_order(
            state, -1, transit.lane, lane.buyer, transit.quantity, lane.price, lane.terms, 0, lane.freight
        )
        state.orders[o].open = 0
        state.stocks[lane.buyer].on_order += transit.quantity
        row = state.lanes[transit.lane]
        row.last_arrival = max(row.last_arrival, transit.tick)
    return state


def make_room(state: State, network: Network, room: int = ROOM) -> None:
    """Give every growing table spare rows for `room` more and one event on top.

    An event places at most an order a lane, starts so many batches and books one claim.
    """
    counts = state.counts[0]
    spare = room + len(network.lanes) + rules.MOST_STARTS + 1
    for name, used in GROWING.items():
        table = getattr(state, name)
        table.extend([TABLES[name]() for _ in range(spare - (len(table) - getattr(counts, used)))])
    counts.used = 0


def exogenous(network: Network, state: State, replication: int) -> Columns:
    """All events that no rule causes, sorted by tick: int64[N, 5], (tick, phase, entity, a, b).

    Dated changes, first reviews, opening shipments, disruptions and final demand.
    """
    return sorted_by_tick([scheduled(network, state), by_luck(network, replication)])


def scheduled(network: Network, state: State) -> Columns:
    """Those that are the same in every replication: dated changes, first reviews, opening shipments."""
    events: list[Event] = [(row.tick, CHANGE, index, 0, 0) for index, row in enumerate(network.changes)]
    for index, point in enumerate(network.stocks):
        below = rules.position_of(state, index) <= state.stocks[index].reorder_point
        if point.role in ("made", "bought") and (point.review > 0 or below):
            phase = state.counts[0].review_phase if point.review > 0 else REVIEW
            events.append((0, phase, index, 0, 0))
    events += [(row.tick, ARRIVE, row.lane, index, row.quantity) for index, row in enumerate(network.transits)]
    return _table(events, len(events), EVENT_WIDTH)


def by_luck(network: Network, replication: int) -> Columns:
    """Those that are drawn: onsets of disruptions, final demand."""
    draws = Draws(network, replication)
    onsets = [
        (shock.wait + (draws.extend(shock.law, 0) if shock.law >= 0 else 0), SHOCK, index, 0, 0)
        for index, shock in enumerate(network.shocks)
    ]
    blocks = [_table(onsets, len(onsets), EVENT_WIDTH)]
    for market in network.markets:
        luck, sizes = (Stream(network.seed, replication, what, market.name) for what in ("demand", "order size"))
        ticks, quantities = demand.orders(market, network.horizon, luck.take, sizes.take)
        block = np.zeros((len(ticks), EVENT_WIDTH), dtype=np.int64)
        block[:, 0], block[:, 1], block[:, 2], block[:, 3] = ticks, FINAL, market.stock, quantities
        blocks.append(block)
    return np.concatenate(blocks)


def sorted_by_tick(blocks: Sequence[Columns]) -> Columns:
    """Events of one tick stand in the order in which they were given."""
    events = np.concatenate(blocks)
    return np.ascontiguousarray(events[np.argsort(events[:, 0], kind="stable")])
