"""One version of a scenario spelt out by name: firms, stock points, lanes, lines, needs and markets.

In: a validated Scenario (what is in force from one date on).  Out: a Blueprint keyed by names, so that two versions
can be laid side by side.  This module must not know indices, ticks or dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, TypeAlias

from chainsim.model.distributions import Distribution
from chainsim.model.network import Allocation, Firm, Part, Role
from chainsim.model.replenishment import Flow, Learning, Replenishment, learning_of
from chainsim.scenario.language import schema
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.network.bill import bill
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.sourcing import choose, sizes, supply_shares

StockKey: TypeAlias = tuple[str, str, Role]  # firm, part, role
LaneKey: TypeAlias = tuple[StockKey, StockKey]  # buyer, supplier
NO_LIMIT: Final = ("capacity", "backlog")  # where None is the value `unlimited`
NO_FLOW: Final = Flow(0.0, 0.0, 0.0)
EXCEPTIONS: Final = schema.Operations.model_fields.keys() & schema.FirmChange.model_fields.keys()


@dataclass(frozen=True, slots=True)
class StockSpec:
    """How a stock point is refilled and what happens when it is short; review in seconds, quantities in quanta.

    backlog: most final demand that may wait, -1 is any.
    """

    rule: Replenishment | None
    review: Fraction = Fraction(0)
    lot: int = 1
    minimum: int = 0
    backlog: int = -1
    complete: bool = False
    allocation: Allocation = "fifo"

    @property
    def learning(self) -> Learning | None:
        """How it forecasts, None where it does not."""
        return learning_of(self.rule, float(self.review)) if self.rule is not None else None

    @property
    def kind_of_rule(self) -> str:
        """What the rule decides on, which cannot change during a run."""
        if self.rule is None:
            return ""
        learning = self.learning
        if learning is not None:
            window = "" if learning.kind == "autoregressive" else f" over {learning.window}"
            return f"{learning.kind}{window} every {learning.period} s"
        return "echelon" if self.rule.levels(NO_FLOW).echelon else "installation"


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """Share of the buyer's orders, lead time (seconds), terms (seconds), price (fen per unit), rank as a buyer."""

    share: Fraction
    lead_time: Distribution | None
    terms: Fraction
    price: int
    priority: int = 0


@dataclass(frozen=True, slots=True)
class LineSpec:
    """Capacity of one made stock point; `capacity` in units/second or relative to the plan, batch in quanta.

    set_up in seconds; good: share of what is started that is no scrap; calendar: its name, empty for round the clock.
    """

    capacity: Fraction | OfPlan | None
    lines: int | None
    process_time: Distribution | None
    batch: int | None
    set_up: Fraction = Fraction(0)
    good: Fraction = Fraction(1)
    calendar: str = ""
    breakdowns: schema.Breakdowns | None = None


@dataclass(slots=True)
class Blueprint:
    """Everything by name."""

    firms: dict[str, Firm] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    stocks: dict[StockKey, StockSpec] = field(default_factory=dict)
    lanes: dict[LaneKey, LaneSpec] = field(default_factory=dict)
    lines: dict[StockKey, LineSpec] = field(default_factory=dict)
    needs: dict[LaneKey, Fraction] = field(default_factory=dict)  # (made, component): quanta per quantum
    markets: dict[StockKey, schema.Market] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Maker:
    """One firm that makes a part; `plan` is its group's, with its own exceptions applied."""

    name: str
    ring: str
    group: str  # of the scenario, not the corporate one
    plan: schema.Firm
    lead_time: Distribution | None


def spell_out(scenario: schema.Scenario) -> Blueprint:
    """The blueprint of one version."""
    prices = bill(scenario)
    result = Blueprint()
    per_unit = {name: _per_unit(part) for name, part in scenario.parts.items()}
    for name, part in scenario.parts.items():
        result.parts[name] = Part(name, prices.prices.get(name, 0), part.unit, per_unit[name])
    makers = _add_makers(scenario, result)
    for name, source in scenario.outside.items():
        result.firms[name] = Firm(name, "outside", source.ring)
    for maker in makers:
        plan = maker.plan
        made: StockKey = (maker.name, plan.makes, "made")
        quanta = per_unit[plan.makes]
        result.stocks[made] = StockSpec(
            plan.finished_stock,
            plan.finished_review,
            1 if plan.production_lot is None else int(plan.production_lot * quanta),
            backlog=-1 if plan.backlog is None else int(plan.backlog * quanta),
            complete=plan.deliveries == "complete",
            allocation=plan.allocation,
        )
        result.lines[made] = LineSpec(
            plan.capacity,
            plan.lines,
            plan.process_time,
            None if plan.batch is None else int(plan.batch * quanta),
            plan.set_up,
            plan.good,
            plan.calendar or "",
            plan.breakdowns,
        )
        for (product, component), units in prices.coefficients.items():
            if product != plan.makes:
                continue
            bought: StockKey = (maker.name, component, "bought")
            part = scenario.parts[component]
            result.stocks[bought] = StockSpec(
                plan.component_stock,
                plan.review,
                max(1, int(part.lot * per_unit[component])),
                int(part.minimum * per_unit[component]),
            )
            result.needs[made, bought] = units * per_unit[component] / per_unit[product]
            _add_lanes(scenario, result, makers, bought, plan.pays_after, plan.priority)
    for name, market in scenario.markets.items():
        sold: StockKey = (name, market.buys, "sold")
        result.firms[name] = Firm(name, "market", market.ring)
        result.stocks[sold] = StockSpec(None)
        result.markets[sold] = market
        _add_lanes(scenario, result, makers, sold, market.pays_after, market.priority, market)
    _apply_lane_exceptions(scenario, result)
    return result


