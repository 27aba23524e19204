"""The plan over time: what is in force from when on, and how fast everything would turn in each month of it.

In: scenarios and their dates.  Out: versions, planned demand by day and planned rates by month.  What months, versions
and policies have in common is worked out once.  This module must not know indices or ticks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chainsim.scenario.language import schema
from chainsim.scenario.network.blueprint import Blueprint, StockKey, spell_out
from chainsim.scenario.network.demand import DAY, base_rate, cumulative, is_flat
from chainsim.scenario.network.plan import Rates, responses
from chainsim.scenario.network.remember import once_per_scenario

KEPT = 4  # months; those that plan the same share one table


@dataclass(frozen=True, slots=True)
class Version:
    """What is in force from `day` (days since the start) on."""

    day: int
    scenario: schema.Scenario
    blueprint: Blueprint
    responses: Mapping[StockKey, Rates]  # by market


def in_force_from(day: date, scenario: schema.Scenario, start: date) -> Version:
    """The version that a scenario is, from a day on."""
    return Version((day - start).days, scenario, *_spelt_out(scenario, day))


@once_per_scenario(kept=2)  # the baseline, which every policy begins with, and one more: they are large
def _spelt_out(scenario: schema.Scenario, day: date) -> tuple[Blueprint, Mapping[StockKey, Rates]]:
    blueprint = spell_out(scenario, day)
    return blueprint, responses(blueprint)


def is_same(one: Version, other: Version) -> bool:
    """Whether two versions are the same scenario from the same day on."""
    return one.day == other.day and one.scenario is other.scenario


class Plan:
    """Planned demand and rates of a study of so many days; `months`: days since the start at which one begins."""

    def __init__(self, start: date, days: int) -> None:
        self.start, self.days = start, days
        firsts = (day for day in range(1, days) if date.fromordinal(start.toordinal() + day).day == 1)
        self.months = sorted({0, days, *firsts})
        self._rates: dict[tuple[float, ...], tuple[Version, Rates]] = {}
        self._cumulative: dict[int, tuple[schema.Market, list[float]]] = {}

    def planned(self, versions: Sequence[Version], market: StockKey) -> list[float]:
        """Cumulative planned demand of one market on each morning, in quanta, as the versions follow each other."""
        result = [0.0]
        for one, until in zip(versions, [*(v.day for v in versions[1:]), self.days], strict=True):
            spec = one.blueprint.markets.get(market)
            per_unit = one.blueprint.parts[market[1]].per_unit
            own = self.cumulative(spec) if spec else [0.0] * (self.days + 1)
            for day in range(one.day, until):
                result.append(result[-1] + (own[day + 1] - own[day]) * per_unit)
        return result

    def cumulative(self, market: schema.Market) -> list[float]:
        """Planned demand of a market in units to each morning, worked out once."""
        if id(market) not in self._cumulative:  # it is held, so that no other gets its id
            self._cumulative[id(market)] = market, cumulative(market, self.start, self.days)
        return self._cumulative[id(market)][1]

    def rates(self, version: Version, day: int) -> Rates:
        """Planned rate of every stock point in the month of a day, as if the version were in force for all of it.

        In quanta per second.  So the date of a policy changes no level but those that the policy is about.  The same
        table again for a month in which all markets plan the same.
        """
        at = bisect_right(self.months, day)
        begin, end = self.months[at - 1], self.months[at]
        demanded = []
        for market, spec in version.blueprint.markets.items():
            per_quantum = version.blueprint.parts[market[1]].per_unit
            if is_flat(spec):
                demanded.append(base_rate(spec) * per_quantum)
                continue
            planned = self.cumulative(spec)
            demanded.append((planned[end] - planned[begin]) * per_quantum / ((end - begin) * DAY))
        asked = (id(version), *demanded)
        if asked not in self._rates:
            total: Rates = {}
            for response, rate in zip(version.responses.values(), demanded, strict=True):
                for key, per_unit in response.items():
                    total[key] = total.get(key, 0.0) + rate * per_unit
            self._rates[asked] = version, total  # the version is held, so that no other gets its id
            for old in list(self._rates)[:-KEPT]:
                del self._rates[old]
        return self._rates[asked][1]

    def highest_rates(self, versions: Sequence[Version]) -> Rates:
        """Highest planned monthly rate of every stock point; capacities "of plan" refer to that of the baseline."""
        peak: Rates = {}
        before: Rates = {}
        ends = [*(one.day for one in versions[1:]), self.days]
        for one, end in zip(versions, ends, strict=True):
            for month in self.months[bisect_right(self.months, one.day) - 1 : bisect_left(self.months, end)]:
                rates = self.rates(one, month)
                for key, rate in rates.items() if rates is not before else ():
                    peak[key] = max(peak.get(key, 0.0), rate)
                before = rates
        return peak
