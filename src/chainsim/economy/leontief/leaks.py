"""What leaves a Leontief table, by whom it is paid to: outside sources, carriers, sectors that no firm here sells.

In: a Network.  Out: the parts of m_j, in yuan per yuan of output of j, in the rows of `compile_network`.  This module
must not know what any run did, nor what becomes of what leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.economy.leontief.compiled import sellers_of, spending, terms_at
from chainsim.economy.leontief.table import Matrix
from chainsim.model.network import Network
from chainsim.model.sectors import SECTORS


@dataclass(frozen=True)
class Leaks:
    """m_j in parts; over all of them it is `Leontief.outside`.

    sources: firms that are outside sources, in the order of the rows of `bought`, float64[k, n].
    freight: paid to carriers, float64[n].  other: other inputs by sector of the input-output table, float64[35, n].
    """

    sources: tuple[int, ...]
    bought: Matrix
    freight: Matrix
    other: Matrix

    @property
    def outside(self) -> Matrix:
        """m_j, float64[n]."""
        total: Matrix = self.bought.sum(axis=0) + self.freight + self.other.sum(axis=0)
        return total


def leaks(network: Network, tick: int = 0) -> Leaks:
    """The leaks of what is in force at `tick`; ValueError for other inputs of a sector that the table lacks."""
    sellers = sellers_of(network)
    row = {stock: index for index, stock in enumerate(sellers)}
    sources = tuple(index for index, firm in enumerate(network.firms) if firm.kind == "outside")
    at = {firm: index for index, firm in enumerate(sources)}
    bought, freight = np.zeros((len(sources), len(sellers))), np.zeros(len(sellers))
    for sold, index, goods, carriage in spending(network, terms_at(network, tick)):
        supplier = network.lanes[index].supplier
        if supplier not in row:
            bought[at[network.stocks[supplier].firm], row[sold]] += goods
        freight[row[sold]] += carriage
    other = np.zeros((len(SECTORS), len(sellers)))
    for column, stock in enumerate(sellers) if network.footprints else ():
        for sector, share in network.footprints[network.stocks[stock].firm].other_inputs:
            other[SECTORS.index(sector), column] += float(share)
    return Leaks(sources, bought, freight, other)
