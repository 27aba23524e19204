"""Growth and cash: limits that can be reached, dates in their order, and somebody left to buy from.

In: a View of a scenario whose names all exist.  Out: problems and warnings.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainsim.errors import Problem
from chainsim.scenario.checks.supply import groups, users
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.cash import Cash
from chainsim.scenario.language.schema import Plant, Supplier
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.presence import HOME, absent, after, turning_days
from chainsim.scenario.network.sourcing import as_names, supply_shares
from chainsim.scenario.text.nodes import Path
from chainsim.units import format_duration, format_money


def check_growth(view: View) -> Iterator[Problem]:
    """What grows has a limit that it can be at, and changes by something."""
    days = (view.scenario.study.end - view.scenario.study.start).days
    for path, group in groups(view.scenario):
        for key in ("ramp_up", "expansion", "shrinks"):
            section = getattr(group, key)
            if section is None:
                continue
            limited = _has_capacity(view, str(path[1]), group)
            if key != "ramp_up":
                limited = limited or group.lines is not None or group.process_time is not None
                if section.by == 0:
                    yield view.problem((*path, key, "by"), f"by of {path[1]}'s {key} is 0: it changes nothing")
                if section.window > days * 86_400:
                    message = (
                        f"{key} of {path[1]} is judged over {format_duration(section.window)}, "
                        f"longer than the study of {days} days: it never comes"
                    )
                    yield view.problem((*path, key, "for"), message, warning=True)
            if not limited:
                message = f"{key} of {path[1]} needs a limit, and its capacity is unlimited"
                yield view.problem((*path, key), message, "write its `capacity`", key=True)
        if group.expansion is not None and group.expansion.above == 0:
            message = f"above of {path[1]}'s expansion is 0: it expands even when idle"
            yield view.problem((*path, "expansion", "above"), message, "write a utilisation, such as 90%")
        if group.shrinks is not None and group.shrinks.by == 1:
            message = f"by of {path[1]}'s shrinks is 100%: nothing would be left"
            yield view.problem((*path, "shrinks", "by"), message, "write a smaller share")
        if group.expansion is not None and group.shrinks is not None and group.shrinks.below >= group.expansion.above:
            message = f"{path[1]} shrinks at a utilisation at which it expands"
            yield view.problem((*path, "shrinks", "below"), message, "shrink at a lower one")


def _has_capacity(view: View, name: str, group: Plant | Supplier) -> bool:
    """Whether any firm of a group has one, its group's or its own."""
    named = group.firms.values() if isinstance(group, Supplier) else ()
    changed = (view.scenario.firms.get(firm) for firm, _ in firm_names(name, group))
    own = [*named, *(change for change in changed if change is not None)]
    return group.capacity is not None or any(firm.capacity is not None for firm in own)


def check_entry(view: View) -> Iterator[Problem]:
    """Dates of groups that enter, leave and move; nobody is left without a supplier on any day."""
    scenario = view.scenario
    study = scenario.study
    for name, group in scenario.suppliers.items():
        path: Path = ("suppliers", name)
        enters, leaves, moves = group.enters, group.leaves, group.moves
        if enters is not None and after(enters.begin, enters.qualification) >= study.end:
            message = f"{name} gets no orders in the study: it enters after the end, {study.end}"
            yield view.problem((*path, "enters", "from"), message, "move its date into the study", warning=True)
        if leaves is not None and leaves.begin <= study.start:
            message = f"{name} gets no orders in the study: it leaves before it begins, {study.start}"
            yield view.problem((*path, "leaves", "from"), message, "leave the group out", warning=True)
        elif leaves is not None and leaves.begin >= study.end:
            message = f"{name} leaves after the study ends, {study.end}"
            yield view.problem((*path, "leaves", "from"), message, "move its date into the study", warning=True)
        if enters is not None and leaves is not None and leaves.begin <= after(enters.begin, enters.qualification):
            message = f"{name} leaves on {leaves.begin}, before its first order"
            yield view.problem((*path, "leaves", "from"), message, "let it leave later")
        if moves is not None:
            if all((ring or HOME) == moves.to for _, ring in firm_names(name, group)):
                message = f"all firms of {name} are in {moves.to} already"
                yield view.problem((*path, "moves", "to"), message, "name another ring")
            if after(moves.begin, moves.qualification) >= study.end:
                message = f"orders for {name} do not move in the study: it moves after the end, {study.end}"
                yield view.problem((*path, "moves", "from"), message, "move its date into the study", warning=True)
            if isinstance(group.lead_time, dict) and moves.to not in group.lead_time:
                message = f"lead_time of {name} says nothing about {moves.to}, where it moves"
                yield view.problem((*path, "lead_time"), message, f"write `{moves.to}: 1 day` in it")
            paying = [firm for firm, _ in firm_names(name, group) if _has_cash(view, firm, group)]
            if paying:
                message = f"{paying[0]} has cash of its own, which cannot move with it"
                yield view.problem((*path, "moves"), message, "leave out its `cash`, or the move", key=True)
    yield from _nobody_left(view)


def _has_cash(view: View, firm: str, group: Supplier) -> bool:
    own = view.scenario.firms.get(firm)
    return group.cash is not None or (own is not None and own.cash is not None)


def _nobody_left(view: View) -> Iterator[Problem]:
    scenario = view.scenario
    study = scenario.study
    days = [study.start, *sorted(day for day in turning_days(scenario) if study.start < day < study.end)]
    gone_on = {day: gone for day in days if (gone := absent(scenario, day))}
    if not gone_on:
        return
    wanted: list[tuple[str, tuple[str, ...]]] = [(part, ()) for part in users(scenario)]
    wanted += [(market.buys, as_names(market.at)) for market in scenario.markets.values() if market.at is not None]
    for part, names in wanted:
        if not supply_shares(scenario, part, names):
            continue  # said elsewhere
        for day, gone in gone_on.items():
            if not supply_shares(scenario, part, names, gone):
                last = next(name for name in sorted(gone) if scenario.suppliers[name].makes == part)
                key = "enters" if scenario.suppliers[last].enters is not None else "leaves"
                message = f"on {day} nobody supplies {part}"
                hint = "let another group or an `outside` supply it until then, or from then on"
                yield view.problem(("suppliers", last, key), message, hint, key=True)
                break


def check_cash(view: View) -> Iterator[Problem]:
    """A floor that a firm starts below would stop it before it has sold anything."""
    named: list[tuple[Path, str, Cash | None]] = [
        *(((*path, "cash"), str(path[1]), group.cash) for path, group in groups(view.scenario)),
        *((("firms", name, "cash"), name, firm.cash) for name, firm in view.scenario.firms.items()),
    ]
    for path, name, cash in named:
        if cash is None:
            continue
        available = cash.opening + cash.credit_line
        if available <= cash.floor:
            key = "floor" if cash.floor else "opening"
            message = (
                f"{name} opens with {format_money(available)} of cash and credit, not above its floor of "
                f"{format_money(cash.floor)}: it buys nothing before it is paid"
            )
            yield view.problem((*path, key), message, "write more `opening` cash, or a lower `floor`", warning=True)
        if cash.interest and not cash.credit_line:
            message = f"interest of {name} is never due: it has no credit_line"
            yield view.problem((*path, "interest"), message, "write its `credit_line`", warning=True)
