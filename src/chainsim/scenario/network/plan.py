"""The announced production plan: how fast each stock point would turn if all went as planned.

In: a blueprint and a planned rate of final demand.  Out: rates by stock point, in quanta per second, from the bill of
materials and the nominal shares alone: the quantities behind L f of the Leontief model.  Targets, capacities "of
plan" and the opening balance rest on it; it knows nothing of what the simulation does.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

from chainsim.errors import ScenarioError
from chainsim.model.demand import smoothest_ramp
from chainsim.scenario.language import schema
from chainsim.scenario.network.blueprint import Blueprint, StockKey

Rates: TypeAlias = dict[StockKey, float]
DAY = 86_400
ROUNDS = 10_000


def responses(blueprint: Blueprint, market: StockKey) -> Rates:
    """Rate of every stock point per unit rate of one market (lanes times shares, needs times quantities over yield)."""
    edges: dict[StockKey, list[tuple[StockKey, float]]] = {}
    for (buyer, supplier), lane in blueprint.lanes.items():
        edges.setdefault(buyer, []).append((supplier, float(lane.share)))
    for (made, component), need in blueprint.needs.items():
        good = blueprint.lines[made].good
        edges.setdefault(made, []).append((component, float(need / good)))
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


def cumulative(market: schema.Market, start: date, days: int) -> list[float]:
    """Planned demand in units from `start` to the morning of each day 0..days."""
    if market.rate is not None:
        daily = float(market.rate) * DAY
        return [daily * day for day in range(days + 1)]
    years = sorted(int(year) for year in market.yearly)
    if years != list(range(years[0], years[-1] + 1)):
        raise ScenarioError(f"yearly totals must be of years that follow each other, got {', '.join(map(str, years))}")
    lengths = [(date(year + 1, 1, 1) - date(year, 1, 1)).days for year in years]
    rates = smoothest_ramp([float(market.yearly[str(year)]) for year in years], [float(n) for n in lengths])
    if min(rates) < 0:
        raise ScenarioError("no ramp without negative demand meets the yearly totals; give more years or a `rate`")
    result = [0.0]
    for day in range(days):
        today = start + timedelta(days=day)
        index = years.index(today.year) if today.year in years else (0 if today.year < years[0] else len(years) - 1)
        into = (today - date(years[index], 1, 1)).days + 0.5
        slope = (rates[index + 1] - rates[index]) / lengths[index]
        result.append(result[-1] + max(0.0, rates[index] + slope * into))
    return result
