"""A study: policies times replications of one scenario, on the same luck.

In: a loaded scenario, the policies and how many replications, or how precise to be.  Out: all tables, stacked, and the
comparison with the baseline.  Where trials are done and kept is the bench's affair.  This module must not know folders
or terminals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.compare.stopping import Precision
from chainsim.errors import Problem, ScenarioError
from chainsim.model.network import Network
from chainsim.results.dates import DAY_SECONDS
from chainsim.results.warm_up import Cut, mser5
from chainsim.scenario.build import build_all
from chainsim.scenario.load import Loaded
from chainsim.scenario.versions import combination
from chainsim.study.bench import Bench, Done
from chainsim.study.executors import Jobs
from chainsim.study.side_by_side import side_by_side
from chainsim.study.stacking import stack, stacked
from chainsim.study.trial import NOTHING_MORE, Extras

YEAR: Final = 365  # days
SAME: Final = ("seed", "start", "end", "warm_up", "tick")  # of scenarios that are compared
CUT: Final = "cut"
RUN_TOO_SHORT: Final = "run too short, nothing cut"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study is about to do: its networks by policy (baseline first) and its replications (counted from 0).

    label: what leads the names of this scenario's policies, when there are others: further scenarios that are compared
    with it, by their labels.  The first baseline has none.
    """

    loaded: Loaded
    networks: dict[str, Network]
    replications: tuple[int, ...]
    label: str = ""
    others: tuple[tuple[str, Loaded], ...] = ()

    @property
    def years(self) -> float:
        """Length of the counted time."""
        network = next(iter(self.networks.values()))
        return float((network.horizon - network.warm_up) * network.tick_seconds) / (YEAR * DAY_SECONDS)

    @property
    def trials(self) -> list[tuple[str, int]]:
        """Policy and replication of each trial, in the order in which they are reported."""
        return [(policy, number) for policy in self.networks for number in self.replications]

    @property
    def matters_if(self) -> float:
        """Smallest relative difference that matters; the largest of those that the scenarios state."""
        return max(float(one.scenario.study.matters_if) for one in (self.loaded, *dict(self.others).values()))

    def origin(self, policy: str) -> tuple[Loaded, tuple[str, ...]]:
        """The scenario that a policy of the study is of, and the policies in force in it."""
        for label, loaded in ((self.label, self.loaded), *self.others):
            if label and policy.startswith(f"{label}:"):
                return loaded, _names(policy.removeprefix(f"{label}:"))
        return self.loaded, _names(policy)


@dataclass(frozen=True, slots=True)
class Result:
    """Tables by name, how many orders the simulation ran in how many seconds of processor time, and every trial.

    reached: whether the precision that was asked for has been reached.
    """

    tables: Mapping[str, pd.DataFrame]
    orders: int
    seconds: float
    trials: tuple[Done, ...] = ()
    reached: bool = True

    @property
    def reused(self) -> int:
        """How many trials were there already."""
        return sum(trial.reused for trial in self.trials)


def plan(
    loaded: Loaded,
    policies: Sequence[str] | None = None,
    replications: Sequence[int] | None = None,
    begun: Callable[[Network, int], None] = lambda *_: None,
) -> Plan:
    """The study that the scenario asks for, or the policies and replications given instead.

    Policies combine with `+`; the baseline is always run, and run first.  begun: told the baseline's network as soon as
    it is built, and how many trials there will be if the others can be built, too.  Raises ScenarioError.
    """
    wanted = [BASELINE, *(policies if policies is not None else loaded.scenario.study.policies)]
    unique = list(dict.fromkeys(wanted))
    numbers = range(loaded.scenario.study.replications) if replications is None else replications
    networks: dict[str, Network] = {}
    for name, network in build_all(loaded, {name: _names(name) for name in unique}):
        networks[name] = network
        if name == BASELINE:
            begun(network, len(unique) * len(numbers))
    return Plan(loaded, networks, tuple(numbers))


