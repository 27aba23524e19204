"""Disruptions: dated changes, or mechanisms that hit something, take a share of it, last, and recover.

In: plain trees of `Leaf` texts.  Out: frozen sections.  This module must not know what the names mean.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from chainsim.model.curves import Curve, Linear
from chainsim.scenario.language.changes import DatedChange
from chainsim.scenario.language.fields import CountFromOne, Law, Name, PositiveDuration, Ring, Shape, Share, Words
from chainsim.scenario.language.section import Section

LINEAR: Curve = Linear()


class HitLane(Section):
    """A lane by its ends."""

    buyer: Annotated[Name, Field(description="firm or market that buys")]
    supplier: Annotated[Name, Field(description="firm or outside source that sells")]
    part: Annotated[Name | None, Field(description="which part, if more than one runs between them")] = None


class Hits(Section):
    """What a disruption hits; everything that any of its keys names."""

    firms: Annotated[tuple[Name, ...], Field(description="firms by name: their lines and deliveries")] = ()
    suppliers: Annotated[tuple[Name, ...], Field(description="all firms of these groups")] = ()
    plants: Annotated[tuple[Name, ...], Field(description="plants by name")] = ()
    districts: Annotated[tuple[Words, ...], Field(description="all firms in these districts")] = ()
    rings: Annotated[tuple[Ring, ...], Field(description="all firms in these rings")] = ()
    parts: Annotated[tuple[Name, ...], Field(description="all firms that make these parts, and outside sources")] = ()
    lines: Annotated[tuple[Name, ...], Field(description="firms by name: their production only")] = ()
    lanes: Annotated[tuple[HitLane, ...], Field(description="single lanes: their transport")] = ()
    outside: Annotated[tuple[Name, ...], Field(description="outside sources by name")] = ()
    markets: Annotated[tuple[Name, ...], Field(description="markets by name: their demand")] = ()


class Recovery(Section):
    """How what was lost comes back."""

    over: Annotated[PositiveDuration, Field(description="time from the end of `lasts` until all is back")]
    steps: Annotated[CountFromOne, Field(description="equal steps in which it comes back")] = 4
    shape: Annotated[Shape, Field(description="curve that the steps follow")] = LINEAR


class Disruption(DatedChange):
    """Something that happens in every run: a dated change, or a mechanism that hits something."""

    hits: Annotated[Hits | None, Field(description="what it hits, instead of `change`")] = None
    loses: Annotated[Share, Field(description="share of what it hits that is lost")] = Fraction(1)
    every: Annotated[
        Law | None, Field(description="it strikes again and again: time from the end of one to the onset of the next")
    ] = None
    lasts: Annotated[Law | None, Field(description="time until it recovers; for good if absent")] = None
    recovery: Annotated[Recovery | None, Field(description="how it recovers; at once if absent")] = None
    stock: Annotated[Literal["kept", "lost"], Field(description="whether stock of the firms it hits is destroyed")] = (
        "kept"
    )
    stock_lost: Annotated[Share | None, Field(description="share of that stock which is destroyed")] = None

    @property
    def destroyed(self) -> Fraction:
        """Share of the stock on hand of the firms it hits that is lost at the onset."""
        if self.stock_lost is not None:
            return self.stock_lost
        return Fraction(1 if self.stock == "lost" else 0)
