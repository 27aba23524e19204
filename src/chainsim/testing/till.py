"""Cash and claims of the firms whose cash is followed, rebuilt from deliveries and payments; fen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.testing.run import Row, Run


@dataclass(slots=True)
class Claim:
    """What one delivery costs, from its receipt until it is paid or written off."""

    order: int
    lane: int
    amount: int
    due: int
    buyer: int  # purse, -1 if the buyer's cash is not followed
    seller: int
    settled: int = -1  # the tick
    sold: bool = False


class Till:
    """Cash by purse, and all claims in the order of their delivery."""

    def __init__(self, run: Run) -> None:
        self.network: Network = run.network
        self.orders: Any = run.log.orders.tolist()
        self.cash = [purse.cash for purse in self.network.purses]
        self.sales = [0] * len(self.cash)  # since the last month's end
        self.claims: list[Claim] = []
        self.insolvent: set[int] = set()
        self._received: dict[int, int] = {}
        of_firm = {purse.firm: number for number, purse in enumerate(self.network.purses)}
        self.purse_of = [of_firm.get(point.firm, -1) for point in self.network.stocks]

    def book(self, row: Row) -> None:
        """Apply one row of the log."""
        if row.kind == state.RECEIVED:
            self._deliver(row)
        elif row.kind in (state.PAID, state.WRITTEN_OFF):
            claim = next((c for c in self.claims if c.order == row.order and c.settled < 0), None)
            assert claim is not None, f"{row}: nothing is owed"
            claim.settled = row.tick
            if row.kind == state.PAID:
                if claim.buyer >= 0:
                    self.cash[claim.buyer] -= row.quantity
                if claim.seller >= 0 and not claim.sold:
                    self.cash[claim.seller] += row.quantity
        elif row.kind == state.DISCOUNTED:
            claim = self.claims[-1]
            claim.sold = True
            self.cash[claim.seller] += claim.amount - row.quantity
        elif row.kind in (state.SPENT, state.INTEREST):
            self.cash[row.entity] -= row.quantity
        elif row.kind == state.INVESTED:
            self._spend(row.entity, row.quantity)
        elif row.kind == state.SWITCHED:
            self._spend(self.network.lanes[row.entity].buyer, row.quantity)
        elif row.kind == state.INSOLVENT:
            self.insolvent.add(row.entity)

    def free(self, purse: int) -> int:
        """Cash and unused credit."""
        return self.cash[purse] + self.network.purses[purse].credit

    def late(self, purse: int, tick: int) -> list[Claim]:
        """Claims on a firm that are due and open, oldest first; those of one tick by lane, what is due at once last."""
        found = [c for c in self.claims if c.buyer == purse and c.settled < 0 and c.due <= tick]
        return sorted(found, key=lambda claim: (claim.due, self.orders[claim.order][5] == 0, claim.lane))

    def _spend(self, stock: int, amount: int) -> None:
        if self.purse_of[stock] >= 0:
            self.cash[self.purse_of[stock]] -= amount

    def _deliver(self, row: Row) -> None:
        lane = self.network.lanes[row.entity]
        buyer, seller = self.purse_of[lane.buyer], self.purse_of[lane.supplier]
        if buyer < 0 and seller < 0:
            return
        _, _, _, _, price, terms, _, freight = self.orders[row.order]
        per_unit = self.network.parts[self.network.stocks[lane.buyer].part].per_unit
        before = self._received.get(row.order, 0)
        after = self._received[row.order] = before + row.quantity
        amount = price * after // per_unit - price * before // per_unit
        if buyer >= 0:
            self.cash[buyer] -= freight * after // per_unit - freight * before // per_unit
        if seller >= 0:
            self.sales[seller] += amount
        self.claims.append(Claim(row.order, row.entity, amount, row.tick + terms, buyer, seller))
