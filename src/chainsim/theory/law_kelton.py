"""The inventory system of Law & Kelton, in expectation: monthly review, random delivery lag, compound Poisson demand.

At times 0, 1, ..., months - 1 the inventory level I (stock minus backlog) is evaluated; if I <= `reorder_point`
an order of order_up_to - I is placed, which arrives after a lag that is uniform on [lag_low, lag_high] within the
month, so nothing is ever on order at an evaluation.  The book orders if I < s: its s = 20 is reorder_point = 19.
Nothing is evaluated at the end of the last month.  Costs are averages per month over the whole horizon, the
initial stock's effect included; `law_kelton_stationary_*` are those of a month in the long run.

The level before each review has the law of a Markov chain; during the month it is what was there minus a compound
Poisson demand, and after the lag S minus that demand.  Exact up to rounding and a quadrature over the month of
functions that are smooth between the ends of the lag.

In: policy, demand, lag, costs a unit and month; the defaults are the book's.  Out: expected cost per month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainsim.theory import lattice
from chainsim.theory.domain import below, not_negative, positive
from chainsim.theory.laws import Law, compound_poisson, discrete
from chainsim.theory.registry import formula
from chainsim.theory.stock import after_review

if TYPE_CHECKING:
    from chainsim.theory.lattice import Floats

SOURCE = "Law 2015, Simulation Modeling and Analysis, sec. 1.5; chain of the level at reviews, integrated over the lag"
NODES = 24  # of the quadrature over each of up to three parts of a month


@dataclass(frozen=True, slots=True)
class Means:
    """Expected averages per month: orders, units ordered, stock, backlog."""

    orders: float
    units: float
    on_hand: float
    backlog: float


def means_over(levels: Floats, top: int, reorder_point: int, order_up_to: int, early: Floats, late: Floats) -> Means:
    """Averages over months that start with level top - j with probability (or summed probabilities) levels[j].

    early, late: law of the demand so far at a uniform instant of the month, split by whether an order placed at
    its start would still be under way or have arrived; together they sum to 1.
    """
    import numpy as np

    whole = np.zeros(max(len(early), len(late)))
    whole[: len(early)] += early
    whole[: len(late)] += late
    filled = lattice.surplus(late, order_up_to), lattice.shortage(late, order_up_to)
    orders = units = on_hand = backlog = 0.0
    for j, probability in enumerate(levels):
        level = top - j
        if level <= reorder_point:
            orders += probability
            units += probability * (order_up_to - level)
            on_hand += probability * (lattice.surplus(early, level) + filled[0])
            backlog += probability * (lattice.shortage(early, level) + filled[1])
        else:
            on_hand += probability * lattice.surplus(whole, level)
            backlog += probability * lattice.shortage(whole, level)
    total = float(levels.sum())
    return Means(orders / total, units / total, on_hand / total, backlog / total)


def split_month(demand_rate: float, size: Law, lag_low: float, lag_high: float) -> tuple[Floats, Floats]:
    """`early` and `late` of `means_over`."""
    import numpy as np

    positive(demand_rate=demand_rate)
    if not 0 <= lag_low <= lag_high <= 1:
        raise ValueError(f"the lag must lie within a month, got {lag_low:g} to {lag_high:g}")
    points, weights = np.polynomial.legendre.leggauss(NODES)
    longest = len(lattice.compound_poisson(demand_rate, size.mass))
    early, late = np.zeros(longest + 1), np.zeros(longest + 1)
    for low, high in ((0.0, lag_low), (lag_low, lag_high), (lag_high, 1.0)):
        for point, weight in zip(points, weights, strict=True):
            time = low + (high - low) * (float(point) + 1) / 2
            share = float(weight) * (high - low) / 2
            if low < high:
                arrived = 0.0 if high <= lag_low else 1.0 if low >= lag_high else (time - low) / (high - low)
                mass = lattice.compound_poisson(demand_rate * time, size.mass)[:longest]
                early[: len(mass)] += share * (1 - arrived) * mass
                late[: len(mass)] += share * arrived * mass
    return early, late


def over_horizon(
    reorder_point: int,
    order_up_to: int,
    initial: int,
    months: int,
    demand_rate: float,
    size: Law | None,
    lag_low: float,
    lag_high: float,
) -> Means:
    """Averages over the months from a given initial level."""
    import numpy as np

    below("reorder_point", reorder_point, "order_up_to", order_up_to)
    positive(months=months)
    sizes = size or book_sizes()
    early, late = split_month(demand_rate, sizes, lag_low, lag_high)
    demand = lattice.compound_poisson(demand_rate, sizes.mass)
    top = max(order_up_to, initial)
    levels = np.zeros(top - initial + 1)
    levels[-1] = 1.0
    summed = np.zeros(0)
    for _ in range(months):
        longer, shorter = (levels, summed) if len(levels) > len(summed) else (summed, levels)
        summed = longer.copy()
        summed[: len(shorter)] += shorter
        kept = np.zeros(top - reorder_point)
        kept[: min(len(levels), len(kept))] = levels[: len(kept)]
        # What stood at or below the reorder point stands at S as soon as its order is there.
        kept[top - order_up_to] += float(levels[len(kept) :].sum())
        levels = lattice.plus(kept, demand)
    return means_over(summed, top, reorder_point, order_up_to, early, late)


def in_the_long_run(
    reorder_point: int, order_up_to: int, demand_rate: float, size: Law | None, lag_low: float, lag_high: float
) -> Means:
    """Averages over a month that starts in the stationary law."""
    import numpy as np

    sizes = size or book_sizes()
    early, late = split_month(demand_rate, sizes, lag_low, lag_high)
    demand = compound_poisson(demand_rate, sizes)
    positions, _ = after_review(reorder_point, order_up_to, demand)
    levels = lattice.plus(np.array([probability for _, probability in positions]), demand.mass)
    return means_over(levels, order_up_to, reorder_point, order_up_to, early, late)


def book_sizes() -> Law:
    """Demand sizes of the book."""
    return discrete((1, 2, 3, 4), (1 / 6, 1 / 3, 1 / 3, 1 / 6))


@formula(source=SOURCE)
def law_kelton_ordering_cost(
    reorder_point: int,
    order_up_to: int,
    setup_cost: float = 32.0,
    item_cost: float = 3.0,
    initial: int = 60,
    months: int = 120,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected ordering cost per month over the horizon, Law & Kelton's inventory system."""
    not_negative(setup_cost=setup_cost, item_cost=item_cost)
    means = over_horizon(reorder_point, order_up_to, initial, months, demand_rate, size, lag_low, lag_high)
    return setup_cost * means.orders + item_cost * means.units


