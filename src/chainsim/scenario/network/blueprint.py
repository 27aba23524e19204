"""One version of a scenario spelt out by name: firms, stock points, lanes, lines, needs and markets.

In: a validated Scenario (what is in force from one date on).  Out: a Blueprint keyed by names, so that two versions
can be laid side by side.  This module must not know indices, ticks or dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from chainsim.model.distributions import Distribution
from chainsim.model.network import Firm, Part, Role
from chainsim.model.replenishment import Replenishment
from chainsim.scenario.language import schema
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.network.bill import bill
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.sourcing import choose, sizes, supply_shares

StockKey: TypeAlias = tuple[str, str, Role]  # firm, part, role
LaneKey: TypeAlias = tuple[StockKey, StockKey]  # buyer, supplier


@dataclass(frozen=True, slots=True)
class StockSpec:
    """How a stock point is refilled; review in seconds, lot in quanta."""

    rule: Replenishment | None
    review: Fraction = Fraction(0)
    lot: int = 1


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """Share of the buyer's orders, lead time (seconds), terms (seconds), price (fen per unit)."""

    share: Fraction
    lead_time: Distribution | None
    terms: Fraction
    price: int


@dataclass(frozen=True, slots=True)
class LineSpec:
    """Capacity of one made stock point; `capacity` in units/second or relative to the plan, batch in quanta."""

    capacity: Fraction | OfPlan | None
    lines: int | None
    process_time: Distribution | None
    batch: int | None


@dataclass(frozen=True, slots=True)
class Account:
    """What is counted of a firm after a run."""

    costs: schema.Costs | None = None
    footprint: schema.Footprint | None = None


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
    account: dict[str, Account] = field(default_factory=dict)  # by firm


@dataclass(frozen=True, slots=True)
class _Maker:
    """One firm that makes a part, with its own exceptions applied."""

    name: str
    ring: str
    group: str  # of the scenario, not the corporate one
    plan: schema.Firm
    capacity: Fraction | OfPlan | None
    pays_after: Fraction
    lead_time: Distribution | None
    finished_stock: Replenishment
    component_stock: Replenishment


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
        result.account[maker.name] = Account(maker.plan.costs, maker.plan.footprint)
        made: StockKey = (maker.name, maker.plan.makes, "made")
        batch = maker.plan.batch
        result.stocks[made] = StockSpec(maker.finished_stock)
        result.lines[made] = LineSpec(
            maker.capacity,
            maker.plan.lines,
            maker.plan.process_time,
            None if batch is None else int(batch * per_unit[maker.plan.makes]),
        )
        for (product, component), units in prices.coefficients.items():
            if product != maker.plan.makes:
                continue
            bought: StockKey = (maker.name, component, "bought")
            part = scenario.parts[component]
            result.stocks[bought] = StockSpec(
                maker.component_stock, maker.plan.review, max(1, int(part.lot * per_unit[component]))
            )
            result.needs[made, bought] = units * per_unit[component] / per_unit[product]
            _add_lanes(scenario, result, makers, bought, maker.pays_after)
    for name, market in scenario.markets.items():
        sold: StockKey = (name, market.buys, "sold")
        result.firms[name] = Firm(name, "market", market.ring)
        result.stocks[sold] = StockSpec(None)
        result.markets[sold] = market
        _add_lanes(scenario, result, makers, sold, market.pays_after, market)
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
            makers.append(
                _Maker(
                    name,
                    ring,
                    group,
                    plan,
                    _capacity(own, named, plan),
                    plan.pays_after if own.pays_after is None else own.pays_after,
                    own.lead_time or _by_ring(plan.lead_time, ring),
                    own.finished_stock or plan.finished_stock,
                    own.component_stock or plan.component_stock,
                )
            )
    return makers


def _capacity(own: schema.FirmChange, named: schema.NamedFirm | None, plan: schema.Firm) -> Fraction | OfPlan | None:
    """The nearest statement counts, `unlimited` (None) too: of the firm by name, of its list, of its group."""
    for section in (own, named):
        if section is not None and "capacity" in section.model_fields_set:
            return section.capacity
    return plan.capacity


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
            result.lanes[buyer, supplier] = LaneSpec(share * part_of_share, lead_time, terms, price)
    for name, share in outside.items():
        supplier = (name, part, "outside")
        result.stocks.setdefault(supplier, StockSpec(None))
        result.lanes[buyer, supplier] = LaneSpec(share, scenario.outside[name].lead_time, terms, price)


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
            result.lanes[key] = LaneSpec(
                spec.share,
                lane.lead_time or spec.lead_time,
                spec.terms if lane.pays_after is None else lane.pays_after,
                spec.price if lane.price is None else lane.price,
            )
    for buyer_key, fixed in stated.items():
        own = [key for key in result.lanes if key[0] == buyer_key]
        others = sum((result.lanes[key].share for key in own if key not in fixed), Fraction(0))
        rest = 1 - sum(fixed.values(), Fraction(0))
        for key in own:
            spec = result.lanes[key]
            share = fixed[key] if key in fixed else (spec.share * rest / others if others else Fraction(0))
            result.lanes[key] = LaneSpec(share, spec.lead_time, spec.terms, spec.price)
