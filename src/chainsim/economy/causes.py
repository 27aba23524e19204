"""Why a component was not there: from the order that is late to the firm that holds up the whole chain.

In: a run's tally, a stock point and a stretch of time.  Out: the seller, the most upstream cause, and its share of each
moment.
At a moment a stock point waits for what is overdue, in proportion to quantities; where nothing is overdue, for what is
under way; where nothing is ordered, for its own firm's order.  A seller who has not sent what is overdue stands still,
is full, is at work, or waits for a component itself, and then the cause is looked for there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
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
    def _lines(self) -> dict[int, Standing]:
        return {}

    def causes(self, stock: int, begin: int, end: int, path: tuple[int, ...] = ()) -> Iterator[Cause]:
        """Why a stock point lacked what it buys, moment by moment; the shares of a moment sum to 1."""
        run, orders = self.run, self.orders
        firm = run.network.stocks[stock].firm
        rows = np.concatenate(
            [np.arange(orders.first[lane], orders.first[lane + 1]) for lane in self._suppliers.get(stock, [])]
            or [np.zeros(0, dtype=np.int64)]
        ).astype(np.int64)
        rows = rows[(orders.placed[rows] < end) & (orders.arrived[rows] > begin)]
        dates = (orders.placed[rows], orders.promised[rows], orders.sent[rows], orders.arrived[rows])
        inside = np.concatenate(dates)
        edges = np.unique(np.append(inside[(inside > begin) & (inside < end)], [begin, end])).tolist()
        placed, promised, sent, arrived = dates
        for start, stop in pairwise(edges):
            is_open = (placed <= start) & (arrived > start)
            late = is_open & (promised <= start)
            chosen = late if late.any() else is_open
            if not chosen.any():
                yield Cause(start, stop, 1.0, firm, firm, NOT_ORDERED)
                continue
            total = int(orders.quantity[rows[chosen]].sum())
            moving = ~late | (sent <= start)
            for lane in np.unique(orders.lane[rows[chosen]]).tolist():
                own = chosen & (orders.lane[rows] == lane)
                seller = run.network.lanes[lane].supplier
                sold_by = run.network.stocks[seller].firm
                for goes in (False, True):
                    share = int(orders.quantity[rows[own & (moving == goes)]].sum()) / total
                    if not share:
                        continue
                    if goes:
                        yield Cause(start, stop, share, sold_by, sold_by, UNDER_WAY)
                        continue
                    for found in self._at_seller(seller, start, stop, (*path, stock)):
                        yield found._replace(share=share * found.share, seller=sold_by)

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
        found = self.waits
        low, high = np.searchsorted(found.line, [line, line + 1]).tolist()
        low += int(np.searchsorted(found.end[low:high], begin, side="right"))
        high = low + int(np.searchsorted(found.begin[low:high], end))
        for row in range(low, high):
            yield int(found.component[row]), max(begin, int(found.begin[row])), min(end, int(found.end[row]))
