"""What the scenario says things cost: terms in force, what goes into what, materials per unit by plan.

In: a Network.  Out: fen per quantum, from the bill of materials, the yield, nominal shares, prices and freight.  This
module must not know what any run did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Network
from chainsim.results.folding import RELEVANT
from chainsim.results.remember import once_per_network

__all__ = [
    "RELEVANT",
    "Terms",
    "inputs",
    "lanes_of",
    "material_costs",
    "opening_costs",
    "other_share",
    "purchase_costs",
    "warehouses",
]


@dataclass(slots=True)
class Terms:
    """What is in force at one moment: needs, prices, freight and shares of lanes, good share of lines."""

    needs: list[Fraction]
    prices: list[int]
    freight: list[int]
    shares: list[int]
    good: list[Fraction]

    @classmethod
    def at_start(cls, network: Network) -> Terms:
        """As the network opens."""
        return cls(
            [need.quantity for need in network.needs],
            [lane.price for lane in network.lanes],
            [lane.freight for lane in network.lanes],
            [lane.share for lane in network.lanes],
            [line.good for line in network.lines],
        )

    def apply(self, kind: int, entity: int, values: tuple[int, int, int]) -> None:
        """Take note of a dated change, if it is one of `RELEVANT`."""
        if kind == state.SET_NEED:
            self.needs[entity] = Fraction(values[0], values[1])
        elif kind == state.SET_LANE_TERMS:
            self.prices[entity], self.freight[entity] = values[1], values[2]
        elif kind == state.SET_LANE_SHARE:
            self.shares[entity] = values[0]
        elif kind == state.SET_YIELD:
            self.good[entity] = Fraction(values[0], values[1])


def inputs(network: Network, terms: Terms) -> Iterator[tuple[int, int, Fraction]]:
    """(stock point sold from, stock point bought into, quanta of the second per quantum of the first).

    What is made needs its components, more where some of it is scrap; what a warehouse sells it bought itself.
    """
    for index, need in enumerate(network.needs):
        good = terms.good[network.stocks[need.made].line]
        yield need.made, need.component, terms.needs[index] / good if good else Fraction(0)
    for stock in warehouses(network):
        yield stock, stock, Fraction(1)


def warehouses(network: Network) -> list[int]:
    """Stock points that sell what they buy."""
    bought = {index for index, point in enumerate(network.stocks) if point.role == "bought"}
    return sorted(bought & {lane.supplier for lane in network.lanes})


def lanes_of(network: Network) -> dict[int, list[int]]:
    """The lanes into each stock point."""
    found: dict[int, list[int]] = {}
    for index, lane in enumerate(network.lanes):
        found.setdefault(lane.buyer, []).append(index)
    return found


def purchase_costs(network: Network, terms: Terms) -> dict[int, Fraction]:
    """Fen per quantum of every stock point that is bought: price and freight by nominal share."""
    costs = {}
    for stock, lanes in lanes_of(network).items():
        per_unit = network.parts[network.stocks[stock].part].per_unit
        paid = sum((terms.prices[index] + terms.freight[index]) * terms.shares[index] for index in lanes)
        costs[stock] = Fraction(paid, WHOLE_SHARE * per_unit)
    return costs


def material_costs(network: Network, terms: Terms) -> dict[int, Fraction]:
    """Fen per quantum of every stock point that sells: the materials in what is made, what a warehouse pays."""
    bought = purchase_costs(network, terms)
    costs: dict[int, Fraction] = {}
    for sold, component, quantity in inputs(network, terms):
        costs[sold] = costs.get(sold, Fraction(0)) + quantity * bought.get(component, Fraction(0))
    return costs


def opening_costs(network: Network) -> dict[int, Fraction]:
    """Fen per quantum of every stock point as the network opens: what it costs to buy, or the materials in it."""
    terms = Terms.at_start(network)
    return purchase_costs(network, terms) | material_costs(network, terms)


@once_per_network
def other_share(network: Network) -> list[float]:
    """Share of its revenue that each simulated firm spends on sectors that no firm here sells, 0 of all others."""
    if not network.footprints:
        return [0.0] * len(network.firms)
    simulated = [firm.kind not in ("market", "outside") for firm in network.firms]
    return [
        float(sum(share for _, share in row.other_inputs)) if own else 0.0
        for row, own in zip(network.footprints, simulated, strict=True)
    ]
