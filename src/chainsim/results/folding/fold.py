"""A run's log folded block by block into all that its tables are made from.

In: a Network, and blocks of its log as an engine hands them over.  Out: a Tally.  Its sums are of whole numbers, so
they are the same whatever the size of the blocks; the laws of `hand` and `levels` are checked on the way.  This module
must not know tables or money beyond invoices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.errors import InvariantError
from chainsim.kernels import Kernels, arrays
from chainsim.model.network import Network
from chainsim.records import Columns, Floats, Log
from chainsim.results.columns import Rows, lane_columns
from chainsim.results.folding.block import Block, WholeTicks, block_of, blocks
from chainsim.results.folding.days import Days
from chainsim.results.folding.effects import DEMANDED, ON_HAND, ORDERED, Effects
from chainsim.results.folding.evidence import Collector, Evidence
from chainsim.results.folding.flows import Flows
from chainsim.results.folding.hand import Hand
from chainsim.results.folding.levels import Levels
from chainsim.results.folding.making import Making
from chainsim.results.folding.segments import Segments, segments
from chainsim.results.folding.swings import Swings
from chainsim.results.folding.trade import Trade

ASKED: Final = {"orders": ORDERED, "demand": DEMANDED}  # what each stock point asked for, and was asked for
ROWS: Final = 1 << 15  # few enough to stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run came to: sums by lane, stock point, line, segment and day, and what is kept row by row.

    quanta, rows, moment: of `Flows`, by kind of row.  kept: rows of the kinds that are kept whole.
    trade: sums of `Trade` by lane.  amount, freight: invoiced, fen, int64[S, lanes].  worth: of orders by price and
    what was received, fen, int64[lanes].  groups, singles: invoices of `Invoices`; single: bool[lanes].
    delays: stock point of a market, ticks from order to delivery, quanta.  variances: of orders and demand, float64[P].
    orders, events: how many there were.
    """

    segments: Segments
    quanta: dict[int, Columns]
    rows: dict[int, Columns]
    moment: dict[int, Columns]
    kept: dict[int, Rows]
    on_hand: Levels
    trade: dict[str, Columns]
    amount: Columns
    freight: Columns
    worth: Columns
    single: Columns
    groups: dict[str, Columns]
    singles: dict[str, Columns]
    delays: tuple[Columns, Columns, Columns]
    variances: dict[str, Floats]
    making: Making
    days: Days
    evidence: Evidence
    orders: int
    events: int

    def counted(self, kind: int) -> Columns:
        """Quanta since the warm-up by entity, int64[n]."""
        result: Columns = self.quanta[kind][self.segments.first :].sum(axis=0)
        return result

    def in_all(self, kind: int) -> Columns:
        """Quanta by entity, int64[n]."""
        result: Columns = self.quanta[kind].sum(axis=0)
        return result


class Fold:
    """Takes blocks of a log, in order; `finish` gives the Tally.

    every_line: keep what is asked of chain masters' lines of all lines.
    lawful: refuse a log that breaks a law; else fold what can be folded, as evidence.
    rows: how many events are folded at once, at least; if not given, as many as cost least time.
    kernels: in which form rows are summed; both leave the same.
    Raises InvariantError where the log breaks a law.
    """

    def __init__(
        self,
        network: Network,
        rows: int | None = None,
        every_line: bool = False,
        lawful: bool = True,
        kernels: Kernels = arrays,
    ) -> None:
        self._kernels = kernels
        lanes = lane_columns(network)
        self._network, self._lanes, self._horizon = network, lanes, network.horizon
        self._free = rows is None
        self._whole = WholeTicks(network.horizon, max(ROWS, 4 * len(network.lanes)) if rows is None else rows)
        self._segments = segments(network)
        self._hand, self._lawful = Hand(lanes, lawful), lawful
        self._flows = Flows(network, self._segments, kernels)
        opening = np.array([point.on_hand for point in network.stocks], dtype=np.int64)
        self._on_hand = Levels(opening, self._segments.warm_up, kernels=kernels)
        inside = np.array([point.role != "outside" for point in network.stocks], dtype=bool)
        self._moves = Effects(network, lanes, ON_HAND, inside, kernels)
        self._trade = Trade(network, lanes, self._segments, kernels)
        self._making = Making(network, self._segments, kernels)
        self._swings = {name: Swings(network, network.horizon, kernels) for name in ("orders", "demand")}
        self._asked = {name: Effects(network, lanes, ASKED[name], kernels=kernels) for name in self._swings}
        self._days = Days(network, lanes, kernels)
        self._collector = Collector(network, lanes, every_line)
        self._events = 0

    def take(self, events: Columns, orders: Columns) -> None:
        """The next block: rows of the log, and the orders that follow in number; an engine's sink."""
        for whole in self._whole.take(events, orders):
            self._fold(*whole)

    def finish(self) -> Tally:
        """All of it; nothing can be taken any more."""
        self._fold(*self._whole.rest())
        horizon, hand, invoices = self._horizon, self._hand, self._trade.invoices
        self._on_hand.finish(horizon)
        self._making.finish(horizon)
        evidence = self._collector.evidence(horizon, hand, self._trade.parcels)
        hand.finish()
        return Tally(
            self._segments,
            self._flows.quanta,
            self._flows.rows,
            self._flows.moment,
            self._flows.kept(),
            self._on_hand,
            self._trade.sums,
            invoices.amount,
            invoices.freight,
            hand.worth,
            invoices.single,
            invoices.groups(),
            invoices.singles(),
            self._trade.delays(),
            {name: swings.variances() for name, swings in self._swings.items()},
            self._making,
            self._days,
            evidence,
            hand.taken,
            self._events,
        )

    def _fold(self, events: Columns, orders: Columns, begin: int, until: int) -> None:
        self._hand.take(orders)
        block = block_of(events, begin, until, self._hand, self._kernels)
        self._events += len(events)
        self._flows.take(block)
        self._move(block)
        sent, amount = self._trade.take(block)
        self._making.take(block)
        self._days.take(block, amount)
        for name, swings in self._swings.items():
            swings.take(*self._asked[name].of(block))
        self._collector.take(block, sent)
        self._hand.let_go()
        if self._free:
            self._whole.rows = max(self._whole.rows, len(self._hand))  # the hand is copied once a block

    def _move(self, block: Block) -> None:
        """Stock on hand of all but outside sources, row by row as it moved."""
        self._on_hand.take(*self._moves.of(block))
        below = self._on_hand.sums.lowest < 0
        if self._lawful and below.any():
            place = self._network.stock_name(int(np.argmax(below)))
            raise InvariantError(f"invariant broken: stock on hand is never negative, at {place}")


def fold(
    network: Network, log: Log, rows: int | None = None, every_line: bool = True, kernels: Kernels = arrays
) -> Tally:
    """The tally of a whole log, cut into blocks of so many rows."""
    found = Fold(network, rows, every_line, kernels=kernels)
    for events, orders in blocks(log, ROWS if rows is None else rows):
        found.take(events, orders)
    return found.finish()


def as_evidence(network: Network, log: Log) -> Tally:
    """The tally of a log that breaks laws, if it can be made."""
    found = Fold(network, len(log.events) + 1, every_line=True, lawful=False)
    found.take(log.events, log.orders)
    return found.finish()
