"""Levels that follow the plan: what a month changes of the stock points of one version.

In: what a blueprint says of each stock point, its times, and planned rates.  Out: rows of what may change, those of
before where nothing does.  A month moves levels, lots and forecasts and nothing else, so that no stock point is made
anew for it.  This module must not know dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chainsim.model.replenishment import Flow
from chainsim.scenario.compiling.differences import FORECAST, LEVELS, REVIEW, Row
from chainsim.scenario.compiling.stocks import Ticks, in_quanta, protected
from chainsim.scenario.network.blueprint import StockKey, StockSpec


class Follower:
    """The stock points of one version that have a rule, and how each turns a rate into levels."""

    def __init__(
        self,
        stocks: Iterable[tuple[StockKey, StockSpec | None, int]],
        times: Mapping[StockKey, tuple[float, float]],
        ticks: Ticks,
    ) -> None:
        """stocks: key, specification (None where the version has none) and quanta in a unit, in the network's order.

        times: mean and standard deviation from order to receipt, seconds.
        """
        self.ticks = ticks
        self.last: Mapping[StockKey, float] | None = None
        self.known: dict[StockKey, float] = {}  # the rate that a row was last made for
        self.ruled = [
            (index, key, spec.rule, float(spec.review), spec.lot, per_unit, *times.get(key, (0.0, 0.0)))
            for index, (key, spec, per_unit) in enumerate(stocks)
            if spec is not None and spec.rule is not None
        ]

    def follow(self, rates: Mapping[StockKey, float], before: Sequence[Row]) -> Sequence[Row]:
        """Rows at these rates (quanta per second), from those at the rates asked before; `before` itself if equal."""
        if rates is self.last:
            return before
        self.last = rates
        after: list[Row] | None = None
        known = self.known
        for index, key, rule, review, lot, per_unit, mean, sd in self.ruled:
            rate = rates.get(key, 0.0)
            if known.get(key) == rate:
                continue
            known[key] = rate
            levels = rule.levels(Flow(rate / per_unit, mean, review, sd))
            reorder_point, order_up_to, lot = in_quanta(levels, lot, per_unit)
            row = before[index]
            moved = (reorder_point, order_up_to, 0)
            lots = (row[REVIEW][0], lot, row[REVIEW][2])
            if levels.learning is None and moved == row[LEVELS] and lots == row[REVIEW]:
                continue
            changed = list(row)
            changed[LEVELS], changed[REVIEW], changed[FORECAST] = moved, lots, protected(levels, self.ticks)
            if after is None:
                after = list(before)
            after[index] = tuple(changed)
        return before if after is None else after
