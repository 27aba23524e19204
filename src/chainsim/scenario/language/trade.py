"""Who buys from whom and how it travels: warehouses, sourcing, substitutes, freight, districts.

Mixins that plants, suppliers, outside sources and markets share, and the sections of their own.
This module must not know the simulation.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from chainsim.model.replenishment import BaseStock, Replenishment
from chainsim.model.sourcing import Shares, Sourcing
from chainsim.scenario.language.costs import Costs, Footprint
from chainsim.scenario.language.fields import (
    Amount,
    CountByRing,
    CountFromOne,
    Duration,
    Law,
    LawByRing,
    Name,
    Names,
    Ring,
    Rule,
    SourcingRule,
    Switch,
    Weight,
    Words,
)
from chainsim.scenario.language.section import Section
from chainsim.scenario.language.shortage import Shortage

BY_SHARES: Sourcing = Shares()
TO_ORDER: Replenishment = BaseStock(0.0)


class Switching(Section):
    """What it takes to turn to another supplier during an outage."""

    cost: Annotated[Amount, Field(description="each time the buyer turns to a substitute")] = 0
    qualification: Annotated[
        Duration | None,
        Field(description="from the first need of a standby to its first order; it is qualified if absent"),
    ] = None


class Sourced(Section):
    """How a buyer chooses among its suppliers."""

    sourcing: Annotated[
        SourcingRule, Field(description="how orders are shared among suppliers, or in which order these are asked")
    ] = BY_SHARES
    priority: Annotated[
        CountFromOne, Field(description="suppliers with `allocation: priority` serve 1 before 2, and so on")
    ] = 1


class Buying(Sourced):
    """How a firm buys."""

    switching: Annotated[
        Switching | None, Field(description="during an outage of a supplier others deliver in its place; if present")
    ] = None


class Sending(Section):
    """How goods travel."""

    freight: Annotated[
        Amount | None, Field(description="per unit, paid by the buyer to carriers outside the network")
    ] = None
    crossing: Annotated[Switch, Field(description="deliveries may overtake each other")] = True


class Standby(Section):
    """A place in the order in which buyers ask."""

    rank: Annotated[
        CountFromOne | None, Field(description="buyers with `sourcing: priority` ask 1 first; by name if absent")
    ] = None
    standby: Annotated[Switch, Field(description="has no share; delivers to buyers that rank or switch")] = False


class Warehouse(Buying, Sending, Shortage):
    """Firms that buy a part and sell the same part: warehouses, dealers, retailers."""

    stocks: Annotated[Name, Field(description="the part it buys, keeps and sells")]
    buys_from: Annotated[
        Names | None,
        Field(alias="from", description="whom it buys from; if absent whoever makes the part, by shares"),
    ] = None
    count: Annotated[CountByRing, Field(description="how many such firms, if need be by ring")] = 1
    stock: Annotated[Rule, Field(description="replenishment of what it keeps; to order if absent")] = TO_ORDER
    opening_stock: Annotated[
        Weight | None,
        Field(description="units on hand at the start, with nothing under way; as the rule says if absent"),
    ] = None
    review: Annotated[Duration, Field(description="time between reviews of its stock; 0 is continuous")] = Fraction(0)
    lead_time: Annotated[LawByRing, Field(description="from its dispatch to the buyer, if need be by its ring")] = None
    pays_after: Annotated[Duration, Field(description="payment term on what it buys, from delivery")] = Fraction(0)
    price: Annotated[Amount | None, Field(description="per unit, what it sells at; the part's price if absent")] = None
    rank: Annotated[
        CountFromOne | None, Field(description="buyers with `sourcing: priority` ask 1 first; by name if absent")
    ] = None
    costs: Annotated[Costs | None, Field(description="what stock, orders and shortages cost")] = None
    footprint: Annotated[Footprint | None, Field(description="jobs, wages, taxes, energy and CO2")] = None
    title: Annotated[Words, Field(description="name shown in reports")] = ""
    ring: Annotated[Ring | None, Field(description="where its revenue counts")] = None
    district: Annotated[Words, Field(description="district of the city")] = ""
    sector: Annotated[Words, Field(description="sector for grouping")] = ""
    chain: Annotated[
        Words, Field(description="industrial chain that its revenue counts in; that of its chain masters if absent")
    ] = ""
    group: Annotated[Words, Field(description="corporate group; sales inside it are consolidated away")] = ""


class Transport(Section):
    """How long goods travel between two districts, and what that costs."""

    sender: Annotated[Words, Field(alias="from", description="district of the seller")]
    receiver: Annotated[Words, Field(alias="to", description="district of the buyer")]
    lead_time: Annotated[Law | None, Field(description="from dispatch to delivery; as the firms say if absent")] = None
    freight: Annotated[Amount | None, Field(description="per unit; as the firms say if absent")] = None
    one_way: Annotated[Switch, Field(description="does not hold for the way back")] = False
