"""What the public pays for the policies in force, as rows of the network: lump sums, and what only the run can tell.

In: a loaded scenario, its versions over time under some policies, and the firms by name.  Out: payments in ticks, fen.
A `public_cost` is paid on the policy's first day, to recipients that nobody states.  This module must not know runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chainsim.model import network as net
from chainsim.scenario.language.levers.base import BANK, UNSTATED, Owed
from chainsim.scenario.language.levers.sections import pulled
from chainsim.scenario.language.schema import Scenario
from chainsim.scenario.levers import first_day, sections
from chainsim.scenario.load import Loaded
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.sourcing import DEFAULT_RING, stated_shares
from chainsim.scenario.resolve.paths import show
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.versions import combination, groups_by_firm

DAY = 86_400
PUBLIC_COST = "public_cost"
NOBODY = {BANK: net.TO_BANK, UNSTATED: net.UNSTATED}
Dated = Sequence[tuple[date, Scenario]]


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy in force; implements `Case`."""

    loaded: Loaded
    dated: Dated  # with everything that is in force
    begin: date
    until: date

    def firms(self, selector: str, ring: str = "") -> Sequence[str]:
        return self._firms(self._on(self.begin), selector, ring)

    def new_firms(self, selector: str, ring: str) -> Sequence[str]:
        known = set(groups_by_firm(self.loaded.scenario))
        found = [name for _, scenario in self.dated for name in self._firms(scenario, selector, ring)]
        return [name for name in dict.fromkeys(found) if name not in known]

    def gained(self, selector: str, ring: str) -> Sequence[tuple[date, str, Fraction]]:
        found = []
        for path in self._paths(selector):
            highest = _share(self.loaded.scenario, path, ring)
            for day, scenario in self.dated:
                now = _share(scenario, path, ring)
                if day >= self.begin and now > highest:
                    found.append((day, show(path), (now - highest) * 100))
                    highest = now
        return found

    def _on(self, day: date) -> Scenario:
        return [scenario for begin, scenario in self.dated if begin <= max(day, self.dated[0][0])][-1]

    def _paths(self, selector: str) -> list[Path]:
        versions = self.loaded.versions
        return sections(versions.tree, selector, groups_by_firm(self.loaded.scenario))

    def _firms(self, scenario: Scenario, selector: str, ring: str) -> list[str]:
        found = []
        for section, name, *_ in self._paths(selector):
            if section == "firms":
                found.append(str(name))
            elif section in ("plants", "suppliers", "warehouses"):
                group = getattr(scenario, str(section))[name]
                found += [firm for firm, own in firm_names(str(name), group) if ring in ("", own or DEFAULT_RING)]
        return found


def _share(scenario: Scenario, path: Path, ring: str) -> Fraction:
    shares = {str(own or ring): share for own, share in (stated_shares(scenario.suppliers[str(path[1])]) or {}).items()}
    return shares.get(ring, Fraction(0))


def payments(
    loaded: Loaded, policies: Sequence[str], dated: Dated, firms: Mapping[str, int], ticks: Callable[[Fraction], int]
) -> Iterator[net.Payment]:
    """The rows of all policies, in their order.  firms: index of each by name; ticks: of seconds since the start."""
    study = loaded.scenario.study

    def tick(day: date) -> int:
        return ticks(Fraction((day - study.start).days * DAY))

    for name in dict.fromkeys(one for text in policies for one in combination(text)):
        policy = loaded.scenario.policies[name]
        begin = first_day(policy, study)
        if policy.public_cost:
            yield net.Payment(name, PUBLIC_COST, tick(begin), net.UNSTATED, Fraction(policy.public_cost))
        case = InForce(loaded, dated, begin, policy.until or study.end)
        for lever, entry in pulled(policy.lever).items():
            for one in entry.owed(case):
                if isinstance(one, Owed):
                    to = NOBODY[one.to] if one.to in NOBODY else firms[one.to]
                    yield net.Payment(name, lever, tick(one.day), to, Fraction(one.fen))
                elif one.of in firms:
                    to = NOBODY[one.to] if one.to in NOBODY else firms[one.to]
                    span = tick(begin), tick(case.until)
                    yield net.Payment(name, lever, span[0], to, one.rate, one.basis, firms[one.of], span[1])
