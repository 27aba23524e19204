"""Value added of every firm: what it sold minus the materials in what it sold.

In: deliveries of a run.  Out: fen per firm.  Materials are valued at the bill of materials, the yield, prices and
freight in force on the day of delivery, so building up stock neither creates nor destroys value added; purchases and
freight minus materials sold are the change of stock at cost.  Freight is bought from carriers outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Network

RELEVANT: Final = (state.SET_NEED, state.SET_LANE_TERMS, state.SET_LANE_SHARE, state.SET_YIELD)


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


def unit_costs(network: Network) -> tuple[list[int], list[dict[int, Fraction]]]:
    """Materials cost in fen per quantum of every stock point that sells, from each listed tick on."""
    edges = sorted({0, *(change.tick for change in network.changes if change.kind in RELEVANT)})
    terms = Terms.at_start(network)
    into = lanes_of(network)
    changes = iter(network.changes)
    waiting = next(changes, None)
    tables = []
    for edge in edges:
        while waiting is not None and waiting.tick <= edge:
            terms.apply(waiting.kind, waiting.entity, waiting.values)
            waiting = next(changes, None)
        costs: dict[int, Fraction] = {}
        for sold, bought, quantity in inputs(network, terms):
            per_unit = network.parts[network.stocks[bought].part].per_unit
            paid = sum((terms.prices[i] + terms.freight[i]) * terms.shares[i] for i in into.get(bought, ()))
            costs[sold] = costs.get(sold, Fraction(0)) + quantity * Fraction(paid, WHOLE_SHARE * per_unit)
        tables.append(costs)
    return edges, tables


def materials_sold(network: Network, deliveries: pd.DataFrame) -> np.ndarray:
    """Materials in what each firm delivered, int64[firms], fen, rounded once per firm and part."""
    edges, tables = unit_costs(network)
    segment = np.searchsorted(np.array(edges), deliveries["tick"].to_numpy(), side="right") - 1
    sums = np.zeros((len(edges), len(network.stocks)), dtype=np.int64)
    np.add.at(sums, (segment, deliveries["seller_stock"].to_numpy()), deliveries["quantity"].to_numpy())
    exact = [Fraction(0)] * len(network.firms)
    for costs, quantities in zip(tables, sums, strict=True):
        for stock, cost in costs.items():
            exact[network.stocks[stock].firm] += cost * int(quantities[stock])
    return np.array([round(value) for value in exact], dtype=np.int64)
