"""What a scenario says of the region around its firms: local shares, households, taxes, additionality.

All of it is counted after a run; none of it changes what happens in it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from chainsim.scenario.language.fields import Amount, Name, Share, ShareByRing, Weight
from chainsim.scenario.language.section import Section


class Households(Section):
    """What becomes of wages: who gets them, and what is bought with them."""

    wages: Annotated[Share, Field(description="share of value added that sectors of the table pay as wages")]
    residents: Annotated[Share, Field(description="share of wages that goes to people who live in the region")]
    spend: Annotated[Share, Field(description="share of their income that they spend")]
    basket: Annotated[
        dict[Name, Weight], Field(description="what they buy, by sector of the table, normalised to 100 %")
    ]


class Region(Section):
    """The region around the simulated firms."""

    local: Annotated[
        ShareByRing, Field(description="share of what no firm here sells that is bought in the ring, as rings cumulate")
    ] = None
    households: Annotated[Households | None, Field(description="who spends wages on what; nobody if absent")] = None
    vat: Annotated[Share, Field(description="value-added tax, on top of prices")] = Fraction(13, 100)
    local_vat: Annotated[Share, Field(description="share of it that stays in the region")] = Fraction(1, 2)
    income_tax: Annotated[Share, Field(description="tax on profits")] = Fraction(1, 4)
    local_income_tax: Annotated[Share, Field(description="share of it that stays in the region")] = Fraction(2, 5)
    additionality: Annotated[
        Share, Field(description="share of final sales that does not displace sales of other firms of the region")
    ] = Fraction(3, 4)
    construction: Annotated[Amount, Field(description="spent once on building the plants; shown apart")] = 0
