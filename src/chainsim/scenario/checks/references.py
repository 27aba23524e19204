"""Names in a scenario: that what is named exists, and that no two names can be taken for each other.

In: a tree, valid or not (names are read from the tree, so that one faulty entry does not make its name
unknown).  Out: problems at the name, and the fields that hold an unknown one.
This module must not know quantities.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from chainsim.errors import Place, Problem
from chainsim.scenario.checks.validate import key_place
from chainsim.scenario.checks.view import token
from chainsim.scenario.language.schema import Scenario
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.presence import movers, twin_name
from chainsim.scenario.resolve.overrides import at
from chainsim.scenario.text.nodes import Mapping, Node, Path, Scalar, Sequence
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean
from chainsim.scenario.text.suggest import listed as inventory
from chainsim.units import shown

LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕԁΑΒΕΖΗΙΚΜΝΟΡΤΥΧονα", "ABESIJKMHOPCTYXaeopcyxijsdABEZHIKMNOPTYXova"
)
GROUPS = ("plants", "suppliers", "warehouses")
HIT = {  # what each key of a disruption's `hits` names
    "firms": "firm",
    "lines": "firm",
    "suppliers": "group",
    "plants": "plant",
    "parts": "part",
    "outside": "source",
    "markets": "market",
}
KINDS = {
    "buyer": "firm",
    "supplier": "firm",
    "group": "supplier group",
    "source": "outside source",
}
OF_FIRMS = ("buyer", "supplier", "firm", "seller")  # kinds of names that may be those of firms
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


def check_references(
    tree: Mapping, scenario: Scenario | None, *, listed: bool = True
) -> tuple[list[Problem], frozenset[str]]:
    """Problems of names, and the fields `section.field` that name something unknown.

    listed: all lists of firms are whole; else a name that is not found may be of a firm that is not known.
    """
    problems: list[Problem] = []
    unknown: set[str] = set()
    firms = _firms(tree, scenario)
    groups = [name for section in GROUPS for name in _keys(tree, section)]
    known = {
        "part": list(_keys(tree, "parts")),
        "seller": list(dict.fromkeys([*groups, *_keys(tree, "outside"), *firms])),
        "buyer": [*firms, *_keys(tree, "markets")],
        "supplier": [*firms, *_keys(tree, "outside")],
        "policy": list(_keys(tree, "policies")),
        "firm": [*firms, *_twins(scenario)],
        "group": list(_keys(tree, "suppliers")),
        "plant": list(_keys(tree, "plants")),
        "source": list(_keys(tree, "outside")),
        "market": list(_keys(tree, "markets")),
    }
    names = {kind: frozenset(those) for kind, those in known.items()}
    whole = scenario is not None
    sells = "plant or supplier" if not tree.entries.get("warehouses") else "plant, supplier or warehouse"
    for kind, path, text, place in _uses(tree):
        if kind in ("buyer", "supplier", "firm") and not whole:
            continue
        if text in names[kind]:
            continue
        unknown.add(token(path))
        if kind in OF_FIRMS and not listed:
            continue
        what = sells if kind == "seller" else KINDS.get(kind, kind)
        message = f"no {what} {shown(text)}{did_you_mean(text, known[kind])}"
        problems.append(problem(place, message, f"there is {inventory(known[kind])}" if known[kind] else ""))
    if whole:
        present = frozenset(firms)
        for name in _keys(tree, "firms"):
            if name not in present:
                unknown.add("firms.*")
                if not listed:
                    continue
                place = key_place(tree, ("firms", name))
                message = f"no firm {shown(name)}{did_you_mean(name, firms)}"
                hint = "an exception under `firms` is for a firm that a plant, supplier group or warehouse stands for"
                problems.append(problem(place, message, hint))
    parts = {name: ("parts", name) for name in _keys(tree, "parts")}
    problems += _alike(tree, [(name, path) for name, path in parts.items()])
    problems += _alike(tree, list(_firm_keys(tree, scenario)))
    problems += _alike(tree, [(name, (section, name)) for section in GROUPS for name in _keys(tree, section)])
    problems += _alike(tree, [(name, ("policies", name)) for name in _keys(tree, "policies")])
    problems += _reserved(tree)
    return problems, frozenset(unknown)


def _keys(tree: Mapping, section: str) -> Iterable[str]:
    node = tree.entries.get(section)
    return node.entries if isinstance(node, Mapping) else ()


def _firms(tree: Mapping, scenario: Scenario | None) -> list[str]:
    return [name for name, path in _firm_keys(tree, scenario) if path[0] in GROUPS]


def _twins(scenario: Scenario | None) -> list[str]:
    """What firms are called in the ring that they move to."""
    groups = scenario.suppliers.items() if scenario is not None else ()
    return [twin_name(firm, group.moves.to) for name, group in groups if group.moves for firm in movers(name, group)]


def _firm_keys(tree: Mapping, scenario: Scenario | None) -> Iterator[tuple[str, Path]]:
    """Every firm, outside source and market by name, with the path of the key that names or generates it."""
    if scenario is None:
        return
    for name, plant in scenario.plants.items():
        yield from ((firm, ("plants", name)) for firm, _ in firm_names(name, plant))
    for name, supplier in scenario.suppliers.items():
        for firm, _ in firm_names(name, supplier):
            yield firm, ("suppliers", name, "firms", firm) if firm in supplier.firms else ("suppliers", name)
    for name, warehouse in scenario.warehouses.items():
        yield from ((firm, ("warehouses", name)) for firm, _ in firm_names(name, warehouse))
    for section in ("outside", "markets"):
        yield from ((name, (section, name)) for name in _keys(tree, section))


def _uses(tree: Mapping) -> Iterator[tuple[str, Path, str, Place]]:
    """Every name that refers to something else: what it should be, its path, itself and its place."""
    for section, field in (("plants", "makes"), ("suppliers", "makes"), ("warehouses", "stocks"), ("markets", "buys")):
        for name in _keys(tree, section):
            node = at(tree, (section, name, field))
            if isinstance(node, Scalar):
                yield "part", (section, name, field), node.text, node.place
    for section, field in (("markets", "at"), ("warehouses", "from")):
        for name in _keys(tree, section):
            yield from _items(at(tree, (section, name, field)), "seller", (section, name, field))
    for section in ("plants", "suppliers"):
        for name in _keys(tree, section):
            sources: Path = (section, name, "from")
            node = at(tree, sources)
            for component, one in node.entries.items() if isinstance(node, Mapping) else ():
                yield "part", sources, component, key_place(tree, (*sources, component))
                yield from _items(one, "seller", sources)
    for name in _keys(tree, "parts"):
        for field in ("needs", "cost_shares"):
            path: Path = ("parts", name, field)
            node = at(tree, path)
            for component in node.entries if isinstance(node, Mapping) else ():
                yield "part", path, component, key_place(tree, (*path, component))
    for name in _keys(tree, "outside"):
        supplies: Path = ("outside", name, "supplies")
        if isinstance(node := at(tree, supplies), Sequence):
            yield from _items(node, "part", supplies)
    yield from _ends(tree.entries.get("lanes"), ("lanes",))
    for name in _keys(tree, "disruptions"):
        hits: Path = ("disruptions", name, "hits")
        for field, kind in HIT.items():
            yield from _items(at(tree, (*hits, field)), kind, (*hits, field))
        yield from _ends(at(tree, (*hits, "lanes")), (*hits, "lanes"))
    policies = at(tree, ("study", "policies"))
    for item in policies.items if isinstance(policies, Sequence) else ():
        if isinstance(item, Scalar):
            for policy in item.text.split("+"):
                if policy.strip() != "none":
                    yield "policy", ("study", "policies"), policy.strip(), item.place


def _ends(lanes: Node | None, path: Path) -> Iterator[tuple[str, Path, str, Place]]:
    """Buyers, suppliers and parts of a list of lanes."""
    for index, lane in enumerate(lanes.items if isinstance(lanes, Sequence) else ()):
        for field in ("buyer", "supplier", "part"):
            node = at(lane, (field,))
            if isinstance(node, Scalar):
                yield field, (*path, index, field), node.text, node.place


def _items(node: Node | None, kind: str, path: Path) -> Iterator[tuple[str, Path, str, Place]]:
    """The names in a list, or the only one."""
    for item in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(item, Scalar):
            yield kind, path, item.text, item.place


def _alike(tree: Mapping, names: list[tuple[str, Path]]) -> list[Problem]:
    """Names that are equal, differ only by case or width, or only look the same; and mixed scripts."""
    problems: list[Problem] = []
    seen: dict[str, tuple[str, Path]] = {}
    for name, path in dict.fromkeys(names):
        used = set() if name.isascii() else {_script(sign) for sign in name}
        scripts = [script for script in SCRIPTS if script in used]
        if len(scripts) > 1:
            mixed = " and ".join(script.capitalize() for script in scripts)
            message = f"name {shown(name)} mixes {mixed} letters that look alike"
            problems.append(problem(key_place(tree, path), message, "type it again with one keyboard layout"))
            continue
        if unicodedata.normalize("NFKC", name) != name:
            continue  # no name at all, as the schema says
        folded = name.strip().translate(LOOK_ALIKES).casefold()
        other = seen.setdefault(folded, (name, path))
        if other[1] == path:
            continue
        before = key_place(tree, other[1])
        where = f"line {before.line}" if before.file == key_place(tree, path).file else str(before)
        if other[0] == name:
            message = f"id {shown(name)} already defined on {where} (in {other[1][0]})"
        elif other[0].casefold() == name.casefold():
            message = f"{shown(other[0])} ({where}) and {shown(name)} differ only by case"
        else:
            message = f"{shown(other[0])} ({where}) and {shown(name)} look the same"
        problems.append(problem(key_place(tree, path), message, "give one of them another name"))
    return problems


@cache
def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0] if sign.isalpha() and sign != "µ" else ""


def _reserved(tree: Mapping) -> list[Problem]:
    """Policies whose names mean something on the command line."""
    problems = []
    for name in _keys(tree, "policies"):
        if name == "none" or "+" in name:
            why = "is the name of the baseline" if name == "none" else "contains +, which combines policies"
            problems.append(problem(key_place(tree, ("policies", name)), f"policy {shown(name)} {why}", "rename it"))
    return problems
