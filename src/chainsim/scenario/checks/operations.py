"""How a firm makes and stocks: calendars, breakdowns, replenishment rules, shortage, quantities, echelons.

In: a View of a scenario whose names all exist, but for calendars, which are looked up here.  Out: problems.  A firm
with exceptions of its own is judged with what it has from its group.
This module must not know shares, rates or the simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chainsim.errors import Problem
from chainsim.model.replenishment import (
    BaseStock,
    EchelonBaseStock,
    LotForLot,
    ReorderPointOrderUpTo,
    ReorderPointQuantity,
    Replenishment,
    learning_of,
    replenishments,
)
from chainsim.scenario.checks.supply import components, groups
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Firm, Part, Plant, Scenario, Supplier, Warehouse
from chainsim.scenario.network.blueprint import Blueprint, StockKey, in_force, spell_out
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.working_time import DAY, LUNAR_NEW_YEAR, WEEKDAYS, closures, unknown_festivals
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import format_duration, format_number, shown

FIRMS = ("plants", "suppliers", "firms")
REVIEWS = {"finished_stock": "finished_review", "component_stock": "review", "stock": "review"}
WORKING = ("calendars.*", *(f"{one}.{key}" for one in FIRMS for key in ("calendar", "breakdowns")))
KEEPING = ("makes", "finished_stock", "component_stock", "finished_review", "review", "production_lot")
RULES = (
    *(f"{one}.{key}" for one in FIRMS for key in KEEPING),
    *(f"warehouses.{key}" for key in ("stocks", "stock", "review")),
)
SHORTAGE = tuple(f"{one}.{key}" for one in (*FIRMS, "warehouses") for key in ("deliveries", "allocation", "priority"))


def operating(scenario: Scenario) -> Iterator[tuple[Path, Firm]]:
    """Every group, and every firm that has exceptions of its own, with the operations in force there."""
    of_firm: dict[str, Plant | Supplier] = {}
    for path, group in groups(scenario):
        yield path, group
        if scenario.firms:
            of_firm.update({name: group for name, _ in firm_names(str(path[1]), group)})
    for name, own in scenario.firms.items():
        if name in of_firm:
            group = of_firm[name]
            named = group.firms.get(name) if isinstance(group, Supplier) else None
            yield ("firms", name), in_force(group, named, own)


def _says(view: View, path: Path, *keys: str) -> bool:
    """Whether a problem with these keys is this entry's own, and not one of the group that it is an exception of."""
    return path[0] != "firms" or any(view.node((*path, key)) is not None for key in keys)


def check_calendars(view: View) -> Iterator[Problem]:
    """Calendars exist, open at times, and know the festivals that they close for."""
    scenario, study = view.scenario, view.scenario.study
    for path, firm in operating(scenario):
        if firm.calendar is not None and firm.calendar not in scenario.calendars and _says(view, path, "calendar"):
            known = scenario.calendars
            message = f"no calendar {shown(firm.calendar)}{did_you_mean(firm.calendar, known)}"
            hint = f"there is {listed(known)}" if known else "write it under `calendars`"
            yield view.problem((*path, "calendar"), message, hint)
    for name, calendar in scenario.calendars.items():
        path = ("calendars", name)
        hours = calendar.hours
        if hours is not None:
            for key, value in (("from", hours.begin), ("until", hours.until)):
                if value > DAY:
                    message = f"{key} of {name} must not be after midnight, 24 h, got {format_duration(value)}"
                    hint = "a shift that ends before it begins runs into the next day: {from: 22 h, until: 6 h}"
                    yield view.problem((*path, "hours", key), message, hint)
            if hours.begin % DAY == hours.until % DAY and hours.begin > 0:
                message = f"the shift of {name} ends when it begins, at {format_duration(hours.begin)}"
                yield view.problem((*path, "hours"), message, "leave `hours` out for all day")
        unknown = unknown_festivals(study.start, study.end) if calendar.spring_festival else []
        if unknown:
            years = ", ".join(map(str, unknown))
            message = f"spring_festival of {name}: its date in {years} is not known"
            hint = f"it is from {min(LUNAR_NEW_YEAR)} to {max(LUNAR_NEW_YEAR)}; write it under `holidays`"
            yield view.problem((*path, "spring_festival"), message, hint)
        if set(calendar.closed) == set(WEEKDAYS):
            yield view.problem((*path, "closed"), f"calendar {name} never opens: every day is closed")
        elif study.end > study.start:
            closed = closures(calendar, study.start, study.end)
            if sum(end - begin for begin, end in closed) == (study.end - study.start).days * DAY:
                yield view.problem(path, f"calendar {name} never opens from {study.start} to {study.end}")


