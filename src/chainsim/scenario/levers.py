"""What the levers of a policy make of a scenario: dated changes, like those that a file writes itself.

In: a tree with what else is in force, its Scenario, and a policy.  Out: settings, each with its wait, or the problems
of a lever at its line in the file.  This module must not know files, payments or the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from chainsim.errors import Place, Problem
from chainsim.scenario.checks.flow import part_rates
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.language.levers.base import Lever, LeverError, Pull
from chainsim.scenario.language.levers.sections import pulled
from chainsim.scenario.language.schema import Policy, Scenario, Study
from chainsim.scenario.language.shape import is_section
from chainsim.scenario.network.bill import derive
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.sourcing import DEFAULT_RING, stated_shares
from chainsim.scenario.resolve.overrides import Setting, at, text_of
from chainsim.scenario.resolve.paths import PathError, Target, parse, resolve, show
from chainsim.scenario.text.nodes import Mapping, Node, Path, Scalar, walk
from chainsim.scenario.text.sources import problem

DAY = 86_400


class Made(NamedTuple):
    """One change that a lever makes: the setting, days after the policy's `from`, whether it outlasts the policy."""

    setting: Setting
    wait: int
    lasts: bool


def first_day(policy: Policy, study: Study) -> date:
    """The first day on which a policy acts: that of the study, if the policy is older."""
    return max(policy.begin or study.start, study.start)


@dataclass(slots=True)
class Site:
    """A scenario in force as one lever of a policy sees it; implements `Ground`."""

    tree: Mapping
    scenario: Scenario
    baseline: Scenario
    policy: Policy
    firms: Map[str, Path]
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def begin(self) -> date:
        return first_day(self.policy, self.baseline.study)

    @property
    def until(self) -> date | None:
        return self.policy.until

    def groups(self, field: str, selector: str) -> Many[str]:
        try:
            return [show(path) for path in sections(self.tree, selector, self.firms)]
        except PathError as error:
            raise LeverError(field, error.message, error.hint) from None

    def says(self, path: str) -> str | None:
        steps = plain(path)
        if steps[0] != "firms" and at(self.tree, steps[:-1]) is None:
            return None
        return text_of(self.tree, Target(steps, None, None), dict(self.firms))

    def by_ring(self, path: str) -> Map[str, str]:
        node = at(self.tree, plain(path))
        if not isinstance(node, Mapping):
            return {}
        rings = {ring: child.text for ring, child in node.entries.items() if isinstance(child, Scalar)}
        return {} if "law" in rings else rings

    def rings(self, group: str) -> Map[str, Fraction]:
        name = str(plain(group)[-1])
        firm = self.scenario.suppliers.get(name)
        if firm is None:
            return {}
        present = [str(ring or DEFAULT_RING) for _, ring in firm_names(name, firm)]
        own = [named.share for named in firm.firms.values() if named.share is not None]
        weights = own if own and len(own) == len(present) else [Fraction(1, len(present))] * len(present)
        total = Fraction(1) if firm.share is None else sum(weights, Fraction(0)) or Fraction(1)
        found: dict[str, Fraction] = {}
        for ring, part in zip(present, weights, strict=True):
            found[ring] = found.get(ring, Fraction(0)) + part / total
        return found

    def most(self, group: str, ring: str) -> Fraction | None:
        """Capacity over the planned peak; capacities of plan stand to the share of the baseline."""
        name = str(plain(group)[-1])
        firm = self.scenario.suppliers.get(name)
        if firm is None or firm.capacity is None:
            return None
        count = [own or DEFAULT_RING for _, own in firm_names(name, firm)].count(ring)
        if isinstance(firm.capacity, OfPlan):
            before = self.baseline.suppliers[name]
            present = [own or DEFAULT_RING for _, own in firm_names(name, before)].count(ring)
            now = {str(own or ring): share for own, share in (stated_shares(before) or {}).items()}.get(ring)
            if now is None or not present:
                return None
            return min(Fraction(1), now * firm.capacity.share * count / present)
        rates = part_rates(self.scenario, derive(self.scenario.parts)[0])
        planned = rates.get(firm.makes, 0.0)
        if not planned:
            return None
        daily = Fraction(planned * DAY).limit_denominator(10**6)
        return min(Fraction(1), firm.capacity * firm.good * count * DAY / daily)

    def warn(self, field: str, message: str) -> None:
        self.warnings.append((field, message))


