"""What a scenario means: checks that need more than one value, on the baseline and on every dated version.

In: a View.  Out: problems and warnings.  A check says which fields it reads: it is not made where one of
them is damaged, and is made on a version only where one of them changed.
This module must not know files, policies or the simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from chainsim.errors import Problem
from chainsim.model.distributions import Constant, Distribution
from chainsim.model.quantities import Discrete, Fixed, QuantityLaw
from chainsim.scenario.checks import (
    demand,
    disruptions,
    divided,
    flow,
    growth,
    operations,
    reach,
    region,
    stability,
    supply,
    trade,
)
from chainsim.scenario.checks.operations import multiple
from chainsim.scenario.checks.view import View, changes, touches
from chainsim.scenario.language.schema import LANGUAGE_VERSION, Market
from chainsim.scenario.network.bill import derive
from chainsim.scenario.network.cycles import cycle_through, is_productive, rings
from chainsim.scenario.text.nodes import Mapping, Path, Scalar
from chainsim.scenario.text.sources import problem
from chainsim.units import UnitError, format_duration, format_number, parse_number

DAY = 86_400
LONGEST = 2**62  # ticks, half of what an int64 holds
MOST_REPLICATIONS = 100_000


@dataclass(frozen=True, slots=True)
class Check:
    """One check, the fields it reads, and whether dated versions are checked too."""

    run: Callable[[View], Iterable[Problem]]
    reads: tuple[str, ...]
    dated: bool = True
    last: bool = False  # only where everything else is sound


def check(view: View, damage: Iterable[str] = (), *, sound: bool = True) -> tuple[list[Problem], tuple[Check, ...]]:
    """Problems of the baseline, and the checks that it passed; those that read a damaged field are not made."""
    damage = set(damage)
    problems: list[Problem] = []
    passed: list[Check] = []
    for one in CHECKS:
        if touches(damage, one.reads) or (one.last and not sound):
            continue
        found = list(one.run(view))
        problems += found
        if all(each.warning for each in found):
            passed.append(one)
        else:
            sound = False
    return problems, tuple(passed)


def check_version(view: View, changed: Iterable[str], passed: Iterable[Check]) -> list[Problem]:
    """Errors of a dated version, by the checks that the baseline passed and that read one of the fields `changed`."""
    changed = set(changed)
    return [
        found
        for one in passed
        if one.dated and touches(changed, one.reads)
        for found in one.run(view)
        if not found.warning
    ]


def check_language(tree: Mapping) -> list[Problem]:
    """Whether this program reads the version of the language that a file is written in."""
    node = tree.entries.get("chainsim")
    if not isinstance(node, Scalar):
        return []
    try:
        version = parse_number(node.text)
    except UnitError:
        return []
    if version <= LANGUAGE_VERSION:
        return []
    message = (
        f"this file needs chainsim language {format_number(version)}; this program reads language {LANGUAGE_VERSION}"
    )
    return [problem(node.place, message, "install a newer chainsim")]


def _study(view: View) -> Iterator[Problem]:
    study = view.scenario.study
    days = (study.end - study.start).days
    horizon = Fraction(days * DAY)
    if days <= 0:
        message = f"study.end {study.end} must be after study.start {study.start}"
        yield view.problem(("study", "end"), message, "the end is the first day no longer simulated")
        return
    if study.warm_up != "mser5" and study.warm_up >= horizon:
        message = f"study.warm_up of {format_duration(study.warm_up)} must be below the horizon of {days} days"
        yield view.problem(("study", "warm_up"), message, "simulate longer, or cut less")
    if horizon / study.tick > LONGEST:
        message = f"study.tick of {format_duration(study.tick)} makes {days} days more ticks than an integer holds"
        yield view.problem(("study", "tick"), message, "write a longer tick, such as 1 s")
    if study.replications > MOST_REPLICATIONS:
        message = f"study.replications must not be above {MOST_REPLICATIONS:,}, got {study.replications:,}"
        yield view.problem(("study", "replications"), message, "thousands are enough for any interval")


def _reviews(view: View) -> Iterator[Problem]:
    days = _horizon(view)
    reviewing = [(path, plan) for path, plan in trade.buyers(view.scenario) if not isinstance(plan, Market)]
    for path, firm in reviewing:
        if firm.review > days * DAY > 0:
            message = f"review of {format_duration(firm.review)} must not be longer than the horizon of {days} days"
            yield view.problem((*path, "review"), message, "review more often, or simulate longer")


def _horizon(view: View) -> int:
    study = view.scenario.study
    return max(0, (study.end - study.start).days)


def _dates(view: View) -> Iterator[Problem]:
    study = view.scenario.study
    if study.end <= study.start:
        return
    for section, name, change in changes(view):
        path: Path = (section, name)
        begin = change.begin or study.start
        if change.until is not None and change.until <= begin:
            message = f"{name} ends on {change.until}, not after it begins on {begin}"
            yield view.problem((*path, "until"), message, "until is the first day no longer in force")
        elif begin >= study.end or (change.until is not None and change.until <= study.start):
            key = "until" if change.begin is None or change.begin < study.end else "from"
            message = f"{name} is never in force: the study runs from {study.start} to {study.end}"
            yield view.problem((*path, key), message, "move its dates into the study", warning=True)
        if not change.change and getattr(change, "lever", None) is None:
            hint = "write `change: {path: +20%}`" + (" or `hits`" if section == "disruptions" else "")
            yield view.problem(path, f"{name} changes nothing", hint, warning=True)


def _bill(view: View) -> Iterator[Problem]:
    for issue in derive(view.scenario.parts)[1]:
        yield view.problem(issue.path, issue.message, issue.hint, warning=issue.warning)


def _cycles(view: View) -> Iterator[Problem]:
    bill, _ = derive(view.scenario.parts)
    stated = {
        name: dict.fromkeys([*part.needs, *part.cost_shares], Fraction(1)) for name, part in view.scenario.parts.items()
    }
    needs = bill.needs
    for ring in rings(stated):
        cycle = cycle_through(stated, ring)
        lines = ", ".join(view.line(_use(view, one, other)) for one, other in pairwise(cycle))
        path = _use(view, cycle[0], cycle[1])
        shown = f"{' -> '.join(cycle)} ({lines})"
        if not view.scenario.allow_cycles:
            yield view.problem(path, f"cycle: {shown}", "if it is meant, write `allow_cycles: true`", key=True)
        elif not is_productive(needs, ring):
            message = f"cycle {shown} is not productive: making one unit takes, in the end, one unit or more of itself"
            yield view.problem(path, message, "lower what is needed; the spectral radius must be below 1", key=True)
        elif view.scenario.study.opening == "empty":
            message = f"cycle {shown} can never start from empty stocks"
            yield view.problem(path, message, "write `opening: full` in the study", key=True)


def _use(view: View, made: str, component: str) -> Path:
    field = "needs" if component in view.scenario.parts[made].needs else "cost_shares"
    return "parts", made, field, component


def _zeros(view: View) -> Iterator[Problem]:
    """Values of 0 that are legal but rarely meant (capacity is judged with the demand it serves)."""
    for path, firm in supply.groups(view.scenario):
        laws = firm.lead_time if isinstance(firm.lead_time, dict) else {"": firm.lead_time}
        for ring, law in laws.items():
            if _is_zero(law):
                where: Path = (*path, "lead_time", ring) if ring else (*path, "lead_time")
                yield view.problem(where, f"lead_time of {path[1]} is 0: goods arrive as they leave", warning=True)
    for name, source in view.scenario.outside.items():
        if _is_zero(source.lead_time):
            where = ("outside", name, "lead_time")
            yield view.problem(where, f"lead_time of {name} is 0: goods arrive as they are ordered", warning=True)
    for name, market in view.scenario.markets.items():
        if market.rate == 0 or (market.yearly and not any(market.yearly.values())):
            key = "yearly" if market.yearly else "rate"
            yield view.problem(("markets", name, key), f"{key} of {name} is 0: it never buys anything", warning=True)


def _is_zero(law: Distribution | None) -> bool:
    return isinstance(law, Constant) and law.always == 0


def _quantities(view: View) -> Iterator[Problem]:
    """Quantities of a part are multiples of its resolution."""
    parts = view.scenario.parts
    for name, part in parts.items():
        if (1 / part.resolution).denominator != 1:
            message = f"resolution of {name} must be 1 or a whole part of it, got {format_number(part.resolution)}"
            yield view.problem(("parts", name, "resolution"), message, "write 1, 0.1, 0.01, 0.001, ...")
        yield from multiple(view, ("parts", name, "lot"), part.lot, name, part)
    for path, firm in supply.groups(view.scenario):
        part = parts[firm.makes]
        if firm.batch is not None:
            yield from multiple(view, (*path, "batch"), firm.batch, firm.makes, part)
    for name, market in view.scenario.markets.items():
        part = parts[market.buys]
        for size in _sizes(market.quantity):
            yield from multiple(view, ("markets", name, "quantity"), size, market.buys, part)
        dated = view.node(("markets", name, "schedule"))
        keys = dated.entries if isinstance(dated, Mapping) else ()
        for key, units in zip(keys, market.schedule.values(), strict=False):  # the same moment twice is told elsewhere
            yield from multiple(view, ("markets", name, "schedule", key), units, market.buys, part)
        for row, order in enumerate(market.trace.orders if market.trace else ()):
            place: Path = ("markets", name, "trace", "orders", row, "quantity")
            yield from multiple(view, place, order.quantity, market.buys, part)
        for year, total in market.yearly.items():
            yield from multiple(view, ("markets", name, "yearly", year), total, market.buys, part)


def _sizes(law: QuantityLaw) -> list[Fraction]:
    """The sizes that a law states; other laws are rounded where they are drawn."""
    if isinstance(law, Fixed):
        return [Fraction(law.size).limit_denominator(10**9)]
    return [size for size, _ in law.chances] if isinstance(law, Discrete) else []


SUPPLY = (
    "plants.makes",
    "suppliers.makes",
    "suppliers.share",
    "suppliers.count",
    "suppliers.firms",
    "suppliers.list",
    "suppliers.ring",
    "plants.ring",
    "parts.needs",
    "parts.cost_shares",
    "suppliers.standby",
    "outside.standby",
    "outside.supplies",
    "plants.from",
    "suppliers.from",
    "warehouses.stocks",
    "warehouses.from",
    "warehouses.count",
    "markets.buys",
    "markets.at",
)
ORDER = (
    *(f"{section}.sourcing" for section in ("plants", "suppliers", "warehouses", "markets")),
    *(f"{section}.switching" for section in ("plants", "suppliers", "warehouses")),
    *(f"{section}.rank" for section in ("suppliers", "warehouses", "outside", "lanes")),
)
BILL = ("parts.price", "parts.materials", "parts.needs", "parts.cost_shares")
STUDY = ("study.start", "study.end")
DEMAND = tuple(f"markets.{key}" for key in demand.READS)
GROWTH = ("capacity", "lines", "process_time", "ramp_up", "expansion", "shrinks")

CHANGES = ("policies.change", "disruptions.change")

CHECKS: tuple[Check, ...] = (
    Check(_study, (*STUDY, "study.warm_up", "study.tick", "study.replications"), dated=False),
    Check(
        _dates,
        (*STUDY, *(f"{s}.{k}" for s in ("policies", "disruptions") for k in ("from", "until", "change"))),
        dated=False,
    ),
    Check(
        reach.check_unheard,
        ("policies.change", "disruptions.change", "suppliers.firms", "suppliers.capacity"),
        dated=False,
    ),
    Check(reach.check_alike, ("policies.change", "disruptions.change", *SUPPLY), dated=False),
    Check(_reviews, (*STUDY, "plants.review", "suppliers.review", "warehouses.review")),
    Check(demand.check_demand, (*STUDY, *DEMAND, "study.warm_up")),
    Check(_bill, BILL),
    Check(_cycles, (*BILL, "study.opening", "allow_cycles.*")),
    Check(
        _zeros,
        ("plants.lead_time", "suppliers.lead_time", "outside.lead_time", "markets.rate", "markets.yearly"),
        dated=False,
    ),
    Check(
        _quantities,
        (
            "parts.resolution",
            "parts.lot",
            "plants.makes",
            "suppliers.makes",
            "plants.batch",
            "suppliers.batch",
            "markets.buys",
            "markets.quantity",
            "markets.yearly",
            "markets.schedule",
            "markets.trace",
        ),
    ),
    Check(
        supply.check_rings,
        (
            "suppliers.count",
            "suppliers.share",
            "suppliers.ring",
            "suppliers.lead_time",
            "suppliers.firms",
            "suppliers.list",
            "suppliers.sources",
        ),
    ),
    Check(supply.check_suppliers, SUPPLY),
    Check(divided.check_divided, SUPPLY, dated=False),
    Check(supply.check_buyers, SUPPLY, dated=False),
    Check(trade.check_named, SUPPLY),
    Check(trade.check_warehouses, SUPPLY),
    Check(trade.check_order, (*SUPPLY, *ORDER, "lanes.buyer", "lanes.share")),
    Check(
        trade.check_transport,
        (
            "transport.*",
            "plants.district",
            "suppliers.district",
            "suppliers.firms",
            "warehouses.district",
            "markets.district",
            "firms.district",
        ),
    ),
    Check(trade.check_exceptions, ("firms.*", "suppliers.count", "warehouses.count")),
    Check(supply.check_lanes, (*SUPPLY, "lanes.buyer", "lanes.supplier", "lanes.part", "lanes.share")),
    Check(disruptions.check_disruptions, ("disruptions.*", *STUDY, "study.tick"), dated=False),
    Check(
        disruptions.check_hit_places,
        (*SUPPLY, "disruptions.hits", "plants.district", "suppliers.district", "firms.district", "suppliers.moves"),
        dated=False,
    ),
    Check(
        disruptions.check_hit_lanes, (*SUPPLY, *BILL, "suppliers.sources", "disruptions.hits"), dated=False, last=True
    ),
    Check(
        growth.check_growth,
        (*STUDY, "firms.capacity", "suppliers.firms", *(f"{s}.{k}" for s in ("plants", "suppliers") for k in GROWTH)),
    ),
    Check(
        growth.check_entry,
        (
            *SUPPLY,
            *STUDY,
            "firms.cash",
            *(f"suppliers.{key}" for key in ("cash", "lead_time", "enters", "leaves", "moves")),
        ),
    ),
    Check(growth.check_cash, ("plants.cash", "suppliers.cash", "firms.cash")),
    Check(region.check_region, region.READS),
    Check(
        flow.check_capacity,
        (
            *(*SUPPLY, *ORDER, *BILL, *STUDY, *DEMAND, "plants.capacity", "suppliers.capacity", "firms.capacity"),
            *("plants.yield", "suppliers.yield", *operations.WORKING),
        ),
        dated=False,
    ),
    Check(operations.check_calendars, (*STUDY, *operations.WORKING)),
    Check(operations.check_breakdowns, ("study.tick", *operations.WORKING)),
    Check(operations.check_rules, (*operations.RULES, *BILL, "parts.lot")),
    Check(operations.check_shortage, (*operations.SHORTAGE, "lanes.priority", "markets.priority")),
    Check(
        operations.check_quantities,
        (
            "parts.resolution",
            "parts.minimum",
            *operations.RULES,
            "plants.backlog",
            "suppliers.backlog",
            "firms.backlog",
            "warehouses.stocks",
            "warehouses.stock",
            "warehouses.backlog",
        ),
    ),
    Check(operations.check_echelons, (*SUPPLY, *BILL, *operations.RULES, "lanes.share"), last=True),
    Check(flow.check_lots, (*SUPPLY, *BILL, *STUDY, *DEMAND, "parts.lot"), dated=False),
    Check(stability.check_forecasts, (), dated=False, last=True),
    Check(flow.check_load, (), dated=False, last=True),
)
