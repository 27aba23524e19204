"""One warehouse and its retailers: Poisson demand, base stock everywhere, first come first served.

`warehouse_demand_rate` is the demand of all retailers together, `demand_rate` that of the retailer in question;
`warehouse_lead_time` is from outside supply to the warehouse, `lead_time` from there to the retailer.  The warehouse
by itself is `base_stock_on_hand` and `base_stock_backorders`.

two_echelon_*: exact for constant lead times, by disaggregating what the warehouse owes.  metric_*: the delay at the
warehouse replaced by its mean, so the retailer has Palm's Poisson pipeline; an approximation, also for lead times
that vary.  graves_*: mean and variance of the pipeline exact, its law taken as negative binomial.

In: rates, lead times, levels, costs.  Out: time averages and costs per time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainsim.theory import lattice
from chainsim.theory.domain import not_negative, positive, same_length
from chainsim.theory.laws import Lattice, Law, negative_binomial, poisson
from chainsim.theory.registry import Numbers, formula

if TYPE_CHECKING:
    from chainsim.theory.lattice import Floats

EXACT = "Simon 1971; Graves (1985), A multi-echelon inventory model, Management Science 31; Axsäter 1990 for costs"
METRIC = "Sherbrooke (1968), METRIC, Operations Research 16"
GRAVES = "Graves (1985), A multi-echelon inventory model, Management Science 31"


def warehouse_owes(warehouse_demand_rate: float, warehouse_lead_time: float, warehouse_level: int) -> Floats:
    """The law of the warehouse's backorders."""
    positive(warehouse_demand_rate=warehouse_demand_rate)
    not_negative(warehouse_lead_time=warehouse_lead_time, warehouse_level=warehouse_level)
    return lattice.excess(lattice.poisson(warehouse_demand_rate * warehouse_lead_time), warehouse_level)


def a_share(demand_rate: float, warehouse_demand_rate: float) -> float:
    """The retailer's share of the warehouse's demand."""
    positive(demand_rate=demand_rate)
    if demand_rate > warehouse_demand_rate:
        raise ValueError(
            f"demand_rate must be at most warehouse_demand_rate, got {demand_rate:g} and {warehouse_demand_rate:g}"
        )
    return demand_rate / warehouse_demand_rate


def exact_pipeline(owes: Floats, share: float, demand: float) -> Law:
    """What the retailer has ordered and not received: its part of what is owed, plus demand over the transport.

    Under first come first served each backorder is this retailer's with probability `share`, independently.
    """
    import numpy as np
    from scipy import stats

    n = np.arange(len(owes))
    ours = owes @ stats.binom.pmf(n[None, :], n[:, None], share)
    return Lattice(lattice.plus(ours, lattice.poisson(demand)))


def metric_pipeline(owes: Floats, share: float, demand: float) -> Law:
    """Poisson with the right mean."""
    return poisson(demand + share * lattice.mean(owes))


def graves_pipeline(owes: Floats, share: float, demand: float) -> Law:
    """Negative binomial with the right mean and variance; Poisson where they are equal."""
    owed = Lattice(owes)
    mean = demand + share * owed.mean
    variance = demand + share * (1 - share) * owed.mean + share**2 * owed.variance
    return negative_binomial(mean, variance**0.5) if variance > mean * (1 + 1e-9) else poisson(mean)


PIPELINES = {"exact": exact_pipeline, "metric": metric_pipeline, "graves": graves_pipeline}


def pipeline(
    kind: str,
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
) -> Law:
    """The law of what one retailer has ordered and not received."""
    not_negative(lead_time=lead_time)
    owes = warehouse_owes(warehouse_demand_rate, warehouse_lead_time, warehouse_level)
    return PIPELINES[kind](owes, a_share(demand_rate, warehouse_demand_rate), demand_rate * lead_time)


