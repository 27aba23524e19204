"""Changes that hold from one date to another."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chainsim.scenario.language.fields import Amount, Change, Date, Words
from chainsim.scenario.language.levers.sections import Levers
from chainsim.scenario.language.section import Section


class DatedChange(Section):
    """A named set of changes that holds from one date to another."""

    title: Annotated[Words, Field(description="name shown in reports")] = ""
    begin: Annotated[Date | None, Field(alias="from", description="first day; the start of the study if absent")] = None
    until: Annotated[Date | None, Field(description="first day no longer in force")] = None
    change: Annotated[dict[Words, Change], Field(description="path: new value, '+20%', '+10 points' or '+4 days'")] = {}


class Policy(DatedChange):
    """A change that someone decides, with its public cost."""

    lever: Annotated[Levers | None, Field(description="what it does, by lever")] = None
    public_cost: Annotated[Amount, Field(description="public money it takes on its first day, to whom is not said")] = 0