def check_breakdowns(view: View) -> Iterator[Problem]:
    """A line runs for a while between breakdowns, and a repair takes a while."""
    tick = view.scenario.study.tick
    for path, firm in operating(view.scenario):
        if firm.breakdowns is None or not _says(view, path, "breakdowns"):
            continue
        for key, law in (("every", firm.breakdowns.every), ("repair", firm.breakdowns.repair)):
            if law.moments[0] < tick:
                message = (
                    f"breakdowns of {path[1]}: `{key}` must take a tick of {format_duration(tick)} or more on average"
                )
                yield view.problem((*path, "breakdowns", key), message, "leave `breakdowns` out for none")


def _rules(view: View) -> Iterator[tuple[Path, str, Firm | Warehouse, Replenishment, Fraction]]:
    """Path, key, operations, rule and review period of every replenishment rule in force."""
    for name, warehouse in view.scenario.warehouses.items():
        yield ("warehouses", name), "stock", warehouse, warehouse.stock, warehouse.review
    for path, firm in operating(view.scenario):
        if _says(view, path, "finished_stock", "finished_review", "production_lot"):
            yield path, "finished_stock", firm, firm.finished_stock, firm.finished_review
        if _says(view, path, "component_stock", "review"):
            yield path, "component_stock", firm, firm.component_stock, firm.review


def check_rules(view: View) -> Iterator[Problem]:
    """Forecasts have a period; fixed order quantities are whole lots."""
    for path, key, firm, rule, review in _rules(view):
        learning = learning_of(rule, float(review))
        written = replenishments.name_of(rule)
        review_key = REVIEWS[key]
        if learning is not None and learning.period == 0:
            message = f"{key} of {path[1]}: {written} needs a period, for it is reviewed continuously"
            hint = f"write `{review_key}: 1 day`, or a `period` in the rule"
            yield view.problem((*path, key), message, hint, among=[(*path, review_key)])
        elif learning is not None and review and Fraction(learning.period) != review:
            message = f"{key} of {path[1]}: the period of {written} is its review period, {format_duration(review)}"
            yield view.problem((*path, key), message, "leave `period` out", among=[(*path, review_key)])
        if isinstance(rule, ReorderPointQuantity):
            yield from _lots(view, path, key, firm, rule)


def _lots(view: View, path: Path, key: str, firm: Firm | Warehouse, rule: ReorderPointQuantity) -> Iterator[Problem]:
    parts = view.scenario.parts
    quantity = _exact(rule.quantity)
    if isinstance(firm, Warehouse):
        lots = {firm.stocks: parts[firm.stocks].lot}
    elif key == "component_stock":
        lots = {name: parts[name].lot for name in components(view.scenario, firm.makes)}
    else:
        lots = {firm.makes: firm.production_lot or Fraction(0)}
    for name, lot in lots.items():
        least = lot or parts[name].resolution
        if (quantity / least).denominator != 1:
            message = f"{key} of {path[1]}: {name} is made or ordered in multiples of {format_number(least)}, "
            message += f"and {format_number(quantity)} is none"
            yield view.problem((*path, key), message, "the quantity of r_Q is a whole number of lots")


def check_shortage(view: View) -> Iterator[Problem]:
    """Complete deliveries take turns, proportional allocation gives everybody a part: not both."""
    scenario = view.scenario
    ranked = any(lane.priority is not None for lane in scenario.lanes)
    ranked |= any(market.priority > 1 for market in scenario.markets.values())
    ranked |= any(warehouse.priority > 1 for warehouse in scenario.warehouses.values())
    ranked |= any(firm.priority > 1 for _, firm in operating(scenario))
    named = ((("warehouses", name), warehouse) for name, warehouse in scenario.warehouses.items())
    every: list[tuple[Path, Firm | Warehouse]] = [*operating(scenario), *named]
    for path, firm in every:
        both = firm.deliveries == "complete" and firm.allocation == "proportional"
        if both and _says(view, path, "deliveries", "allocation"):
            message = f"{path[1]} cannot deliver complete orders and share out what there is in proportion"
            hint = "write `deliveries: partial`, or `allocation: fifo`"
            yield view.problem((*path, "allocation"), message, hint, among=[(*path, "deliveries")])
        if firm.allocation == "priority" and not ranked and view.node((*path, "allocation")) is not None:
            message = (
                f"allocation of {path[1]} goes by priority, but every buyer has priority 1: first come, first served"
            )
            hint = "write `priority: 2` for buyers that can wait, at a firm, a market or a lane"
            yield view.problem((*path, "allocation"), message, hint, warning=True)


