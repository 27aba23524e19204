"""The one door to a scenario: from the path of a file to a validated Scenario that knows where each value came from.

In: a path and `--set` texts.  Out: a `Loaded`, or one `ScenarioError` with all problems.  The order is the
precedence: defaults < extends < file < policies < `--set`.
This module must not know the simulation or the terminal.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Mapping as Map
from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.checks.references import check_references
from chainsim.scenario.checks.repair import repaired
from chainsim.scenario.checks.semantics import Check, check, check_language
from chainsim.scenario.checks.validate import validate
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Scenario
from chainsim.scenario.language.shape import ROOT, Kind, below, default_text, fields, is_number, is_section
from chainsim.scenario.resolve.defaults import spell_out_groups
from chainsim.scenario.resolve.distances import fill_transport
from chainsim.scenario.resolve.inherit import assemble
from chainsim.scenario.resolve.lists import fill_firms
from chainsim.scenario.resolve.overrides import Setting, apply, at, from_command, is_set, locate
from chainsim.scenario.resolve.paths import show
from chainsim.scenario.resolve.provenance import Fact, Origin, Origins, backing, read_facts, strip, unknown_sources
from chainsim.scenario.resolve.traces import fill_orders
from chainsim.scenario.text.inputs import Inputs
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence, walk
from chainsim.scenario.text.nodes import Path as NodePath
from chainsim.scenario.versions import Timeline, Versions, check_paths, combination, groups_by_firm

FAULTY = {  # what a table damages that cannot be read or is wrong, and where paths to what it holds begin
    "suppliers.firms": ("firms", "suppliers"),
    "transport.*": ("transport",),
    "markets.trace": ("markets",),
}
FILES = ("list", "facts", "trace", "transport_table")
MAPPED = ("finished_stock", "component_stock", "stock", "lead_time", "between", "quantity")  # may be laws as mappings


class Resolved(NamedTuple):
    """One value of the resolved scenario: where it stands, who set it, and what its source is."""

    path: str
    value: str
    place: str
    set_by: str
    source: str


class Assumption(NamedTuple):
    """One number and what stands behind it: a fact's id, or `assumed`."""

    path: str
    value: str
    source: str
    confidence: str
    date: str
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A scenario file, read, resolved and checked.

    name: the file's name without its ending.  scenario: the baseline, `--set` applied, no policy or disruption
    in force.  inputs: the bytes of every file read, by path relative to the scenario's folder.  path: as it was given.
    """

    name: str
    scenario: Scenario
    warnings: tuple[Problem, ...]
    inputs: Map[str, bytes]
    versions: Versions
    origins: Origins
    facts: Map[str, Fact]
    settings: tuple[str, ...] = ()
    path: str = ""

    def changed(self, settings: Iterable[str]) -> Loaded:
        """The same scenario with further `--set` settings, from the bytes that were read: no file is read again."""
        return load(self.path, [*self.settings, *settings], content=self.inputs)

    def timeline(self, policies: Many[str] = ()) -> Timeline:
        """The scenario in force from each date on, the first from the start of the study.

        policies: names, or combinations such as `a+b`; `none` is the baseline.  `ScenarioError` for an unknown
        policy, or for two in force at the same time that set the same value.
        """
        dated, problems = self.versions.timeline(policies)
        _raise(problems)
        return dated

    def resolved(self, policies: Many[str] = ()) -> list[Resolved]:
        """Every value with these policies in force, whatever their dates; defaults too, in the schema's order."""
        _raise(self.versions.timeline(policies)[1])
        owners = self.versions.owners([name for text in policies for name in combination(text)])
        tree, _ = self.versions.tree_with(tuple(owners))
        rows: list[Resolved] = []
        _rows(tree, (), ROOT, rows, self.origins)
        return rows

    def assumptions(self) -> list[Assumption]:
        """Every number in the files (not the study's own settings) with its source, in the order of the file."""
        rows = []
        for path, node in walk(self.versions.tree):
            if isinstance(node, Scalar) and path[0] not in ("study", "chainsim") and _is_number(path, node):
                behind = backing(self.origins.get(node.place), self.facts)
                rows.append(
                    Assumption(show(path), node.text, behind.source, behind.confidence, behind.date, behind.note)
                )
        return rows


