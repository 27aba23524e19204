"""What an inventory position becomes: net stock is the position minus the demand that comes before its order does.

In: the law of the position and the law of demand over the time an order takes.  Out: expected stock, backorders,
and shares of demand met.  This module must not know which policy made the position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainsim.theory import lattice
from chainsim.theory.domain import below
from chainsim.theory.laws import Law


@dataclass(frozen=True)
class NetStock:
    """Net stock = position - demand, independent of each other.

    positions: pairs of position and probability.  exposures: pairs of weight and law of demand; several where the
    time of exposure varies over a cycle.
    """

    positions: Sequence[tuple[float, float]]
    exposures: Sequence[tuple[float, Law]]

    @property
    def on_hand(self) -> float:
        """E[(position - demand)+]."""
        return self._expected(lambda law, position: law.surplus(position))

    @property
    def backorders(self) -> float:
        """E[(demand - position)+]."""
        return self._expected(lambda law, position: law.shortage(position))

    def at_least(self, level: float) -> float:
        """P(position - demand >= level)."""
        return self._expected(lambda law, position: law.at_most(position - level))

    def filled(self, size: Law) -> float:
        """Share of units that find stock when demands of independent sizes arrive, each served in part if need be."""
        highest = int(max(position for position, _ in self.positions))
        sizes = range(1, min(len(size.mass) - 1, highest) + 1)
        return sum(self.at_least(i) * (1 - size.at_most(i - 1)) for i in sizes) / size.mean

    def cost(self, holding_cost: float, backorder_cost: float) -> float:
        """Holding and backorder cost per time."""
        return holding_cost * self.on_hand + backorder_cost * self.backorders

    def _expected(self, of: Callable[[Law, float], float]) -> float:
        return sum(p * w * of(law, position) for position, p in self.positions for w, law in self.exposures)


def after_review(reorder_point: int, order_up_to: int, demand: Law) -> tuple[list[tuple[float, float]], float]:
    """Law of the position after a review or demand under (s, S), and the mean number of them between orders.

    demand: between two reviews, or the size of one demand under continuous review.  An order is placed when the
    position is at or below `reorder_point`.  Source: Veinott & Wagner (1965), Computing optimal (s, S) inventory
    policies, Management Science 11: the positions S, S - 1, ..., s + 1 are visited as often as a renewal process
    of demands visits 0, 1, ..., S - s - 1.
    """
    below("reorder_point", reorder_point, "order_up_to", order_up_to)
    visits = lattice.renewals(demand.mass, order_up_to - reorder_point)
    cycle = float(visits.sum())
    return [(order_up_to - j, float(visit) / cycle) for j, visit in enumerate(visits)], cycle
