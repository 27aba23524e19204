"""The Leontief model of the same network, compiled from its nominal shares, bills of materials and prices.

In: a Network.  Out: the matrix of purchases per yuan of output between everything that is made or traded, value added
coefficients, and the outputs x = (I - A)^-1 f that a run must approach when capacity is ample and lags are past
(Miller & Blair 2022, ch. 2).  This module must not know what any run did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Network

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Leontief:
    """The nominal network in force from `tick` on, in value terms; rows and columns are made and traded stock points.

    stocks: indices of the stock points that firms sell from, in the order of the rows; what a warehouse trades has its
        sales as output and the goods among its purchases.
    purchases: a_ij, yuan bought from i per yuan of output of j, between simulated firms, float64[n, n].
    outside: m_j, yuan bought outside the network per yuan of output of j, freight included, float64[n].
    final: share of final demand in yuan by those stock points, at the planned mix, sums to 1, float64[n].
    """

    tick: int
    stocks: tuple[int, ...]
    purchases: Matrix
    outside: Matrix
    final: Matrix

    @property
    def value_added(self) -> Matrix:
        """v_j = 1 - sum_i a_ij - m_j, float64[n]."""
        coefficients: Matrix = 1.0 - self.purchases.sum(axis=0) - self.outside
        return coefficients

    @cached_property
    def output(self) -> Matrix:
        """x = (I - A)^-1 f per yuan of final sales, float64[n]; its sum is the gross multiplier."""
        solved = np.linalg.solve(np.eye(len(self.stocks)) - self.purchases, self.final)
        return np.asarray(solved, dtype=np.float64)

    @property
    def identity_error(self) -> float:
        """Largest deviation from v'L + m'L = 1': each yuan of final sales ends as value added or is spent outside."""
        gathered = np.linalg.solve((np.eye(len(self.stocks)) - self.purchases).T, self.value_added + self.outside)
        return float(np.abs(gathered - 1.0).max(initial=0.0))


def compile_network(network: Network, tick: int = 0) -> Leontief:
    """The Leontief model of what is in force at `tick`."""
    shares = [lane.share for lane in network.lanes]
    prices = [lane.price for lane in network.lanes]
    freights = [lane.freight for lane in network.lanes]
    needs = [need.quantity for need in network.needs]
    for change in network.changes:
        if change.tick > tick:
            continue
        if change.kind == state.SET_LANE_SHARE:
            shares[change.entity] = change.values[0]
        elif change.kind == state.SET_LANE_TERMS:
            _, prices[change.entity], freights[change.entity] = change.values
        elif change.kind == state.SET_NEED:
            needs[change.entity] = Fraction(change.values[0], change.values[1])
    selling = _selling(network)
    row = {stock: index for index, stock in enumerate(selling)}
    value = _values(network, shares, prices, needs)
    purchases = np.zeros((len(selling), len(selling)))
    outside = np.zeros(len(selling))
    lanes_of: dict[int, list[int]] = {}
    for index, lane in enumerate(network.lanes):
        lanes_of.setdefault(lane.buyer, []).append(index)
    used = [(need.made, need.component, float(needs[index])) for index, need in enumerate(network.needs)]
    used += [(stock, stock, 1.0) for stock in selling if network.stocks[stock].role == "bought"]
    for sold, component, quantity in used:
        user = row[sold]
        per_unit = network.parts[network.stocks[component].part].per_unit
        for lane_index in lanes_of.get(component, ()):
            lane = network.lanes[lane_index]
            units = quantity * (shares[lane_index] / WHOLE_SHARE)
            spent = units * (prices[lane_index] / per_unit) / value[sold]
            if lane.supplier in row:
                purchases[row[lane.supplier], user] += spent
            else:
                outside[user] += spent
            if freights[lane_index]:
                outside[user] += units * (freights[lane_index] / per_unit) / value[sold]
    final = np.zeros(len(selling))
    for market in network.markets:
        planned = market.plan[-1][1]
        per_unit = network.parts[network.stocks[market.stock].part].per_unit
        for lane_index in lanes_of.get(market.stock, ()):
            lane = network.lanes[lane_index]
            if lane.supplier in row:
                final[row[lane.supplier]] += (
                    planned * shares[lane_index] / WHOLE_SHARE * (prices[lane_index] / per_unit)
                )
    return Leontief(tick, selling, purchases, outside, final / final.sum() if final.sum() > 0 else final)


