"""A tree against the schema: every value typed, every problem at its place.

In: a tree of nodes.  Out: a `Scenario`, or one problem per wrong value, key or section, in the words of the
file.  Sections that were validated before are taken as they are, so that a policy costs what it changes.
This module must not know YAML or how a tree came about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from chainsim.errors import Place, Problem
from chainsim.scenario.language.schema import Scenario, Section, Supplier, Warehouse
from chainsim.scenario.language.shape import ROOT, alternatives, below, choices, fields, is_section, known_keys
from chainsim.scenario.language.values import RINGS
from chainsim.scenario.resolve.paths import show
from chainsim.scenario.text.nodes import Leaf, Mapping, Node, Path, Scalar, Sequence, walk
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import shown

PREDICATE = re.compile(r"(must|needs|is|has|contains|takes) ")
KEY = "[key]"
OF_RINGS = (
    "write city (市), province (省: the rest of it), nation (国内: the rest of China) or abroad (国外); "
    "counties and districts go into `district`"
)
MOST_FIRMS = 20_000
NAMED = (
    *("calendars", "parts", "plants", "suppliers", "warehouses", "outside", "markets", "firms"),
    *("disruptions", "policies"),
)


@dataclass(slots=True)
class Known:
    """Sections validated before, by the identity of their nodes (which are kept alive here)."""

    sections: dict[int, tuple[Node, Section]] = field(default_factory=dict)

    def learn(self, tree: Mapping, scenario: Scenario) -> None:
        """Remember the sections of a valid scenario."""
        self._add(tree.entries.get("study"), scenario.study)
        for key in NAMED:
            group = tree.entries.get(key)
            if isinstance(group, Mapping):
                values = getattr(scenario, key)
                for name, node in group.entries.items():
                    self._add(node, values[name])

    def _add(self, node: Node | None, section: Section) -> None:
        if node is not None:
            self.sections[id(node)] = (node, section)


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem of the schema and the path it is about (of the missing key, where one is missing)."""

    path: Path
    problem: Problem


def validate(tree: Mapping, known: Known | None = None) -> tuple[Scenario | None, list[Fault]]:
    """The scenario that a tree says, or every fault in it."""
    try:
        scenario = Scenario.model_validate(_plain(tree, known.sections if known else {}))
    except ValidationError as error:
        return None, list(_faults(tree, error))
    crowds = list(_crowds(tree, scenario))
    return (None, crowds) if crowds else (scenario, [])


def _crowds(tree: Mapping, scenario: Scenario) -> Iterator[Fault]:
    """Groups of more firms than anyone means, before their names are spelt out."""
    groups: list[tuple[str, str, Supplier | Warehouse]] = [
        ("suppliers", name, group) for name, group in scenario.suppliers.items()
    ]
    groups += [("warehouses", name, group) for name, group in scenario.warehouses.items()]
    for section, name, described in groups:
        count = sum(described.count.values()) if isinstance(described.count, dict) else described.count
        if count > MOST_FIRMS:
            path: Path = (section, name, "count")
            group = tree.entries[section]
            node = group.entries[name] if isinstance(group, Mapping) else group
            stated = node.entries.get("count", node) if isinstance(node, Mapping) else node
            stated = next((child for _, child in walk(stated) if _set_by(child) != "file"), stated)
            message = f"{_by(stated)}count of {_safe(name)} is {count:,}, more than {MOST_FIRMS:,} firms"
            yield Fault(path, problem(stated.place, message, "write the number of firms in this group"))


def _plain(node: Node, known: dict[int, tuple[Node, Section]]) -> Any:
    if isinstance(node, Scalar):
        return Leaf(node.text, node.quoted)
    if isinstance(node, Sequence):
        return [_plain(item, known) for item in node.items]
    before = known.get(id(node))
    if before is not None and before[0] is node:
        return before[1]
    return {key: _plain(child, known) for key, child in node.entries.items()}


def _faults(tree: Mapping, error: ValidationError) -> Iterator[Fault]:
    seen: set[Path] = set()
    for line in error.errors(include_url=False, include_input=False):
        path, node, is_key = _reach(tree, line["loc"])
        if line["type"] == "missing":
            path = (*path, str(line["loc"][-1]))
        elif any(path == other[: len(path)] for other in seen):
            continue  # another member of a union, or the section of what is wrong already
        seen.add(path)
        yield Fault(path, _problem(tree, path, node, is_key, line))


