"""What goes into what a seller sells, and by which lanes it comes: bills of materials and yields, as they change.

In: a Network; for `used`, deliveries.  Out: pairs of a seller and a component, and quanta.  This module must not know
prices paid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainsim.economy.leontief.table import Matrix
from chainsim.economy.nominal import RELEVANT, Terms, inputs, lanes_of
from chainsim.model.network import WHOLE_SHARE, Network
from chainsim.results.columns import Table
from chainsim.results.remember import once_per_network

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Recipes:
    """What goes into what, in pairs (seller j, component c), and the lanes by which c comes.

    sold, bought: stock points, int64[pairs].  quantities: quanta of c per quantum of j from each of `edges` on,
    float64[edges, pairs].  pair, lane: every lane of every pair, int64[k].
    """

    edges: Indices
    sold: Indices
    bought: Indices
    quantities: Matrix
    pair: Indices
    lane: Indices


@once_per_network
def recipes_of(network: Network) -> Recipes:
    """Every pair of the network; what is sold as it was bought is its own component."""
    edges = sorted({0, *(change.tick for change in network.changes if change.kind in RELEVANT)})
    terms, changes, at = Terms.at_start(network), network.changes, 0
    tables = []
    for edge in edges:
        while at < len(changes) and changes[at].tick <= edge:
            terms.apply(changes[at].kind, changes[at].entity, changes[at].values)
            at += 1
        tables.append(list(inputs(network, terms)))
    into = lanes_of(network)
    ways = [(pair, lane) for pair, (_, c, _) in enumerate(tables[0]) for lane in into.get(c, ())]
    pair, lane = np.array(ways, dtype=np.int64).reshape(-1, 2).T
    sold, bought = np.array([row[:2] for row in tables[0]], dtype=np.int64).reshape(-1, 2).T
    quantities = np.array([[float(quantity) for _, _, quantity in table] for table in tables]).reshape(len(edges), -1)
    return Recipes(np.array(edges, dtype=np.int64), sold, bought, quantities, pair, lane)


def used_in(recipes: Recipes, deliveries: Table, stocks: int) -> Matrix:
    """Quanta of each pair's component in what was delivered, by the recipe of the day, float64[pairs]."""
    segment = np.searchsorted(recipes.edges, deliveries["tick"], side="right") - 1
    cell = segment * stocks + deliveries["seller_stock"]
    sold = np.bincount(cell, deliveries["quantity"], len(recipes.edges) * stocks).reshape(-1, stocks)
    used: Matrix = (recipes.quantities * sold[:, recipes.sold]).sum(axis=0)
    return used


@once_per_network
def opening_terms(network: Network) -> tuple[Matrix, Matrix]:
    """Price and freight by lane for its share of one quantum of what its buyer buys, fen, float64[lanes] each."""
    share = [
        lane.share / WHOLE_SHARE / network.parts[network.stocks[lane.buyer].part].per_unit for lane in network.lanes
    ]
    prices = np.array([lane.price for lane in network.lanes], dtype=np.float64)
    freight = np.array([lane.freight for lane in network.lanes], dtype=np.float64)
    return prices * share, freight * share
