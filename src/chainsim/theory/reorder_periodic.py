"""Reorder points under periodic review: (s, S) every period, and (R, s, S) with Poisson demand in between.

An order is placed at a review that finds the inventory position at or below `reorder_point`; it raises the
position to `order_up_to`.  A book that orders strictly below s means reorder_point = s - 1.

Two kinds of demand.  `periodic_s_S_*`: whole periods' demand at the start of each period, in the order arrivals,
demand, review of `base_stock_periodic`.  `timed_s_S_*`: (compound) Poisson demand in continuous time, reviewed
every `review_period` units of time; base stock is reorder_point = order_up_to - 1.

In: laws of demand, policies, costs.  Out: time averages, order frequencies, costs per period or time.
"""

from __future__ import annotations

from chainsim.theory.base_stock_continuous import lead_time_demand
from chainsim.theory.base_stock_periodic import exposures
from chainsim.theory.domain import not_negative, positive
from chainsim.theory.laws import Law
from chainsim.theory.registry import formula
from chainsim.theory.stock import NetStock, after_review

PERIODIC = "Veinott & Wagner 1965; Zheng & Federgruen (1991), Finding optimal (s, S) policies, Oper. Res. 39"
TIMED = "Veinott & Wagner 1965, demand over [L, L + R] after a review; Hadley & Whitin 1963, ch. 5"
NODES = 48  # of the quadrature over a review period


def periodic(
    demand: Law, reorder_point: int, order_up_to: int, lead_time: float, review_period: int
) -> tuple[NetStock, float]:
    """Net stock under (s, S) with demand in periods, and orders per period."""
    positive(review_period=review_period)
    positions, cycle = after_review(reorder_point, order_up_to, demand.total(review_period))
    return NetStock(positions, exposures(demand, lead_time, review_period)), 1 / (cycle * review_period)


@formula(source=PERIODIC)
def periodic_s_S_on_hand(
    demand: Law, reorder_point: int, order_up_to: int, lead_time: float, review_period: int = 1
) -> float:
    """Time average of stock on hand under periodic (s, S); demand is one period's."""
    return periodic(demand, reorder_point, order_up_to, lead_time, review_period)[0].on_hand


@formula(source=PERIODIC)
def periodic_s_S_backorders(
    demand: Law, reorder_point: int, order_up_to: int, lead_time: float, review_period: int = 1
) -> float:
    """Time average of backorders under periodic (s, S); demand is one period's."""
    return periodic(demand, reorder_point, order_up_to, lead_time, review_period)[0].backorders


@formula(source=PERIODIC)
def periodic_s_S_order_frequency(demand: Law, reorder_point: int, order_up_to: int, review_period: int = 1) -> float:
    """Orders per period under periodic (s, S); demand is one period's."""
    return periodic(demand, reorder_point, order_up_to, 0.0, review_period)[1]


@formula(source=PERIODIC)
def periodic_s_S_cost(
    demand: Law,
    reorder_point: int,
    order_up_to: int,
    lead_time: float,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
    review_period: int = 1,
) -> float:
    """Ordering, holding and backorder cost per period under periodic (s, S); demand is one period's."""
    not_negative(order_cost=order_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    stock, frequency = periodic(demand, reorder_point, order_up_to, lead_time, review_period)
    return order_cost * frequency + stock.cost(holding_cost, backorder_cost)


def timed(
    demand_rate: float, reorder_point: int, order_up_to: int, lead_time: float, review_period: float, size: Law | None
) -> tuple[NetStock, float]:
    """Net stock under (R, s, S) with compound Poisson demand, and orders per time."""
    import numpy as np

    positive(review_period=review_period)
    between = lead_time_demand(demand_rate, review_period, size)
    positions, cycle = after_review(reorder_point, order_up_to, between)
    # The age of the review that stock goes back to is uniform on [L, L + R]; the integrand is smooth in it.
    points, weights = np.polynomial.legendre.leggauss(NODES)
    ages = lead_time + review_period * (points + 1) / 2
    exposed = [
        (float(weight) / 2, lead_time_demand(demand_rate, float(age), size))
        for age, weight in zip(ages, weights, strict=True)
    ]
    return NetStock(positions, exposed), 1 / (cycle * review_period)


@formula(source=TIMED)
def timed_s_S_on_hand(
    demand_rate: float,
    reorder_point: int,
    order_up_to: int,
    lead_time: float,
    review_period: float,
    size: Law | None = None,
) -> float:
    """Time average of stock on hand under (R, s, S) and (compound) Poisson demand."""
    return timed(demand_rate, reorder_point, order_up_to, lead_time, review_period, size)[0].on_hand


@formula(source=TIMED)
def timed_s_S_backorders(
    demand_rate: float,
    reorder_point: int,
    order_up_to: int,
    lead_time: float,
    review_period: float,
    size: Law | None = None,
) -> float:
    """Time average of backorders under (R, s, S) and (compound) Poisson demand."""
    return timed(demand_rate, reorder_point, order_up_to, lead_time, review_period, size)[0].backorders


@formula(source=TIMED)
def timed_s_S_order_frequency(
    demand_rate: float, reorder_point: int, order_up_to: int, review_period: float, size: Law | None = None
) -> float:
    """Orders per time under (R, s, S) and (compound) Poisson demand."""
    return timed(demand_rate, reorder_point, order_up_to, 0.0, review_period, size)[1]


@formula(source=TIMED)
def timed_s_S_cost(
    demand_rate: float,
    reorder_point: int,
    order_up_to: int,
    lead_time: float,
    review_period: float,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Ordering, holding and backorder cost per time under (R, s, S) and (compound) Poisson demand."""
    not_negative(order_cost=order_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    stock, frequency = timed(demand_rate, reorder_point, order_up_to, lead_time, review_period, size)
    return order_cost * frequency + stock.cost(holding_cost, backorder_cost)
