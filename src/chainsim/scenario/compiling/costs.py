"""Costs and footprints of the scenario as rates of the network: per quantum, tick and fen.

In: sections, roles, resolutions.  Out: rows of `chainsim.model.network`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from fractions import Fraction

from chainsim.model import network as net
from chainsim.model.terms import Part
from chainsim.scenario.language.costs import Costs, Footprint
from chainsim.scenario.network.blueprint import Account, StockKey

MILLION_CNY = 100_000_000  # fen


def cost_rates(costs: Costs | None, component: bool, per_unit: int, tick: Fraction) -> net.CostRates:
    """The rates of one stock point; per_unit: quanta in a unit; tick: seconds."""
    if costs is None:
        return net.CostRates()
    own = costs.holding_components
    holding = own if component and own is not None else costs.holding
    return net.CostRates(
        holding=holding * tick / per_unit,
        backorder=costs.backorder * tick / per_unit,
        in_transit=costs.in_transit * tick / per_unit,
        order=costs.order,
        set_up=costs.set_up,
        unit=Fraction(costs.unit, per_unit),
        unit_made=Fraction(costs.unit_made, per_unit),
        lost=Fraction(costs.lost, per_unit),
    )


def footprint(section: Footprint | None) -> net.Footprint:
    """The footprint of one firm."""
    if section is None:
        return net.Footprint()
    return net.Footprint(
        section.jobs / MILLION_CNY,
        section.wages,
        section.tax,
        section.depreciation,
        section.interest,
        section.energy,
        section.co2,
        tuple(sorted(section.other_inputs.items())),
    )


def costs(
    accounts: Mapping[str, Account],
    stocks: Sequence[StockKey],
    components: Set[StockKey],
    parts: Mapping[str, Part],
    tick: Fraction,
) -> tuple[net.CostRates, ...]:
    """By stock point, empty if no firm states any.  components: those that a line uses."""
    stated = {firm: account.costs for firm, account in accounts.items()}
    if not any(stated.values()):
        return ()
    return tuple(cost_rates(stated.get(key[0]), key in components, parts[key[1]].per_unit, tick) for key in stocks)


def footprints(accounts: Mapping[str, Account], firms: Sequence[str]) -> tuple[net.Footprint, ...]:
    """By firm, empty if none states any."""
    stated = {firm: account.footprint for firm, account in accounts.items()}
    return tuple(footprint(stated.get(firm)) for firm in firms) if any(stated.values()) else ()
