"""One version of a scenario spelt out by name: firms, stock points, lanes, lines, needs and markets.

In: a validated Scenario (what is in force from one date on) and that date.  Out: a Blueprint keyed by names, so that
two versions can be laid side by side.  This module must not know indices or ticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeVar

from chainsim.model.distributions import Distribution
from chainsim.model.terms import Firm, Part
from chainsim.scenario.language import schema
from chainsim.scenario.network import lanes
from chainsim.scenario.network.bill import bill
from chainsim.scenario.network.lanes import Buyer, Lanes, Maker, Seller
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.presence import absent, after, is_there, movers, twin_name
from chainsim.scenario.network.sourcing import as_names
from chainsim.scenario.network.specs import (
    NO_FLOW,
    Account,
    Blueprint,
    LaneKey,
    LaneSpec,
    LineSpec,
    PurseSpec,
    StockKey,
    StockSpec,
)
from chainsim.scenario.network.warehouses import Trader, traders

__all__ = [
    "NO_FLOW",
    "Account",
    "Blueprint",
    "LaneKey",
    "LaneSpec",
    "LineSpec",
    "PurseSpec",
    "StockKey",
    "StockSpec",
    "in_force",
    "spell_out",
]

AnyFirm = TypeVar("AnyFirm", bound=schema.Firm)
NO_LIMIT: Final = ("capacity", "backlog")  # where None is the value `unlimited`
EXCEPTIONS: Final = schema.Operations.model_fields.keys() & schema.FirmChange.model_fields.keys()


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
    sellers: list[Seller] = [*makers]
    for trader, firm in traders(scenario):
        result.firms[trader.name] = firm
        result.account[trader.name] = Account(trader.plan.costs, trader.plan.footprint)
        sellers.append(trader)
    for name, source in scenario.outside.items():
        result.firms[name] = Firm(name, "outside", source.ring, sector=source.sector)
    trade = Lanes(scenario, result, sellers, gone)
    needs: dict[str, list[tuple[str, Fraction]]] = {}
    for (product, component), units in prices.coefficients.items():
        needs.setdefault(product, []).append((component, units))
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
        buying = _buying(plan)
        for component, units in needs.get(plan.makes, ()):
            bought: StockKey = (maker.name, component, "bought")
            part = scenario.parts[component]
            result.stocks[bought] = replace(
                buying,
                rule=plan.component_stock,
                review=plan.review,
                lot=max(1, int(part.lot * per_unit[component])),
                minimum=int(part.minimum * per_unit[component]),
                opening=_quanta(plan.opening_components, per_unit[component]),
            )
            result.needs[made, bought] = units * per_unit[component] / per_unit[plan.makes]
            trade.add(bought, maker.origin, plan.pays_after, plan, as_names(plan.buys_from.get(component)))
    for seller in sellers:
        if isinstance(seller, Trader):
            _add_trader(scenario, result, trade, seller)
    for name, market in scenario.markets.items():
        sold: StockKey = (name, market.buys, "sold")
        result.firms[name] = Firm(name, "market", market.ring, district=market.district)
        result.stocks[sold] = _buying(market)
        result.markets[sold] = market
        trade.add(sold, name, market.pays_after, market, as_names(market.at))
    lanes.by_district(scenario, result)
    lanes.apply_exceptions(scenario, result, {maker.name: maker.origin for maker in makers})
    lanes.rank(result)
    return result


def _per_unit(part: schema.Part) -> int:
    """Quanta in one unit: 1 for counted parts, 1000 for a resolution of 0.001."""
    return int(1 / part.resolution)


def _quanta(units: Fraction | None, per_unit: int) -> int | None:
    return None if units is None else round(units * per_unit)


def _add_makers(scenario: schema.Scenario, result: Blueprint, day: date) -> list[Maker]:
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
            makers.append(Maker(name, ring, group, operations, lead_time, name, name))
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


def _buying(buyer: Buyer) -> StockSpec:
    """How a buyer shares its orders and turns to substitutes."""
    switching = None if isinstance(buyer, schema.Market) else buyer.switching
    return StockSpec(
        None,
        sourcing=buyer.sourcing.mode,
        switches=switching is not None,
        qualification=switching.qualification if switching else None,
        switching_cost=switching.cost if switching else 0,
    )


def _add_trader(scenario: schema.Scenario, result: Blueprint, trade: Lanes, trader: Trader) -> None:
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
    trade.add(key, trader.name, trader.pays_after, plan, as_names(plan.buys_from))