def _per_unit(part: schema.Part) -> int:
    """Quanta in one unit: 1 for counted parts, 1000 for a resolution of 0.001."""
    return int(1 / part.resolution)


def _add_makers(scenario: schema.Scenario, result: Blueprint) -> list[_Maker]:
    """Every plant and supplier firm, with what `firms:` says about it by name."""
    makers = []
    groups: list[tuple[str, schema.Plant | schema.Supplier]] = [*scenario.plants.items(), *scenario.suppliers.items()]
    for group, plan in groups:
        supplier = plan if isinstance(plan, schema.Supplier) else None
        names = firm_names(group, plan)
        for name, ring_or_none in names:
            ring = ring_or_none or "city"
            own = scenario.firms.get(name, schema.FirmChange())
            named = supplier.firms.get(name) if supplier else None
            corporate = own.group or (named.group if named and named.group else plan.group)
            district = own.district or (named.district if named and named.district else plan.district)
            result.firms[name] = Firm(
                name,
                "supplier" if supplier else "chain_master",
                ring,
                supplier.tier if supplier else 0,
                group,
                corporate,
                district,
                plan.sector,
                generated=supplier is not None and not supplier.firms and len(names) > 1,
            )
            operations = in_force(plan, named, own)
            makers.append(_Maker(name, ring, group, operations, _by_ring(operations.lead_time, ring)))
    return makers


def in_force(plan: schema.Firm, named: schema.NamedFirm | None, own: schema.FirmChange) -> schema.Firm:
    """A firm's operations: the nearest statement counts, `unlimited` too: of the firm by name, its list, its group."""
    stated = {}
    for section in (named, own):
        if section is not None:
            given = ((key, getattr(section, key)) for key in EXCEPTIONS & section.model_fields_set)
            stated.update({key: value for key, value in given if value is not None or key in NO_LIMIT})
    return plan.model_copy(update=stated) if stated else plan


def _by_ring(law: Distribution | Mapping[schema.Ring, Distribution] | None, ring: str) -> Distribution | None:
    if isinstance(law, Mapping):
        return next((value for name, value in law.items() if name == ring), None)
    return law


def _add_lanes(
    scenario: schema.Scenario,
    result: Blueprint,
    makers: list[_Maker],
    buyer: StockKey,
    terms: Fraction,
    priority: int,
    market: schema.Market | None = None,
) -> None:
    """Lanes into one stock point: each group's share by ring over the firms that this buyer uses, the rest outside."""
    part = buyer[1]
    price = result.parts[part].price
    at = market.at if market else None
    shares, outside = supply_shares(scenario, part, at)
    for (group, ring), share in shares.items():
        members = [maker for maker in makers if maker.group == group and (ring is None or maker.ring == ring)]
        plan = members[0].plan if members else None
        names = [maker.name for maker in members]
        used = choose(names, buyer[0], plan.sources if isinstance(plan, schema.Supplier) else None)
        by_name = {maker.name: maker for maker in members}
        for name, part_of_share in sizes(plan, used, part).items():
            supplier: StockKey = (name, part, "made")
            maker = by_name[name]
            lead_time = market.lead_time if market else maker.lead_time
            result.lanes[buyer, supplier] = LaneSpec(share * part_of_share, lead_time, terms, price, priority)
    for name, share in outside.items():
        supplier = (name, part, "outside")
        result.stocks.setdefault(supplier, StockSpec(None))
        result.lanes[buyer, supplier] = LaneSpec(share, scenario.outside[name].lead_time, terms, price, priority)


def _apply_lane_exceptions(scenario: schema.Scenario, result: Blueprint) -> None:
    """What `lanes:` says about single pairs; a buyer's other suppliers share what stated shares leave."""
    stated: dict[StockKey, dict[LaneKey, Fraction]] = {}
    for lane in scenario.lanes:
        for key, spec in result.lanes.items():
            (buyer, part, _), (supplier, _, _) = key
            if buyer != lane.buyer or supplier != lane.supplier or lane.part not in (None, part):
                continue
            if lane.share is not None:
                stated.setdefault(key[0], {})[key] = lane.share
            result.lanes[key] = replace(
                spec,
                lead_time=lane.lead_time or spec.lead_time,
                terms=spec.terms if lane.pays_after is None else lane.pays_after,
                price=spec.price if lane.price is None else lane.price,
                priority=spec.priority if lane.priority is None else lane.priority,
            )
    for buyer_key, fixed in stated.items():
        own = [key for key in result.lanes if key[0] == buyer_key]
        others = sum((result.lanes[key].share for key in own if key not in fixed), Fraction(0))
        rest = 1 - sum(fixed.values(), Fraction(0))
        for key in own:
            spec = result.lanes[key]
            share = fixed[key] if key in fixed else (spec.share * rest / others if others else Fraction(0))
            result.lanes[key] = replace(spec, share=share)
