"""What a scenario says of its region: sectors that the input-output table has, shares that fit together.

In: a View.  Out: problems.  This module must not know the table's numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from chainsim.errors import Problem
from chainsim.model.sectors import SECTORS
from chainsim.scenario.checks.supply import groups
from chainsim.scenario.checks.view import View
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import format_share, shown

OWNERS: Final = ("plants", "suppliers", "warehouses")
READS: Final = ("region.*", "outside.sector", *(f"{one}.footprint" for one in OWNERS))
RINGS: Final = ("city", "province")


def check_region(view: View) -> Iterator[Problem]:
    """Sectors exist, a firm spends no more than it earns, and what is local to the city is so to the province."""
    scenario, region = view.scenario, view.scenario.region
    spenders = [*groups(scenario), *((("warehouses", name), one) for name, one in scenario.warehouses.items())]
    for path, firm in spenders:
        if firm.footprint is None:
            continue
        below = (*path, "footprint", "other_inputs")
        yield from _unknown(view, below, firm.footprint.other_inputs)
        total = sum(firm.footprint.other_inputs.values(), Fraction(0))
        if total > 1:
            message = f"other_inputs of {path[1]} are {format_share(total)} of its revenue; they must not pass 100%"
            yield view.problem(below, message)
        paid = firm.footprint
        split = paid.wages + paid.tax + paid.depreciation + paid.interest
        if split > 1:
            message = (
                f"wages, tax, depreciation and interest of {path[1]} are {format_share(split)} of its value added; "
                "they must not pass 100%"
            )
            yield view.problem((*path, "footprint"), message, "what is left is profit")
    for name, source in scenario.outside.items():
        if source.sector:
            yield from _unknown(view, ("outside", name, "sector"), [source.sector])
    if region is None:
        return
    if region.households is not None:
        below = ("region", "households", "basket")
        yield from _unknown(view, below, region.households.basket)
        if not sum(region.households.basket.values()):
            yield view.problem(below, "the basket is empty", "say what households buy: {Food: 30, Retail: 20}")
    if isinstance(region.local, dict):
        for ring in region.local:
            if ring not in RINGS:
                message = f"region.local is for {listed(RINGS)}, not for {shown(ring)}"
                yield view.problem(("region", "local", ring), message, "what is bought elsewhere is the rest")
        city, province = (region.local.get(ring) for ring in RINGS)
        if city is not None and province is not None and city > province:
            message = "what is bought in the city is bought in the province: its share must not be below the city's"
            yield view.problem(("region", "local", "province"), message, "rings cumulate here, as in all reports")


def _unknown(view: View, path: Path, names: Iterable[str]) -> Iterator[Problem]:
    """A problem for each name that is no sector of the table."""
    for name in names:
        if name not in SECTORS:
            message = f"no sector {shown(name)} in the input-output table{did_you_mean(name, SECTORS)}"
            yield view.problem((*path, name), message, f"there is {listed(SECTORS, len(SECTORS))}")
