"""Value added of every firm: what it sold minus the materials in what it sold.

In: deliveries of a run.  Out: fen per firm.  Materials are valued at the bill of materials and the prices in force on
the day of delivery, freight to the buyer included, so building up stock neither creates nor destroys value added;
purchases and freight minus materials sold are the change of stock at cost.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Network


def unit_costs(network: Network) -> tuple[list[int], list[dict[int, Fraction]]]:
    """Materials cost in fen per quantum of every stock point that firms sell from, from each listed tick on.

    What a line makes costs its bill of materials, what a warehouse sells costs what it pays, freight included.
    """
    relevant = (state.SET_NEED, state.SET_LANE_TERMS, state.SET_LANE_SHARE)
    edges = sorted({0, *(change.tick for change in network.changes if change.kind in relevant)})
    needs = [need.quantity for need in network.needs]
    prices = [lane.price + lane.freight for lane in network.lanes]
    shares = [lane.share for lane in network.lanes]
    lanes_of: dict[int, list[int]] = {}
    for index, lane in enumerate(network.lanes):
        lanes_of.setdefault(lane.buyer, []).append(index)
    suppliers = {lane.supplier for lane in network.lanes}
    traded = [index for index, point in enumerate(network.stocks) if point.role == "bought" and index in suppliers]

    def paid(stock: int) -> Fraction:
        """Fen per quantum that a stock point is bought for, by nominal shares."""
        per_unit = network.parts[network.stocks[stock].part].per_unit
        price = sum((Fraction(prices[i] * shares[i], WHOLE_SHARE) for i in lanes_of[stock]), Fraction(0))
        return price / per_unit

    tables = []
    for edge in edges:
        for change in network.changes:
            if change.tick != edge:
                continue
            if change.kind == state.SET_NEED:
                needs[change.entity] = Fraction(change.values[0], change.values[1])
            elif change.kind == state.SET_LANE_TERMS:
                prices[change.entity] = change.values[1] + change.values[2]
            elif change.kind == state.SET_LANE_SHARE:
                shares[change.entity] = change.values[0]
        costs: dict[int, Fraction] = {}
        for index, need in enumerate(network.needs):
            costs[need.made] = costs.get(need.made, Fraction(0)) + needs[index] * paid(need.component)
        for stock in traded:
            costs[stock] = paid(stock)
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
