"""The scenario language as types: what a file may say, in which unit, and what is assumed when it is silent.

In: plain trees of `Leaf` texts.  Out: a frozen `Scenario`.  One declaration serves validation, the JSON
Schema for editors and the reference.  Values arrive as text and are typed by the field that asks for them.
This module must not know YAML, positions or the simulation.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chainsim.model.distributions import Distribution
from chainsim.model.replenishment import BaseStock, Replenishment
from chainsim.scenario.language.costs import Costs, Footprint
from chainsim.scenario.language.fields import (
    Amount,
    Capacity,
    Change,
    CountByRing,
    CountFromOne,
    Date,
    Duration,
    Law,
    LawByRing,
    Name,
    PositiveDuration,
    PositiveWeight,
    Rate,
    Ring,
    Rule,
    Seed,
    Share,
    ShareByRing,
    Switch,
    WarmUp,
    Weight,
    Words,
)
from chainsim.scenario.language.section import Section

LANGUAGE_VERSION = 1
TO_ORDER: Replenishment = BaseStock(0.0)


class Study(Section):
    """What is run: the period, the draws, and the policies that are compared."""

    start: Annotated[Date, Field(description="first day simulated")]
    end: Annotated[Date, Field(description="first day no longer simulated")]
    seed: Annotated[Seed, Field(description="root of all draws, 0 to 2^63 - 1")] = 0
    replications: Annotated[CountFromOne, Field(description="runs per policy, each with its own draws")] = 5
    policies: Annotated[tuple[Name, ...], Field(description="policies run beside the baseline")] = ()
    matters_if: Annotated[Share, Field(description="smallest relative difference that matters")] = Fraction(1, 100)
    warm_up: Annotated[
        WarmUp, Field(description="cut from all measures; for steady-state studies; 'mser5' finds it")
    ] = Fraction(0)
    tick: Annotated[PositiveDuration, Field(description="smallest step of time")] = Fraction(1)
    opening: Annotated[
        Literal["full", "empty"], Field(description="stocks at target and pipelines filled, or nothing anywhere")
    ] = "full"


class Part(Section):
    """Anything that is made, bought or sold."""

    price: Annotated[Amount | None, Field(description="per unit, without VAT; else derived from cost shares")] = None
    unit: Annotated[Words, Field(description="what one unit is called")] = "unit"
    resolution: Annotated[PositiveWeight, Field(description="smallest quantity; 1 for counted parts")] = Fraction(1)
    lot: Annotated[PositiveWeight, Field(description="ordered in multiples of this many units")] = Fraction(1)
    needs: Annotated[dict[Name, Weight], Field(description="units of each component per unit made")] = {}
    materials: Annotated[Share | None, Field(description="share of price spent on `cost_shares`")] = None
    cost_shares: Annotated[dict[Name, Weight], Field(description="how the materials split, normalised to 100 %")] = {}
    title: Annotated[Words, Field(description="name shown in reports")] = ""


class Operations(Section):
    """How a firm makes, stocks, sends and pays; a tier may state it for all its groups."""

    capacity: Annotated[
        Capacity, Field(description="most it can make: '900/day', or '125% of plan'; unlimited if absent")
    ] = None
    lines: Annotated[
        CountFromOne | None,
        Field(description="parallel lines that share `capacity`; 1 if capacity or `process_time` is given"),
    ] = None
    process_time: Annotated[Law | None, Field(description="time on the line for one batch, beside capacity")] = None
    batch: Annotated[
        PositiveWeight | None, Field(description="most units started at once on a line; whole orders if absent")
    ] = None
    finished_stock: Annotated[Rule, Field(description="replenishment of what it makes; to order if absent")] = TO_ORDER
    component_stock: Annotated[Rule, Field(description="replenishment of what it buys; to order if absent")] = TO_ORDER
    review: Annotated[Duration, Field(description="time between reviews of bought parts; 0 is continuous")] = Fraction(
        0
    )
    pays_after: Annotated[Duration, Field(description="payment term on what it buys, from delivery")] = Fraction(0)
    lead_time: Annotated[LawByRing, Field(description="from its dispatch to the buyer, if need be by its ring")] = None
    costs: Annotated[Costs | None, Field(description="what stock, orders and shortages cost")] = None
    footprint: Annotated[Footprint | None, Field(description="jobs, wages, taxes, energy and CO2")] = None


class Firm(Operations):
    """What plants and suppliers have in common; everything but `makes` can be left out."""

    makes: Annotated[Name, Field(description="the part it makes; a supplier group may be named after it instead")]
    title: Annotated[Words, Field(description="name shown in reports")] = ""
    ring: Annotated[Ring | None, Field(description="where its revenue counts")] = None
    district: Annotated[Words, Field(description="district of the city")] = ""
    sector: Annotated[Words, Field(description="sector for grouping")] = ""
    group: Annotated[Words, Field(description="corporate group; sales inside it are consolidated away")] = ""


class Plant(Firm):
    """A chain master."""


class NamedFirm(Section):
    """One firm of a group by its own name, inline or from a CSV beside the scenario."""

    ring: Ring | None = None
    district: Words | None = None
    title: Words | None = None
    group: Words | None = None
    share: Share | None = None
    capacity: Capacity = None


class Tier(Operations):
    """What the supplier groups of one tier have in common; a group's own line says otherwise where it must."""

    sources: Annotated[
        CountFromOne | None, Field(description="how many firms of a group (per ring) each buyer uses; all if absent")
    ] = None
    size_spread: Annotated[Share, Field(description="coefficient of variation of firm sizes in a group")] = Fraction(0)


