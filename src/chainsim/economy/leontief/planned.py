"""Whose sales are followed: the planned mix, or one part of it, in yuan and in units.

In: a Network.  Out: a final demand for each version of its table, and units per yuan of it.  This module must not know
what any run did.
"""

from __future__ import annotations

import numpy as np

from chainsim.economy.leontief.compiled import terms_at, unit_values, versions
from chainsim.economy.leontief.table import Leontief, Matrix
from chainsim.model.network import Network
from chainsim.results.tables import FEN


def planned_sales(network: Network, part: str = "") -> list[tuple[Leontief, Matrix, float]]:
    """The versions in which something is sold: table, final demand float64[n] that sums to 1, share of all sales.

    part: only sales of this one; to markets, or where no market ever buys it from a firm here, to firms.  Shares are
    of planned final sales after the warm-up, or of planned sales of the part, and sum to 1.
    """
    found = versions(network)
    demands = [table.final for table, _ in found]
    if part:
        masks = [_sellers(network, table, part) for table, _ in found]
        demands = [np.where(mask, table.final, 0.0) for mask, (table, _) in zip(masks, found, strict=True)]
        if not any(demand.any() for demand in demands):
            demands = [np.where(mask, table.output, 0.0) for mask, (table, _) in zip(masks, found, strict=True)]
    weights = [share * float(demand.sum()) for demand, (_, share) in zip(demands, found, strict=True)]
    return [
        (table, demand / demand.sum(), weight / sum(weights))
        for demand, weight, (table, _) in zip(demands, weights, found, strict=True)
        if weight > 0
    ]


def products(network: Network) -> list[str]:
    """Names of the parts that firms here sell, as the plan has it."""
    sold = {stock for table, _ in versions(network) for stock in np.array(table.stocks)[table.output > 0].tolist()}
    return sorted({network.parts[network.stocks[stock].part].name for stock in sold})


def units_per_yuan(network: Network, table: Leontief, demand: Matrix) -> dict[int, float]:
    """Units in a yuan of a demand that sums to 1, by part.

    A seller's price is the average that markets pay by plan, or the average of all buyers where no market buys.
    """
    terms = terms_at(network, table.tick)
    values = unit_values(network, terms)  # fen per quantum
    market = {market.stock: market.plan[-1][1] for market in network.markets}
    quanta, fen = np.zeros(len(network.stocks)), np.zeros(len(network.stocks))
    for index, lane in enumerate(network.lanes):
        bought = market.get(lane.buyer, 0.0) * terms.shares[index]
        per_unit = network.parts[network.stocks[lane.buyer].part].per_unit
        quanta[lane.supplier] += bought
        fen[lane.supplier] += bought * terms.prices[index] / per_unit
    units: dict[int, float] = {}
    for row in np.flatnonzero(demand > 0):
        stock = table.stocks[row]
        part = network.stocks[stock].part
        price = (fen[stock] / quanta[stock] if quanta[stock] else values[stock]) * network.parts[part].per_unit
        units[part] = units.get(part, 0.0) + float(demand[row] * FEN / price)
    return units


def _sellers(network: Network, table: Leontief, part: str) -> np.ndarray:
    return np.array([network.parts[network.stocks[stock].part].name == part for stock in table.stocks], dtype=bool)
