"""Base stock under continuous review: every demand is reordered at once, one for one.

Demand is Poisson, or compound Poisson where `size` gives the law of one demand.  The lead time is constant; with
backorders only its mean matters when lead times are independent and orders may overtake one another (Palm's
theorem), the units of one demand travelling together.

In: rates per time, lead times, levels.  Out: time averages, shares of demand, costs per time.
"""

from __future__ import annotations

from chainsim.theory.domain import not_negative, positive
from chainsim.theory.laws import Law, compound_poisson, constant
from chainsim.theory.queues_markov import blocked
from chainsim.theory.registry import formula
from chainsim.theory.stock import NetStock

SOURCE = "Zipkin 2000, ch. 6 and 7; Palm 1938; compound: Feeney & Sherbrooke 1966"


def lead_time_demand(demand_rate: float, lead_time: float, size: Law | None) -> Law:
    """Compound Poisson demand over a lead time."""
    positive(demand_rate=demand_rate)
    not_negative(lead_time=lead_time)
    return compound_poisson(demand_rate * lead_time, size or constant(1))


def base_stock(demand_rate: float, lead_time: float, level: int, size: Law | None) -> NetStock:
    """Net stock under base stock."""
    return NetStock([(level, 1.0)], [(1.0, lead_time_demand(demand_rate, lead_time, size))])


@formula(source=SOURCE)
def base_stock_on_hand(demand_rate: float, lead_time: float, level: int, size: Law | None = None) -> float:
    """Time average of stock on hand under continuous base stock and (compound) Poisson demand."""
    return base_stock(demand_rate, lead_time, level, size).on_hand


@formula(source=SOURCE)
def base_stock_backorders(demand_rate: float, lead_time: float, level: int, size: Law | None = None) -> float:
    """Time average of units backordered under continuous base stock and (compound) Poisson demand."""
    return base_stock(demand_rate, lead_time, level, size).backorders


@formula(source=SOURCE)
def base_stock_fill_rate(demand_rate: float, lead_time: float, level: int, size: Law | None = None) -> float:
    """Share of units demanded that are met from stock at once, in part if need be, under continuous base stock."""
    return base_stock(demand_rate, lead_time, level, size).filled(size or constant(1))


@formula(source=SOURCE)
def base_stock_order_fill_rate(demand_rate: float, lead_time: float, level: int, size: Law | None = None) -> float:
    """Share of demands that are met from stock at once and in full, under continuous base stock."""
    stock, sizes = base_stock(demand_rate, lead_time, level, size), size or constant(1)
    return sum(float(p) * stock.at_least(i) for i, p in enumerate(sizes.mass) if p)


@formula(source=SOURCE + "; Little's law")
def base_stock_delay(demand_rate: float, lead_time: float, level: int, size: Law | None = None) -> float:
    """Mean time that a unit demanded waits under continuous base stock, units met at once included."""
    units = demand_rate * (size or constant(1)).mean
    return base_stock_backorders(demand_rate, lead_time, level, size) / units


@formula(source=SOURCE)
def base_stock_cost(
    demand_rate: float,
    lead_time: float,
    level: int,
    holding_cost: float,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Holding and backorder cost per time under continuous base stock and (compound) Poisson demand."""
    not_negative(holding_cost=holding_cost, backorder_cost=backorder_cost)
    return base_stock(demand_rate, lead_time, level, size).cost(holding_cost, backorder_cost)


@formula(source="Zipkin 2000, ch. 6: the newsvendor's fraction of lead-time demand")
def base_stock_level(
    demand_rate: float, lead_time: float, holding_cost: float, backorder_cost: float, size: Law | None = None
) -> float:
    """Level with the least holding and backorder cost under continuous base stock."""
    positive(holding_cost=holding_cost, backorder_cost=backorder_cost)
    demand = lead_time_demand(demand_rate, lead_time, size)
    return demand.quantile(backorder_cost / (backorder_cost + holding_cost))


@formula(source="Zipkin 2000, ch. 7 (Erlang's loss formula)")
def lost_sales_share(demand_rate: float, lead_time: float, level: int) -> float:
    """Share of Poisson demand that is lost under continuous base stock without backorders; mean lead time."""
    positive(demand_rate=demand_rate, lead_time=lead_time)
    return blocked(demand_rate * lead_time, level)


@formula(source="Zipkin 2000, ch. 7 (Erlang's loss formula)")
def lost_sales_on_hand(demand_rate: float, lead_time: float, level: int) -> float:
    """Time average of stock on hand under continuous base stock without backorders; mean lead time."""
    return level - demand_rate * lead_time * (1 - lost_sales_share(demand_rate, lead_time, level))
