"""One period, one decision: the newsvendor, and base-stock levels for a service target.

In: a law of demand, costs a unit, service targets.  Out: levels and expected costs.  A level covers the demand it
is given the law of; what periods that demand spans is the caller's matter.
"""

from __future__ import annotations

import math

from chainsim.theory.domain import not_negative, positive, share
from chainsim.theory.laws import Law, Normal
from chainsim.theory.registry import formula

NEWSVENDOR = "Snyder & Shen 2019, sec. 4.3"
SAFETY = "Silver, Pyke & Thomas 2017, ch. 6"


@formula(source=NEWSVENDOR)
def newsvendor_level(demand: Law, holding_cost: float, backorder_cost: float) -> float:
    """Level that minimises expected overage and underage cost: the smallest with P(D <= S) >= b / (b + h)."""
    positive(holding_cost=holding_cost, backorder_cost=backorder_cost)
    return demand.quantile(backorder_cost / (backorder_cost + holding_cost))


@formula(source=NEWSVENDOR)
def newsvendor_cost(demand: Law, level: float, holding_cost: float, backorder_cost: float) -> float:
    """Expected cost h E[(S - D)+] + b E[(D - S)+] of a given level."""
    not_negative(holding_cost=holding_cost, backorder_cost=backorder_cost)
    return holding_cost * demand.surplus(level) + backorder_cost * demand.shortage(level)


@formula(source=NEWSVENDOR)
def newsvendor_optimal_cost(demand: Law, holding_cost: float, backorder_cost: float) -> float:
    """Expected cost of the best level."""
    level = newsvendor_level(demand, holding_cost, backorder_cost)
    return newsvendor_cost(demand, level, holding_cost, backorder_cost)


def protected(demand_mean: float, demand_sd: float, protection_time: float, protection_sd: float) -> Normal:
    """Normal demand over a protection time that may itself vary; demand moments are per unit of time."""
    positive(protection_time=protection_time)
    not_negative(demand_mean=demand_mean, demand_sd=demand_sd, protection_sd=protection_sd)
    variance = protection_time * demand_sd**2 + demand_mean**2 * protection_sd**2
    return Normal(protection_time * demand_mean, math.sqrt(variance))


@formula(source=SAFETY)
def safety_stock_for_cycle_service(
    demand_mean: float, demand_sd: float, protection_time: float, service: float, protection_sd: float = 0.0
) -> float:
    """Stock above mean demand of the protection time so that a share `service` of cycles has no shortage."""
    share(service=service)
    demand = protected(demand_mean, demand_sd, protection_time, protection_sd)
    return demand.quantile(service) - demand.mean


@formula(source=SAFETY)
def level_for_cycle_service(
    demand_mean: float, demand_sd: float, protection_time: float, service: float, protection_sd: float = 0.0
) -> float:
    """Base-stock level with which a share `service` of cycles has no shortage, normal demand."""
    extra = safety_stock_for_cycle_service(demand_mean, demand_sd, protection_time, service, protection_sd)
    return extra + protection_time * demand_mean


@formula(source=SAFETY)
def level_for_fill_rate(
    demand_mean: float,
    demand_sd: float,
    protection_time: float,
    cycle_demand: float,
    fill_rate: float,
    protection_sd: float = 0.0,
) -> float:
    """Base-stock level at which a share `fill_rate` of demand is met from stock, normal demand.

    cycle_demand: mean demand between orders.  Solves E[(D - S)+] = (1 - fill_rate) x cycle_demand, which counts
    what is short at the end of the cycle as short in that cycle.
    """
    from scipy.optimize import brentq

    share(fill_rate=fill_rate)
    positive(cycle_demand=cycle_demand, demand_sd=demand_sd + protection_sd)
    demand = protected(demand_mean, demand_sd, protection_time, protection_sd)
    allowed = (1 - fill_rate) * cycle_demand
    sd = math.sqrt(demand.variance)
    low = demand.mean - allowed - sd
    return float(brentq(lambda level: demand.shortage(level) - allowed, low, demand.mean + 40 * sd, xtol=1e-12))
