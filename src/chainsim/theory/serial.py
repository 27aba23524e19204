"""Stages in series: Clark and Scarf's system under base stock, exactly, and its best levels.

Stage 1 serves customers, stage 2 supplies stage 1, and so on; outside supply is without limit.  `levels` are local
base-stock levels (a stage's own position: on hand + on order - what it owes); the echelon level of a stage is the
sum of the local ones up to it.  `lead_times` are constant, from the stage above (or outside) to the stage.  What is
short is backordered.  `serial_*`: (compound) Poisson demand, continuous review.  `periodic_serial_*`: demand of
whole periods at their start after arrivals, every stage ordering in the same instant; lead times in whole periods.

In: demand, lead times, levels and costs by stage, stage 1 first.  Out: time averages and costs per time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainsim.theory import lattice
from chainsim.theory.base_stock_continuous import lead_time_demand
from chainsim.theory.domain import not_negative, positive, rank, same_length, whole
from chainsim.theory.laws import Law, constant
from chainsim.theory.registry import Numbers, formula

if TYPE_CHECKING:
    from chainsim.theory.lattice import Floats

SOURCE = "Clark & Scarf 1960; Zipkin 2000, ch. 8; Snyder & Shen 2019, sec. 6.2"


def poisson_demands(demand_rate: float, lead_times: Numbers, size: Law | None) -> list[Floats]:
    """Demand over each stage's lead time."""
    return [lead_time_demand(demand_rate, lead_time, size).mass for lead_time in lead_times]


def periodic_demands(demand: Law, lead_times: Numbers) -> list[Floats]:
    """Demand over each stage's lead time, in whole periods."""
    return [lattice.total(demand.mass, periods) for periods in whole("lead_times", lead_times)]


def owed(demands: list[Floats], levels: Numbers) -> list[Floats]:
    """By stage, the law of what falls due against its level: demand over the lead time plus what the stage above owes.

    Exact: what is owed above at t - L and demand in (t - L, t] are independent, and FIFO delays nothing else.
    """
    import numpy as np

    same_length(lead_times=demands, levels=levels)
    result, short = [], np.ones(1)
    for demand, level in zip(reversed(demands), reversed(whole("levels", levels)), strict=True):
        due = lattice.plus(short, demand)
        result.append(due)
        short = lattice.excess(due, level)
    return result[::-1]


def stage_of(demands: list[Floats], levels: Numbers, stage: int) -> tuple[float, float]:
    """Mean stock on hand and mean backorders of one stage."""
    rank("stage", stage, len(levels))
    due, level = owed(demands, levels)[stage - 1], levels[stage - 1]
    return lattice.surplus(due, level), lattice.shortage(due, level)


def stock_cost(demands: list[Floats], levels: Numbers, holding_costs: Numbers, backorder_cost: float) -> float:
    """Local holding costs on what is on hand, and the customers' backorders."""
    same_length(levels=levels, holding_costs=holding_costs)
    not_negative(backorder_cost=backorder_cost, holding_costs=min(holding_costs))
    due = owed(demands, levels)
    held = sum(h * lattice.surplus(d, level) for h, d, level in zip(holding_costs, due, levels, strict=True))
    return held + backorder_cost * lattice.shortage(due[0], levels[0])


def local_costs(echelon_costs: Numbers) -> list[float]:
    """Cost of holding a unit at each stage: the echelon costs from that stage upwards, added."""
    return [sum(echelon_costs[i:]) for i in range(len(echelon_costs))]


def echelon_cost(demands: list[Floats], levels: Numbers, echelon_costs: Numbers, backorder_cost: float) -> float:
    """Cost with goods in transit between stages, held at the cost of the stage they come from."""
    local = local_costs(echelon_costs)
    transit = sum(h * lattice.mean(demand) for h, demand in zip(local[1:], demands, strict=False))
    return stock_cost(demands, levels, local, backorder_cost) + transit


def clark_scarf(demands: list[Floats], echelon_costs: Numbers, backorder_cost: float) -> tuple[list[int], float]:
    """The best echelon levels and their cost, transit included.

    From stage 1 up: C_i(y) = E[h_i (y - D_i) + penalty_i(y - D_i)], S_i its minimum, and the penalty that stage
    i + 1 sees is C_i(min(y, S_i)).
    """
    import numpy as np

    same_length(lead_times=demands, echelon_holding_costs=echelon_costs)
    positive(backorder_cost=backorder_cost, echelon_holding_costs=min(echelon_costs))
    reach = sum(len(demand) for demand in demands)
    levels = np.arange(-reach, reach + 1)
    penalty = (backorder_cost + sum(echelon_costs)) * np.maximum(-levels, 0.0)
    best, cost = [], 0.0
    for demand, holding in zip(demands, echelon_costs, strict=True):
        # "valid" drops the lowest levels, from which demand would reach below what is known.
        expected = np.convolve(holding * levels + penalty, demand, mode="valid")
        levels = levels[len(demand) - 1 :]
        lowest = int(np.argmin(expected))
        best.append(int(levels[lowest]))
        cost = float(expected[lowest])
        penalty = np.where(levels < best[-1], expected, cost)
    return best, cost