def load(
    path: str | Path,
    settings: Iterable[str] = (),
    stated: Iterable[str] = (),
    content: Map[str, bytes] | None = None,
) -> Loaded:
    """The scenario at `path` with `--set` settings, such as `plants.byd.capacity=900/day`.

    stated: settings that count as if the file said so: policies change them, where they leave those of `--set` alone.
    content: bytes of its files, as `Loaded.inputs` keeps them; what is not there is read.

    `ScenarioError` with all problems when anything in the file, its parents, its lists or the settings is wrong.
    """
    display = os.fspath(path)
    inputs = Inputs(Path(path), display, content)
    reading = _Reading(inputs)
    tree, unused = spell_out_groups(assemble(inputs, reading.prepare))
    reading.problems += unused
    given = tuple(settings)
    also = tuple(stated)
    tree = reading.override(tree, given, also)
    return replace(reading.judge(tree), settings=given + also, path=display)


class _Reading:
    """One scenario on its way in; problems are collected until something cannot go on without an answer."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.problems: list[Problem] = []
        self.origins: Origins = {}
        self.sources: list[Scalar] = []
        self.tables: list[Scalar] = []
        self.damage: set[str] = set()

    def prepare(self, tree: Mapping) -> None:
        """One file's own tree, before it is merged: its language, its provenance, its facts."""
        newer = check_language(tree)
        if newer:
            raise ScenarioError(newer)
        self.problems += strip(tree, self.origins, self.sources)
        facts = tree.entries.get("facts")
        if isinstance(facts, Scalar):
            self.tables.append(facts)

    def override(self, tree: Mapping, settings: Iterable[str], stated: Iterable[str]) -> Mapping:
        """`--set`, those that name files first, and what these files hold; then what counts as stated."""
        parsed = self._parsed(settings)
        files = [setting for setting in parsed if setting.path.rpartition(".")[2].strip() in FILES]
        tree = self._apply(tree, files)
        changed = tree.entries.get("facts")
        if isinstance(changed, Scalar) and changed.set_by != "file":
            self.tables = [changed]
        lists = fill_firms(tree, self.inputs, self.origins, self.sources)
        roads = fill_transport(tree, self.inputs)
        self.problems += [*lists, *roads]
        self.damage |= {"suppliers.firms"} if lists else set()
        traces = fill_orders(tree, self.inputs)
        self.problems += traces
        self.damage |= {"markets.trace"} if traces else set()
        self.damage |= {"transport.*"} if roads else set()
        tree = self._apply(tree, [setting for setting in parsed if setting not in files])
        return self._apply(tree, self._parsed(stated), as_stated=True)

    def _parsed(self, settings: Iterable[str]) -> list[Setting]:
        parsed: list[Setting] = []
        for text in settings:
            try:
                parsed.append(from_command(text))
            except ScenarioError as error:
                self.problems += error.problems
        return parsed

    def _apply(self, tree: Mapping, settings: Many[Setting], as_stated: bool = False) -> Mapping:
        names = None
        if any(setting.path.lstrip().startswith("firms") for setting in settings):
            scenario, _ = repaired(tree)
            names = groups_by_firm(scenario) if scenario else None
        for setting in settings:
            if setting.path.lstrip().startswith(self._unsure()):
                continue
            writes, wrong = locate(tree, setting, names)
            if as_stated:
                as_file = replace(setting, set_by="file")
                settled = [is_set(at(tree, write.target.path)) for write in writes]
                writes = [w if own else replace(w, setting=as_file) for w, own in zip(writes, settled, strict=True)]
            tree, found = apply(tree, writes, names)
            self.problems += [*wrong, *found]
        return tree

    def _unsure(self) -> tuple[str, ...]:
        """How paths begin to what a faulty table may hold; nothing follows from what is not found there."""
        return tuple(root for field, roots in FAULTY.items() if field in self.damage for root in roots)

    def facts(self) -> dict[str, Fact]:
        """The rows of all facts tables; the nearer file's wins."""
        facts: dict[str, Fact] = {}
        for named in reversed(self.tables):
            try:
                display, data = self.inputs.read(named)
            except ScenarioError as error:
                self.problems += error.problems
                continue
            rows, found = read_facts(display, data)
            self.problems += found
            facts |= rows
        return facts

    def judge(self, tree: Mapping) -> Loaded:
        """The tree against the schema, the semantic checks, and every version that the study may run."""
        before = len(self.problems)
        facts = self.facts()
        if len(self.problems) == before:
            self.problems += unknown_sources(self.sources, facts, bool(self.tables))
        whole, faults = validate(tree)
        self.problems += [fault.problem for fault in faults]
        scenario, damage = (whole, frozenset[str]()) if whole else repaired(tree, faults)
        damage |= self.damage
        references, unknown = check_references(tree, scenario, listed="suppliers.firms" not in self.damage)
        self.problems += references
        damage |= unknown
        passed: tuple[Check, ...] = ()
        if scenario is not None:
            sound = whole is not None and not any(not found.warning for found in self.problems)
            found, passed = check(View(scenario, tree), damage, sound=sound)
            self.problems += found
        if whole is None:
            self.problems += self._certain(tree, check_paths(tree, None if damage else scenario))
            raise ScenarioError(in_order(self.problems))
        versions = Versions(tree, whole, passed)
        self._check_versions(versions)
        _raise(self.problems)
        return Loaded(
            Path(self.inputs.start).stem,
            whole,
            tuple(in_order(self.problems)),
            dict(self.inputs.content),
            versions,
            self.origins,
            facts,
        )

    def _certain(self, tree: Mapping, problems: list[Problem]) -> list[Problem]:
        """Problems of dated changes, but for those that name something in a faulty table."""
        unsure = self._unsure()
        hidden = {
            place
            for section in ("policies", "disruptions")
            if unsure
            for one in getattr(tree.entries.get(section), "entries", {}).values()
            if _names(one, unsure)
            for _, node in walk(one)
            for place in (node.place, *getattr(node, "key_places", {}).values())
        }
        return [found for found in problems if found.place not in hidden]

    def _check_versions(self, versions: Versions) -> None:
        """Every policy alone, and the combinations of the study."""
        scenario = versions.scenario
        known = set(self.problems)
        runs: list[tuple[str, ...]] = [(), *((name,) for name in scenario.policies)]
        runs += [combination(text) for text in scenario.study.policies]
        for run in dict.fromkeys(runs):
            if all(name in scenario.policies for name in run):
                _, found = versions.timeline(run)
                self.problems += self._certain(versions.tree, [one for one in found if one not in known])
                known.update(found)


