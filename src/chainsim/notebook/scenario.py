"""A scenario that shows itself in a notebook: what it covers, its firms, its policies.

In: a Loaded.  Out: the same with an HTML summary.  This module must not know the simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from chainsim.notebook import markup
from chainsim.scenario.load import Loaded
from chainsim.scenario.load import load as load_scenario

MOST: Final = 12  # names of a kind that are shown


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scenario(Loaded):
    """A scenario file, read, resolved and checked; in a notebook its last line in a cell shows a summary."""

    def changed(self, settings: Iterable[str]) -> Scenario:
        """The same scenario with further `--set` settings."""
        return shown(Loaded.changed(self, settings))

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.scenario.title}>"

    def _repr_html_(self) -> str:
        scenario = self.scenario
        study = scenario.study
        title = scenario.title or self.name
        kinds = Counter(row.confidence.partition(" ")[0] for row in self.assumptions())
        numbers = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        facts = [
            ("period", f"{study.start} to {study.end} (not included)"),
            ("seed, replications", f"{study.seed}, {study.replications}"),
            ("parts", _names(scenario.parts)),
            ("plants", _names(scenario.plants)),
            ("suppliers", _names(scenario.suppliers)),
            ("markets", _names(scenario.markets)),
            ("numbers", numbers),
        ]
        if self.settings:
            facts.append(("set", ", ".join(self.settings)))
        found = [markup.heading(title), markup.table(("", ""), facts, left=2)]
        if scenario.policies:
            rows = [
                (name, policy.title, str(policy.begin or study.start), "yes" if _planned(self, name) else "")
                for name, policy in scenario.policies.items()
            ]
            found.append(markup.table(("policy", "", "from", "in the study"), rows, left=4))
        found += [markup.line(f"warning: {warning}") for warning in self.warnings]
        return "".join(found)


def _names(section: Mapping[str, object]) -> str:
    names = list(section)
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{len(names)}: {', '.join(names[:MOST])}{more}" if names else "none"


def _planned(loaded: Loaded, policy: str) -> bool:
    """Whether the study runs it, alone or combined."""
    return any(policy in (part.strip() for part in text.split("+")) for text in loaded.scenario.study.policies)


def shown(loaded: Loaded) -> Scenario:
    """A Loaded that shows itself."""
    return Scenario(**{field.name: getattr(loaded, field.name) for field in fields(Loaded)})


def load(path: str | Path, settings: Iterable[str] = ()) -> Scenario:
    """Read and validate a scenario; ScenarioError with every problem found."""
    return shown(load_scenario(path, settings))
