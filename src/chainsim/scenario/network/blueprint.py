"""One version of a scenario spelt out by name: firms, stock points, lanes, lines, needs and markets.

In: a validated Scenario (what is in force from one date on) and that date.  Out: a Blueprint keyed by names, so that
two versions can be laid side by side.  This module must not know indices or ticks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

from chainsim.model import terms
from chainsim.model.distributions import Distribution
from chainsim.model.replenishment import Flow, Learning, Replenishment, learning_of
from chainsim.model.sourcing import Offer, Sourcing
from chainsim.model.terms import Firm, Part, Role
from chainsim.scenario.language import schema
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.network.bill import bill
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.presence import absent, after, is_there, movers, twin_name
from chainsim.scenario.network.ranking import planned_shares, ranks
from chainsim.scenario.network.sourcing import as_names, choose, sizes, supply_shares
from chainsim.scenario.network.transport import roads
from chainsim.scenario.network.warehouses import Trader, traders

StockKey: TypeAlias = tuple[str, str, Role]  # firm, part, role
LaneKey: TypeAlias = tuple[StockKey, StockKey]  # buyer, supplier
AnyFirm = TypeVar("AnyFirm", bound=schema.Firm)
NO_LIMIT: Final = ("capacity", "backlog")  # where None is the value `unlimited`
NO_FLOW: Final = Flow(0.0, 0.0, 0.0)
EXCEPTIONS: Final = schema.Operations.model_fields.keys() & schema.FirmChange.model_fields.keys()


@dataclass(frozen=True, slots=True)
class StockSpec:
    """How a stock point is refilled and serves; review and qualification in seconds, quantities in quanta.

    qualification: of its standbys, None where they are qualified.  switching_cost: fen.  backlog: most final demand
    that may wait, -1 is any.
    """

    rule: Replenishment | None
    review: Fraction = Fraction(0)
    lot: int = 1
    minimum: int = 0
    sourcing: terms.Sourcing = "shares"
    switches: bool = False
    qualification: Fraction | None = None
    switching_cost: int = 0
    backlog: int = -1
    complete: bool = False
    allocation: terms.Allocation = "fifo"
    opening: int | None = None  # quanta on hand at the start, where the scenario states them

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
    """Share of the buyer's orders, lead time (seconds), terms (seconds), price and freight (fen per unit).

    rank: order in which a buyer asks, from 0.  stated: rank that the scenario states, from 1.  priority: order in which
    the supplier serves, from 0.
    """

    share: Fraction
    lead_time: Distribution | None
    terms: Fraction
    price: int
    freight: int = 0
    in_order: bool = False
    rank: int = 0
    stated: int | None = None
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
    call_off: str = "at_start"
    ramp_up: schema.RampUp | None = None
    expansion: schema.Expansion | None = None
    shrinks: schema.Shrinking | None = None


@dataclass(frozen=True, slots=True)
class PurseSpec:
    """Whether a firm's cash is simulated, and how."""

    cash: schema.Cash | None


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
    rules: dict[StockKey, Sourcing] = field(default_factory=dict)  # of those that buy
    purses: dict[str, PurseSpec] = field(default_factory=dict)  # of every plant and supplier
    account: dict[str, Account] = field(default_factory=dict)  # by firm


@dataclass(frozen=True, slots=True)
class _Maker:
    """One firm that makes a part; `plan` is its group's, with its own exceptions applied.

    origin: the firm whose twin it is after a move, else itself.  twin: who takes its orders, else itself.
    """

    name: str
    ring: str
    group: str  # of the scenario, not the corporate one
    plan: schema.Plant | schema.Supplier
    lead_time: Distribution | None
    origin: str
    twin: str


_Seller: TypeAlias = _Maker | Trader
_Buyer: TypeAlias = schema.Plant | schema.Supplier | schema.Warehouse | schema.Market