@formula(source=SOURCE)
def serial_on_hand(
    demand_rate: float, lead_times: Numbers, levels: Numbers, stage: int, size: Law | None = None
) -> float:
    """Time average of stock on hand at one stage of a series under base stock and (compound) Poisson demand."""
    return stage_of(poisson_demands(demand_rate, lead_times, size), levels, stage)[0]


@formula(source=SOURCE)
def serial_backorders(
    demand_rate: float, lead_times: Numbers, levels: Numbers, stage: int, size: Law | None = None
) -> float:
    """Time average of what one stage of a series owes, under base stock and (compound) Poisson demand."""
    return stage_of(poisson_demands(demand_rate, lead_times, size), levels, stage)[1]


@formula(source=SOURCE)
def serial_fill_rate(demand_rate: float, lead_times: Numbers, levels: Numbers, size: Law | None = None) -> float:
    """Share of customers' units that stage 1 of a series meets from stock at once, in part if need be."""
    due = owed(poisson_demands(demand_rate, lead_times, size), levels)[0]
    sizes = size or constant(1)
    units = range(1, min(len(sizes.mass) - 1, int(levels[0])) + 1)
    return sum(lattice.at_most(due, levels[0] - i) * (1 - sizes.at_most(i - 1)) for i in units) / sizes.mean


@formula(source=SOURCE)
def serial_stock_cost(
    demand_rate: float,
    lead_times: Numbers,
    levels: Numbers,
    holding_costs: Numbers,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Cost per time of stock on hand (local costs) and customers' backorders in a series; transit costs nothing."""
    return stock_cost(poisson_demands(demand_rate, lead_times, size), levels, holding_costs, backorder_cost)


@formula(source=SOURCE)
def serial_cost(
    demand_rate: float,
    lead_times: Numbers,
    levels: Numbers,
    echelon_holding_costs: Numbers,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Cost per time of echelon stock, transit between stages included, and customers' backorders in a series."""
    return echelon_cost(poisson_demands(demand_rate, lead_times, size), levels, echelon_holding_costs, backorder_cost)


@formula(source=SOURCE)
def serial_optimal_cost(
    demand_rate: float,
    lead_times: Numbers,
    echelon_holding_costs: Numbers,
    backorder_cost: float,
    size: Law | None = None,
) -> float:
    """Least cost per time of a series, transit between stages included."""
    return clark_scarf(poisson_demands(demand_rate, lead_times, size), echelon_holding_costs, backorder_cost)[1]


@formula(source=SOURCE)
def serial_optimal_echelon_level(
    demand_rate: float,
    lead_times: Numbers,
    echelon_holding_costs: Numbers,
    backorder_cost: float,
    stage: int,
    size: Law | None = None,
) -> float:
    """Best echelon base-stock level of one stage of a series (the smallest, where several are best)."""
    rank("stage", stage, len(lead_times))
    demands = poisson_demands(demand_rate, lead_times, size)
    return clark_scarf(demands, echelon_holding_costs, backorder_cost)[0][stage - 1]


@formula(source=SOURCE)
def periodic_serial_on_hand(demand: Law, lead_times: Numbers, levels: Numbers, stage: int) -> float:
    """Average of stock on hand after demand at one stage of a series under periodic base stock."""
    return stage_of(periodic_demands(demand, lead_times), levels, stage)[0]


@formula(source=SOURCE)
def periodic_serial_backorders(demand: Law, lead_times: Numbers, levels: Numbers, stage: int) -> float:
    """Average after demand of what one stage of a series owes, under periodic base stock."""
    return stage_of(periodic_demands(demand, lead_times), levels, stage)[1]


@formula(source=SOURCE)
def periodic_serial_stock_cost(
    demand: Law, lead_times: Numbers, levels: Numbers, holding_costs: Numbers, backorder_cost: float
) -> float:
    """Cost per period of stock on hand (local costs) and customers' backorders in a periodic series."""
    return stock_cost(periodic_demands(demand, lead_times), levels, holding_costs, backorder_cost)


@formula(source=SOURCE)
def periodic_serial_cost(
    demand: Law, lead_times: Numbers, levels: Numbers, echelon_holding_costs: Numbers, backorder_cost: float
) -> float:
    """Cost per period of echelon stock, transit included, and customers' backorders in a periodic series."""
    return echelon_cost(periodic_demands(demand, lead_times), levels, echelon_holding_costs, backorder_cost)
