"""What each kernel does, for both forms of it: `arrays` and `loops`.

Rows come in columns of equal length, in the order of the log.  What a kernel fills or adds to is named last and changed
in place; sums are indexed by stock point, lane, or place in the hand.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeAlias

import numpy as np

from chainsim.records import Columns

Grid: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.int64]]


class LevelSums(NamedTuple):
    """Levels and what they came to so far, int64[n].

    level: now, since a tick, or since_clock as the entity counts time.  integral: level x clock.  positive: the same of
    levels above 0.  above: ticks with a level above 0.  peak: the highest level above 0 that lasted.  lowest: the
    lowest that ever was, within a tick too.
    """

    level: Columns
    since: Columns
    since_clock: Columns
    integral: Columns
    positive: Columns
    above: Columns
    peak: Columns
    lowest: Columns


class PeriodSums(NamedTuple):
    """What came together in each period, int64[n].

    A tick lies in period tick x numerator // denominator; those in [first, last) count.  so_far: of `period`, the one
    at hand.  closed: of those before it, int64[4, n], sums and sums of squares as `halves` has them.
    """

    numerator: Columns
    denominator: Columns
    first: Columns
    last: Columns
    period: Columns
    so_far: Columns
    closed: Grid


class FlowSums(NamedTuple):
    """What moved: quanta by segment, int64[S, n]; quanta x ticks from the row, or the warm-up's end, to the horizon,
    int64[n]; how many rows there were since the warm-up, int64[n]."""

    quanta: Grid
    moment: Columns
    rows: Columns


class OpenOrders(NamedTuple):
    """Purchase orders in hand, int64[n]: what they said, and what was received and invoiced so far."""

    quantity: Columns
    price: Columns
    freight: Columns
    terms: Columns
    received: Columns
    invoiced: Columns


class Kernels(Protocol):
    """Functions over the rows of a block."""

    def by_kind(self, events: Grid, every: Grid, rows: Grid, where: Columns, ends: Columns) -> None:
        """Rows of the log by kind, those of one kind in their order.

        Out: every, int64[5, n], the columns of `events`, each close together; rows, int64[4, n], tick, order, entity
        and quantity by kind; where each of these rows stood, int64[n]; where each kind ends, int64[kinds].
        """

    def changes(self, every: Grid, sign: Columns, begin: Columns, stock: Columns, found: Grid) -> int:
        """Stock point, tick and signed quantity of the rows that change one, int64[3, n], and how many there are.

        every: as `by_kind` leaves it.  Kind k counts with sign[k], 0 for not at all; stock[begin[k] + entity] is whose
        it is, -1 for nobody's.
        """

    def raise_levels(self, entity: Columns, tick: Columns, clock: Columns, rise: Columns, sums: LevelSums) -> None:
        """Let levels last until they are raised, and raise them."""

    def add_by_period(self, entity: Columns, tick: Columns, quantity: Columns, sums: PeriodSums) -> None:
        """Add quantities to their periods; rows of one entity in the order of time."""

    def add_flows(
        self, tick: Columns, entity: Columns, quantity: Columns, edges: Columns, warm_up: int, sums: FlowSums
    ) -> None:
        """Add rows to what moved.  edges: of segments [edges[k], edges[k + 1]); the last one is the horizon."""

    def ship(
        self,
        tick: Columns,
        lane: Columns,
        quantity: Columns,
        placed: Columns,
        within: Columns,
        warm_up: int,
        sums: Grid,
    ) -> None:
        """By lane: sent, at once, waited, prompt, int64[4, lanes]; see `Trade`.

        placed: of each row's order.  within: by lane, ticks in which an order placed since the warm-up is met promptly.
        """

    def receive(
        self, tick: Columns, lane: Columns, quantity: Columns, placed: Columns, sent: Columns, sums: Grid
    ) -> None:
        """By lane: delivered, delayed, and of what was ordered in the run timed, took, arrived, under way,
        int64[6, lanes]; see `Trade`.  placed, sent: of each row's order and delivery."""

    def invoice(
        self,
        tick: Columns,
        lane: Columns,
        quantity: Columns,
        at: Columns,
        per_unit: Columns,
        orders: OpenOrders,
        found: Grid,
    ) -> None:
        """Amount, freight and due tick of each receipt, int64[3, n]: the rise of floor(price x received so far / quanta
        per unit).

        at: places in the hand.  per_unit: by lane.  Nothing was received before of an order that arrives whole.
        """

    def add_invoices(
        self,
        tick: Columns,
        lane: Columns,
        quantity: Columns,
        amount: Columns,
        freight: Columns,
        due: Columns,
        warm_up: int,
        horizon: int,
        sums: Grid,
        first: Grid,
    ) -> None:
        """Sums by class x lane: quantity, amount, freight, deliveries, int64[4, 3 lanes], and the first tick and due
        tick, int64[2, 3 lanes].  Classes: due before the warm-up's end, before the horizon, later."""

    def match(self, waiting: Columns, coming: Columns, first: Columns, following: Columns, found: Columns) -> None:
        """Of each key that comes, which of `waiting` is the first with that key that none before it has taken, -1 if
        none is.  first: -1 by key; following: by what waits; both to scribble on."""

    def add_by_day(
        self,
        tick: Columns,
        entity: Columns,
        value: Columns,
        place: Columns,
        numerator: int,
        denominator: int,
        cells: Grid,
    ) -> None:
        """Values by day, tick x numerator // denominator, and place of the entity, -1 for none."""

    def add_cells(self, tick: Columns, entity: Columns, value: Columns, edges: Columns, cells: Grid) -> None:
        """Values by segment and entity."""