def total_cost(
    kind: str,
    demand_rates: Numbers,
    warehouse_lead_time: float,
    lead_times: Numbers,
    warehouse_level: int,
    levels: Numbers,
    warehouse_holding_cost: float,
    holding_cost: float,
    backorder_cost: float,
) -> float:
    """Cost of stock at the warehouse and the retailers, and of customers' backorders."""
    same_length(demand_rates=demand_rates, lead_times=lead_times, levels=levels)
    not_negative(warehouse_holding_cost=warehouse_holding_cost, holding_cost=holding_cost)
    not_negative(backorder_cost=backorder_cost)
    together = sum(demand_rates)
    cost = warehouse_holding_cost * poisson(together * warehouse_lead_time).surplus(warehouse_level)
    for rate, lead_time, level in zip(demand_rates, lead_times, levels, strict=True):
        law = pipeline(kind, together, rate, warehouse_lead_time, lead_time, warehouse_level)
        cost += holding_cost * law.surplus(level) + backorder_cost * law.shortage(level)
    return cost


@formula(source=EXACT)
def two_echelon_retailer_on_hand(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Time average of stock on hand at a retailer behind a warehouse, exact."""
    law = pipeline("exact", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.surplus(level)


@formula(source=EXACT)
def two_echelon_retailer_backorders(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Time average of backorders at a retailer behind a warehouse, exact."""
    law = pipeline("exact", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.shortage(level)


@formula(source=EXACT)
def two_echelon_retailer_fill_rate(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Share of customers whom a retailer behind a warehouse serves at once, exact."""
    law = pipeline("exact", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.at_most(level - 1)


@formula(source=EXACT)
def two_echelon_cost(
    demand_rates: Numbers,
    warehouse_lead_time: float,
    lead_times: Numbers,
    warehouse_level: int,
    levels: Numbers,
    warehouse_holding_cost: float,
    holding_cost: float,
    backorder_cost: float,
) -> float:
    """Cost per time of a warehouse and its retailers, stock and customers' backorders, exact."""
    return total_cost(
        "exact",
        demand_rates,
        warehouse_lead_time,
        lead_times,
        warehouse_level,
        levels,
        warehouse_holding_cost,
        holding_cost,
        backorder_cost,
    )


@formula(source=METRIC)
def metric_retailer_on_hand(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Time average of stock on hand at a retailer behind a warehouse, METRIC approximation."""
    law = pipeline("metric", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.surplus(level)


@formula(source=METRIC)
def metric_retailer_backorders(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Time average of backorders at a retailer behind a warehouse, METRIC approximation."""
    law = pipeline("metric", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.shortage(level)


@formula(source=METRIC)
def metric_cost(
    demand_rates: Numbers,
    warehouse_lead_time: float,
    lead_times: Numbers,
    warehouse_level: int,
    levels: Numbers,
    warehouse_holding_cost: float,
    holding_cost: float,
    backorder_cost: float,
) -> float:
    """Cost per time of a warehouse and its retailers, stock and customers' backorders, METRIC approximation."""
    return total_cost(
        "metric",
        demand_rates,
        warehouse_lead_time,
        lead_times,
        warehouse_level,
        levels,
        warehouse_holding_cost,
        holding_cost,
        backorder_cost,
    )


@formula(source=GRAVES)
def graves_retailer_on_hand(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Time average of stock on hand at a retailer behind a warehouse, two-moment approximation."""
    law = pipeline("graves", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.surplus(level)


@formula(source=GRAVES)
def graves_retailer_backorders(
    warehouse_demand_rate: float,
    demand_rate: float,
    warehouse_lead_time: float,
    lead_time: float,
    warehouse_level: int,
    level: int,
) -> float:
    """Time average of backorders at a retailer behind a warehouse, two-moment approximation."""
    law = pipeline("graves", warehouse_demand_rate, demand_rate, warehouse_lead_time, lead_time, warehouse_level)
    return law.shortage(level)