def spell_out(scenario: schema.Scenario, day: date | None = None) -> Blueprint:
    """The blueprint of one version as of a day, the start of the study if none is given."""
    day = day or scenario.study.start
    gone = absent(scenario, day)
    prices = bill(scenario)
    result = Blueprint()
    per_unit = {name: _per_unit(part) for name, part in scenario.parts.items()}
    for name, part in scenario.parts.items():
        result.parts[name] = Part(name, prices.prices.get(name, 0), part.unit, per_unit[name])
    makers = _add_makers(scenario, result, day)
    sellers: list[_Seller] = [*makers]
    for trader, firm in traders(scenario):
        result.firms[trader.name] = firm
        result.account[trader.name] = Account(trader.plan.costs, trader.plan.footprint)
        sellers.append(trader)
    for name, source in scenario.outside.items():
        result.firms[name] = Firm(name, "outside", source.ring, sector=source.sector)
    for maker in makers:
        result.account[maker.name] = Account(maker.plan.costs, maker.plan.footprint)
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
            opening=_quanta(plan.opening_stock, quanta),
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
            plan.call_off,
            plan.ramp_up,
            plan.expansion,
            plan.shrinks,
        )
        for (product, component), units in prices.coefficients.items():
            if product != plan.makes:
                continue
            bought: StockKey = (maker.name, component, "bought")
            part = scenario.parts[component]
            result.stocks[bought] = replace(
                _buying(plan),
                rule=plan.component_stock,
                review=plan.review,
                lot=max(1, int(part.lot * per_unit[component])),
                minimum=int(part.minimum * per_unit[component]),
                opening=_quanta(plan.opening_components, per_unit[component]),
            )
            result.needs[made, bought] = units * per_unit[component] / per_unit[product]
            names = as_names(plan.buys_from.get(component))
            _add_lanes(scenario, result, sellers, gone, bought, maker.origin, plan.pays_after, plan, names)
    for seller in sellers:
        if isinstance(seller, Trader):
            _add_trader(scenario, result, sellers, gone, seller)
    for name, market in scenario.markets.items():
        sold: StockKey = (name, market.buys, "sold")
        result.firms[name] = Firm(name, "market", market.ring, district=market.district)
        result.stocks[sold] = _buying(market)
        result.markets[sold] = market
        _add_lanes(scenario, result, sellers, gone, sold, name, market.pays_after, market, as_names(market.at))
    _by_district(scenario, result)
    _apply_lane_exceptions(scenario, result, {maker.name: maker.origin for maker in makers})
    _rank(result)
    return result


def _per_unit(part: schema.Part) -> int:
    """Quanta in one unit: 1 for counted parts, 1000 for a resolution of 0.001."""
    return int(1 / part.resolution)


def _quanta(units: Fraction | None, per_unit: int) -> int | None:
    return None if units is None else round(units * per_unit)


def _add_makers(scenario: schema.Scenario, result: Blueprint, day: date) -> list[_Maker]:
    """Every plant and supplier firm that is there, with what `firms:` says of it, and the twins of those that moved."""
    makers = []
    groups: list[tuple[str, schema.Plant | schema.Supplier]] = [*scenario.plants.items(), *scenario.suppliers.items()]
    for group, plan in groups:
        if not is_there(plan, day):
            continue
        supplier = plan if isinstance(plan, schema.Supplier) else None
        names = firm_names(group, plan)
        moves = supplier.moves if supplier and supplier.moves and supplier.moves.begin <= day else None
        moving = movers(group, plan) if moves else ()
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
                plan.chain,
                generated=supplier is not None and not supplier.firms and len(names) > 1,
            )
            operations = in_force(plan, named, own)
            result.purses[name] = PurseSpec(own.cash or plan.cash)
            lead_time = _by_ring(operations.lead_time, ring)
            makers.append(_Maker(name, ring, group, operations, lead_time, name, name))
            if moves and name in moving:
                there = twin_name(name, moves.to)
                result.firms[there] = replace(result.firms[name], name=there, ring=moves.to, district="")
                result.purses[there] = PurseSpec(None)
                lead_time = _by_ring(operations.lead_time, moves.to)
                twin = replace(makers[-1], name=there, twin=there, ring=moves.to, lead_time=lead_time)
                if after(moves.begin, moves.qualification) <= day:
                    makers[-1] = replace(makers[-1], twin=there)
                makers.append(twin)
    return makers


