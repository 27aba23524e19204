"""What final sales need: through bills of materials and deliveries, up to the stock points where a part is bought.

In: a network, its counted deliveries, and a set of stock points.  Out: the final sales that need one of them, fen.
This module must not know why these stock points were chosen.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model.network import Network
from chainsim.results.columns import Table, lane_columns, with_role
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums

ENOUGH: Final = 1e-12
ROUNDS: Final = 10_000  # a ring of parts needs itself again and again, each time less


class Dependence:
    """Which share of what each stock point delivers needs one of some stock points, as deliveries were in this run.

    A unit made needs each of its components, so its share is the largest of theirs: the least that must be true,
    whichever units went together.  A component is as the suppliers who delivered it, by quantity; what is bought
    outside needs nothing that is simulated.
    """

    def __init__(self, network: Network, deliveries: Table) -> None:
        count = len(network.stocks)
        lanes, quantity = deliveries["lane"], deliveries["quantity"]
        buyer, seller = lane_columns(network).buyer_stock, lane_columns(network).seller_stock
        sent = np.bincount(lanes, quantity, len(network.lanes)) if len(network.lanes) else np.zeros(0)
        got = np.bincount(buyer, sent, count) if len(buyer) else np.zeros(count)
        used = np.flatnonzero(sent)
        self._buyer, self._seller, self._share = buyer[used], seller[used], sent[used] / got[buyer[used]]
        self._made, self._component = _needs(network)
        source = np.concatenate([self._seller, self._component])
        order = np.argsort(source, kind="stable")
        self._first = np.searchsorted(source[order], np.arange(count + 1))
        self._following = np.concatenate([self._buyer, self._made])[order]
        final = with_role(network, "sold")[buyer[lanes]]
        self._sold = sums(deliveries["seller_stock"][final], deliveries["amount"][final], count)

    def shares(self, stocks: np.ndarray) -> np.ndarray:
        """By stock point, float64[P], 0..1: the share of its flow that needs one of `stocks` (bool[P])."""
        found = stocks.astype(np.float64)
        reached = self._downstream(stocks)
        bought, made = reached[self._buyer], reached[self._made]
        buyer, seller, share = self._buyer[bought], self._seller[bought], self._share[bought]
        product, component = self._made[made], self._component[made]
        count = len(found)
        for _ in range(ROUNDS):
            through = np.bincount(buyer, share * found[seller], count)
            following = np.maximum(stocks, np.minimum(through, 1.0))
            np.maximum.at(following, product, following[component])
            if np.abs(following - found).max(initial=0.0) <= ENOUGH:
                break
            found = following
        return found

    def _downstream(self, stocks: np.ndarray) -> np.ndarray:
        """Everywhere that deliveries or bills lead to from some stock points, these included, bool[P]."""
        reached = stocks.copy()
        front = np.flatnonzero(stocks)
        while len(front):
            first, last = self._first[front], self._first[front + 1]
            ends = np.cumsum(last - first)
            places = np.arange(ends[-1]) + np.repeat(last - ends, last - first)
            front = np.unique(self._following[places])
            front = front[~reached[front]]
            reached[front] = True
        return reached

    def final_sales(self, stocks: np.ndarray) -> float:
        """Deliveries to the markets that need one of `stocks` (bool[P]), fen."""
        return float(self._sold @ self.shares(stocks))


@once_per_network
def _needs(network: Network) -> np.ndarray:
    """What is made, and what it needs: stock points, int64[2, needs]."""
    needs = [(need.made, need.component) for need in network.needs]
    return np.array(needs, dtype=np.int64).reshape(len(needs), 2).T
