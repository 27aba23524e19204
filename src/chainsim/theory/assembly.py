"""Assemble to order: one product of several components, each in base stock with its own constant lead time.

Poisson demand, or compound Poisson with a `size`; each unit takes one unit of every component, which is reordered
when the demand arises; assembly takes no time.  A unit waits until its last component is there; those that wait
stay in stock.  All components see the same demand, so their shortages are dependent: D(t - L_i, t] for all i are
partial sums of independent increments between the sorted lead times.

In: rates, lead times and levels by component.  Out: time averages and shares of demand.
"""

from __future__ import annotations

from chainsim.theory.base_stock_continuous import lead_time_demand
from chainsim.theory.domain import not_negative, rank, same_length, whole
from chainsim.theory.laws import Law, constant
from chainsim.theory.registry import Numbers, formula

SOURCE = "Song (1998), On the order fill rate in a multi-item, base-stock inventory system, Oper. Res. 46"
ENOUGH = 1e-10  # well above what the cut tails of demand can leave


def all_at_most(demand_rate: float, lead_times: Numbers, limits: Numbers, size: Law | None) -> float:
    """P(D(t - L_i, t] <= limit_i for all i)."""
    import numpy as np

    same_length(lead_times=lead_times, limits=limits)
    seen, law = 0.0, np.ones(1)
    for lead_time, limit in sorted(zip(lead_times, limits, strict=True)):
        if limit < 0:
            return 0.0
        not_negative(lead_times=lead_time)
        law = np.convolve(law, lead_time_demand(demand_rate, lead_time - seen, size).mass)[: int(limit) + 1]
        seen = lead_time
    return float(law.sum())


@formula(source=SOURCE)
def assembly_order_fill_rate(
    demand_rate: float, lead_times: Numbers, levels: Numbers, size: Law | None = None
) -> float:
    """Share of orders for which every component is in stock at once and in full."""
    sizes = size or constant(1)
    same_length(lead_times=lead_times, levels=levels)
    return sum(
        float(p) * all_at_most(demand_rate, lead_times, [level - units for level in whole("levels", levels)], size)
        for units, p in enumerate(sizes.mass)
        if p
    )


@formula(source=SOURCE + "; B = max over i of (D(t - L_i, t] - S_i)+")
def assembly_backorders(demand_rate: float, lead_times: Numbers, levels: Numbers, size: Law | None = None) -> float:
    """Time average of units of the product that wait for a component."""
    same_length(lead_times=lead_times, levels=levels)
    expected, waiting = 0.0, 0
    while True:
        more = 1 - all_at_most(demand_rate, lead_times, [level + waiting for level in whole("levels", levels)], size)
        if more < ENOUGH:
            return expected
        expected += more
        waiting += 1


@formula(source=SOURCE + "; on hand = S_i - D(t - L_i, t] + B")
def assembly_on_hand(
    demand_rate: float, lead_times: Numbers, levels: Numbers, component: int, size: Law | None = None
) -> float:
    """Time average of stock of one component, units that wait for another component included."""
    rank("component", component, len(levels))
    used = demand_rate * (size or constant(1)).mean * lead_times[component - 1]
    return levels[component - 1] - used + assembly_backorders(demand_rate, lead_times, levels, size)


@formula(source=SOURCE + "; Little's law")
def assembly_delay(demand_rate: float, lead_times: Numbers, levels: Numbers, size: Law | None = None) -> float:
    """Mean time that a unit of the product waits for components, units served at once included."""
    units = demand_rate * (size or constant(1)).mean
    return assembly_backorders(demand_rate, lead_times, levels, size) / units
