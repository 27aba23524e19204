"""Cash of a firm that can run short.

In: plain trees of `Leaf` texts.  Out: a frozen section.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from chainsim.scenario.language.fields import Amount, MoneyRate, PositiveDuration, Share
from chainsim.scenario.language.section import Section


class Cash(Section):
    """What a firm has to pay with; where it is absent, cash limits nobody."""

    opening: Annotated[Amount, Field(description="cash at the start")] = 0
    credit_line: Annotated[Amount, Field(description="how far cash may sink below 0")] = 0
    floor: Annotated[
        Amount, Field(description="it stops buying when cash and unused credit are down to this, or lower")
    ] = 0
    insolvent_after: Annotated[
        PositiveDuration | None,
        Field(description="an unpaid claim makes it insolvent after so long; never if absent"),
    ] = None
    fixed_costs: Annotated[MoneyRate, Field(description="running costs whatever it sells")] = Fraction(0)
    running_costs: Annotated[Share, Field(description="running costs as a share of its sales")] = Fraction(0)
    interest: Annotated[Share, Field(description="on drawn credit, a year")] = Fraction(0)
    discounting: Annotated[
        Share | None, Field(description="yearly rate at which it sells its claims on delivery; keeps them if absent")
    ] = None
