"""How capacity grows and shrinks, and when suppliers enter, leave and move.

In: plain trees of `Leaf` texts.  Out: frozen sections.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from chainsim.model.curves import Curve, Linear
from chainsim.scenario.language.fields import (
    Amount,
    CountFromOne,
    Date,
    Duration,
    PositiveDuration,
    Ring,
    Shape,
    Share,
)
from chainsim.scenario.language.section import Section

LINEAR: Curve = Linear()


class Expansion(Section):
    """Capacity that is added after the line was busy for a whole window."""

    above: Annotated[Share, Field(description="utilisation from which it is wanted")]
    window: Annotated[PositiveDuration, Field(alias="for", description="window over which utilisation is judged")]
    by: Annotated[Share, Field(description="share of its capacity that is added")]
    takes: Annotated[Duration, Field(description="time from the decision until it works")] = Fraction(0)
    costs: Annotated[Amount, Field(description="paid at the decision, out of its cash")] = 0
    most: Annotated[CountFromOne, Field(description="how often at most")] = 1


class Shrinking(Section):
    """Capacity that is given up after the line was idle for a whole window."""

    below: Annotated[Share, Field(description="utilisation up to which it is given up")]
    window: Annotated[PositiveDuration, Field(alias="for", description="window over which utilisation is judged")]
    by: Annotated[Share, Field(description="share of its capacity that is given up")]
    most: Annotated[CountFromOne, Field(description="how often at most")] = 1


class RampUp(Section):
    """A new line on its way to the capacity that is stated."""

    begin: Annotated[
        Date | None, Field(alias="from", description="first day it makes anything; from the start if absent")
    ] = None
    over: Annotated[PositiveDuration, Field(description="time until it has all its capacity, in whole days")]
    start: Annotated[Share, Field(description="share of its capacity on the first day")] = Fraction(0)
    shape: Annotated[Shape, Field(description="curve that the steps follow")] = LINEAR
    steps: Annotated[Literal["daily", "weekly", "monthly"], Field(description="how often capacity rises")] = "weekly"


class Enters(Section):
    """A group that gets no orders before it is there and qualified."""

    begin: Annotated[Date, Field(alias="from", description="day on which it is there")]
    qualification: Annotated[Duration, Field(description="time until its first order, in whole days")] = Fraction(0)


class Leaves(Section):
    """A group that gets no orders any more."""

    begin: Annotated[Date, Field(alias="from", description="first day without new orders")]


class Moves(Section):
    """A group whose firms move to another ring."""

    to: Annotated[Ring, Field(description="the ring it moves to")]
    begin: Annotated[Date, Field(alias="from", description="day on which it is there")]
    qualification: Annotated[Duration, Field(description="time until orders go there, in whole days")] = Fraction(0)
