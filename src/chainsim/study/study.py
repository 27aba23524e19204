"""A study: policies times replications of one scenario, on the same luck.

In: a loaded scenario, the policies and how many replications.  Out: all tables, stacked, and the comparison with the
baseline.  This module must not know folders or terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from chainsim.compare.paired import BASELINE, comparison
from chainsim.model.network import Network
from chainsim.scenario.build import build
from chainsim.scenario.load import Loaded
from chainsim.scenario.versions import combination
from chainsim.study.executors import run_all
from chainsim.study.trial import Outcome, run_trial


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
    keep_log: bool = False,
) -> Result:
    """Run every trial and stack its tables; the same for any number of jobs."""
    arguments = [(study.networks[policy], policy, number, keep_log) for policy, number in study.trials]
    outcomes = run_all(_trial, arguments, jobs, done, progress)
    stacked = {
        name: pd.concat([outcome.tables[name] for outcome in outcomes], ignore_index=True)
        for name in outcomes[0].tables
    }
    if len(study.networks) > 1:
        matters_if = float(study.loaded.scenario.study.matters_if)
        stacked["comparison"] = comparison(stacked["kpis"], BASELINE, matters_if)
    return Result(stacked, sum(o.orders for o in outcomes), sum(o.seconds for o in outcomes))


def _trial(
    network: Network,
    policy: str,
    replication: int,
    keep_log: bool,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    try:
        return run_trial(network, policy, replication, progress, keep_log)
    except Exception as error:
        error.add_note(f"policy {policy}, replication {replication + 1}, seed {network.seed}")
        raise
