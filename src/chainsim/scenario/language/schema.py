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
from chainsim.model.quantities import Fixed, QuantityLaw
from chainsim.model.replenishment import BaseStock, Replenishment
from chainsim.scenario.language.calendars import Calendar
from chainsim.scenario.language.cash import Cash
from chainsim.scenario.language.changes import DatedChange, Policy
from chainsim.scenario.language.costs import Costs, Footprint
from chainsim.scenario.language.disruptions import Disruption, HitLane, Hits, Recovery
from chainsim.scenario.language.expectation import Expectation
from chainsim.scenario.language.fields import (
    Amount,
    Backlog,
    Capacity,
    Correlation,
    CountByRing,
    CountFromOne,
    Date,
    Duration,
    Growth,
    Law,
    LawByRing,
    Lines,
    Moment,
    Month,
    Name,
    Names,
    OrderSize,
    Percentage,
    PositiveDuration,
    PositiveShare,
    PositiveWeight,
    Rate,
    Ring,
    Rule,
    Seed,
    Share,
    ShareByRing,
    Switch,
    TraceFile,
    WarmUp,
    Weight,
    Words,
)
from chainsim.scenario.language.growth import Enters, Expansion, Leaves, Moves, RampUp, Shrinking
from chainsim.scenario.language.region import Households, Region
from chainsim.scenario.language.section import Section
from chainsim.scenario.language.shortage import Shortage
from chainsim.scenario.language.trade import Buying, Sending, Sourced, Standby, Switching, Transport, Warehouse

LANGUAGE_VERSION = 1
TO_ORDER: Replenishment = BaseStock(0.0)
ONE_UNIT: QuantityLaw = Fixed(1.0)


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
    sequence: Annotated[
        Literal["standard", "reviews_first"],
        Field(description="periodic reviews after the receipts of their tick, or before them"),
    ] = "standard"


class Part(Section):
    """Anything that is made, bought or sold."""

    price: Annotated[Amount | None, Field(description="per unit, without VAT; else derived from cost shares")] = None
    unit: Annotated[Words, Field(description="what one unit is called")] = "unit"
    resolution: Annotated[PositiveWeight, Field(description="smallest quantity; 1 for counted parts")] = Fraction(1)
    lot: Annotated[PositiveWeight, Field(description="ordered in multiples of this many units")] = Fraction(1)
    minimum: Annotated[Weight, Field(description="least units of one order of a firm")] = Fraction(0)
    needs: Annotated[dict[Name, Weight], Field(description="units of each component per unit made")] = {}
    materials: Annotated[Share | None, Field(description="share of price spent on `cost_shares`")] = None
    cost_shares: Annotated[dict[Name, Weight], Field(description="how the materials split, normalised to 100 %")] = {}
    title: Annotated[Words, Field(description="name shown in reports")] = ""


class Breakdowns(Section):
    """When a line stops by itself, and for how long; both run in calendar time."""

    every: Annotated[Law, Field(description="time from a repair to the next breakdown")]
    repair: Annotated[Law, Field(description="time from a breakdown until it is repaired")]