@formula(source=SOURCE)
def law_kelton_holding_cost(
    reorder_point: int,
    order_up_to: int,
    holding_cost: float = 1.0,
    initial: int = 60,
    months: int = 120,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected holding cost per month over the horizon, Law & Kelton's inventory system."""
    not_negative(holding_cost=holding_cost)
    means = over_horizon(reorder_point, order_up_to, initial, months, demand_rate, size, lag_low, lag_high)
    return holding_cost * means.on_hand


@formula(source=SOURCE)
def law_kelton_shortage_cost(
    reorder_point: int,
    order_up_to: int,
    backorder_cost: float = 5.0,
    initial: int = 60,
    months: int = 120,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected backlog cost per month over the horizon, Law & Kelton's inventory system."""
    not_negative(backorder_cost=backorder_cost)
    means = over_horizon(reorder_point, order_up_to, initial, months, demand_rate, size, lag_low, lag_high)
    return backorder_cost * means.backlog


@formula(source=SOURCE)
def law_kelton_total_cost(
    reorder_point: int,
    order_up_to: int,
    setup_cost: float = 32.0,
    item_cost: float = 3.0,
    holding_cost: float = 1.0,
    backorder_cost: float = 5.0,
    initial: int = 60,
    months: int = 120,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected ordering, holding and backlog cost per month over the horizon, Law & Kelton's inventory system."""
    not_negative(setup_cost=setup_cost, item_cost=item_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    means = over_horizon(reorder_point, order_up_to, initial, months, demand_rate, size, lag_low, lag_high)
    return (
        setup_cost * means.orders
        + item_cost * means.units
        + holding_cost * means.on_hand
        + backorder_cost * means.backlog
    )


@formula(source=SOURCE)
def law_kelton_stationary_ordering_cost(
    reorder_point: int,
    order_up_to: int,
    setup_cost: float = 32.0,
    item_cost: float = 3.0,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected ordering cost per month in the long run, Law & Kelton's inventory system."""
    not_negative(setup_cost=setup_cost, item_cost=item_cost)
    means = in_the_long_run(reorder_point, order_up_to, demand_rate, size, lag_low, lag_high)
    return setup_cost * means.orders + item_cost * means.units


@formula(source=SOURCE)
def law_kelton_stationary_holding_cost(
    reorder_point: int,
    order_up_to: int,
    holding_cost: float = 1.0,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected holding cost per month in the long run, Law & Kelton's inventory system."""
    not_negative(holding_cost=holding_cost)
    means = in_the_long_run(reorder_point, order_up_to, demand_rate, size, lag_low, lag_high)
    return holding_cost * means.on_hand


@formula(source=SOURCE)
def law_kelton_stationary_shortage_cost(
    reorder_point: int,
    order_up_to: int,
    backorder_cost: float = 5.0,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected backlog cost per month in the long run, Law & Kelton's inventory system."""
    not_negative(backorder_cost=backorder_cost)
    means = in_the_long_run(reorder_point, order_up_to, demand_rate, size, lag_low, lag_high)
    return backorder_cost * means.backlog


@formula(source=SOURCE)
def law_kelton_stationary_total_cost(
    reorder_point: int,
    order_up_to: int,
    setup_cost: float = 32.0,
    item_cost: float = 3.0,
    holding_cost: float = 1.0,
    backorder_cost: float = 5.0,
    demand_rate: float = 10.0,
    size: Law | None = None,
    lag_low: float = 0.5,
    lag_high: float = 1.0,
) -> float:
    """Expected ordering, holding and backlog cost per month in the long run, Law & Kelton's inventory system."""
    not_negative(setup_cost=setup_cost, item_cost=item_cost, holding_cost=holding_cost, backorder_cost=backorder_cost)
    means = in_the_long_run(reorder_point, order_up_to, demand_rate, size, lag_low, lag_high)
    return (
        setup_cost * means.orders
        + item_cost * means.units
        + holding_cost * means.on_hand
        + backorder_cost * means.backlog
    )
