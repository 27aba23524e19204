"""The versions of a scenario over time: the baseline under the policies and disruptions in force on each date.

In: the baseline as a tree and as a Scenario, with its named changes.  Out: dated scenarios, or the problems of
a change at its line in the file.  Policies act in the order given, changes of single firms after those of
groups, disruptions last; a value that `--set` gave is never changed; two policies (or two disruptions) in force
at the same time may not set the same value.
This module must not know files or the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Many
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from chainsim.errors import Problem
from chainsim.scenario.checks.semantics import CHECKS, Check, check_version
from chainsim.scenario.checks.validate import Known, validate
from chainsim.scenario.checks.view import View, token
from chainsim.scenario.language.schema import DatedChange, Scenario
from chainsim.scenario.levers import Made, made_by_levers
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.resolve.overrides import Setting, Write, apply, at, is_set, locate
from chainsim.scenario.resolve.paths import show
from chainsim.scenario.text.nodes import Mapping, Path
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed

BASELINE = "none"


class Owner(NamedTuple):
    """Changes that hold from the same day on: those of a policy or disruption, or what its levers make later.

    kind: `policy` or `disruption`.  wait: days after its `from`.  lasts: it stays in force when that has ended.
    """

    kind: str
    name: str
    wait: int = 0
    lasts: bool = False


Timeline = tuple[tuple[date, Scenario], ...]
SECTIONS = {"policy": "policies", "disruption": "disruptions"}


def combination(text: str) -> tuple[str, ...]:
    """The policies of `a+b`, in the order given; `none` is the baseline, without any."""
    names = (part.strip() for part in text.split("+"))
    return tuple(name for name in names if name != BASELINE)


@dataclass(slots=True)
class Versions:
    """The baseline and everything that can be in force on top of it."""

    tree: Mapping
    scenario: Scenario
    passed: tuple[Check, ...] = CHECKS
    known: Known = field(default_factory=Known)
    _groups: dict[str, Path] = field(default_factory=dict)
    _located: dict[Owner, tuple[list[Write], list[Problem]]] = field(default_factory=dict)
    _made: dict[tuple[Owner, ...], tuple[Scenario, list[Problem]]] = field(default_factory=dict)
    _levers: dict[str, tuple[list[Made], list[Problem]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known.learn(self.tree, self.scenario)
        self._groups = groups_by_firm(self.scenario)
        self._made[()] = self.scenario, []

    def timeline(self, policies: Many[str] = ()) -> tuple[Timeline, list[Problem]]:
        """The scenario in force from each date on, and every problem of these policies and the disruptions."""
        chosen = [name for text in policies for name in combination(text)]
        problems = self._unknown(chosen)
        if problems:
            return ((self.scenario.study.start, self.scenario),), problems
        owners = self.owners(chosen)
        owners += [Owner("disruption", name) for name, one in self.scenario.disruptions.items() if one.hits is None]
        for name in dict.fromkeys(chosen):
            problems += self._by_levers(name)[1]
        for owner in owners:
            problems += self._writes(owner)[1]
        result: list[tuple[date, Scenario]] = []
        before: tuple[Owner, ...] | None = None
        for day in self._breakpoints(owners):
            active = tuple(owner for owner in owners if self._in_force(owner, day))
            if active == before:
                continue
            scenario, found = self.version(active)
            result.append((day, scenario))
            problems += found
            before = active
        return tuple(result), list(dict.fromkeys(problems))

    def owners(self, policies: Many[str]) -> list[Owner]:
        """The owners of all that some policies change, in the order in which they act."""
        found = []
        for name in dict.fromkeys(policies):
            waits = {(made.wait, made.lasts) for made in self._by_levers(name)[0]} | {(0, False)}
            found += [Owner("policy", name, wait, lasts) for wait, lasts in sorted(waits)]
        return found

    def _by_levers(self, name: str) -> tuple[list[Made], list[Problem]]:
        """What the levers of a policy change in the baseline."""
        if name not in self._levers:
            self._levers[name] = made_by_levers(self.tree, self.scenario, self.scenario, name, self._groups)
        return self._levers[name]

    def version(self, active: tuple[Owner, ...]) -> tuple[Scenario, list[Problem]]:
        """The scenario with some changes in force, whatever the date; the baseline where it is not valid."""
        if active not in self._made:
            self._made[active] = self._make(active)
        return self._made[active]

    def tree_with(self, active: tuple[Owner, ...]) -> tuple[Mapping, list[Problem]]:
        """The tree with some changes in force."""
        writes = [write for owner in active for write in self._adapted(owner, active)]
        writes.sort(key=lambda write: (write.setting.set_by.startswith("disruption"), write.target.path[0] == "firms"))
        return apply(self.tree, writes, self._groups)

    def _adapted(self, owner: Owner, active: tuple[Owner, ...]) -> list[Write]:
        """What an owner writes; what of it rests on all else that is in force, found anew on top of that."""
        own = self._writes(owner)[0]
        if not any(write.setting.adapts for write in own):
            return own
        others = [write for other in active for write in self._writes(other)[0] if not write.setting.adapts]
        tree, problems = apply(self.tree, others, self._groups)
        scenario, faults = validate(tree, self.known)
        if scenario is None or problems or faults or not others:
            return own
        made, _ = made_by_levers(tree, scenario, self.scenario, owner.name, self._groups)
        anew = {one.setting.path: one.setting for one in made if one.setting.adapts}
        return [
            replace(write, setting=anew.get(write.setting.path, write.setting)) if write.setting.adapts else write
            for write in own
        ]

    def _make(self, active: tuple[Owner, ...]) -> tuple[Scenario, list[Problem]]:
        problems = self._conflicts(active)
        tree, found = self.tree_with(active)
        problems += found
        scenario, faults = validate(tree, self.known)
        problems += [fault.problem for fault in faults]
        if scenario is None:
            return self.scenario, problems
        changed = {token(write.target.path) for owner in active for write in self._writes(owner)[0]}
        problems += check_version(View(scenario, tree), changed, self.passed)
        return scenario, problems

    def _conflicts(self, active: tuple[Owner, ...]) -> list[Problem]:
        problems = []
        for number, owner in enumerate(active):
            rivals = [write for other in active[:number] if other[0] == owner[0] for write in self._writes(other)[0]]
            for write in self._writes(owner)[0]:
                for rival in rivals:
                    one, other_path = rival.target.path, write.target.path
                    length = min(len(one), len(other_path))
                    if one[:length] == other_path[:length]:
                        problems.append(_clash(rival, write))
                        break
        return problems

    def _writes(self, owner: Owner) -> tuple[list[Write], list[Problem]]:
        """What a policy or disruption writes; located once, in the baseline."""
        if owner not in self._located:
            writes: list[Write] = []
            problems: list[Problem] = []
            own: dict[Path, Write] = {}
            settings = list(settings_of(self.tree, owner)) if owner == Owner(owner.kind, owner.name) else []
            if owner.kind == "policy":
                by_levers = self._by_levers(owner.name)[0]
                settings += [made.setting for made in by_levers if (made.wait, made.lasts) == owner[2:]]
            for setting in settings:
                found, wrong = locate(self.tree, setting, self._groups)
                problems += wrong
                given = [show(write.target.path) for write in found if is_set(at(self.tree, write.target.path))]
                if given:
                    message = f"{setting.set_by}: --set gives {listed(given, 3)}, which this change leaves alone"
                    problems.append(problem(setting.place, message, warning=True))
                for write in found:
                    path = write.target.path
                    if path in own:
                        problems.append(_clash(own[path], write))
                    elif not is_set(at(self.tree, path)):
                        own[path] = write
                        writes.append(write)
            self._located[owner] = writes, problems
        return self._located[owner]

    def _unknown(self, names: Many[str]) -> list[Problem]:
        known = self.scenario.policies
        return [
            Problem(
                f"there is no policy '{name}'{did_you_mean(name, known)}", hint=f"there is {listed((BASELINE, *known))}"
            )
            for name in dict.fromkeys(names)
            if name not in known
        ]

    def change(self, owner: Owner) -> DatedChange:
        """The policy or disruption of an owner."""
        return self.scenario.policies[owner.name] if owner.kind == "policy" else self.scenario.disruptions[owner.name]

    def _span(self, owner: Owner) -> tuple[date | None, date | None]:
        """First day in force and first no longer so."""
        change = self.change(owner)
        begin = change.begin
        if owner.wait:
            begin = (begin or self.scenario.study.start) + timedelta(days=owner.wait)
        return begin, None if owner.lasts else change.until

    def _in_force(self, owner: Owner, day: date) -> bool:
        begin, until = self._span(owner)
        return (begin is None or begin <= day) and (until is None or day < until)

    def _breakpoints(self, owners: Many[Owner]) -> list[date]:
        study = self.scenario.study
        days = {study.start}
        for owner in owners:
            days |= {day for day in self._span(owner) if day is not None and study.start < day < study.end}
        return sorted(days)


def check_paths(tree: Mapping, scenario: Scenario | None) -> list[Problem]:
    """The paths of all dated changes in a tree that is not valid, so that nothing more can be said of them."""
    names = groups_by_firm(scenario) if scenario is not None else None
    problems: list[Problem] = []
    for kind, section in SECTIONS.items():
        node = tree.entries.get(section)
        for name in node.entries if isinstance(node, Mapping) else ():
            for setting in settings_of(tree, Owner(kind, name)):
                problems += locate(tree, setting, names)[1]
    return problems


def groups_by_firm(scenario: Scenario) -> dict[str, Path]:
    """Every firm's name with the path of the plant, supplier group or warehouse that stands for it."""
    groups: dict[str, Path] = {}
    for name, plant in scenario.plants.items():
        groups.update({firm: ("plants", name) for firm, _ in firm_names(name, plant)})
    for name, supplier in scenario.suppliers.items():
        groups.update({firm: ("suppliers", name) for firm, _ in firm_names(name, supplier)})
    for name, warehouse in scenario.warehouses.items():
        groups.update({firm: ("warehouses", name) for firm, _ in firm_names(name, warehouse)})
    return groups


def settings_of(tree: Mapping, owner: Owner) -> Iterator[Setting]:
    """The changes of a policy or disruption as the file lists them."""
    changes = at(tree, (SECTIONS[owner.kind], owner.name, "change"))
    if isinstance(changes, Mapping):
        for path, node in changes.entries.items():
            yield Setting(path, node, changes.key_places.get(path, node.place), f"{owner.kind} {owner.name}")


def _clash(one: Write, other: Write) -> Problem:
    path = show(min(one.target.path, other.target.path, key=len))
    first, second = one.setting, other.setting
    if first.set_by == second.set_by:
        message = f"{first.set_by} sets {path} twice, by '{first.path}' (line {first.place.line}) and '{second.path}'"
        return problem(second.place, message, "leave one of them out")
    message = f"{first.set_by} (line {first.place.line}) and {second.set_by} both set {path} at the same time"
    return problem(
        second.place, message, "combine policies that change different values, or let their dates not overlap"
    )
