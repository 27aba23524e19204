"""Supply that fails: suppliers that are up or down, and lines that break.

In: rates or probabilities of failure and recovery, demand, costs.  Out: probabilities, levels, costs, rates.
"""

from __future__ import annotations

import math

from chainsim.theory.domain import not_negative, positive, share
from chainsim.theory.registry import formula

BASE = "Snyder & Shen 2019, sec. 9.2 (base stock under disruptions); Tomlin 2006"
EOQD = "Berk & Arreola-Risa 1994, correcting Parlar & Berkin 1991; Snyder & Shen 2019, sec. 9.2"


@formula(source="Barlow & Proschan 1975: alternating renewal process")
def availability(uptime_mean: float, repair_mean: float) -> float:
    """Share of time that something works which fails and is repaired: MTBF / (MTBF + MTTR)."""
    positive(uptime_mean=uptime_mean)
    not_negative(repair_mean=repair_mean)
    return uptime_mean / (uptime_mean + repair_mean)


@formula(source="Buzacott & Shanthikumar 1993, ch. 5: a line by itself")
def breakdown_throughput(speed: float, uptime_mean: float, repair_mean: float) -> float:
    """Long-run output per time of a line that is never starved: its speed times its availability.

    Holds for up times in calendar time and in working time alike, because the line always works when it is up.
    """
    positive(speed=speed)
    return speed * availability(uptime_mean, repair_mean)


def _chances(disruption_probability: float, recovery_probability: float) -> tuple[float, float]:
    share(disruption_probability=disruption_probability)
    if not 0 < recovery_probability <= 1:
        raise ValueError(f"recovery_probability must be above 0 and at most 1, got {recovery_probability:g}")
    return disruption_probability, recovery_probability


@formula(source=BASE)
def disrupted_periods_probability(disruption_probability: float, recovery_probability: float, periods: int) -> float:
    """Probability that supply has now been down for exactly `periods` periods in a row (0: it is up)."""
    down, up = _chances(disruption_probability, recovery_probability)
    not_negative(periods=periods)
    if periods == 0:
        return up / (down + up)
    return float(down * up / (down + up) * (1 - up) ** (periods - 1))


@formula(source=BASE)
def disruption_base_stock_cost(
    demand: float,
    level: float,
    holding_cost: float,
    backorder_cost: float,
    disruption_probability: float,
    recovery_probability: float,
) -> float:
    """Cost per period of base stock with constant demand a period and supply that is up or down.

    Each period an order up to `level` arrives at once if supply is up; then demand is met and costs are counted:
    after n periods without supply the stock is level - (n + 1) x demand.
    """
    down, up = _chances(disruption_probability, recovery_probability)
    positive(demand=demand)
    not_negative(level=level, holding_cost=holding_cost, backorder_cost=backorder_cost)
    # From the first period n with stock <= 0 on, backorders grow linearly: their sum over the geometric tail.
    last = max(0, math.ceil(level / demand) - 1)
    cost = 0.0
    for n in range(last + 1):
        net = level - (n + 1) * demand
        chance = disrupted_periods_probability(down, up, n)
        cost += chance * (holding_cost * max(net, 0.0) + backorder_cost * max(-net, 0.0))
    tail = down / (down + up) * (1 - up) ** last
    return cost + backorder_cost * tail * ((last + 1) * demand - level + demand / up)


@formula(source=BASE)
def disruption_base_stock_level(
    demand: float,
    holding_cost: float,
    backorder_cost: float,
    disruption_probability: float,
    recovery_probability: float,
) -> float:
    """Level with the least cost of base stock with constant demand a period and supply that is up or down."""
    down, up = _chances(disruption_probability, recovery_probability)
    positive(demand=demand, holding_cost=holding_cost, backorder_cost=backorder_cost)
    wanted = backorder_cost / (backorder_cost + holding_cost)
    periods = 0
    # P(at most n periods down) = 1 - down (1 - up)^n / (down + up).
    while 1 - down / (down + up) * (1 - up) ** periods < wanted:
        periods += 1
    return (periods + 1) * demand


@formula(source=EOQD)
def disruption_eoq_cost(
    demand_rate: float,
    quantity: float,
    order_cost: float,
    holding_cost: float,
    lost_sale_cost: float,
    disruption_rate: float,
    recovery_rate: float,
) -> float:
    """Cost per time of lots ordered at stock 0 from a supplier that is up or down; meanwhile sales are lost.

    Up and down times are exponential, the lead time is 0 while the supplier is up.
    """
    positive(demand_rate=demand_rate, quantity=quantity, recovery_rate=recovery_rate)
    not_negative(order_cost=order_cost, holding_cost=holding_cost, lost_sale_cost=lost_sale_cost)
    not_negative(disruption_rate=disruption_rate)
    run_out = quantity / demand_rate
    both = disruption_rate + recovery_rate
    found_down = disruption_rate / both * -math.expm1(-both * run_out)
    waiting = found_down / recovery_rate
    cost = order_cost + holding_cost * quantity * run_out / 2 + lost_sale_cost * demand_rate * waiting
    return cost / (run_out + waiting)


@formula(source=EOQD)
def disruption_eoq_quantity(
    demand_rate: float,
    order_cost: float,
    holding_cost: float,
    lost_sale_cost: float,
    disruption_rate: float,
    recovery_rate: float,
) -> float:
    """Lot with the least cost when the supplier is up or down and sales are lost meanwhile."""
    from scipy.optimize import minimize_scalar

    positive(order_cost=order_cost, holding_cost=holding_cost, demand_rate=demand_rate)

    def cost(quantity: float) -> float:
        return disruption_eoq_cost(
            demand_rate, quantity, order_cost, holding_cost, lost_sale_cost, disruption_rate, recovery_rate
        )

    # The cost is quasi-convex in the lot; widen until the far end is dearer than the middle.
    middle = math.sqrt(2 * order_cost * demand_rate / holding_cost)
    high = 4 * middle
    while cost(2 * high) < cost(high):
        high *= 2
    found = minimize_scalar(cost, bounds=(middle / 1000, 2 * high), method="bounded", options={"xatol": 1e-9 * high})
    return float(found.x)