def _names(change: Node, roots: tuple[str, ...]) -> bool:
    """Whether a policy or disruption has a path that begins like one of these."""
    texts = [text for path, node in walk(change) for text in (*path, getattr(node, "text", ""))]
    return any(str(text).strip("\"' ").startswith(roots) for text in texts)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems without duplicates, file by file in the order in which the files appear, from top to bottom."""
    unique = list(dict.fromkeys(problems))
    files: dict[str, int] = {}
    for one in unique:
        files.setdefault(one.place.file if one.place else "", len(files))

    def position(one: Problem) -> tuple[int, int, int]:
        place = one.place
        return (files[place.file], place.line, place.column) if place else (files[""], 0, 0)

    return sorted(unique, key=position)


def _raise(problems: Iterable[Problem]) -> None:
    found = in_order(problems)
    if any(not one.warning for one in found):
        raise ScenarioError(found)


def _is_number(path: NodePath, node: Scalar) -> bool:
    kind = ROOT
    for key in path:
        if key == "change":
            return any(sign.isdigit() for sign in node.text)
        kind = below(kind, key)
    return is_number(kind) or (len(path) > 2 and path[-2] in MAPPED)


def _rows(node: Node, path: NodePath, kind: Kind, rows: list[Resolved], origins: Origins) -> None:
    if isinstance(node, Scalar):
        origin = origins.get(node.place, Origin())
        set_by = "" if node.set_by == "--set" else str(node.place)
        rows.append(Resolved(show(path), node.text, set_by or "--set", node.set_by, origin.source))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            _rows(item, (*path, index), below(kind, index), rows, origins)
    else:
        for key, child in node.entries.items():
            _rows(child, (*path, key), below(kind, key), rows, origins)
        for key, info in fields(kind).items() if is_section(kind) else ():
            text = default_text(info)
            if key not in node.entries and text is not None:
                rows.append(Resolved(show((*path, key)), text, "default", "default", ""))