def plain(path: str) -> Path:
    """A path of names only."""
    steps = [str(step) for step in parse(path)]
    return tuple(int(step) if steps[0] in ("transport", "lanes") and step.isdigit() else step for step in steps)


def sections(tree: Mapping, selector: str, firms: Map[str, Path]) -> list[Path]:
    """The sections that a selector names, at least one; PathError else.  firms: with the path of their group."""
    steps = parse(selector)
    if len(steps) == 2 and steps[0] == "firms" and str(steps[1]) in firms:
        return [("firms", str(steps[1]))]
    found = [target.path for target in resolve(tree, selector) if is_section(target.kind)]
    if not found:
        raise PathError(f"path '{selector}' names no group", f'write one such as "{selector}.*"')
    return found


def made_by_levers(
    tree: Mapping, scenario: Scenario, baseline: Scenario, name: str, firms: Map[str, Path]
) -> tuple[list[Made], list[Problem]]:
    """What the levers of a policy change in a tree, and what is wrong with them."""
    policy = baseline.policies[name]
    found: list[Made] = []
    problems: list[Problem] = []
    for word, lever in pulled(policy.lever).items():
        made, wrong = _made(Site(tree, scenario, baseline, policy, firms), name, word, lever)
        found += made
        problems += wrong
    return found, problems


def _made(site: Site, name: str, word: str, lever: Lever) -> tuple[list[Made], list[Problem]]:
    by = f"policy {name}"

    def place(field: str) -> Place:
        return _place(site.tree, ("policies", name, "lever", word), field)

    def told(field: str, message: str, hint: str = "", *, warning: bool = False) -> Problem:
        return problem(place(field), f"{by}: {word}: {message}", hint, warning=warning)

    study = site.baseline.study
    if site.begin >= study.end or (site.until is not None and site.until <= study.start):
        return [], []  # never in force, which is told of policies of any kind
    if wrong := lever.check():
        return [], [told("", wrong)]
    try:
        pulls = list(lever.pulls(site))
    except LeverError as error:
        return [], [told(error.field, error.message, error.hint)]
    problems = [told(field, message, warning=True) for field, message in site.warnings]
    found = []
    for pull in pulls:
        wait = -(-pull.wait // DAY)
        acts = site.begin + timedelta(days=wait)
        over = study.end if site.until is None or pull.lasts else min(study.end, site.until)
        if wait and acts >= over:
            message = f"would act from {acts} on, and it is over on {over}"
            problems.append(told(pull.field, message, "let it begin sooner, or last longer", warning=True))
        where = place(pull.field)
        setting = Setting(pull.path, _node(pull, where), where, by, pull.adapts)
        found.append(Made(setting, wait, pull.lasts))
    return found, problems


def _node(pull: Pull, place: Place) -> Node:
    if isinstance(pull.value, str):
        return Scalar(pull.value, place)
    return Mapping({key: Scalar(text, place) for key, text in pull.value.items()}, place)


def _place(tree: Mapping, path: Path, field: str) -> Place:
    """Where a field of a lever stands; the lever's own key where the file is silent."""
    node = at(tree, (*path, field))
    if node is not None:
        return next((child.place for _, child in walk(node) if isinstance(child, Scalar)), node.place)
    above = at(tree, path[:-1])
    own = at(tree, path)
    if isinstance(above, Mapping):
        return above.key_places.get(str(path[-1]), above.place)
    return own.place if own is not None else tree.place
