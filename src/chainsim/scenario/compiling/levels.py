"""Levels that follow the plan: what a month changes of the stock points of one version.

In: what a blueprint says of each stock point, its times, and planned rates.  Out: rows of what may change, those of
before where nothing does.  A month moves levels, lots and forecasts and nothing else, so that no stock point is made
anew for it.  This module must not know dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from chainsim.model.replenishment import Flow, Replenishment
from chainsim.scenario.compiling.differences import FORECAST, LEVELS, REVIEW, Row
from chainsim.scenario.compiling.stocks import Ticks, in_quanta, protected
from chainsim.scenario.network.blueprint import StockKey, StockSpec

Values: TypeAlias = tuple[int, int, int]
Known: TypeAlias = dict[tuple[Any, ...], tuple[Replenishment, dict[float, tuple[Values, int, Values | None]]]]

NO_FORECAST: Final = (0, 0, 0)


class Follower:
    """The stock points of one version that have a rule, and how each turns a rate into levels."""

    def __init__(
        self,
        stocks: Iterable[tuple[StockKey, StockSpec | None, int]],
        times: Mapping[StockKey, tuple[float, float]],
        ticks: Ticks,
        known: Known,
    ) -> None:
        """stocks: key, specification (None where the version has none) and quanta in a unit, in the network's order.

        times: mean and standard deviation from order to receipt, seconds.  known: what rules gave at which rate, shared
        by followers of the same ticks; many stock points, and most policies, ask the same.
        """
        self.ticks = ticks
        self.last: Mapping[StockKey, float] | None = None
        self.asked: dict[StockKey, float] = {}  # the rate that a row was last made for
        self.ruled = []
        for index, (key, spec, per_unit) in enumerate(stocks):
            if spec is None or spec.rule is None:
                continue
            terms = (per_unit, *times.get(key, (0.0, 0.0)), float(spec.review), spec.lot)
            _, gave = known.setdefault((id(spec.rule), *terms), (spec.rule, {}))  # held, so that no other gets its id
            self.ruled.append((index, key, spec.rule, *terms, gave))

    def follow(self, rates: Mapping[StockKey, float], before: Sequence[Row]) -> Sequence[Row]:
        """Rows at these rates (quanta per second), from those at the rates asked before; `before` itself if equal."""
        if rates is self.last:
            return before
        self.last = rates
        after: list[Row] | None = None
        asked = self.asked
        for index, key, rule, per_unit, mean, sd, review, lot, gave in self.ruled:
            rate = rates.get(key, 0.0)
            if asked.get(key) == rate:
                continue
            asked[key] = rate
            given = gave.get(rate)
            if given is None:
                levels = rule.levels(Flow(rate / per_unit, mean, review, sd))
                reorder_point, order_up_to, quanta = in_quanta(levels, lot, per_unit)
                forecast = protected(levels, self.ticks) if levels.learning is not None else None
                given = gave[rate] = (reorder_point, order_up_to, 0), quanta, forecast
            moved, quanta, forecast = given
            row = before[index]
            lots = (row[REVIEW][0], quanta, row[REVIEW][2])
            if forecast is None and moved == row[LEVELS] and lots == row[REVIEW]:
                continue
            changed = list(row)
            changed[LEVELS], changed[REVIEW], changed[FORECAST] = moved, lots, forecast or NO_FORECAST
            if after is None:
                after = list(before)
            after[index] = tuple(changed)
        return before if after is None else after
