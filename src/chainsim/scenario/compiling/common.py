"""What the networks of one scenario have in common, whatever policies are in force: worked out once for all of them.

In: a scenario over time, and the first network built.  Out: the plan of the baseline, and the opening tables with what
the plan makes of them month by month, for as long as nothing else is in force.  This module must not know policies.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from chainsim.model import network as net
from chainsim.scenario.compiling.differences import Rows, differences
from chainsim.scenario.compiling.levels import Follower, Known
from chainsim.scenario.compiling.planning import Plan, Version, in_force_from
from chainsim.scenario.language import schema
from chainsim.scenario.network.plan import Rates
from chainsim.scenario.network.presence import day_by_day

Full: TypeAlias = tuple[tuple[net.StockPoint, ...], tuple[net.Transit, ...]]


@dataclass(slots=True)
class Opened:
    """The tables of a version that a network opens with; shared, so nobody may change them.

    draws: the streams of random times by address, in the order in which the tables name them.  levels: whether they
    follow the plan.  full: stocks and what is under way when stocks open full, once that was asked for.
    """

    version: Version
    stocks: Sequence[net.StockPoint]
    lanes: Sequence[net.Lane]
    lines: Sequence[net.Line]
    needs: Sequence[net.Need]
    draws: dict[Any, int]
    rows: Rows
    follower: Follower
    levels: bool
    full: Full | None = None
    _steps: list[tuple[Rows, list[net.Change]]] = field(default_factory=list)

    def months(
        self, days: Iterable[int], rates: Callable[[Version, int], Rates], tick: Callable[[int], int]
    ) -> Iterator[tuple[Rows, list[net.Change]]]:
        """The rows after each of these months' first days, and what changes on it; asked again, for more or fewer."""
        before = self.rows
        for number, day in enumerate(days):
            if number == len(self._steps):
                followed = self.follower.follow(rates(self.version, day), before[0]) if self.levels else before[0]
                after = (followed, *before[1:])
                self._steps.append((after, list(differences(before, after, tick(day)))))
            yield self._steps[number]
            before = self._steps[number][0]


class Common:
    """Of one scenario, for networks that are built one after another."""

    def __init__(self, scenario: schema.Scenario) -> None:
        study = scenario.study
        self.plan = Plan(study.start, (study.end - study.start).days)
        self.reference: list[Version] = []
        self.reference = self.versions(day_by_day([(study.start, scenario)], study.end))
        self.peak = self.plan.highest_rates(self.reference)
        self.known: Known = {}  # levels
        self._opened: dict[Hashable, Opened] = {}

    def versions(self, dated: Iterable[tuple[date, schema.Scenario]]) -> list[Version]:
        """The versions that scenarios in force over time are; those of the baseline are the very same."""
        known = {(one.day, id(one.scenario)): one for one in self.reference}
        start = self.plan.start
        return [
            known.get(((day - start).days, id(scenario))) or in_force_from(day, scenario, start)
            for day, scenario in dated
        ]

    def opened(self, by: Hashable, first: Version, make: Callable[[], Opened]) -> Opened:
        """The opening tables; remembered where they are those of the baseline, which most networks open with.

        by: on what else they rest.  None where that is more than can be said.
        """
        if by is None or first.blueprint is not self.reference[0].blueprint:
            return make()
        if by not in self._opened:
            self._opened[by] = make()
        return self._opened[by]
