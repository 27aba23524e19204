"""The announced production plan: how fast each stock point would turn if all went as planned.

In: a blueprint.  Out: rates by stock point, in quanta per second, from the bill of
materials and the nominal shares alone: the quantities behind L f of the Leontief model.  Targets, capacities "of
plan" and the opening balance rest on it; it knows nothing of what the simulation does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from chainsim.errors import ScenarioError
from chainsim.scenario.network.blueprint import Blueprint, StockKey

Rates: TypeAlias = dict[StockKey, float]
ROUNDS = 10_000


def responses(blueprint: Blueprint) -> dict[StockKey, Rates]:
    """By market: rate of every stock point per unit rate of it (lanes times shares, needs times quantities over yield).

    Raises ScenarioError where bills of materials feed on themselves.
    """
    edges: dict[StockKey, list[tuple[StockKey, float]]] = {}
    for (buyer, supplier), lane in blueprint.lanes.items():
        edges.setdefault(buyer, []).append((supplier, float(lane.share)))
    for (made, component), need in blueprint.needs.items():
        good = blueprint.lines[made].good
        edges.setdefault(made, []).append((component, float(need / good)))
    return {market: _response(edges, market) for market in blueprint.markets}


def _response(edges: Mapping[StockKey, Sequence[tuple[StockKey, float]]], market: StockKey) -> Rates:
    total: Rates = {}
    wave: Rates = {market: 1.0}
    for _ in range(ROUNDS):
        following: Rates = {}
        for stock, rate in wave.items():
            total[stock] = total.get(stock, 0.0) + rate
            for target, quantity in edges.get(stock, ()):
                following[target] = following.get(target, 0.0) + rate * quantity
        wave = {stock: rate for stock, rate in following.items() if rate > 1e-15}
        if not wave:
            return total
    raise ScenarioError("the bills of materials feed on themselves: making one unit takes one unit or more of itself")
