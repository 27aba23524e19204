"""What a firm does when its stock falls short: who waits, who is served first, what leaves in parts.

This module must not know the simulation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chainsim.scenario.language.fields import Backlog
from chainsim.scenario.language.section import Section


class Shortage(Section):
    """How a stock point that sells treats its buyers when it is short."""

    backlog: Annotated[
        Backlog, Field(description="units that may wait for it: 'unlimited', 'none' (lost sales), or a number")
    ] = None
    deliveries: Annotated[
        Literal["partial", "complete"], Field(description="orders leave as far as stock goes, or only in one delivery")
    ] = "partial"
    allocation: Annotated[
        Literal["fifo", "priority", "proportional"], Field(description="who is served first when stock is short")
    ] = "fifo"