class Operations(Buying, Sending, Shortage):
    """How a firm makes, stocks, sends and pays; a tier may state it for all its groups."""

    capacity: Annotated[
        Capacity, Field(description="most it can make: '900/day', or '125% of plan'; unlimited if absent")
    ] = None
    lines: Annotated[
        Lines | None,
        Field(description="parallel lines that share `capacity`; 1 if capacity or any time is given"),
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
    finished_review: Annotated[
        Duration, Field(description="time between reviews of what it makes; 0 is continuous")
    ] = Fraction(0)
    opening_stock: Annotated[
        Weight | None, Field(description="units of what it makes on hand at the start; as the rule has it if absent")
    ] = None
    opening_components: Annotated[
        Weight | None, Field(description="units of each component on hand at the start, with nothing under way")
    ] = None
    call_off: Annotated[
        Literal["at_start", "at_release"],
        Field(description="components are ordered for what free lines could start, or for all orders to the line"),
    ] = "at_start"
    production_lot: Annotated[
        PositiveWeight | None, Field(description="orders to the own line in multiples of this many units")
    ] = None
    set_up: Annotated[Duration, Field(description="time on the line before the first batch of a production order")] = (
        Fraction(0)
    )
    good: Annotated[PositiveShare, Field(alias="yield", description="share of what is started that is no scrap")] = (
        Fraction(1)
    )
    calendar: Annotated[Name | None, Field(description="working calendar of its line; round the clock if absent")] = (
        None
    )
    breakdowns: Annotated[Breakdowns | None, Field(description="when its line stops by itself; never if absent")] = None
    pays_after: Annotated[Duration, Field(description="payment term on what it buys, from delivery")] = Fraction(0)
    lead_time: Annotated[LawByRing, Field(description="from its dispatch to the buyer, if need be by its ring")] = None
    buys_from: Annotated[
        dict[Name, Names],
        Field(alias="from", description="whom it buys a component from; if absent whoever makes it, by shares"),
    ] = {}
    ramp_up: Annotated[RampUp | None, Field(description="how a new line comes up to its capacity")] = None
    expansion: Annotated[Expansion | None, Field(description="capacity that is added after busy times")] = None
    shrinks: Annotated[Shrinking | None, Field(description="capacity that is given up after idle times")] = None
    cash: Annotated[Cash | None, Field(description="what each firm has to pay with; never short if absent")] = None
    costs: Annotated[Costs | None, Field(description="what stock, orders and shortages cost")] = None
    footprint: Annotated[Footprint | None, Field(description="jobs, wages, taxes, energy and CO2")] = None


class Firm(Operations):
    """What plants and suppliers have in common; everything but `makes` can be left out."""

    makes: Annotated[Name, Field(description="the part it makes; a supplier group may be named after it instead")]
    title: Annotated[Words, Field(description="name shown in reports")] = ""
    ring: Annotated[Ring | None, Field(description="where its revenue counts")] = None
    district: Annotated[Words, Field(description="district of the city")] = ""
    sector: Annotated[Words, Field(description="sector for grouping")] = ""
    chain: Annotated[
        Words, Field(description="industrial chain that its revenue counts in; that of its chain masters if absent")
    ] = ""
    group: Annotated[Words, Field(description="corporate group; sales inside it are consolidated away")] = ""


class Plant(Firm):
    """A chain master."""


class NamedFirm(Section):
    """One firm of a group by its own name, inline or from a CSV or Excel file beside the scenario."""

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


class Supplier(Standby, Tier, Firm):
    """One line a category: `count` firms, each made from this description."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema["required"].remove("makes"))

    count: Annotated[CountByRing, Field(description="how many firms, if need be by ring")] = 1
    share: Annotated[ShareByRing, Field(description="share of its part that buyers order here; the rest outside")] = (
        None
    )
    tier: Annotated[CountFromOne, Field(description="1 sells to the plant, 2 to tier 1, and so on")] = 1
    enters: Annotated[Enters | None, Field(description="gets no orders before a date")] = None
    leaves: Annotated[Leaves | None, Field(description="gets no orders from a date on")] = None
    moves: Annotated[Moves | None, Field(description="moves to another ring")] = None
    list: Annotated[Words | None, Field(description="CSV or Excel file beside the scenario that fills `firms`")] = None
    firms: Annotated[dict[Name, NamedFirm], Field(description="named firms instead of generated ones")] = {}


class Outside(Standby, Sending):
    """Infinite supply beyond the simulated network; takes the share that no supplier has."""

    supplies: Annotated[tuple[Name, ...] | Literal["all"], Field(description="parts it sells")] = "all"
    ring: Annotated[Ring, Field(description="where the money goes")] = "nation"
    title: Annotated[Words, Field(description="name shown in reports")] = ""
    lead_time: Annotated[Law | None, Field(description="from order to delivery")] = None
    sector: Annotated[
        Words, Field(description="sector of the input-output table that says what part of its price is from abroad")
    ] = ""


class Ramp(Section):
    """A rise of a market's plan from a share of it to all of it."""

    begin: Annotated[Date | None, Field(alias="from", description="last day at the start; that of the study")] = None
    until: Annotated[Date, Field(description="first day at full height")]
    start: Annotated[Share, Field(description="share of the plan before the ramp")] = Fraction(0)
    shape: Annotated[Literal["linear", "logistic"], Field(description="a straight line or an S")] = "linear"


class PullForward(Section):
    """Sales that a subsidy brings forward, and the dip when it has ended."""

    begin: Annotated[Date | None, Field(alias="from", description="first day of the subsidy")] = None
    until: Annotated[Date, Field(description="first day without it")]
    gains: Annotated[Percentage, Field(description="how much more is sold in that time")]
    payback: Annotated[PositiveDuration, Field(description="how long the dip lasts from `until` on")]
    additional: Annotated[Share, Field(description="share of the gains that is not missing later")] = Fraction(0)


class Market(Sourced, Sending):
    """Final demand for one part."""

    buys: Annotated[Name, Field(description="the part")]
    at: Annotated[Names | None, Field(description="whom it buys from; if absent whoever makes the part, by shares")] = (
        None
    )
    rate: Annotated[Rate | None, Field(description="mean demand: '900/day'")] = None
    yearly: Annotated[
        dict[Annotated[str, Field(pattern=r"^\d{4}$")], Weight],
        Field(description="totals by calendar year; the smoothest ramp that meets them is used"),
    ] = {}
    arrivals: Annotated[
        Literal["regular", "poisson", "renewal", "trace"],
        Field(description="one order every `every`, at random times, or as listed"),
    ] = "regular"
    every: Annotated[PositiveDuration, Field(description="time between regular orders")] = Fraction(86_400)
    between: Annotated[Law | None, Field(description="time from one renewal order to the next")] = None
    quantity: Annotated[OrderSize, Field(description="units of one order: a number or a law")] = ONE_UNIT
    noise: Annotated[Share, Field(description="coefficient of variation of a planned regular order")] = Fraction(0)
    noise_law: Annotated[
        Literal["normal", "lognormal", "gamma", "negative_binomial"], Field(description="law of the noise")
    ] = "normal"
    correlation: Annotated[Correlation, Field(description="of a regular order with the one before")] = Fraction(0)
    season: Annotated[
        dict[Month, Percentage], Field(description="the plan in some months of the year, in % of what it would be")
    ] = {}
    growth: Annotated[Growth, Field(description="of the plan per year, compound, from the start of the study")] = (
        Fraction(0)
    )
    ramp: Annotated[Ramp | None, Field(description="a rise of the plan to its full height")] = None
    pull_forward: Annotated[
        PullForward | None, Field(description="a subsidy that brings sales forward: more now, fewer later")
    ] = None
    schedule: Annotated[dict[Moment, Weight], Field(description="exactly these orders, by day or moment")] = {}
    trace: Annotated[
        TraceFile | None, Field(description="CSV or Excel file beside the scenario with exactly these orders")
    ] = None
    ring: Annotated[Ring, Field(description="where the buyers are")] = "nation"
    district: Annotated[Words, Field(description="district where the buyers are")] = ""
    lead_time: Annotated[Law | None, Field(description="from the plant to the buyer")] = None
    pays_after: Annotated[Duration, Field(description="payment term of the buyers")] = Fraction(0)

    @property
    def process(self) -> Literal["regular", "poisson", "renewal", "trace"]:
        """How orders arrive; those of a schedule or a trace do as they are listed."""
        return "trace" if self.schedule or self.trace else self.arrivals

    @property
    def listed(self) -> list[tuple[dt.datetime, Fraction]]:
        """The orders of the schedule or the trace by time, units."""
        rows = list(self.schedule.items())
        rows += [(order.time, order.quantity) for order in self.trace.orders] if self.trace else []
        return sorted(rows, key=lambda row: row[0])


class Lane(Section):
    """An exception for one buyer and supplier; what is absent follows the firms."""

    buyer: Name
    supplier: Name
    part: Name | None = None
    share: Share | None = None
    lead_time: Law | None = None
    pays_after: Duration | None = None
    price: Amount | None = None
    rank: CountFromOne | None = None
    priority: CountFromOne | None = None
    freight: Amount | None = None
    crossing: Switch | None = None


class FirmChange(Section):
    """An exception for one firm by its own name, such as `chassis city 03`."""

    capacity: Capacity = None
    lead_time: Law | None = None
    finished_stock: Rule | None = None
    component_stock: Rule | None = None
    review: Duration | None = None
    finished_review: Duration | None = None
    production_lot: PositiveWeight | None = None
    set_up: Duration | None = None
    good: Annotated[PositiveShare | None, Field(alias="yield")] = None
    calendar: Name | None = None
    breakdowns: Breakdowns | None = None
    backlog: Backlog = None
    deliveries: Literal["partial", "complete"] | None = None
    allocation: Literal["fifo", "priority", "proportional"] | None = None
    priority: CountFromOne | None = None
    stock: Rule | None = None
    pays_after: Duration | None = None
    cash: Cash | None = None
    district: Words | None = None
    group: Words | None = None


class Scenario(Section):
    """One scenario file after inheritance, policies and overrides."""

    chainsim: Annotated[CountFromOne, Field(description="version of the scenario language")] = LANGUAGE_VERSION
    title: Annotated[Words, Field(description="name of the scenario")] = ""
    facts: Annotated[
        Words | None, Field(description="CSV or Excel file beside the scenario whose rows `source` names")
    ] = None
    allow_cycles: Annotated[Switch, Field(description="parts may need each other, directly or in a ring")] = False
    study: Study
    calendars: Annotated[dict[Name, Calendar], Field(description="when lines work")] = {}
    parts: dict[Name, Part]
    plants: dict[Name, Plant] = {}
    tiers: Annotated[
        dict[Name, Tier], Field(description="under 'tier 1', 'tier 2': what the groups of a tier have in common")
    ] = {}
    suppliers: dict[Name, Supplier] = {}
    outside: dict[Name, Outside] = {}
    warehouses: dict[Name, Warehouse] = {}
    transport: Annotated[
        tuple[Transport, ...], Field(description="lead time and freight between pairs of districts")
    ] = ()
    transport_table: Annotated[
        Words | None, Field(description="CSV or Excel file beside the scenario that adds to `transport`")
    ] = None
    markets: dict[Name, Market]
    region: Annotated[Region | None, Field(description="local shares, households, taxes, additionality")] = None
    lanes: tuple[Lane, ...] = ()
    firms: dict[Name, FirmChange] = {}
    disruptions: dict[Name, Disruption] = {}
    policies: dict[Name, Policy] = {}
    expect: dict[Name, Expectation] = {}


__all__ = [
    "Breakdowns",
    "Calendar",
    "Cash",
    "Costs",
    "DatedChange",
    "Disruption",
    "Distribution",
    "Enters",
    "Expansion",
    "Firm",
    "FirmChange",
    "Footprint",
    "HitLane",
    "Hits",
    "Households",
    "Lane",
    "Leaves",
    "Market",
    "Moves",
    "NamedFirm",
    "Outside",
    "Part",
    "Plant",
    "Policy",
    "PullForward",
    "Ramp",
    "RampUp",
    "Recovery",
    "Region",
    "Replenishment",
    "Ring",
    "Scenario",
    "Section",
    "Shrinking",
    "Standby",
    "Study",
    "Supplier",
    "Switching",
    "Tier",
    "Transport",
    "Warehouse",
    "dt",
]
