"""Deterministic demand: economic lots, finite production, planned backorders, and lots of whole units.

In: rates per time, costs an order and a unit of time.  Out: lots, costs per time, average stock.
"""

from __future__ import annotations

import math

from chainsim.theory.domain import below, not_negative, positive
from chainsim.theory.registry import formula

EOQ = "Snyder & Shen 2019, sec. 3.2 (Harris 1913)"
EPQ = "Snyder & Shen 2019, sec. 3.6"
BACKORDERS = "Snyder & Shen 2019, sec. 3.5"


@formula(source=EOQ)
def eoq_quantity(demand_rate: float, order_cost: float, holding_cost: float) -> float:
    """Lot that minimises ordering plus holding cost."""
    positive(demand_rate=demand_rate, order_cost=order_cost, holding_cost=holding_cost)
    return math.sqrt(2 * order_cost * demand_rate / holding_cost)


@formula(source=EOQ)
def eoq_cost(demand_rate: float, quantity: float, order_cost: float, holding_cost: float) -> float:
    """Ordering plus holding cost per time of a given lot, demand as a steady flow."""
    positive(demand_rate=demand_rate, quantity=quantity)
    not_negative(order_cost=order_cost, holding_cost=holding_cost)
    return order_cost * demand_rate / quantity + holding_cost * quantity / 2


@formula(source=EOQ)
def eoq_optimal_cost(demand_rate: float, order_cost: float, holding_cost: float) -> float:
    """Ordering plus holding cost per time of the best lot."""
    return eoq_cost(demand_rate, eoq_quantity(demand_rate, order_cost, holding_cost), order_cost, holding_cost)


@formula(source=EPQ)
def epq_quantity(demand_rate: float, production_rate: float, order_cost: float, holding_cost: float) -> float:
    """Lot that minimises set-up plus holding cost when a lot is made at a finite rate."""
    below("demand_rate", demand_rate, "production_rate", production_rate)
    return eoq_quantity(demand_rate, order_cost, holding_cost * (1 - demand_rate / production_rate))


@formula(source=EPQ)
def epq_cost(
    demand_rate: float, production_rate: float, quantity: float, order_cost: float, holding_cost: float
) -> float:
    """Set-up plus holding cost per time of a given lot that is made at a finite rate."""
    below("demand_rate", demand_rate, "production_rate", production_rate)
    return eoq_cost(demand_rate, quantity, order_cost, holding_cost * (1 - demand_rate / production_rate))


@formula(source=BACKORDERS)
def eoq_backorders_quantity(demand_rate: float, order_cost: float, holding_cost: float, backorder_cost: float) -> float:
    """Lot that minimises ordering, holding and backorder cost when backorders are planned."""
    positive(backorder_cost=backorder_cost)
    return eoq_quantity(demand_rate, order_cost, holding_cost) * math.sqrt(1 + holding_cost / backorder_cost)


@formula(source=BACKORDERS)
def eoq_backorders_share(holding_cost: float, backorder_cost: float) -> float:
    """Share of the lot that is backordered at its best: h / (h + b)."""
    positive(holding_cost=holding_cost, backorder_cost=backorder_cost)
    return holding_cost / (holding_cost + backorder_cost)


@formula(source=BACKORDERS)
def eoq_backorders_cost(
    demand_rate: float,
    quantity: float,
    backorders: float,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
) -> float:
    """Cost per time of a given lot that arrives when `backorders` units wait, demand as a steady flow."""
    positive(demand_rate=demand_rate, quantity=quantity)
    not_negative(order_cost=order_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    not_negative(backorders=backorders)
    if backorders > quantity:
        raise ValueError(f"backorders must be at most the quantity, got {backorders:g} and {quantity:g}")
    stock = (quantity - backorders) ** 2 / (2 * quantity)
    waiting = backorders**2 / (2 * quantity)
    return order_cost * demand_rate / quantity + holding_cost * stock + backorder_cost * waiting


@formula(source="Snyder & Shen 2019, sec. 3.2, with demand of one unit every 1 / demand_rate; sum over a cycle")
def unit_lots_on_hand(demand_rate: float, lead_time: float, reorder_point: int, quantity: int) -> float:
    """Time average of stock when single units are demanded evenly and lots are ordered at a reorder point.

    An order is placed by the demand that takes the position to `reorder_point` or below.  With lead time 0 and
    reorder point 0 this is (quantity + 1) / 2; with reorder point -1 (the lot comes when a customer finds nothing)
    (quantity - 1) / 2.
    """
    return _unit_lots(demand_rate, lead_time, reorder_point, quantity, 1)


@formula(source="Snyder & Shen 2019, sec. 3.5, with demand of one unit every 1 / demand_rate; sum over a cycle")
def unit_lots_backorders(demand_rate: float, lead_time: float, reorder_point: int, quantity: int) -> float:
    """Time average of backorders when single units are demanded evenly and lots are ordered at a reorder point."""
    return _unit_lots(demand_rate, lead_time, reorder_point, quantity, -1)


def _unit_lots(demand_rate: float, lead_time: float, reorder_point: int, quantity: int, sign: int) -> float:
    """Mean positive part of sign x net stock; the position visits each of quantity values equally long."""
    positive(demand_rate=demand_rate, quantity=quantity)
    not_negative(lead_time=lead_time)
    # The time since the last demand is uniform: the lead time sees the next whole number with the fraction's chance.
    fewer = math.floor(demand_rate * lead_time)
    fraction = demand_rate * lead_time - fewer
    return sum(
        (1 - fraction) * max(0, sign * (position - fewer)) + fraction * max(0, sign * (position - fewer - 1))
        for position in range(reorder_point + 1, reorder_point + quantity + 1)
    ) / float(quantity)
