"""Who can supply whom: shares of a part's suppliers, rings, lanes, and what nobody makes or nobody buys.

In: a View of a scenario whose names all exist.  Out: problems and warnings.  A group that states no share
takes the sum of its named firms' shares, where they state any.
This module must not know time or money.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chainsim.errors import Problem
from chainsim.scenario.checks.trade import bought_parts, buyers, named_groups
from chainsim.scenario.checks.trade import named as named_sources
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Market, Plant, Scenario, Supplier, Warehouse
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.remember import once_per_scenario
from chainsim.scenario.network.sourcing import DEFAULT_RING, Shares, is_standby, outside_by_part, stated_shares
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.text.suggest import listed
from chainsim.units import format_number

TOLERANCE = Fraction(1, 10**9)


def groups(scenario: Scenario) -> Iterator[tuple[Path, Plant | Supplier]]:
    """Every plant and supplier group with its path."""
    yield from ((("plants", name), plant) for name, plant in scenario.plants.items())
    yield from ((("suppliers", name), supplier) for name, supplier in scenario.suppliers.items())


@once_per_scenario(kept=8)
def makers(scenario: Scenario) -> dict[str, list[tuple[Path, Plant | Supplier]]]:
    """By part: every plant and supplier group that makes it, with its path."""
    found: dict[str, list[tuple[Path, Plant | Supplier]]] = {}
    for path, firm in groups(scenario):
        found.setdefault(firm.makes, []).append((path, firm))
    return found


def components(scenario: Scenario, part: str) -> list[str]:
    """The parts that one part is made of."""
    return list(dict.fromkeys([*scenario.parts[part].needs, *scenario.parts[part].cost_shares]))


def reachable(scenario: Scenario) -> set[str]:
    """The parts that final demand calls for, directly or through what they are made into."""
    made = makers(scenario)
    found: set[str] = set()
    waiting = [market.buys for market in scenario.markets.values()]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found.add(part)
            if part in made:
                waiting += components(scenario, part)
    return found


def users(scenario: Scenario) -> dict[str, list[Path]]:
    """By part: the places where someone buys it from whoever supplies it, naming nobody."""
    made = makers(scenario)
    wanted = reachable(scenario)
    result: dict[str, list[Path]] = {}
    for name, market in scenario.markets.items():
        if market.at is None:
            result.setdefault(market.buys, []).append(("markets", name, "buys"))
    for name, warehouse in scenario.warehouses.items():
        if warehouse.buys_from is None:
            result.setdefault(warehouse.stocks, []).append(("warehouses", name, "stocks"))
    for name, part in scenario.parts.items():
        if name in made and name in wanted:
            for field, needs in (("needs", part.needs), ("cost_shares", part.cost_shares)):
                for component in needs:
                    if all(component in firm.buys_from for _, firm in made[name]):
                        continue
                    result.setdefault(component, []).append(("parts", name, field, component))
    return result


def check_suppliers(view: View) -> Iterator[Problem]:
    """Every part that is bought has suppliers whose shares make 100 %, or an outside source for the rest."""
    scenario = view.scenario
    for part, places in users(scenario).items():
        those = makers(scenario).get(part, [])
        regular = [(path, firm) for path, firm in those if not is_standby(firm)]
        outside = [name for name in outside_by_part(scenario).get(part, []) if not is_standby(scenario.outside[name])]
        if those and not regular and not outside:
            message = f"part {part} has only standbys to supply it: {listed(str(path[1]) for path, _ in those)}"
            yield view.problem(("parts", part), message, "take `standby` from one of them")
            continue
        if not regular and not outside:
            message = f"part {part} has no supplier"
            yield view.problem(
                ("parts", part),
                message,
                f"add a supplier that makes it (needed {view.line(places[0])}), or an `outside`",
            )
            continue
        stated = {path: shares for path, firm in regular if (shares := stated_shares(firm)) is not None}
        for path, firm in regular:
            if stated and path not in stated and isinstance(firm, Supplier):
                others = listed(str(other[1]) for other in stated)
                message = f"supplier {path[1]} states no share of {part} while {others} do: it would get no orders"
                yield view.problem(path, message, "write its `share`")
        if stated:
            yield from _sum(view, part, stated, outside)


def _sum(view: View, part: str, stated: dict[Path, Shares], outside: list[str]) -> Iterator[Problem]:
    total = sum((share for shares in stated.values() for share in shares.values()), Fraction(0))
    if abs(total - 1) <= TOLERANCE or (total < 1 and outside):
        return
    who = ", ".join(
        f"{path[1]} {_percent(sum(shares.values(), Fraction(0)))} ({view.line((*path, 'share'))})"
        for path, shares in stated.items()
    )
    paths: list[Path] = [(*path, "share") for path in stated]
    hint = (
        "no part can be bought to more than 100 %"
        if total > 1
        else "raise the shares, or add an `outside` that supplies the rest"
    )
    yield view.problem(
        paths[0], f"part {part}: shares sum to {_percent(total)}; suppliers {who}", hint, among=paths[1:]
    )


def _percent(share: Fraction) -> str:
    return f"{format_number(round(share * 100, 9))}%"


def check_buyers(view: View) -> Iterator[Problem]:
    """Warnings about firms and parts that nothing calls for."""
    scenario = view.scenario
    wanted = reachable(scenario)
    bought = users(scenario)
    named = named_groups(scenario)
    for path, firm in groups(scenario):
        shares = stated_shares(firm)
        if firm.makes not in wanted or (firm.makes not in bought and path[1] not in named):
            kind = "supplier" if isinstance(firm, Supplier) else "plant"
            message = f"{kind} {path[1]} supplies nothing: nobody buys {firm.makes} from it"
            yield view.problem(path, message, "add a need or a market for it, or leave it out", warning=True)
        elif shares is not None and not any(shares.values()) and path[1] not in named:
            message = f"supplier {path[1]} has a share of 0: it gets no orders"
            yield view.problem((*path, "share"), message, warning=True)
    made = {firm.makes for _, firm in groups(scenario)}
    for part in scenario.parts:
        if part not in wanted and part not in made:
            yield view.problem(("parts", part), f"part {part} is never used", "leave it out", warning=True)
    directly = {name for _, _, names in named_sources(scenario) for name in names}
    for name, source in scenario.outside.items():
        if source.supplies != "all" and name not in directly and not any(part in bought for part in source.supplies):
            message = f"outside {name} supplies nothing that anyone buys"
            yield view.problem(("outside", name), message, warning=True)


def check_rings(view: View) -> Iterator[Problem]:
    """Counts, shares and lead times by ring speak of the same rings; a list and a count agree."""
    for name, firm in view.scenario.suppliers.items():
        path: Path = ("suppliers", name)
        present = [ring or DEFAULT_RING for _, ring in firm_names(name, firm)]
        if firm.firms and view.node((*path, "count")) is not None:
            count = sum(firm.count.values()) if isinstance(firm.count, dict) else firm.count
            if count != len(firm.firms):
                message = f"count of {name} is {count}, but {len(firm.firms)} firms are named"
                yield view.problem((*path, "count"), message, "leave `count` out")
        if not present:
            share = stated_shares(firm)
            has_orders = share is None or any(share.values())
            message = f"count of {name} is 0: it has no firms" + (", but it is to supply" if has_orders else "")
            yield view.problem(
                (*path, "count"), message, "write a count from 1, or leave the group out", warning=not has_orders
            )
            continue
        if isinstance(firm.count, dict) and firm.ring is not None:
            message = f"supplier {name} states both one ring and a count by ring"
            yield view.problem((*path, "ring"), message, "leave `ring` out")
        if isinstance(firm.share, dict):
            for ring, value in firm.share.items():
                if value and ring not in present:
                    message = f"share of {name} names {ring}, where it has no firms"
                    yield view.problem(
                        (*path, "share", ring), message, f"write `count: {{{ring}: ...}}`, or leave it out"
                    )
            for missing in dict.fromkeys(present):
                if missing not in firm.share:
                    message = f"share of {name} says nothing about {missing}: its firms there get no orders"
                    yield view.problem((*path, "share"), message, f"write `{missing}: ...` in it", warning=True)
        if isinstance(firm.lead_time, dict):
            for missing in dict.fromkeys(present):
                if missing not in firm.lead_time:
                    message = f"lead_time of {name} says nothing about {missing}, where it has firms"
                    yield view.problem((*path, "lead_time"), message, f"write `{missing}: 1 day` in it")
        if firm.sources is not None and firm.sources > len(present):
            message = f"sources of {name} is {firm.sources}, but it has {len(present)} firms"
            yield view.problem((*path, "sources"), message, "leave it out to use all", warning=True)


def check_lanes(view: View) -> Iterator[Problem]:
    """Lanes run from a firm that makes the part to one that buys it, never from a firm to itself."""
    scenario = view.scenario
    if not scenario.lanes:
        return
    makes: dict[str, str] = {}
    buys: dict[str, list[str]] = {}
    for path, group in buyers(scenario):
        if isinstance(group, Market):
            buys[str(path[1])] = [group.buys]
            continue
        for firm, _ in firm_names(str(path[1]), group):
            makes[firm] = group.stocks if isinstance(group, Warehouse) else group.makes
            buys[firm] = bought_parts(scenario, group)
    total: dict[tuple[str, str], Fraction] = {}
    for index, lane in enumerate(scenario.lanes):
        path = ("lanes", index)
        if lane.buyer == lane.supplier:
            yield view.problem((*path, "supplier"), f"{lane.buyer} cannot supply itself", "name two firms")
            continue
        part = lane.part or makes.get(lane.supplier)
        key = "part" if lane.part else "supplier"
        sold = [makes[lane.supplier]] if lane.supplier in makes else list(scenario.parts)
        if lane.supplier in scenario.outside:
            supplies = scenario.outside[lane.supplier].supplies
            sold = list(scenario.parts) if supplies == "all" else list(supplies)
        if part is not None and part not in sold:
            yield view.problem((*path, key), f"{lane.supplier} does not supply {part}", f"it supplies {listed(sold)}")
        elif part is not None and part not in buys.get(lane.buyer, []):
            yield view.problem(
                (*path, key), f"{lane.buyer} does not buy {part}", f"it buys {listed(buys.get(lane.buyer, []))}"
            )
        elif part is not None and lane.share is not None:
            both = lane.buyer, part
            total[both] = total.get(both, Fraction(0)) + lane.share
            if total[both] > 1 + TOLERANCE:
                message = f"lanes of {lane.buyer} for {part}: shares sum to {_percent(total[both])}"
                yield view.problem((*path, "share"), message, "they must not be above 100 %")
