"""Costs and footprints of the scenario as rates of the network: per quantum, tick and fen.

In: sections, roles, resolutions.  Out: rows of `chainsim.model.network`.
"""

from __future__ import annotations

from fractions import Fraction

from chainsim.model import network as net
from chainsim.scenario.language.costs import Costs, Footprint

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
