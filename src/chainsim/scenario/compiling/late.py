"""What can only begin with a run, and would come later: refused, with the way out.

In: the versions of a scenario.  Out: ScenarioError, or nothing.  This module must not know indices or ticks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from chainsim.errors import ScenarioError
from chainsim.scenario.compiling.planning import Version
from chainsim.scenario.network.blueprint import Blueprint, StockKey, StockSpec


def refuse_forecasts(stocks: Mapping[StockKey, StockSpec], first: Blueprint, start: date) -> None:
    """A forecast has to begin with the run.  first: what is there then."""
    for key, spec in stocks.items():
        if spec.learning is not None and key not in first.stocks:
            raise ScenarioError(
                f"{key[0]} is not there from the start of the study, {start}, so it cannot forecast its "
                f"demand for {key[1]}: give it a rule with fixed levels, or let it be there from the start"
            )


def refuse_regions(versions: Sequence[Version], start: date) -> None:
    """What is assumed of the region holds for the whole run."""
    for version in versions[1:]:
        if version.scenario.region != versions[0].scenario.region:
            day = start + timedelta(days=version.day)
            raise ScenarioError(
                f"the region would change on {day}; it can only change from the start of the study, {start}, "
                "on: leave out the policy's `from`, or set it to that day"
            )
