"""Why a component was not there: from the order that is late to the firm that holds up the whole chain.

In: a run's tally, a stock point and a stretch of time.  Out: the seller, the most upstream cause, and its share of each
moment.
At a moment a stock point waits for what is overdue, in proportion to quantities; where nothing is overdue, for what is
under way; where nothing is ordered, for its own firm's order.  A seller who has not sent what is overdue stands still,
is full, is at work, or waits for a component itself, and then the cause is looked for there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

import numpy as np

from chainsim.results.frames import Tallied
from chainsim.results.open_orders import OpenOrders, waited_for
from chainsim.results.shortages import Waits, waits
from chainsim.results.standing import FULL, IDLE, STILL, WORKING, Standing, Standings

STANDSTILL: Final = "standing still"
CAPACITY: Final = "at capacity"
MAKING: Final = "making"
UNDER_WAY: Final = "under way"
NOT_ORDERED: Final = "not ordered"
RING: Final = "ring"
CAUSES: Final = (STANDSTILL, CAPACITY, MAKING, UNDER_WAY, NOT_ORDERED, RING)

AT_WORK: Final = {STILL: STANDSTILL, FULL: CAPACITY, WORKING: MAKING, IDLE: NOT_ORDERED}


class Cause(NamedTuple):
    """A share of the time from `begin` to `end`: the seller that was waited for, and the root of it (firms)."""

    begin: int
    end: int
    share: float
    seller: int
    root: int
    cause: str


@dataclass(frozen=True)
class Chain:
    """A run, with what is asked of it again and again."""

    run: Tallied

    @cached_property
    def orders(self) -> OpenOrders:
        """The orders that stock points may have waited for."""
        return waited_for(self.run)

    @cached_property
    def waits(self) -> Waits:
        """What every line waited for."""
        return waits(self.run)

    @cached_property
    def standings(self) -> Standings:
        """What lines did."""
        return Standings(self.run)

    @cached_property
    def _suppliers(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for index, lane in enumerate(self.run.network.lanes):
            found.setdefault(lane.buyer, []).append(index)
        return found

    @cached_property
    def _known(self) -> dict[int, _Pieces]:
        return {}

    @cached_property
    def _waited(self) -> dict[int, tuple[list[int], list[int], list[int]]]:
        return {}

    @cached_property
    def _lines(self) -> dict[int, Standing]:
        return {}

    def causes(self, stock: int, begin: int, end: int, path: tuple[int, ...] = ()) -> Iterator[Cause]:
        """Why a stock point lacked what it buys, moment by moment; the shares of a moment sum to 1."""
        lanes = self.run.network.lanes
        firm = self.run.network.stocks[stock].firm
        pieces = self._pieces(stock).within(begin, end)
        inside = {date for piece in pieces for date in piece.dates if begin < date < end}
        for start, stop in pairwise([begin, *sorted(inside), end]):
            waiting = [piece for piece in pieces if piece.placed <= start < piece.arrived]
            late = [piece for piece in waiting if piece.promised <= start]
            sums: dict[tuple[int, bool], int] = {}  # by lane, and whether it is on its way
            for piece in late or waiting:
                key = piece.lane, not late or piece.sent <= start
                sums[key] = sums.get(key, 0) + piece.quantity
            if not sums:
                yield Cause(start, stop, 1.0, firm, firm, NOT_ORDERED)
                continue
            total = sum(sums.values())
            for (lane, goes), quantity in sorted(sums.items()):
                share, seller = quantity / total, lanes[lane].supplier
                sold_by = self.run.network.stocks[seller].firm
                if goes:
                    yield Cause(start, stop, share, sold_by, sold_by, UNDER_WAY)
                    continue
                for found in self._at_seller(seller, start, stop, (*path, stock)):
                    yield found._replace(share=share * found.share, seller=sold_by)

    def _pieces(self, stock: int) -> _Pieces:
        """What a stock point ordered, looked up once."""
        if stock not in self._known:
            orders = self.orders
            spans = [slice(orders.first[lane], orders.first[lane + 1]) for lane in self._suppliers.get(stock, [])]
            names = ("lane", "placed", "promised", "sent", "arrived", "quantity")
            columns = ([row for span in spans for row in getattr(orders, name)[span].tolist()] for name in names)
            self._known[stock] = _Pieces([_Piece(*row) for row in zip(*columns, strict=True)])
        return self._known[stock]

    def _at_seller(self, stock: int, begin: int, end: int, path: tuple[int, ...]) -> Iterator[Cause]:
        """Why a seller did not send what is overdue."""
        point = self.run.network.stocks[stock]
        if point.line < 0:  # sold on as it was bought
            yield from self._upstream(stock, begin, end, path)
            return
        if point.line not in self._lines:
            self._lines[point.line] = self.standings.of(point.line)
        for start, stop, what in self._lines[point.line].within(begin, end):
            if what == STILL:
                yield Cause(start, stop, 1.0, point.firm, point.firm, STANDSTILL)
                continue
            until = start
            for component, first, last in self.waited(point.line, start, stop):
                if first > until:
                    yield Cause(until, first, 1.0, point.firm, point.firm, AT_WORK[what])
                yield from self._upstream(component, first, last, path)
                until = last
            if until < stop:
                yield Cause(until, stop, 1.0, point.firm, point.firm, AT_WORK[what])

    def _upstream(self, stock: int, begin: int, end: int, path: tuple[int, ...]) -> Iterator[Cause]:
        """The same one step up, unless it leads back to where it came from."""
        if stock in path:
            firm = self.run.network.stocks[stock].firm
            yield Cause(begin, end, 1.0, firm, firm, RING)
        else:
            yield from self.causes(stock, begin, end, path)

    def waited(self, line: int, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """What a line waited for within a stretch of time: component, from, until."""
        begins, ends, components = self._waits_of(line)
        for row in range(bisect_right(ends, begin), bisect_left(begins, end)):
            yield components[row], max(begin, begins[row]), min(end, ends[row])

    def _waits_of(self, line: int) -> tuple[list[int], list[int], list[int]]:
        """Begins, ends and components of a line's waits, in the order of time; looked up once."""
        if line not in self._waited:
            found = self.waits
            own = slice(*np.searchsorted(found.line, [line, line + 1]))
            columns = (column[own].tolist() for column in (found.begin, found.end, found.component))
            begins, ends, components = columns
            self._waited[line] = begins, ends, components
        return self._waited[line]


class _Piece(NamedTuple):
    """A row of `OpenOrders`."""

    lane: int
    placed: int
    promised: int
    sent: int
    arrived: int
    quantity: int

    @property
    def dates(self) -> tuple[int, int, int, int]:
        """When something became of it."""
        return self.placed, self.promised, self.sent, self.arrived


class _Pieces:
    """What one stock point ordered, in the order of placing."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = sorted(pieces, key=lambda piece: piece.placed)
        self._placed = [piece.placed for piece in self._pieces]
        self._last = list(accumulate((piece.arrived for piece in self._pieces), max))  # all before had come by then

    def within(self, begin: int, end: int) -> list[_Piece]:
        """Those that were open at some time in [begin, end)."""
        some = self._pieces[bisect_right(self._last, begin) : bisect_left(self._placed, end)]
        return [piece for piece in some if piece.arrived > begin]
