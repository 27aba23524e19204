"""Where numbers come from: `{value: 144_600 CNY, source: byd_grp_2024}` and the facts table beside the scenario.

In: the tree of one file, in which any value may carry `source`, `confidence`, `date` and `note`, and any
section a `source` for all below it.  Out: the same tree with plain values, and one `Origin` per value, kept
by the place of the value, which no override can confuse.
This module must not know what the values mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace

from chainsim.errors import Place, Problem
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.scenario.text.table import read_table
from chainsim.units import shown

CONFIDENCES = ("measured", "derived", "assumed")
NOT_YET = ("target", "plan")
KINDS = ("measured", "derived", *NOT_YET)
BESIDE = ("source", "confidence", "date", "note")


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a facts table; rows of one `series` may be compared, `kind` says whether they happened."""

    id: str
    item: str = ""
    value: str = ""
    unit: str = ""
    period: str = ""
    source: str = ""
    source_date: str = ""
    confidence: str = ""
    note: str = ""
    kind: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file says about where one value comes from; empty where it says nothing."""

    source: str = ""
    confidence: str = ""
    date: str = ""
    note: str = ""

    @property
    def is_assumption(self) -> bool:
        return not self.source or self.source.strip().lower().startswith("assumed")


Origins = dict[Place, Origin]


def strip(tree: Mapping, origins: Origins, sources: list[Scalar]) -> list[Problem]:
    """Takes provenance out of `tree`, in place, into `origins`; `sources` gets every source as written."""
    problems: list[Problem] = []
    _section(tree, Origin(), origins, sources, problems)
    return problems


def _section(node: Mapping, above: Origin, origins: Origins, sources: list[Scalar], problems: list[Problem]) -> None:
    own = node.entries.get("source")
    if isinstance(own, Scalar):
        del node.entries["source"]
        sources.append(own)
        above = Origin(own.text)
    for key, child in node.entries.items():
        node.entries[key] = _node(child, above, origins, sources, problems)


def _node(node: Node, above: Origin, origins: Origins, sources: list[Scalar], problems: list[Problem]) -> Node:
    if isinstance(node, Scalar):
        if above.source:
            origins[node.place] = above
    elif isinstance(node, Sequence):
        node.items = [_node(child, above, origins, sources, problems) for child in node.items]
    elif isinstance(node.entries.get("value"), Scalar):
        return _value(node, above, origins, sources, problems)
    else:
        _section(node, above, origins, sources, problems)
    return node


def _value(node: Mapping, above: Origin, origins: Origins, sources: list[Scalar], problems: list[Problem]) -> Scalar:
    value = node.entries["value"]
    assert isinstance(value, Scalar)
    given = {}
    for key, child in node.entries.items():
        if key == "value":
            continue
        if key not in BESIDE:
            message = f"unknown key '{key}' beside `value`{did_you_mean(key, BESIDE)}"
            problems.append(problem(node.key_places.get(key, node.place), message, f"there is {listed(BESIDE)}"))
        elif not isinstance(child, Scalar):
            problems.append(problem(child.place, f"{key} must be text"))
        else:
            given[key] = child.text
            if key == "source":
                sources.append(child)
            elif key == "confidence" and child.text not in CONFIDENCES:
                message = f"confidence must be one of {listed(CONFIDENCES)}, got {shown(child.text)}"
                problems.append(problem(child.place, message + did_you_mean(child.text, CONFIDENCES)))
    if "source" not in given and above.source:
        given["source"] = above.source
    origins[value.place] = replace(Origin(), **given)
    return value


def read_facts(display: str, data: bytes) -> tuple[dict[str, Fact], list[Problem]]:
    """The rows of a facts table by id, and what is wrong with the table."""
    table, problems = read_table(display, data)
    if "id" not in table.header and not problems:
        problems.append(problem(table.place, "column 'id' is missing", f"there is {listed(table.header)}"))
    facts: dict[str, Fact] = {}
    rows: dict[str, str] = {}
    known = set(Fact.__dataclass_fields__)
    for row in table.rows:
        cells = {column: cell.text for column, cell in row.cells.items() if column in known}
        key = cells.get("id", "")
        kind = cells.get("kind", "")
        if kind and kind not in KINDS:
            message = f"kind must be one of {listed(KINDS)}, got {shown(kind)}{did_you_mean(kind, KINDS)}"
            problems.append(problem(row.cells["kind"].place, message))
        if key and key in facts:
            problems.append(problem(row.cells["id"].place, f"id {shown(key)} already defined on {rows[key]}"))
        elif key:
            facts[key] = Fact(**cells)
            rows[key] = row.place.row
    return facts, problems


def unknown_sources(sources: Iterable[Scalar], facts: Map[str, Fact], has_table: bool) -> list[Problem]:
    """A problem for every source that is neither a row of the facts nor an assumption."""
    problems = []
    for source in sources:
        if Origin(source.text).is_assumption or source.text in facts:
            continue
        if has_table:
            message = f"no fact {shown(source.text)}{did_you_mean(source.text, facts)}"
            hint = 'write the id of a row of the facts table, or "assumed: why"'
        else:
            message = f"source {shown(source.text)} needs a facts table, and the scenario names none"
            hint = 'write `facts: facts.csv` at the top, or "assumed: why"'
        problems.append(problem(source.place, message, hint))
    return problems


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind one value, for the page of assumptions: `source` is a fact's id or `assumed`."""

    source: str
    confidence: str
    date: str
    note: str


def backing(origin: Origin | None, facts: Map[str, Fact]) -> Backing:
    """An origin joined with its fact; a value of unknown origin is an assumption."""
    origin = origin or Origin()
    if origin.is_assumption:
        why = origin.source.strip()[len("assumed") :].lstrip(" :,")
        return Backing("assumed", origin.confidence or "assumed", origin.date, origin.note or why)
    fact = facts.get(origin.source, Fact(origin.source))
    kind = fact.kind or ("derived" if fact.source.lower().startswith("derived") else "measured")
    confidence = origin.confidence or f"{kind} {fact.confidence}".strip()
    if kind in NOT_YET:  # whatever the scenario makes of it, it has not happened
        confidence = f"{kind} {fact.confidence}".strip()
    return Backing(origin.source, confidence, origin.date or fact.source_date, origin.note or fact.note)
