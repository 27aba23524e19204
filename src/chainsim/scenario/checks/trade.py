"""Who buys from whom by name, in which order, and over which roads: warehouses, standbys, ranks, districts.

In: a View of a scenario whose names all exist.  Out: problems and warnings.
This module must not know time or the bill of materials' prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chainsim.errors import Problem
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Market, Outside, Plant, Scenario, Supplier, Warehouse
from chainsim.scenario.network.cycles import cycle_through, rings
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.sourcing import as_names, is_standby, sold_by
from chainsim.scenario.network.transport import Pair, directions
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.text.suggest import listed

Buyer = Plant | Supplier | Warehouse | Market
KINDS = {"plants": "plant", "suppliers": "supplier", "warehouses": "warehouse", "markets": "market"}


def buyers(scenario: Scenario) -> Iterator[tuple[Path, Buyer]]:
    """Everybody who buys, with its path."""
    yield from ((("plants", name), plan) for name, plan in scenario.plants.items())
    yield from ((("suppliers", name), plan) for name, plan in scenario.suppliers.items())
    yield from ((("warehouses", name), plan) for name, plan in scenario.warehouses.items())
    yield from ((("markets", name), plan) for name, plan in scenario.markets.items())


def owners(scenario: Scenario) -> dict[str, Path]:
    """The path of the plant, supplier or warehouse that each firm, and each group by its own name, belongs to."""
    found: dict[str, Path] = {}
    for path, plan in buyers(scenario):
        if not isinstance(plan, Market):
            found.update({name: path for name, _ in firm_names(str(path[1]), plan)})
            found[str(path[1])] = path
    return found


def named(scenario: Scenario) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """Where a buyer names whom it buys from: the path of the value, the part, and the names."""
    for path, plan in buyers(scenario):
        if isinstance(plan, Market):
            if plan.at is not None:
                yield (*path, "at"), plan.buys, as_names(plan.at)
        elif isinstance(plan, Warehouse):
            if plan.buys_from is not None:
                yield (*path, "from"), plan.stocks, as_names(plan.buys_from)
        else:
            for part, names in plan.buys_from.items():
                yield (*path, "from", part), part, as_names(names)


def named_groups(scenario: Scenario) -> set[str]:
    """The groups that somebody names to buy from."""
    known = owners(scenario)
    return {str(known[name][1]) for _, _, names in named(scenario) for name in names if name in known}


def bought_parts(scenario: Scenario, plan: Buyer) -> list[str]:
    """The parts that a buyer buys."""
    if isinstance(plan, Market):
        return [plan.buys]
    if isinstance(plan, Warehouse):
        return [plan.stocks]
    part = scenario.parts[plan.makes]
    return list(dict.fromkeys([*part.needs, *part.cost_shares]))


def check_named(view: View) -> Iterator[Problem]:
    """Who is named sells the part, and is not the buyer itself; a buyer names only suppliers of what it buys."""
    scenario = view.scenario
    known = owners(scenario)
    for path, part, names in named(scenario):
        section, group = str(path[0]), str(path[1])
        buyer = f"{KINDS[section]} {group}"
        if section in ("plants", "suppliers"):
            plan = scenario.plants.get(group) or scenario.suppliers[group]
            bought = bought_parts(scenario, plan)
            if part not in bought:
                message = f"{buyer} does not buy {part}"
                yield view.problem(path, message, f"it buys {listed(bought)}" if bought else "", key=True)
                continue
        for index, name in enumerate(names):
            where = (*path, index) if len(names) > 1 or view.node((*path, index)) is not None else path
            if name in scenario.outside:
                supplies = scenario.outside[name].supplies
                if supplies != "all" and part not in supplies:
                    message = f"{buyer} buys {part} at {name}, which does not supply it"
                    yield view.problem(where, message, f"it supplies {listed(supplies)}")
                continue
            owner = known[name]
            seller = _seller(scenario, owner)
            if owner == path[:2] and not isinstance(seller, Plant | Supplier):
                yield view.problem(where, f"{buyer} cannot supply itself", "name somebody else")
            elif sold_by(seller) != part:
                verb = "stocks" if isinstance(seller, Warehouse) else "makes"
                message = f"{buyer} buys {part} at {name}, which {verb} {sold_by(seller)}"
                yield view.problem(where, message, f"name one that sells {part}")


def _seller(scenario: Scenario, path: Path) -> Plant | Supplier | Warehouse:
    name = str(path[1])
    return scenario.plants.get(name) or scenario.suppliers.get(name) or scenario.warehouses[name]


def check_warehouses(view: View) -> Iterator[Problem]:
    """Somebody buys from every warehouse, and none buys, through others, from itself."""
    scenario = view.scenario
    if not scenario.warehouses:
        return
    known = owners(scenario)
    upstream: dict[str, dict[str, Fraction]] = {name: {} for name in scenario.warehouses}
    for path, _, names in named(scenario):
        for name in names:
            owner = known.get(name)
            if path[0] == "warehouses" and owner is not None and owner[0] == "warehouses" and owner != path[:2]:
                upstream[str(path[1])][str(owner[1])] = Fraction(1)
    for ring in rings(upstream):
        cycle = cycle_through(upstream, ring)
        message = f"warehouses buy from each other: {' -> '.join(cycle)}"
        yield view.problem(("warehouses", cycle[0], "from"), message, "one of them must buy from somebody else")
    wanted = named_groups(scenario)
    for name in scenario.warehouses:
        if name not in wanted:
            message = f"warehouse {name} sells nothing: nobody buys from it"
            hint = f"write `at: {name}` in a market, or `from` in a plant, supplier or warehouse"
            yield view.problem(("warehouses", name), message, hint, warning=True)
        elif not firm_names(name, scenario.warehouses[name]):
            message = f"count of {name} is 0: it has no firms, but it is to supply"
            yield view.problem(("warehouses", name, "count"), message, "write a count from 1")


def check_order(view: View) -> Iterator[Problem]:
    """Ranks and standbys are of use: somebody asks in that order, or turns to others."""
    scenario = view.scenario
    sensitive: dict[str, list[Buyer]] = {}
    for _, plan in buyers(scenario):
        for part in bought_parts(scenario, plan):
            sensitive.setdefault(part, []).append(plan)
    by_firm = {name: (path, _plan(scenario, path)) for name, path in owners(scenario).items()}
    by_firm |= {name: (("markets", name), market) for name, market in scenario.markets.items()}
    held = any(getattr(policy.lever, "second_source", None) for policy in scenario.policies.values())
    for path, source in _ranked(scenario):
        parts = list(scenario.parts) if isinstance(source, Outside) else [sold_by(source)]
        if isinstance(source, Outside) and source.supplies != "all":
            parts = list(source.supplies)
        those = [plan for part in parts for plan in sensitive.get(part, ())]
        if (
            is_standby(source)
            and not held
            and not any(_turns(plan) or plan.sourcing.mode == "ranked" for plan in those)
        ):
            message = f"{path[1]} is a standby that nobody turns to: no buyer of {listed(parts)} ranks or switches"
            hint = "give a buyer `sourcing: priority` or `switching: {}`, or the supplier a share"
            yield view.problem((*path, "standby"), message, hint, warning=True)
        elif isinstance(source, Supplier) and source.standby and source.share is not None:
            message = f"{path[1]} is a standby, which has no share"
            yield view.problem((*path, "share"), message, "leave `share` or `standby` out")
        if source.rank is not None and not any(_by_rank(plan) or _turns(plan) for plan in those):
            message = f"rank of {path[1]} decides nothing: no buyer of {listed(parts)} has `sourcing: priority`"
            yield view.problem((*path, "rank"), message, "add `sourcing: priority` to a buyer", warning=True)
    for index, lane in enumerate(scenario.lanes):
        if lane.rank is not None and lane.buyer in by_firm:
            buyer = by_firm[lane.buyer][1]
            if not _by_rank(buyer) and not _turns(buyer):
                message = f"rank decides nothing: {lane.buyer} does not buy with `sourcing: priority`"
                yield view.problem(("lanes", index, "rank"), message, warning=True)
        if lane.share is not None and lane.buyer in by_firm and by_firm[lane.buyer][1].sourcing.mode == "ranked":
            message = f"share decides nothing: {lane.buyer} asks its suppliers in an order"
            yield view.problem(("lanes", index, "share"), message, "write its `rank`", warning=True)


def _plan(scenario: Scenario, path: Path) -> Buyer:
    return _seller(scenario, path)


def _ranked(scenario: Scenario) -> Iterator[tuple[Path, Supplier | Warehouse | Outside]]:
    yield from ((("suppliers", name), plan) for name, plan in scenario.suppliers.items())
    yield from ((("warehouses", name), plan) for name, plan in scenario.warehouses.items())
    yield from ((("outside", name), plan) for name, plan in scenario.outside.items())


def _turns(plan: Buyer) -> bool:
    return not isinstance(plan, Market) and plan.switching is not None


def _by_rank(plan: Buyer) -> bool:
    return type(plan.sourcing).__name__ == "Priority"


def check_transport(view: View) -> Iterator[Problem]:
    """A pair of districts is stated once, and somebody is in each of them."""
    scenario = view.scenario
    present = {plan.district for _, plan in buyers(scenario)}
    present |= {firm.district or "" for plan in scenario.suppliers.values() for firm in plan.firms.values()}
    present |= {firm.district or "" for firm in scenario.firms.values()}
    known = sorted(present - {""})
    seen: dict[Pair, int] = {}
    for index, entry in enumerate(scenario.transport):
        path: Path = ("transport", index)
        for key, district in (("from", entry.sender), ("to", entry.receiver)):
            if district not in present:
                message = f"nobody is in the district {district}"
                hint = f"there is {listed(known)}" if known else "firms state their `district`"
                yield view.problem((*path, key), message, hint, warning=True)
        for pair in directions(entry):
            if pair in seen:
                message = f"transport from {pair[0]} to {pair[1]} is stated twice"
                yield view.problem((*path, "from"), message, f"see {view.line(('transport', seen[pair]))}")
                break
            seen[pair] = index
        if entry.lead_time is None and entry.freight is None:
            yield view.problem(path, "transport states neither lead_time nor freight", "add one of them", warning=True)


def check_exceptions(view: View) -> Iterator[Problem]:
    """What `firms` says about a firm is something that its kind has."""
    known = owners(view.scenario)
    for name, own in view.scenario.firms.items():
        if name not in known:
            continue
        trades = known[name][0] == "warehouses"
        for key in ("capacity", "finished_stock", "component_stock") if trades else ("stock",):
            if key in own.model_fields_set:
                message = (
                    f"{name} makes nothing, it has no {key}" if trades else f"{name} is no warehouse, it has no stock"
                )
                hint = "write `stock`" if trades else "write `component_stock` or `finished_stock`"
                yield view.problem(("firms", name, key), message, hint)
