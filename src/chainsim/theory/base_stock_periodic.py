"""Base stock under periodic review: demand arrives in whole periods, orders raise the position to a level S.

Convention: time runs in periods; at each period's start, in this order, due orders arrive, the period's demand is
served or backordered, and every `review_period` periods the position is raised to S.  An order arrives after
`lead_time` periods (any number >= 0).  Stock and backorders are averages over continuous time.  So with review
every period and a whole lead time L, net stock is S minus the demand of L periods.  Where the order is
decided before the period's demand is seen (a line that takes its components after the review; Snyder & Shen 2019,
sec. 4.3, and Zipkin 2000, ch. 9, with costs at the period's end) it is the demand of L + 1 periods: give L + 1 here.

In: the law of one period's demand, independent between periods.  Out: averages, shares and costs per period.
"""

from __future__ import annotations

import math

from chainsim.theory.domain import not_negative, positive
from chainsim.theory.laws import Law, Normal
from chainsim.theory.registry import formula
from chainsim.theory.stock import NetStock

SOURCE = "Zipkin 2000, ch. 9; Snyder & Shen 2019, sec. 4.3"


def exposures(demand: Law, lead_time: float, review_period: int) -> list[tuple[float, Law]]:
    """Laws of the demand between the review that stock goes back to and now, with their shares of time."""
    not_negative(lead_time=lead_time)
    positive(review_period=review_period)
    whole = math.floor(lead_time)
    fraction = lead_time - whole
    # Until a fraction of the period has passed, the orders that would be due in it are not there yet.
    shares = [(1 - fraction, whole), (fraction, whole + 1)] if fraction else [(1.0, whole)]
    return [(share / review_period, demand.total(first + k)) for share, first in shares for k in range(review_period)]


def base_stock(demand: Law, level: float, lead_time: float, review_period: int) -> NetStock:
    """Net stock under base stock."""
    return NetStock([(level, 1.0)], exposures(demand, lead_time, review_period))


@formula(source=SOURCE)
def periodic_base_stock_on_hand(demand: Law, level: float, lead_time: float, review_period: int = 1) -> float:
    """Time average of stock on hand under periodic base stock; demand is one period's."""
    return base_stock(demand, level, lead_time, review_period).on_hand


@formula(source=SOURCE)
def periodic_base_stock_backorders(demand: Law, level: float, lead_time: float, review_period: int = 1) -> float:
    """Time average of backorders under periodic base stock; demand is one period's."""
    return base_stock(demand, level, lead_time, review_period).backorders


@formula(source=SOURCE)
def periodic_base_stock_ready_rate(demand: Law, level: float, lead_time: float, review_period: int = 1) -> float:
    """Share of time without backorders under periodic base stock (cycle service for review every period)."""
    return base_stock(demand, level, lead_time, review_period).at_least(0)


@formula(source="Zipkin 2000, ch. 9; units newly backordered by the demand of a period")
def periodic_base_stock_fill_rate(demand: Law, level: float, lead_time: float, review_period: int = 1) -> float:
    """Share of demand that is met from stock in the instant it arises, under periodic base stock.

    Exact for demand that is never negative.  With lead time 0 an order still comes after the demand of its instant.
    """
    positive(demand_mean=demand.mean)
    not_negative(lead_time=lead_time, level=level)
    positive(review_period=review_period)
    first = max(1, math.ceil(lead_time))
    short = sum(
        demand.total(periods).shortage(level) - demand.total(periods - 1).shortage(level)
        for periods in range(first, first + review_period)
    )
    return 1 - short / review_period / demand.mean


@formula(source=SOURCE)
def periodic_base_stock_cost(
    demand: Law,
    level: float,
    lead_time: float,
    holding_cost: float,
    backorder_cost: float,
    review_period: int = 1,
) -> float:
    """Holding and backorder cost per period under periodic base stock; demand is one period's."""
    not_negative(holding_cost=holding_cost, backorder_cost=backorder_cost)
    return base_stock(demand, level, lead_time, review_period).cost(holding_cost, backorder_cost)


@formula(source=SOURCE + ": the newsvendor's fraction of demand over the exposed periods")
def periodic_base_stock_level(
    demand: Law, lead_time: float, holding_cost: float, backorder_cost: float, review_period: int = 1
) -> float:
    """Level with the least holding and backorder cost under periodic base stock; the smallest whole one if discrete."""
    positive(holding_cost=holding_cost, backorder_cost=backorder_cost)
    wanted = backorder_cost / (backorder_cost + holding_cost) - 1e-12
    mixed = exposures(demand, lead_time, review_period)
    quantiles = [law.quantile(wanted) for _, law in mixed]
    low, high = min(quantiles) - 1, max(quantiles)
    whole = not isinstance(demand, Normal)
    while high - low > (1 if whole else 1e-10 * max(1.0, abs(high))):
        middle = (low + high) // 2 if whole else (low + high) / 2
        if sum(weight * law.at_most(middle) for weight, law in mixed) >= wanted:
            high = middle
        else:
            low = middle
    return high