def check_quantities(view: View) -> Iterator[Problem]:
    """Levels, lots and limits of a part are multiples of its resolution."""
    parts = view.scenario.parts
    for name, part in parts.items():
        yield from multiple(view, ("parts", name, "minimum"), part.minimum, name, part)
    for path, firm in operating(view.scenario):
        part = parts[firm.makes]
        for level in _levels(firm.finished_stock):
            yield from multiple(view, (*path, "finished_stock"), _exact(level), firm.makes, part)
        for key, quantity in (("production_lot", firm.production_lot), ("backlog", firm.backlog)):
            if quantity is not None:
                yield from multiple(view, (*path, key), quantity, firm.makes, part)
    for name, warehouse in view.scenario.warehouses.items():
        part = parts[warehouse.stocks]
        for level in _levels(warehouse.stock):
            yield from multiple(view, ("warehouses", name, "stock"), _exact(level), warehouse.stocks, part)
        if warehouse.backlog is not None:
            yield from multiple(view, ("warehouses", name, "backlog"), warehouse.backlog, warehouse.stocks, part)


def _levels(rule: Replenishment) -> list[float]:
    """The quantities of a part that a rule states."""
    if isinstance(rule, ReorderPointOrderUpTo):
        return [rule.reorder_point, rule.order_up_to]
    if isinstance(rule, ReorderPointQuantity):
        return [rule.reorder_point]
    if isinstance(rule, LotForLot):
        return [rule.safety]
    return [rule.level] if isinstance(rule, (BaseStock, EchelonBaseStock)) else []


def multiple(view: View, path: Path, quantity: Fraction, name: str, part: Part) -> Iterator[Problem]:
    """A problem at `path` where `quantity` is no multiple of the resolution of a part."""
    if (quantity / part.resolution).denominator != 1:
        key = path[-1] if path[-2] not in ("yearly", "schedule") else f"{path[-2]}.{path[-1]}"
        counted = (
            "is counted in whole units" if part.resolution == 1 else f"has resolution {format_number(part.resolution)}"
        )
        message = f"{key} of {format_number(quantity)} is no possible quantity: {name} {counted}"
        yield view.problem(path, message, f"round it, or give {name} a finer resolution, such as 0.001")


def _exact(level: float) -> Fraction:
    return Fraction(level).limit_denominator(10**9)


def check_echelons(view: View) -> Iterator[Problem]:
    """An echelon position counts what is downstream, so all of it must have come from here."""
    scenario = view.scenario
    rules = [(path, key) for path, key, _, rule, _ in _rules(view) if isinstance(rule, EchelonBaseStock)]
    blueprint = spell_out(scenario) if rules else Blueprint()
    for path, key in rules:
        names = [str(path[1])]
        if path[0] != "firms":
            group = scenario.plants.get(names[0]) or scenario.suppliers.get(names[0]) or scenario.warehouses[names[0]]
            names = [name for name, _ in firm_names(names[0], group)]
        role = "made" if key == "finished_stock" else "bought"
        points = [point for point in blueprint.stocks if point[0] in names and point[2] == role]
        wrong = next(filter(None, (_foreign(blueprint, point) for point in points)), "")
        if wrong:
            message = f"{key} of {path[1]} decides on its echelon, where nobody may have another supplier, but {wrong}"
            yield view.problem((*path, key), message, "write `base_stock(...)`, or give each user one supplier")


def _foreign(blueprint: Blueprint, point: StockKey) -> str:
    """Why a stock point's echelon is not its own: a user that buys elsewhere too, or a ring; empty if it is."""
    users: dict[StockKey, list[StockKey]] = {}
    suppliers: dict[StockKey, list[str]] = {}
    for buyer, supplier in sorted(blueprint.lanes):
        if buyer[2] != "sold":
            users.setdefault(supplier, []).append(buyer)
            suppliers.setdefault(buyer, []).append(supplier[0])
    for made, component in sorted(blueprint.needs):
        users.setdefault(component, []).append(made)
    above: set[StockKey] = set()
    done: set[StockKey] = set()

    def walk(at: StockKey) -> str:
        if at in above:
            return f"{at[1]} is made of itself"
        if at in done:
            return ""
        if at != point and len(suppliers.get(at, ())) > 1:
            return f"{at[0]} buys {at[1]} from {listed(suppliers[at])}"
        above.add(at)
        wrong = next(filter(None, map(walk, users.get(at, ()))), "")
        above.remove(at)
        done.add(at)
        return wrong

    return walk(point)
