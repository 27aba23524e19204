"""A study: policies times replications of one scenario, on the same luck.

In: a loaded scenario, the policies and how many replications.  Out: all tables, stacked, and the comparison with the
baseline.  This module must not know folders or terminals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.model.network import Network
from chainsim.results.dates import DAY_SECONDS
from chainsim.results.warm_up import Cut, mser5
from chainsim.scenario.build import build
from chainsim.scenario.load import Loaded
from chainsim.scenario.versions import combination
from chainsim.study.executors import run_all
from chainsim.study.side_by_side import side_by_side
from chainsim.study.trial import NOTHING_MORE, Extras, Outcome, run_trial

YEAR: Final = 365  # days
CUT: Final = "cut"
RUN_TOO_SHORT: Final = "run too short, nothing cut"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study is about to do: its networks by policy (baseline first) and its replications (counted from 0)."""

    loaded: Loaded
    networks: dict[str, Network]
    replications: tuple[int, ...]

    @property
    def trials(self) -> list[tuple[str, int]]:
        """Policy and replication of each trial, in the order in which they are reported."""
        return [(policy, number) for policy in self.networks for number in self.replications]


@dataclass(frozen=True, slots=True)
class Result:
    """Tables by name, and how many orders the simulation ran in how many seconds of processor time."""

    tables: dict[str, pd.DataFrame]
    orders: int
    seconds: float


def plan(loaded: Loaded, policies: Sequence[str] | None = None, replications: Sequence[int] | None = None) -> Plan:
    """The study that the scenario asks for, or the policies and replications given instead.

    Policies combine with `+`; the baseline is always run, and run first.  Raises ScenarioError.
    """
    wanted = [BASELINE, *(policies if policies is not None else loaded.scenario.study.policies)]
    unique = list(dict.fromkeys(wanted))
    networks = {name: build(loaded, () if name == BASELINE else combination(name)) for name in unique}
    numbers = range(loaded.scenario.study.replications) if replications is None else replications
    return Plan(loaded, networks, tuple(numbers))


def run(
    study: Plan,
    jobs: int,
    done: Callable[[int], None] = lambda _: None,
    progress: Callable[[float], None] = lambda _: None,
    extras: Extras = NOTHING_MORE,
) -> Result:
    """Run every trial and stack its tables; the same for any number of jobs.

    Where MSER-5 finds the warm-up, the baseline runs once before, and all policies are counted from the same cut.
    """
    pilot = None
    if study.loaded.scenario.study.warm_up == "mser5":
        first = [(study.networks[BASELINE], BASELINE, number, NOTHING_MORE) for number in study.replications]
        pilot = _stacked(run_all(_trial, first, jobs, lambda _: None, lambda _: None))
        study, series, cut = _cut(study, pilot)
    arguments = [(study.networks[policy], policy, number, extras) for policy, number in study.trials]
    outcomes = run_all(_trial, arguments, jobs, done, progress)
    stacked = _stacked(outcomes)
    if pilot is not None:
        stacked["warm_up"] = _effect(pilot["kpis"], stacked["kpis"]).assign(
            series=series, cut_days=cut.values, verdict=RUN_TOO_SHORT if cut.too_short else CUT
        )
    if len(study.networks) > 1:
        matters_if = float(study.loaded.scenario.study.matters_if)
        stacked |= side_by_side(stacked["kpis"], BASELINE, matters_if, _years(study.networks[BASELINE]))
    stacked["assumptions"] = _assumptions(study.loaded)
    return Result(stacked, sum(o.orders for o in outcomes), sum(o.seconds for o in outcomes))


def _stacked(outcomes: Sequence[Outcome]) -> dict[str, pd.DataFrame]:
    return {
        name: pd.concat([outcome.tables[name] for outcome in outcomes], ignore_index=True)
        for name in outcomes[0].tables
    }


def _years(network: Network) -> float:
    """Length of the counted time."""
    return float((network.horizon - network.warm_up) * network.tick_seconds) / (YEAR * DAY_SECONDS)


def _assumptions(loaded: Loaded) -> pd.DataFrame:
    """Every number of the scenario with what stands behind it."""
    rows = [(row.path, row.value, row.source, row.confidence, row.date, row.note) for row in loaded.assumptions()]
    return pd.DataFrame(rows, columns=["number", "value", "source", "confidence", "date", "note"])


def _cut(study: Plan, pilot: dict[str, pd.DataFrame]) -> tuple[Plan, str, Cut]:
    """The study counted from where MSER-5 cuts the baseline's output, the name of that output, and the cut.

    The output is what final demand waits for at the end of each day, mean over replications; where that never moves,
    what is delivered on each day.
    """
    days = pilot["daily"].groupby("date", sort=False)[["waiting_units", "delivered_units"]].mean()
    series = "waiting_units" if days["waiting_units"].nunique() > 1 else "delivered_units"
    cut = mser5(days[series].to_numpy())
    day = DAY_SECONDS / study.networks[BASELINE].tick_seconds
    ticks = math.ceil(cut.values * day)
    networks = {name: replace(network, warm_up=ticks) for name, network in study.networks.items()}
    return replace(study, networks=networks), series, cut


def _effect(without: pd.DataFrame, with_: pd.DataFrame) -> pd.DataFrame:
    """The baseline's measures without and with the cut, mean over replications."""
    with_ = with_[with_["policy"] == BASELINE]
    means = [table.groupby(["measure", "unit"], sort=False)["value"].mean() for table in (without, with_)]
    return pd.concat(means, axis=1, keys=["without", "with"]).reset_index()


def _trial(
    network: Network,
    policy: str,
    replication: int,
    extras: Extras,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    try:
        return run_trial(network, policy, replication, progress, extras)
    except Exception as error:
        error.add_note(f"policy {policy}, replication {replication + 1}, seed {network.seed}")
        raise