def _selling(network: Network) -> tuple[int, ...]:
    """Stock points of simulated firms that sell: all that are made, and those bought ones that others buy from."""
    suppliers = {lane.supplier for lane in network.lanes}
    return tuple(
        index
        for index, point in enumerate(network.stocks)
        if point.role == "made" or (point.role == "bought" and index in suppliers)
    )


def _values(network: Network, shares: Sequence[int], prices: Sequence[int], needs: Sequence[Fraction]) -> list[float]:
    """Fen per quantum of every stock point: what it is sold for, on average over the plan where buyers pay differently;
    else the price of its part."""
    value = [_unit_value(network, stock) for stock in range(len(network.stocks))]
    sold: dict[int, list[int]] = {}
    for index, lane in enumerate(network.lanes):
        sold.setdefault(lane.supplier, []).append(index)
    flow: Matrix | None = None
    for stock, lanes in sold.items():
        per_unit = network.parts[network.stocks[stock].part].per_unit
        asked = {prices[index] for index in lanes}
        value[stock] = prices[lanes[-1]] / per_unit
        if len(asked) > 1:
            flow = _planned_flow(network, shares, needs) if flow is None else flow
            weights = [shares[index] * flow[network.lanes[index].buyer] for index in lanes]
            if sum(weights) > 0:
                paid = sum(prices[index] * weight for index, weight in zip(lanes, weights, strict=True))
                value[stock] = float(paid / sum(weights)) / per_unit
    return value


def _planned_flow(network: Network, shares: Sequence[int], needs: Sequence[Fraction]) -> Matrix:
    """Planned throughput of every stock point over the study, quanta, float64[P]: the plan through shares and bills."""
    count = len(network.stocks)
    passed = np.eye(count)
    for index, lane in enumerate(network.lanes):
        passed[lane.supplier, lane.buyer] -= shares[index] / WHOLE_SHARE
    for index, need in enumerate(network.needs):
        passed[need.component, need.made] -= float(needs[index])
    planned = np.zeros(count)
    for market in network.markets:
        planned[market.stock] += market.plan[-1][1]
    return np.asarray(np.linalg.solve(passed, planned), dtype=np.float64)


def _unit_value(network: Network, stock: int) -> float:
    """Price in fen of one quantum."""
    part = network.parts[network.stocks[stock].part]
    return part.price / part.per_unit


def versions(network: Network) -> list[tuple[Leontief, float]]:
    """The models in force over the study, each with its share of planned final sales after the warm-up."""
    relevant = (state.SET_LANE_SHARE, state.SET_LANE_TERMS, state.SET_NEED)
    begin = network.warm_up
    ticks = sorted({change.tick for change in network.changes if change.kind in relevant and change.tick > begin})
    edges = [begin, *ticks, network.horizon]
    planned = [sum(_planned(network, edge)) for edge in edges]
    total = planned[-1] - planned[0]
    return [
        (compile_network(network, first), (high - low) / total if total else 0.0)
        for first, low, high in zip(edges, planned, planned[1:], strict=False)
    ]


def _planned(network: Network, tick: int) -> list[float]:
    """Cumulative planned final sales up to `tick` by market, fen."""
    result = []
    for market in network.markets:
        ticks = [point for point, _ in market.plan]
        quantities = [quantity for _, quantity in market.plan]
        result.append(float(np.interp(tick, ticks, quantities)) * _unit_value(network, market.stock))
    return result