def together(plans: Mapping[str, Plan]) -> Plan:
    """Several scenarios' studies as one, by label; policies are called LABEL:POLICY, the first baseline keeps its name.

    Replications are those of the first.  Raises ScenarioError where they cannot be run on the same luck.
    """
    (label, first), *others = plans.items()
    for key in SAME:
        values = [getattr(one.loaded.scenario.study, key) for one in plans.values()]
        if any(value != values[0] for value in values):
            told = ", ".join(f"{value} in {name}" for name, value in zip(plans, values, strict=True))
            message = f"these scenarios do not compare: study.{key} differs ({told})"
            raise ScenarioError([Problem(message, hint=f"give both the same with --set study.{key}=...")])
    networks = {
        BASELINE if name == BASELINE and one is first else f"{other}:{name}": network
        for other, one in plans.items()
        for name, network in one.networks.items()
    }
    return Plan(first.loaded, networks, first.replications, label, tuple((name, one.loaded) for name, one in others))


def _names(policy: str) -> tuple[str, ...]:
    return () if policy == BASELINE else combination(policy)


def run(
    study: Plan,
    jobs: Jobs,
    done: Callable[[int], None] = lambda _: None,
    progress: Callable[[float], None] = lambda _: None,
    extras: Extras = NOTHING_MORE,
) -> Result:
    """Run every trial and stack its tables; the same for any number of processes and on any cluster."""
    return run_on(Bench(jobs, done, progress), study, extras)


def run_on(
    bench: Bench,
    study: Plan,
    extras: Extras = NOTHING_MORE,
    until: Precision | None = None,
    looked: Callable[[int, int, str, float], None] = lambda *_: None,
) -> Result:
    """Run every trial on a bench and stack its tables.

    Where MSER-5 finds the warm-up, the baseline runs once before, and all policies are counted from the same cut.
    until: add replications until the study is as precise as that.  looked: called after each look with the number of
    replications so far, that before the next look, the policy that is known least precisely, and its half-width as a
    share of the baseline's mean.
    Raises ScenarioError where no precision can be relative to the baseline's mean, because that is 0.
    """
    if until is not None:
        study = replace(study, replications=tuple(range(until.first(len(study.replications)))))
    pilot = None
    first = study.replications
    if study.loaded.scenario.study.warm_up == "mser5":
        trials = [(BASELINE, number) for number in first]
        pilot = _measured(bench.do(study.networks, trials, NOTHING_MORE, counted=False))
        study, series, cut = _cut(study, pilot)
    bench.foresee(study.networks, study.trials, extras)
    finished = bench.do(study.networks, study.trials, extras)
    reached = True
    if until is not None:
        study, finished, reached = _sequential(bench, study, extras, until, finished, looked)
    kpis = stack(finished, "kpis")
    more = {}
    if pilot is not None:
        counted = kpis[kpis["replication"].isin([number + 1 for number in first])]
        more["warm_up"] = _effect(pilot["kpis"], counted).assign(
            series=series, cut_days=cut.values, verdict=RUN_TOO_SHORT if cut.too_short else CUT
        )
    if len(study.networks) > 1:
        more |= side_by_side(kpis, BASELINE, study.matters_if, study.years)
    more["assumptions"] = _assumptions(study.loaded)
    orders, seconds = sum(one.kept.orders for one in finished), sum(one.kept.seconds for one in finished)
    return Result(stacked(finished, more), orders, seconds, tuple(finished), reached)


def _sequential(
    bench: Bench,
    study: Plan,
    extras: Extras,
    until: Precision,
    finished: list[Done],
    looked: Callable[[int, int, str, float], None],
) -> tuple[Plan, list[Done], bool]:
    """The study with as many replications as the precision takes, its trials, and whether it was reached."""
    while True:
        kpis = stack(finished, "kpis")
        rows = kpis[kpis["measure"] == until.measure]
        values = {policy: rows.loc[rows["policy"] == policy, "value"].to_numpy() for policy in study.networks}
        reached = until.reached(values)
        now = len(study.replications)
        then = now if reached else until.next(now)
        policy, share = until.worst(values)
        looked(now, then, policy, share)
        if math.isinf(share):
            message = f"no precision of {until.measure} can be relative to the baseline's mean, which is 0"
            raise ScenarioError([Problem(message, hint="name another measure with --precision-of")])
        if then == now:
            return study, finished, reached
        more = replace(study, replications=tuple(range(now, then)))
        finished += bench.do(study.networks, more.trials, extras)
        known = {(one.policy, one.replication): one for one in finished}
        study = replace(study, replications=tuple(range(then)))
        finished = [known[trial] for trial in study.trials]


def _measured(finished: Sequence[Done]) -> dict[str, pd.DataFrame]:
    """What a warm-up is found by."""
    return {name: stack(finished, name) for name in ("daily", "kpis")}


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