def in_force(plan: AnyFirm, named: schema.NamedFirm | None, own: schema.FirmChange) -> AnyFirm:
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


def _buying(buyer: _Buyer) -> StockSpec:
    """How a buyer shares its orders and turns to substitutes."""
    switching = None if isinstance(buyer, schema.Market) else buyer.switching
    return StockSpec(
        None,
        sourcing=buyer.sourcing.mode,
        switches=switching is not None,
        qualification=switching.qualification if switching else None,
        switching_cost=switching.cost if switching else 0,
    )


def _add_trader(
    scenario: schema.Scenario, result: Blueprint, sellers: Sequence[_Seller], gone: frozenset[str], trader: Trader
) -> None:
    """The stock of one firm that buys and sells the same part, and the lanes into it."""
    plan = trader.plan
    per_unit = result.parts[plan.stocks].per_unit
    key: StockKey = (trader.name, plan.stocks, "bought")
    result.stocks[key] = replace(
        _buying(plan),
        rule=trader.stock,
        review=plan.review,
        lot=max(1, int(scenario.parts[plan.stocks].lot * per_unit)),
        minimum=int(scenario.parts[plan.stocks].minimum * per_unit),
        backlog=-1 if plan.backlog is None else int(plan.backlog * per_unit),
        complete=plan.deliveries == "complete",
        allocation=plan.allocation,
        opening=_quanta(plan.opening_stock, per_unit),
    )
    _add_lanes(scenario, result, sellers, gone, key, trader.name, trader.pays_after, plan, as_names(plan.buys_from))


def _add_lanes(
    scenario: schema.Scenario,
    result: Blueprint,
    sellers: Sequence[_Seller],
    gone: frozenset[str],
    buyer: StockKey,
    buyer_name: str,
    terms: Fraction,
    plan: _Buyer,
    names: tuple[str, ...],
) -> None:
    """Lanes into one stock point: each group's share by ring over the firms that this buyer uses, the rest outside.

    A buyer that has moved uses the firms that it used before; a supplier that has moved delivers by its twin.
    Standbys get a lane without a share where the buyer ranks its suppliers or turns to substitutes.
    """
    part = buyer[1]
    market = plan if isinstance(plan, schema.Market) else None
    supply = supply_shares(scenario, part, names, gone)
    if result.stocks[buyer].sourcing == "ranked" or result.stocks[buyer].switches:
        for name in supply.standby:
            if name in scenario.outside:
                supply.outside.setdefault(name, Fraction(0))
            else:
                supply.groups.setdefault((name, None), Fraction(0))
    result.rules[buyer] = plan.sourcing
    selling = [seller for seller in sellers if _part_of(seller) == part]
    by_name = {one.name: one for one in selling}

    def add(seller: _Seller, share: Fraction) -> None:
        stated = None if isinstance(seller.plan, schema.Plant) else seller.plan.rank
        role: Role = "bought" if isinstance(seller, Trader) else "made"
        own = seller.plan.price if isinstance(seller.plan, schema.Warehouse) else None
        sent = market or seller.plan
        result.lanes[buyer, (seller.name, part, role)] = LaneSpec(
            share,
            market.lead_time if market else seller.lead_time,
            terms,
            result.parts[part].price if own is None else own,
            sent.freight or 0,
            not sent.crossing,
            stated=stated,
            priority=plan.priority - 1,
        )

    for (group, ring), share in supply.groups.items():
        members = [
            one for one in selling if one.group == group and not _is_twin(one) and (ring is None or one.ring == ring)
        ]
        described = members[0].plan if members else None
        used = choose(
            [one.name for one in members],
            buyer_name,
            described.sources if isinstance(described, schema.Supplier) else None,
        )
        for name, part_of_share in sizes(described, used, part).items():
            add(_delivering(by_name, name), share * part_of_share)
    for name, share in supply.firms.items():
        if name in by_name:
            add(_delivering(by_name, name), share)
    for name, share in supply.outside.items():
        source = scenario.outside[name]
        supplier: StockKey = (name, part, "outside")
        result.stocks.setdefault(supplier, StockSpec(None))
        result.lanes[buyer, supplier] = LaneSpec(
            share,
            source.lead_time,
            terms,
            result.parts[part].price,
            source.freight or 0,
            not source.crossing,
            stated=source.rank,
            priority=plan.priority - 1,
        )


