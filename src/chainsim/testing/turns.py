"""Whose turn it is to deliver: the sharing of orders among suppliers, recomputed order by order.

In: rows that place or switch, the books as they stood before.  Raises AssertionError where the log has it otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import ceil
from typing import NamedTuple

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE
from chainsim.testing.books import Books
from chainsim.testing.hazards import Hazards
from chainsim.testing.run import Row, Run


class View(NamedTuple):
    """What buyers look at: by stock point, and for the last by lane."""

    on_hand: list[int]
    backorders: list[int]
    closed: list[bool]
    blocked: list[bool]


class Turns:
    """Lots that each lane has had, who stands in for whom, who is qualified."""

    def __init__(self, run: Run) -> None:
        self.network = run.network
        self.hazards = Hazards(run)
        self.lanes: dict[int, list[int]] = defaultdict(list)
        for index, lane in enumerate(self.network.lanes):
            self.lanes[lane.buyer].append(index)
        self.lots: Counter[int] = Counter()
        self.total: Counter[int] = Counter()
        self.substitute: dict[int, int] = {}
        self.wanted: dict[int, int] = {}  # by lane: the tick of the first need of it as a substitute

    def restart(self, buyer: int) -> None:
        """Lots are counted from zero."""
        self.total[buyer] = 0
        for lane in self.lanes[buyer]:
            self.lots[lane] = 0

    def view(self, books: Books) -> View:
        blocked = [level == 0 for level in books.lane_level]
        return View(list(books.on_hand), list(books.backorders), list(books.closed), blocked)

    def buyer_of(self, row: Row) -> int:
        """The buyer of an order or a switch, if it has several suppliers, else -1."""
        if row.kind not in (state.PLACED, state.SWITCHED):
            return -1
        buyer = self.network.lanes[row.entity].buyer
        return buyer if len(self.lanes[buyer]) > 1 else -1

    def goes_on(self, last: Row, row: Row | None) -> bool:
        """Whether a row is about the same order as the one before: lanes are told in their order, switches first."""
        if row is None or self.buyer_of(row) != self.buyer_of(last):
            return False
        return last.kind == state.SWITCHED or (row.kind == state.PLACED and row.entity > last.entity)

    def judge(self, group: list[Row], before: View, books: Books) -> None:
        """One order, shared out as it should be; or several of a buyer in a row that no other row tells apart."""
        kept = (self.lots.copy(), self.total.copy(), dict(self.substitute), dict(self.wanted))
        try:
            self._judge_one(group, before, books)
        except AssertionError:
            for at in range(1, len(group)):
                self.lots, self.total, self.substitute, self.wanted = (
                    kept[0].copy(),
                    kept[1].copy(),
                    dict(kept[2]),
                    dict(kept[3]),
                )
                try:
                    self._judge_one(group[:at], before, books)
                    self.judge(group[at:], self._after(group[:at], before), books)
                    return
                except AssertionError:
                    continue
            raise

    def _after(self, group: list[Row], before: View) -> View:
        """What buyers see when these orders have been placed."""
        backorders = list(before.backorders)
        for row in group:
            if row.kind == state.PLACED:
                backorders[self.network.lanes[row.entity].supplier] += row.quantity
        return before._replace(backorders=backorders)

    def _judge_one(self, group: list[Row], before: View, books: Books) -> None:
        tick, buyer = group[0].tick, self.buyer_of(group[0])
        placed = {row.entity: row.quantity for row in group if row.kind == state.PLACED}
        switched = [(row.entity, row.quantity) for row in group if row.kind == state.SWITCHED]
        costs: list[tuple[int, int]] = []
        assert placed, group
        share = self._by_rank if books.sourcing[buyer] == state.RANKED else self._by_shares
        expected = share(tick, buyer, sum(placed.values()), before, books, costs)
        assert placed == {lane: quantity for lane, quantity in expected.items() if quantity}, (group, expected)
        assert switched == costs, (group, costs)

    def _by_shares(
        self, tick: int, buyer: int, quantity: int, before: View, books: Books, costs: list[tuple[int, int]]
    ) -> Counter[int]:
        whole = books.sourcing[buyer] == state.WHOLE_ORDERS
        each = quantity if whole else books.lot[buyer]
        result: Counter[int] = Counter()
        for _ in range(quantity // each):
            self.total[buyer] += 1
            number = self.total[buyer]
            eligible = [
                lane for lane in self.lanes[buyer] if self.lots[lane] * WHOLE_SHARE < number * books.share[lane]
            ]
            chosen = min(eligible, key=lambda lane: ceil((self.lots[lane] + 1) * WHOLE_SHARE / books.share[lane]))
            self.lots[chosen] += 1
            if books.switches[buyer]:
                if not self._out(tick, chosen, before, books):
                    self.substitute.pop(chosen, None)
                else:
                    for lane in sorted(self.lanes[buyer], key=lambda lane: books.rank[lane]):
                        ready = lane != chosen and not self._out(tick, lane, before, books)
                        if ready and (books.share[lane] > 0 or self._qualified(tick, lane)):
                            self._turn_to(chosen, lane, costs)
                            chosen = lane
                            break
            result[chosen] += each
        return result

    def _by_rank(
        self, tick: int, buyer: int, quantity: int, before: View, books: Books, costs: list[tuple[int, int]]
    ) -> Counter[int]:
        lanes = sorted(self.lanes[buyer], key=lambda lane: books.rank[lane])
        top, first, left = lanes[0], -1, quantity
        result: Counter[int] = Counter()
        for lane in lanes:
            if left == 0:
                break
            if books.switches[buyer] and self._out(tick, lane, before, books):
                continue
            if lane != top and not self._qualified(tick, lane):
                continue
            if first < 0:
                first = lane
                if lane == top:
                    self.substitute.pop(top, None)
                else:
                    self._turn_to(top, lane, costs)
            taken = min(left, self._room(lane, before, books) // books.lot[buyer] * books.lot[buyer])
            result[lane] += taken
            left -= taken
        result[first if first >= 0 else top] += left
        return result

    def _turn_to(self, chosen: int, lane: int, costs: list[tuple[int, int]]) -> None:
        if self.substitute.get(chosen) != lane:
            self.substitute[chosen] = lane
            costs.append((lane, self.network.lanes[lane].switching_cost))

    def _qualified(self, tick: int, lane: int) -> bool:
        ticks = self.network.lanes[lane].qualification
        return ticks < 0 or tick >= self.wanted.setdefault(lane, tick) + max(1, ticks)

    def _room(self, lane: int, before: View, books: Books) -> int:
        supplier = self.network.lanes[lane].supplier
        if self.network.stocks[supplier].role == "outside" or books.backlog[supplier] < 0:
            return 2**62
        there = 0 if before.closed[supplier] or before.blocked[lane] else before.on_hand[supplier]
        return max(0, there + books.backlog[supplier] - before.backorders[supplier])

    def _out(self, tick: int, lane: int, before: View, books: Books) -> bool:
        """An outage: the lane is blocked, its supplier closed, or the supplier's line at a standstill."""
        supplier = self.network.lanes[lane].supplier
        if before.blocked[lane] or before.closed[supplier]:
            return True
        point = self.network.stocks[supplier]
        if point.role != "made":
            return False
        return self.hazards.level("line", point.line, tick) == 0 or books.servers[point.line] == 0