def _reach(tree: Mapping, loc: tuple[int | str, ...]) -> tuple[Path, Node, bool]:
    """Path and node that pydantic's `loc` is about, and whether the key itself is at fault.

    Names of union members in `loc` are passed over; what the tree lacks ends the path.
    """
    node: Node = tree
    path: list[int | str] = []
    for key in loc:
        if isinstance(node, Mapping) and key in node.entries:
            node = node.entries[str(key)]
        elif isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
        else:
            continue
        path.append(key)
    return tuple(path), node, loc[-1:] == (KEY,)


def _problem(tree: Mapping, path: Path, node: Node, is_key: bool, line: Any) -> Problem:
    kind, message, context = line["type"], line["msg"], line.get("ctx", {})
    key = str(path[-1]) if path else ""
    if kind == "missing":
        return _missing(path, node)
    if kind == "extra_forbidden":
        keys = known_keys(_kind(path[:-1]))
        near = did_you_mean(key, keys)
        place = key_place(tree, path)
        return problem(
            place, _by(node) + f"unknown key '{_safe(key)}'{near}", "" if near else f"there is {listed(keys)}"
        )
    if is_key and kind == "string_pattern_mismatch":
        return problem(key_place(tree, path), f"{shown(key)} is not a year", "write a year such as 2024")
    if is_key:
        text = message if message.startswith("unknown") else f"name {shown(key)} {message}"
        return problem(key_place(tree, path), text, context.get("hint", ""))
    label = _by(node) + label_of(path, full=_set_by(node) != "file")
    got = _got(node)
    if kind in ("model_type", "model_attributes_type", "dict_type", "dict_attributes_type"):
        where = f"{label}: " if label else ""
        return problem(node.place, f"{where}expected a mapping, got {got}", "write `key: value`, indented below it")
    if kind == "tuple_type" and not isinstance(node, Scalar):
        return problem(node.place, f"{label}: expected a list, got {got}", "write [a, b]")
    if kind in ("literal_error", "tuple_type"):
        return _choice(node, label, path, got)
    if not isinstance(node, Scalar):
        message = re.sub(r", got .*", f", got {got}", message)
    text = f"{label} {message}" if PREDICATE.match(message) else f"{label}: {message}"
    return problem(node.place, text, context.get("hint", ""))


def _missing(path: Path, node: Node) -> Problem:
    section, key = path[:-1], str(path[-1])
    where = f"{show(section)} (starts line {node.place.line})" if section else "the scenario"
    info = next((fields(kind).get(key) for kind in alternatives(_kind(section)) if is_section(kind)), None)
    hint = f"{key}: {info.description}" if info and info.description else f"add `{key}:`"
    return problem(node.place, _by(node) + f"key '{key}' missing in {where}", hint)


def _choice(node: Node, label: str, path: Path, got: str) -> Problem:
    words = choices(_kind(path))
    if not words:
        return problem(node.place, f"{label}: expected a list, got {got}", f"write [{_text(node) or 'a, b'}]")
    also = " or a list" if below(_kind(path), 0) is not None else ""
    message = f"{label} must be {' or '.join(repr(c) for c in words)}{also}, got {got}"
    near = did_you_mean(_text(node), words)
    hint = f"write [{_text(node)}]" if also and _text(node) and not near else ""
    if set(words) == set(RINGS):
        near = "" if _text(node).casefold() == "county" else near  # nearest to city as a word, and no city
        hint = OF_RINGS
    return problem(node.place, message + near, hint)


def _kind(path: Path) -> Any:
    kind: Any = ROOT
    for key in path:
        kind = below(kind, key)
    return kind


def label_of(path: Path, *, full: bool = False) -> str:
    """What messages call the value at a path: its key, with the key above where that names no section."""
    if full or len(path) < 3:
        return show(path)
    in_section = is_section(_kind(path[:-1])) or isinstance(path[-2], int)
    return show(path[-1:]) if in_section else show(path[-2:])


def key_place(tree: Mapping, path: Path) -> Place:
    """Where the key at a path stands; the value's place when the key's is not known."""
    node: Node = tree
    place = tree.place
    for key in path:
        if isinstance(node, Mapping) and key in node.entries:
            place = node.key_places.get(str(key), node.entries[str(key)].place)
            node = node.entries[str(key)]
        elif isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            place = node.place
    return place


def _set_by(node: Node) -> str:
    return node.set_by if isinstance(node, Scalar) else "file"


def _by(node: Node) -> str:
    """Whose change a problem is about, as the start of a message; empty for the file itself and `--set`."""
    set_by = _set_by(node)
    return "" if set_by in ("file", "--set") else f"{set_by}: "


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _got(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    return "a list" if isinstance(node, Sequence) else shown(node.text) if node.text else "nothing"


def _safe(key: str) -> str:
    return shown(key)[1:-1]
