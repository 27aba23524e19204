"""The Leontief table of a network, compiled from its nominal shares, bills of materials and prices.

In: a Network.  Out: the outputs x = (I - A)^-1 f that a run must approach when capacity is ample and lags are past
(Miller & Blair 2022, ch. 2), for each version that dated changes put in force.  This module must not know what any
run did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from chainsim.economy.leontief.matrices import matrix
from chainsim.economy.leontief.solving import factors
from chainsim.economy.leontief.table import Leontief, Matrix
from chainsim.economy.nominal import RELEVANT, Terms, inputs, lanes_of, other_share, warehouses
from chainsim.model.network import WHOLE_SHARE, Network
from chainsim.results.remember import once_per_network


@once_per_network
def sellers_of(network: Network) -> tuple[int, ...]:
    """The rows of every table: stock points of simulated firms that are made, or sold from a warehouse."""
    made = {index for index, point in enumerate(network.stocks) if point.role == "made"}
    return tuple(sorted(made | set(warehouses(network))))


def terms_at(network: Network, tick: int) -> Terms:
    """What is in force at `tick`."""
    terms = Terms.at_start(network)
    for change in network.changes:
        if change.tick <= tick:
            terms.apply(change.kind, change.entity, change.values)
    return terms


def spending(network: Network, terms: Terms) -> Iterator[tuple[int, int, float, float]]:
    """(stock point sold from, lane, goods, freight): yuan spent on a lane per yuan of output of the seller."""
    value = unit_values(network, terms)
    into = lanes_of(network)
    for sold, bought, quantity in inputs(network, terms):
        for index in into.get(bought, ()) if value[sold] else ():
            lane = network.lanes[index]
            per_unit = network.parts[network.stocks[lane.buyer].part].per_unit
            bought_here = float(quantity) * (terms.shares[index] / WHOLE_SHARE)
            goods, freight = terms.prices[index] / per_unit, terms.freight[index] / per_unit
            yield sold, index, bought_here * goods / value[sold], bought_here * freight / value[sold]


def compile_network(network: Network, tick: int = 0) -> Leontief:
    """The Leontief table of what is in force at `tick`."""
    terms = terms_at(network, tick)
    sellers = sellers_of(network)
    row = {stock: index for index, stock in enumerate(sellers)}
    entries: list[tuple[int, int, float]] = []
    others = other_share(network)
    outside = np.array([others[network.stocks[stock].firm] for stock in sellers])
    into = lanes_of(network)
    for sold, index, goods, freight in spending(network, terms):
        user, supplier = row[sold], network.lanes[index].supplier
        if supplier in row:
            entries.append((row[supplier], user, goods))
        else:
            outside[user] += goods
        outside[user] += freight  # carriers are outside
    final = np.zeros(len(sellers))
    for market in network.markets:
        planned = market.plan[-1][1]
        per_unit = network.parts[network.stocks[market.stock].part].per_unit
        for index in into.get(market.stock, ()):
            lane = network.lanes[index]
            if lane.supplier in row:
                bought_there = planned * terms.shares[index] / WHOLE_SHARE
                final[row[lane.supplier]] += bought_there * (terms.prices[index] / per_unit)
    return Leontief(
        tick, sellers, summed(entries, len(sellers)), outside, final / final.sum() if final.sum() > 0 else final
    )


def summed(entries: Sequence[tuple[int, int, float]], size: int) -> Any:
    """Entries (row, column, value) as a matrix, float64[size, size]; those of one place are summed."""
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    places = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
    return matrix(*places, np.array(values, dtype=np.float64), size)


def unit_values(network: Network, terms: Terms) -> list[float]:
    """Fen per quantum of every stock point: what it is sold for, over the plan where buyers pay differently.

    Where nobody buys, the price of its part.
    """
    value = [_unit_value(network, stock) for stock in range(len(network.stocks))]
    sold: dict[int, list[int]] = {}
    for index, lane in enumerate(network.lanes):
        sold.setdefault(lane.supplier, []).append(index)
    flow: Matrix | None = None
    for stock, lanes in sold.items():
        per_unit = network.parts[network.stocks[stock].part].per_unit
        value[stock] = terms.prices[lanes[-1]] / per_unit
        if len({terms.prices[index] for index in lanes}) > 1:
            flow = _planned_flow(network, terms) if flow is None else flow
            weights = [terms.shares[index] * flow[network.lanes[index].buyer] for index in lanes]
            if sum(weights) > 0:
                paid = sum(terms.prices[index] * weight for index, weight in zip(lanes, weights, strict=True))
                value[stock] = float(paid / sum(weights)) / per_unit
    return value


def _planned_flow(network: Network, terms: Terms) -> Matrix:
    """Planned throughput of every stock point over the study, quanta, float64[P]: the plan through shares and bills."""
    count = len(network.stocks)
    entries = [(stock, stock, 1.0) for stock in range(count)]
    for index, lane in enumerate(network.lanes):
        entries.append((lane.supplier, lane.buyer, -terms.shares[index] / WHOLE_SHARE))
    for index, need in enumerate(network.needs):
        good = terms.good[network.stocks[need.made].line]
        entries.append((need.component, need.made, -float(terms.needs[index] / good) if good else 0.0))
    planned = np.zeros(count)
    for market in network.markets:
        planned[market.stock] += market.plan[-1][1]
    return factors(summed(entries, count)).solve(planned)


def _unit_value(network: Network, stock: int) -> float:
    """Price in fen of one quantum."""
    part = network.parts[network.stocks[stock].part]
    return part.price / part.per_unit


@once_per_network
def versions(network: Network) -> list[tuple[Leontief, float]]:
    """The models in force over the study, each with its share of planned final sales after the warm-up."""
    begin = network.warm_up
    dated = (change.tick for change in network.changes if change.kind in RELEVANT)
    ticks = sorted({tick for tick in dated if begin < tick < network.horizon})
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