class Supplier(Tier, Firm):
    """One line a category: `count` firms, each made from this description."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema["required"].remove("makes"))

    count: Annotated[CountByRing, Field(description="how many firms, if need be by ring")] = 1
    share: Annotated[ShareByRing, Field(description="share of its part that buyers order here; the rest outside")] = (
        None
    )
    tier: Annotated[CountFromOne, Field(description="1 sells to the plant, 2 to tier 1, and so on")] = 1
    list: Annotated[Words | None, Field(description="CSV beside the scenario that fills `firms`")] = None
    firms: Annotated[dict[Name, NamedFirm], Field(description="named firms instead of generated ones")] = {}


class Outside(Section):
    """Infinite supply beyond the simulated network; takes the share that no supplier has."""

    supplies: Annotated[tuple[Name, ...] | Literal["all"], Field(description="parts it sells")] = "all"
    ring: Annotated[Ring, Field(description="where the money goes")] = "nation"
    title: Annotated[Words, Field(description="name shown in reports")] = ""
    lead_time: Annotated[Law | None, Field(description="from order to delivery")] = None


class Market(Section):
    """Final demand for one part."""

    buys: Annotated[Name, Field(description="the part")]
    at: Annotated[Name | None, Field(description="plant or supplier it buys from; the only maker if absent")] = None
    rate: Annotated[Rate | None, Field(description="mean demand: '900/day'")] = None
    yearly: Annotated[
        dict[Annotated[str, Field(pattern=r"^\d{4}$")], Weight],
        Field(description="totals by calendar year; the smoothest ramp that meets them is used"),
    ] = {}
    arrivals: Annotated[
        Literal["regular", "poisson"], Field(description="one order every `every`, or single Poisson orders")
    ] = "regular"
    every: Annotated[PositiveDuration, Field(description="time between regular orders")] = Fraction(86_400)
    quantity: Annotated[PositiveWeight, Field(description="units of one Poisson order")] = Fraction(1)
    noise: Annotated[Share, Field(description="coefficient of variation of a regular order")] = Fraction(0)
    ring: Annotated[Ring, Field(description="where the buyers are")] = "nation"
    lead_time: Annotated[Law | None, Field(description="from the plant to the buyer")] = None
    pays_after: Annotated[Duration, Field(description="payment term of the buyers")] = Fraction(0)


class Lane(Section):
    """An exception for one buyer and supplier; what is absent follows the firms."""

    buyer: Name
    supplier: Name
    part: Name | None = None
    share: Share | None = None
    lead_time: Law | None = None
    pays_after: Duration | None = None
    price: Amount | None = None


class FirmChange(Section):
    """An exception for one firm by its own name, such as `chassis city 03`."""

    capacity: Capacity = None
    lead_time: Law | None = None
    finished_stock: Rule | None = None
    component_stock: Rule | None = None
    pays_after: Duration | None = None
    district: Words | None = None
    group: Words | None = None


class DatedChange(Section):
    """A named set of changes that holds from one date to another."""

    title: Annotated[Words, Field(description="name shown in reports")] = ""
    begin: Annotated[Date | None, Field(alias="from", description="first day; the start of the study if absent")] = None
    until: Annotated[Date | None, Field(description="first day no longer in force")] = None
    change: Annotated[dict[Words, Change], Field(description="path: new value, '+20%', '+10 points' or '+4 days'")] = {}


class Policy(DatedChange):
    """A change that someone decides, with its public cost."""

    public_cost: Annotated[Amount, Field(description="public money it takes over the study")] = 0


class Scenario(Section):
    """One scenario file after inheritance, policies and overrides."""

    chainsim: Annotated[CountFromOne, Field(description="version of the scenario language")] = LANGUAGE_VERSION
    title: Annotated[Words, Field(description="name of the scenario")] = ""
    facts: Annotated[Words | None, Field(description="CSV beside the scenario whose rows `source` names")] = None
    allow_cycles: Annotated[Switch, Field(description="parts may need each other, directly or in a ring")] = False
    study: Study
    parts: dict[Name, Part]
    plants: dict[Name, Plant] = {}
    tiers: Annotated[
        dict[Name, Tier], Field(description="under 'tier 1', 'tier 2': what the groups of a tier have in common")
    ] = {}
    suppliers: dict[Name, Supplier] = {}
    outside: dict[Name, Outside] = {}
    markets: dict[Name, Market]
    lanes: tuple[Lane, ...] = ()
    firms: dict[Name, FirmChange] = {}
    disruptions: dict[Name, DatedChange] = {}
    policies: dict[Name, Policy] = {}


__all__ = [
    "Costs",
    "DatedChange",
    "Distribution",
    "Firm",
    "FirmChange",
    "Footprint",
    "Lane",
    "Market",
    "NamedFirm",
    "Outside",
    "Part",
    "Plant",
    "Policy",
    "Replenishment",
    "Ring",
    "Scenario",
    "Section",
    "Study",
    "Supplier",
    "Tier",
    "dt",
]
