"""Reorder points under continuous review: (r, Q) and (s, S) with Poisson or compound Poisson demand.

An order is placed by the demand that takes the inventory position (on hand + on order - backorders) to
`reorder_point` or below.  (r, Q) orders as few lots of Q as bring the position above r again; (s, S) orders up to
S.  A book that orders strictly below s means reorder_point = s - 1.  The lead time is constant and demand during
it independent of the position at its start; what is short is backordered.

In: rates per time, lead times, policies, costs.  Out: time averages, order frequencies, costs per time.
"""

from __future__ import annotations

from chainsim.theory.base_stock_continuous import lead_time_demand
from chainsim.theory.domain import not_negative, positive
from chainsim.theory.laws import Law, constant
from chainsim.theory.registry import formula
from chainsim.theory.stock import NetStock, after_review

RQ = "Zipkin 2000, ch. 6; Hadley & Whitin 1963, ch. 4; Snyder & Shen 2019, ch. 5"
SS = "Zipkin 2000, ch. 6; Archibald & Silver (1978), (s, S) policies under continuous review, Management Science 24"


def lots(demand_rate: float, lead_time: float, reorder_point: int, quantity: int, size: Law | None) -> NetStock:
    """Net stock under (r, Q): the position is uniform on r + 1, ..., r + Q.

    Sizes must be able to reach every position: the greatest common divisor of sizes and Q is taken to be 1.
    """
    positive(quantity=quantity)
    positions = [(reorder_point + j, 1 / quantity) for j in range(1, quantity + 1)]
    return NetStock(positions, [(1.0, lead_time_demand(demand_rate, lead_time, size))])


@formula(source=RQ)
def rq_on_hand(
    demand_rate: float, lead_time: float, reorder_point: int, quantity: int, size: Law | None = None
) -> float:
    """Time average of stock on hand under (r, Q) and (compound) Poisson demand."""
    return lots(demand_rate, lead_time, reorder_point, quantity, size).on_hand


@formula(source=RQ)
def rq_backorders(
    demand_rate: float, lead_time: float, reorder_point: int, quantity: int, size: Law | None = None
) -> float:
    """Time average of backorders under (r, Q) and (compound) Poisson demand."""
    return lots(demand_rate, lead_time, reorder_point, quantity, size).backorders


@formula(source=RQ)
def rq_fill_rate(
    demand_rate: float, lead_time: float, reorder_point: int, quantity: int, size: Law | None = None
) -> float:
    """Share of units demanded that are met from stock at once under (r, Q)."""
    return lots(demand_rate, lead_time, reorder_point, quantity, size).filled(size or constant(1))


@formula(source=RQ)
def rq_order_frequency(demand_rate: float, quantity: int, size: Law | None = None) -> float:
    """Orders per time under (r, Q): a demand orders when it exceeds a uniform number of units above r."""
    positive(demand_rate=demand_rate, quantity=quantity)
    sizes = size or constant(1)
    return demand_rate * (sizes.mean - sizes.shortage(quantity)) / quantity


@formula(source=RQ)
def rq_cost(
    demand_rate: float,
    lead_time: float,
    reorder_point: int,
    quantity: int,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Ordering, holding and backorder cost per time under (r, Q) and (compound) Poisson demand."""
    not_negative(order_cost=order_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    stock = lots(demand_rate, lead_time, reorder_point, quantity, size)
    return order_cost * rq_order_frequency(demand_rate, quantity, size) + stock.cost(holding_cost, backorder_cost)


def order_up_to_stock(
    demand_rate: float, lead_time: float, reorder_point: int, order_up_to: int, size: Law | None
) -> tuple[NetStock, float]:
    """Net stock under (s, S), and orders per time."""
    demand = lead_time_demand(demand_rate, lead_time, size)
    sizes = size or constant(1)
    if sizes.mass[0] > 0:
        raise ValueError("size must be at least 1; leave out demands of 0")
    positions, cycle = after_review(reorder_point, order_up_to, sizes)
    return NetStock(positions, [(1.0, demand)]), demand_rate / cycle


@formula(source=SS)
def s_S_on_hand(
    demand_rate: float, lead_time: float, reorder_point: int, order_up_to: int, size: Law | None = None
) -> float:
    """Time average of stock on hand under continuous (s, S) and (compound) Poisson demand."""
    return order_up_to_stock(demand_rate, lead_time, reorder_point, order_up_to, size)[0].on_hand


@formula(source=SS)
def s_S_backorders(
    demand_rate: float, lead_time: float, reorder_point: int, order_up_to: int, size: Law | None = None
) -> float:
    """Time average of backorders under continuous (s, S) and (compound) Poisson demand."""
    return order_up_to_stock(demand_rate, lead_time, reorder_point, order_up_to, size)[0].backorders


@formula(source=SS)
def s_S_fill_rate(
    demand_rate: float, lead_time: float, reorder_point: int, order_up_to: int, size: Law | None = None
) -> float:
    """Share of units demanded that are met from stock at once under continuous (s, S)."""
    stock, _ = order_up_to_stock(demand_rate, lead_time, reorder_point, order_up_to, size)
    return stock.filled(size or constant(1))


@formula(source=SS)
def s_S_order_frequency(demand_rate: float, reorder_point: int, order_up_to: int, size: Law | None = None) -> float:
    """Orders per time under continuous (s, S) and (compound) Poisson demand."""
    return order_up_to_stock(demand_rate, 0.0, reorder_point, order_up_to, size)[1]


@formula(source=SS)
def s_S_cost(
    demand_rate: float,
    lead_time: float,
    reorder_point: int,
    order_up_to: int,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Ordering, holding and backorder cost per time under continuous (s, S) and (compound) Poisson demand."""
    not_negative(order_cost=order_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    stock, frequency = order_up_to_stock(demand_rate, lead_time, reorder_point, order_up_to, size)
    return order_cost * frequency + stock.cost(holding_cost, backorder_cost)