def _is_twin(seller: _Seller) -> bool:
    return isinstance(seller, _Maker) and seller.origin != seller.name


def _delivering(sellers: Mapping[str, _Seller], name: str) -> _Seller:
    """Who delivers what is ordered from a firm: itself, or its twin once that is qualified."""
    seller = sellers[name]
    return sellers[seller.twin] if isinstance(seller, _Maker) else seller


def _part_of(seller: _Seller) -> str:
    return seller.plan.stocks if isinstance(seller.plan, schema.Warehouse) else seller.plan.makes


def _by_district(scenario: schema.Scenario, result: Blueprint) -> None:
    """Lead time and freight by the districts of seller and buyer, where `transport` says something about them."""
    known = roads(scenario.transport)
    for key, lane in result.lanes.items() if known else ():
        buyer, supplier = key
        pair = result.firms[supplier[0]].district, result.firms[buyer[0]].district
        lead_time, freight = known.get(pair, (None, None))
        result.lanes[key] = replace(
            lane, lead_time=lead_time or lane.lead_time, freight=lane.freight if freight is None else freight
        )


def _apply_lane_exceptions(scenario: schema.Scenario, result: Blueprint, origins: Mapping[str, str]) -> None:
    """What `lanes:` says about single pairs; a buyer's other suppliers share what stated shares leave.

    origins: for each firm the one whose twin it is; what is said of a firm holds for its twin.
    """
    stated: dict[StockKey, dict[LaneKey, Fraction]] = {}
    for lane in scenario.lanes:
        for key, spec in result.lanes.items():
            (buyer, part, _), (supplier, _, _) = key
            pair = origins.get(buyer, buyer), origins.get(supplier, supplier)
            if pair != (lane.buyer, lane.supplier) or lane.part not in (None, part):
                continue
            if lane.share is not None:
                stated.setdefault(key[0], {})[key] = lane.share
            result.lanes[key] = replace(
                spec,
                lead_time=lane.lead_time or spec.lead_time,
                terms=spec.terms if lane.pays_after is None else lane.pays_after,
                price=spec.price if lane.price is None else lane.price,
                freight=spec.freight if lane.freight is None else lane.freight,
                in_order=spec.in_order if lane.crossing is None else not lane.crossing,
                stated=spec.stated if lane.rank is None else lane.rank,
                priority=spec.priority if lane.priority is None else lane.priority - 1,
            )
    for buyer_key, fixed in stated.items():
        own = [key for key in result.lanes if key[0] == buyer_key]
        others = sum((result.lanes[key].share for key in own if key not in fixed), Fraction(0))
        rest = 1 - sum(fixed.values(), Fraction(0))
        for key in own:
            spec = result.lanes[key]
            share = fixed[key] if key in fixed else (spec.share * rest / others if others else Fraction(0))
            result.lanes[key] = replace(spec, share=share)


def _rank(result: Blueprint) -> None:
    """Ranks of the lanes of buyers that ask in an order, or may need a substitute; for others they mean nothing."""
    own: dict[StockKey, list[LaneKey]] = {}
    for key in result.lanes:
        own.setdefault(key[0], []).append(key)
    for buyer, keys in own.items():
        spec = result.stocks[buyer]
        if spec.sourcing != "ranked" and not spec.switches:
            continue
        offers = {key: _offer(key[1][0], result.lanes[key]) for key in keys}
        ranked = ranks(result.rules[buyer], offers)
        shares = planned_shares(result.rules[buyer], ranked, {key: result.lanes[key].share for key in keys})
        for key in keys:
            result.lanes[key] = replace(result.lanes[key], rank=ranked[key], share=shares[key])


def _offer(name: str, lane: LaneSpec) -> Offer:
    lead_time = lane.lead_time.moments[0] if lane.lead_time else 0.0
    return Offer(name, float(lane.share), lane.stated, lane.price + lane.freight, lead_time)
