"""What stock, orders and shortages cost, and what a firm means for its region: sections of plants and suppliers.

Both are counted after a run; neither changes what happens in it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from chainsim.scenario.language.fields import Amount, MoneyRate, Name, Share, Weight
from chainsim.scenario.language.section import Section


class Costs(Section):
    """Costs of stock, orders and shortages, as inventory theory counts them; no money changes hands."""

    holding: Annotated[MoneyRate, Field(description="per unit on hand and time")] = Fraction(0)
    holding_components: Annotated[
        MoneyRate | None, Field(description="the same for what it buys to use; as `holding` if absent")
    ] = None
    backorder: Annotated[MoneyRate, Field(description="per unit that its buyers wait for and time")] = Fraction(0)
    in_transit: Annotated[MoneyRate, Field(description="per unit on its way to the firm and time")] = Fraction(0)
    order: Annotated[Amount, Field(description="per order that it places with a supplier")] = 0
    unit: Annotated[Amount, Field(description="per unit ordered from suppliers")] = 0
    set_up: Annotated[Amount, Field(description="per production order that its line starts")] = 0
    unit_made: Annotated[Amount, Field(description="per unit started on its line")] = 0
    lost: Annotated[Amount, Field(description="per unit of final demand that is lost")] = 0


class Footprint(Section):
    """What a firm means for its region; proportional, so an assumption."""

    jobs: Annotated[Weight, Field(description="jobs per million CNY of revenue a year")] = Fraction(0)
    wages: Annotated[Share, Field(description="share of value added paid as wages")] = Fraction(0)
    tax: Annotated[Share, Field(description="share of value added paid as taxes on production")] = Fraction(0)
    depreciation: Annotated[Share, Field(description="share of value added that makes up for wear")] = Fraction(0)
    interest: Annotated[Share, Field(description="share of value added paid to lenders")] = Fraction(0)
    other_inputs: Annotated[
        dict[Name, Share],
        Field(description="share of revenue spent on sectors of the input-output table that no firm here sells"),
    ] = {}
    energy: Annotated[Weight, Field(description="kWh per unit made")] = Fraction(0)
    co2: Annotated[Weight, Field(description="kg of CO2 per unit made")] = Fraction(0)
