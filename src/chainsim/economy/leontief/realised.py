"""The Leontief table of what a run did: purchases that were delivered, per yuan of revenue.

In: a Network, and the deliveries counted.  Out: a table whose L reproduces what every seller sold.  This module must
not know what the scenario says of shares and prices, unless nothing was bought at all.

Purchases come in two kinds:

- as delivered: all that a firm received goes into the a_ij of what it sold meanwhile.  Building up a stock counts as a
  purchase, so v_j = 1 - sum_i a_ij - m_j is like cash: low while a firm fills its stores, high while it empties them.
- net of stock building: only the units that are in what it sold (bill of materials, scrap included) at the average
  price it paid; the rest was sold into stock, which is a final use as in national accounts (below 0 where stocks
  fall).  v_j is then revenue less materials sold.

A firm that bought and sold nothing bought for stock in both, and so did those who sold only to such firms in circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainsim.economy.groups import same_group
from chainsim.economy.leontief.compiled import sellers_of
from chainsim.economy.leontief.matrices import matrix, row_sums, scaled
from chainsim.economy.leontief.recipes import opening_terms, recipes_of, used_in
from chainsim.economy.leontief.table import ALGEBRA, Leontief, Matrix
from chainsim.economy.nominal import other_share
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.results.columns import Table, lane_columns, with_role


@dataclass(frozen=True)
class Realised(Leontief):
    """A table per yuan of final sales delivered; `final` is what sellers sold to markets.

    It sums to less than 1 where markets bought from outside sources, too, and to 0 where nothing was delivered.
    stock: what they sold into stock, another final use, float64[n].  stock_outside_group: of that, to firms of
    other corporate groups, float64[n].  revenue: all that they sold, float64[n].  final_sales: what was delivered to
    markets, by anybody, fen.
    """

    stock: Matrix
    stock_outside_group: Matrix
    revenue: Matrix
    final_sales: int

    @cached_property
    def stock_output(self) -> Matrix:
        """L stock, float64[n]: what of the revenue was not called for by final sales of the time."""
        return self.outputs(self.stock)

    @property
    def reproduction_error(self) -> float:
        """Largest deviation of L (f + stock) from the revenue of a seller, per yuan of the largest of them."""
        off = np.abs(self.output + self.stock_output - self.revenue)
        return float(off.max(initial=0.0) / max(1.0, self.revenue.max(initial=0.0)))

    def check(self) -> None:
        """Raise InvariantError unless L reproduces what was sold, and v'L + m'L = 1'."""
        super().check()
        if not self.reproduction_error <= ALGEBRA:
            raise InvariantError(f"the realised table does not reproduce what was sold: {self.reproduction_error:.2g}")


def realised(network: Network, deliveries: Table, net: bool = False) -> Realised:
    """The table of the deliveries (of `results.frames.deliveries`, from the end of the warm-up on).

    net: of stock building.  Where a component was used and none bought, from an opening stock, a net table takes the
    suppliers, prices and freight that the network opens with.
    """
    stocks, lanes = len(network.stocks), len(network.lanes)
    sellers = np.array(sellers_of(network), dtype=np.int64)
    row = np.full(stocks, -1)
    row[sellers] = np.arange(len(sellers))
    by_lane = deliveries["lane"]
    amount, freight, quantity = (_sums(by_lane, deliveries[name], lanes) for name in ("amount", "freight", "quantity"))
    places = lane_columns(network)
    buyer, seller = places.buyer_stock, places.seller_stock
    to_market = with_role(network, "sold")[buyer]
    revenue, final, received = (
        _sums(seller, amount, stocks)[sellers],
        _sums(seller, np.where(to_market, amount, 0.0), stocks)[sellers],
        _sums(buyer, quantity, stocks),
    )

    # The share of what came into a component's stock that each product answers for.
    recipes = recipes_of(network)
    used = used_in(recipes, deliveries, stocks)
    wanted = _sums(recipes.bought, used, stocks)
    came, spent, carried = wanted, amount, freight
    if net:
        drained = (wanted > 0) & (received == 0)  # out of an opening stock
        price, carriage = opening_terms(network)
        came = np.where(drained, 1.0, received)
        spent, carried = np.where(drained[buyer], price, amount), np.where(drained[buyer], carriage, freight)
    answers = (used > 0) & (came[recipes.bought] > 0) & (revenue[row[recipes.sold]] > 0)
    portion = np.divide(used, came[recipes.bought], out=np.zeros_like(used), where=answers)

    user, way, share = row[recipes.sold[recipes.pair]], recipes.lane, portion[recipes.pair]
    supplier, value = row[seller[way]], share * spent[way]
    inside = supplier >= 0
    count = len(sellers)
    other = np.array(other_share(network))[[network.stocks[stock].firm for stock in sellers]]
    sales = matrix(supplier[inside], user[inside], value[inside], count)
    imports = _sums(user[~inside], value[~inside], count) + _sums(user, share * carried[way], count) + other * revenue
    stocked = np.where(to_market, 0.0, amount - _sums(way, share, lanes) * spent)
    circling = ~_reaches_final_use(sales, revenue - row_sums(sales), revenue)
    stocked = np.where(np.isin(seller, sellers[circling]) & ~to_market, amount, stocked)
    external = np.where(same_group(network, places.seller, places.buyer), 0.0, stocked)

    total = int(amount[to_market].sum())
    per = 1.0 / total if total else 0.0
    per_output = np.divide(1.0, revenue, out=np.zeros_like(revenue), where=revenue > 0)
    return Realised(
        network.warm_up,
        tuple(sellers.tolist()),
        scaled(sales, np.where(circling, 0.0, 1.0), per_output),
        imports * per_output,
        final * per,
        _sums(seller, stocked, stocks)[sellers] * per,
        _sums(seller, external, stocks)[sellers] * per,
        revenue * per,
        total,
    )


def _sums(at: NDArray[np.int64], values: np.ndarray, count: int) -> Matrix:
    """Sums of the values by index, float64[count]; exact for fen below 2^53."""
    return np.bincount(at, values, count).astype(np.float64)


def _reaches_final_use(sales: Any, final: Matrix, output: Matrix) -> NDArray[np.bool_]:
    """Sellers whose sales end in a final use, at last; the others sell to each other in circles, bool[n]."""
    reaches: NDArray[np.bool_] = np.abs(final) > ALGEBRA * output
    sells = sales > 0
    while True:
        more = reaches | (sells @ reaches)
        if (more == reaches).all():
            return reaches
        reaches = more
