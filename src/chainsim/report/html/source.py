"""What a report is made from: the tables of a run, its manifest, and the scenario if it can still be read.

In: a manifest's facts, tables by name.  Out: means over replications, and the names of things.  This module must not
know HTML or languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.scenario.load import Loaded

Row: TypeAlias = dict[Any, Any]


class Once(Mapping[str, pd.DataFrame]):
    """Tables by name, each read once, when it is first asked for."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = tables
        self.known: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.known:
            self.known[name] = self.tables[name]
        return self.known[name]

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


@dataclass(frozen=True, slots=True)
class Source:
    """A finished run.

    facts: of its manifest.  loaded: None where the folder keeps several scenarios, or one that no longer loads.
    sensitivity, resilience: tables of `study.flips` and `study.resilience`, where somebody made them.
    """

    facts: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    loaded: Loaded | None = None
    sensitivity: pd.DataFrame | None = None
    resilience: pd.DataFrame | None = None

    @property
    def policies(self) -> list[str]:
        """Baseline first."""
        return [str(name) for name in self.facts["policies"]]

    @property
    def title(self) -> str:
        """What the scenario calls itself."""
        return (self.loaded.scenario.title if self.loaded else "") or str(self.facts["scenario"])

    def titles(self) -> dict[str, str]:
        """By policy, what the scenario says of it; empty where it says nothing.  Of `a+b`, both."""
        if self.loaded is None:
            return {}
        known = self.loaded.scenario.policies
        found = {}
        for policy in self.policies:
            said = [known[name].title for name in policy.split("+") if name in known]
            found[policy] = "; ".join(title for title in said if title)
        return found

    def has(self, name: str) -> bool:
        """Whether there is such a table, with rows."""
        return name in self.tables and not self.tables[name].empty

    def mean(self, name: str, by: Sequence[str], values: Sequence[str], policy: str | None = BASELINE) -> pd.DataFrame:
        """Sums within a replication, then their mean over all replications, in the order of the table.

        A row that a replication does not have counts as 0 there.  policy: None keeps all, `policy` then leads `by`.
        """
        table = self.tables[name]
        keys = [*(["policy"] if policy is None else []), *by]
        if policy is not None:
            table = table[table["policy"] == policy]
        runs = len(self.facts["replications"])
        return table.groupby(keys, sort=False, dropna=False)[list(values)].sum().div(runs).reset_index()

    def level(self, measure: str, policy: str = BASELINE) -> float:
        """A measure's mean over replications; 0 where the run has no such measure."""
        kpis = self.tables["kpis"]
        rows = kpis[(kpis["policy"] == policy) & (kpis["measure"] == measure)]
        return float(rows["value"].mean()) if len(rows) else 0.0


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Rows as dictionaries."""
    return table.to_dict("records")
