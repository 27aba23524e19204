"""Who delivers to whom: the lanes of one version of a scenario, from shares, `transport`, exceptions and ranks.

In: a validated Scenario, and a blueprint that has its firms and stock points.  Out: lanes, put into the blueprint.
What is asked again and again, who sells a part and with which share, is worked out once.  This module must not know
indices or ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from chainsim.model.distributions import Distribution
from chainsim.model.sourcing import Offer
from chainsim.model.terms import Role
from chainsim.scenario.language import schema
from chainsim.scenario.network.ranking import planned_shares, ranks
from chainsim.scenario.network.sourcing import Supply, choose, sizes, supply_shares
from chainsim.scenario.network.specs import Blueprint, LaneKey, LaneSpec, StockKey, StockSpec
from chainsim.scenario.network.transport import roads
from chainsim.scenario.network.warehouses import Trader

Buyer: TypeAlias = schema.Plant | schema.Supplier | schema.Warehouse | schema.Market


@dataclass(frozen=True, slots=True)
class Maker:
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


Seller: TypeAlias = Maker | Trader
MemberPlan: TypeAlias = schema.Plant | schema.Supplier | schema.Warehouse


class Lanes:
    """Puts the lanes into stock points, one buyer at a time."""

    def __init__(
        self, scenario: schema.Scenario, result: Blueprint, sellers: Iterable[Seller], gone: frozenset[str]
    ) -> None:
        """gone: groups that take no orders."""
        self.scenario, self.result, self.gone = scenario, result, gone
        self.by_name: dict[str, dict[str, Seller]] = {}  # by part
        self.members: dict[tuple[str, str], list[Seller]] = {}  # by part and group, without twins
        for one in sellers:
            part = _part_of(one)
            self.by_name.setdefault(part, {})[one.name] = one
            if not _is_twin(one):
                self.members.setdefault((part, one.group), []).append(one)
        self.by_ring: dict[tuple[str, str, str | None], tuple[tuple[str, ...], MemberPlan | None]] = {}
        self.divided: dict[tuple[str, str, str | None, tuple[str, ...], Fraction], list[tuple[Seller, Fraction]]] = {}
        self.supplies: dict[tuple[str, tuple[str, ...]], Supply] = {}

    def add(self, buyer: StockKey, buyer_name: str, terms: Fraction, plan: Buyer, names: tuple[str, ...]) -> None:
        """Lanes into one stock point: each group's share by ring over the firms that this buyer uses, the rest outside.

        A buyer that has moved uses the firms that it used before; a supplier that has moved delivers by its twin.
        Standbys get a lane without a share where the buyer ranks its suppliers or turns to substitutes.
        """
        part = buyer[1]
        supply = self._supply(part, names)
        groups, outside = supply.groups, supply.outside
        if self.result.stocks[buyer].sourcing == "ranked" or self.result.stocks[buyer].switches:
            standby = dict.fromkeys(supply.standby, Fraction(0))
            groups = groups | {
                (name, None): none
                for name, none in standby.items()
                if name not in self.scenario.outside and (name, None) not in groups
            }
            outside = outside | {
                name: none for name, none in standby.items() if name in self.scenario.outside and name not in outside
            }
        self.result.rules[buyer] = plan.sourcing
        by_name = self.by_name.get(part, {})
        for (group, ring), share in groups.items():
            firms, described = self._members(part, group, ring)
            used = choose(firms, buyer_name, described.sources if isinstance(described, schema.Supplier) else None)
            of = part, group, ring, used, share
            if of not in self.divided:
                sized = sizes(described, used, part).items()
                self.divided[of] = [(_delivering(by_name, name), share * size) for name, size in sized]
            for seller, own_share in self.divided[of]:
                self._from_seller(buyer, seller, own_share, terms, plan)
        for name, share in supply.firms.items():
            if name in by_name:
                self._from_seller(buyer, _delivering(by_name, name), share, terms, plan)
        for name, share in outside.items():
            self._from_outside(buyer, name, share, terms, plan)

    def _members(self, part: str, group: str, ring: str | None) -> tuple[tuple[str, ...], MemberPlan | None]:
        """The firms of a group in a ring, or all of them, and what the scenario says of the first."""
        if (part, group, ring) not in self.by_ring:
            everyone = self.members.get((part, group), [])
            members = everyone if ring is None else [one for one in everyone if one.ring == ring]
            described = members[0].plan if members else None
            self.by_ring[part, group, ring] = tuple(one.name for one in members), described
        return self.by_ring[part, group, ring]

    def _supply(self, part: str, names: tuple[str, ...]) -> Supply:
        """With which share whom buyers ask; shared by all buyers, so nobody may change it."""
        if (part, names) not in self.supplies:
            self.supplies[part, names] = supply_shares(self.scenario, part, names, self.gone)
        return self.supplies[part, names]

    def _from_seller(self, buyer: StockKey, seller: Seller, share: Fraction, terms: Fraction, plan: Buyer) -> None:
        part = buyer[1]
        market = plan if isinstance(plan, schema.Market) else None
        stated = None if isinstance(seller.plan, schema.Plant) else seller.plan.rank
        role: Role = "bought" if isinstance(seller, Trader) else "made"
        own = seller.plan.price if isinstance(seller.plan, schema.Warehouse) else None
        sent = market or seller.plan
        self.result.lanes[buyer, (seller.name, part, role)] = LaneSpec(
            share,
            market.lead_time if market else seller.lead_time,
            terms,
            self.result.parts[part].price if own is None else own,
            sent.freight or 0,
            not sent.crossing,
            stated=stated,
            priority=plan.priority - 1,
        )

    def _from_outside(self, buyer: StockKey, name: str, share: Fraction, terms: Fraction, plan: Buyer) -> None:
        part = buyer[1]
        source = self.scenario.outside[name]
        supplier: StockKey = (name, part, "outside")
        self.result.stocks.setdefault(supplier, StockSpec(None))
        self.result.lanes[buyer, supplier] = LaneSpec(
            share,
            source.lead_time,
            terms,
            self.result.parts[part].price,
            source.freight or 0,
            not source.crossing,
            stated=source.rank,
            priority=plan.priority - 1,
        )


def _is_twin(seller: Seller) -> bool:
    return isinstance(seller, Maker) and seller.origin != seller.name


def _delivering(sellers: Mapping[str, Seller], name: str) -> Seller:
    """Who delivers what is ordered from a firm: itself, or its twin once that is qualified."""
    seller = sellers[name]
    return sellers[seller.twin] if isinstance(seller, Maker) else seller


def _part_of(seller: Seller) -> str:
    return seller.plan.stocks if isinstance(seller.plan, schema.Warehouse) else seller.plan.makes


def by_district(scenario: schema.Scenario, result: Blueprint) -> None:
    """Lead time and freight by the districts of seller and buyer, where `transport` says something about them."""
    known = roads(scenario.transport)
    for key, lane in result.lanes.items() if known else ():
        buyer, supplier = key
        pair = result.firms[supplier[0]].district, result.firms[buyer[0]].district
        lead_time, freight = known.get(pair, (None, None))
        result.lanes[key] = replace(
            lane, lead_time=lead_time or lane.lead_time, freight=lane.freight if freight is None else freight
        )


def apply_exceptions(scenario: schema.Scenario, result: Blueprint, origins: Mapping[str, str]) -> None:
    """What `lanes:` says about single pairs; a buyer's other suppliers share what stated shares leave.

    origins: for each firm the one whose twin it is; what is said of a firm holds for its twin.
    """
    stated: dict[StockKey, dict[LaneKey, Fraction]] = {}
    between: dict[tuple[str, str], list[LaneKey]] = {}
    of_buyer: dict[StockKey, list[LaneKey]] = {}
    for key in result.lanes if scenario.lanes else ():
        (buyer, _, _), (supplier, _, _) = key
        between.setdefault((origins.get(buyer, buyer), origins.get(supplier, supplier)), []).append(key)
        of_buyer.setdefault(key[0], []).append(key)
    for lane in scenario.lanes:
        for key in between.get((lane.buyer, lane.supplier), ()):
            spec = result.lanes[key]
            if lane.part not in (None, key[0][1]):
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
        own = of_buyer[buyer_key]
        others = sum((result.lanes[key].share for key in own if key not in fixed), Fraction(0))
        rest = 1 - sum(fixed.values(), Fraction(0))
        for key in own:
            spec = result.lanes[key]
            share = fixed[key] if key in fixed else (spec.share * rest / others if others else Fraction(0))
            result.lanes[key] = replace(spec, share=share)


def rank(result: Blueprint) -> None:
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
