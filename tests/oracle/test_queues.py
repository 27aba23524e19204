"""Queues with known answers: one line, Poisson orders of one unit, first come first served.

Two kinds of proof.  On the path: the log's waiting times equal the recursion of Lindley (one server) or of
Kiefer and Wolfowitz (several) on the same draws, to the tick.  In the mean: estimates lie within 4.5 standard
errors of the formula, with the standard error from batch means, and lie further away from the formulas of
near misses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from heapq import heapreplace

import numpy as np
import pytest
from numpy.typing import NDArray

from chainsim.engine import simpy_engine
from chainsim.model.distributions import Constant, Distribution, Exponential, Gamma, Uniform
from chainsim.model.state import DEMANDED, FINISHED, RELEASED, STARTED
from chainsim.testing import Luck, Run, single_server

SERVICE = 1000  # mean processing time in ticks, so that whole ticks cost nothing
CUSTOMERS = 60_000
BATCHES = 40
LIMIT = 4.5  # standard errors


@dataclass(frozen=True)
class Case:
    """A queue and the formula for its mean sojourn time in units of the mean service time."""

    load: float
    servers: int
    law: Distribution

    @property
    def variation(self) -> float:
        """Squared coefficient of variation of the service time."""
        mean, sd = self.law.moments
        return (sd / mean) ** 2

    def sojourn(self, load: float | None = None, servers: int | None = None, variation: float | None = None) -> float:
        """Pollaczek-Khinchine for one server; Erlang's C formula for several (exponential service only)."""
        rho, c = load or self.load, servers or self.servers
        scv = self.variation if variation is None else variation
        if c == 1:
            return 1 + rho * (1 + scv) / (2 * (1 - rho))
        offered = rho * c
        tail = offered**c / math.factorial(c) / (1 - rho)
        waits = tail / (sum(offered**k / math.factorial(k) for k in range(c)) + tail)
        return 1 + waits / (c * (1 - rho))


CASES = {
    "M/M/1": Case(0.5, 1, Exponential(SERVICE)),
    "M/D/1": Case(0.6, 1, Constant(SERVICE)),
    "M/U/1": Case(0.6, 1, Uniform(0.0, 2 * SERVICE)),
    "M/G/1": Case(0.5, 1, Gamma(SERVICE, 1.5 * SERVICE)),
    "M/M/3": Case(0.6, 3, Exponential(SERVICE)),
}


@dataclass(frozen=True)
class Path:
    """Ticks of every order that was finished, in the order of arrival."""

    arrived: NDArray[np.int64]
    started: NDArray[np.int64]
    finished: NDArray[np.int64]
    horizon: int
    run: Run


@cache
def simulate(name: str) -> Path:
    case = CASES[name]
    between = SERVICE / (case.load * case.servers)
    horizon = int(CUSTOMERS * between)
    network = single_server(horizon, mean_between=between, service=case.law, servers=case.servers, seed=2024)
    log = simpy_engine.run(network, 0)
    events = log.events
    arrived = events[events[:, 1] == DEMANDED][:, 0]
    released = events[events[:, 1] == RELEASED]
    # Orders of one tick are released together; their units stand in the queue one behind the other.
    unit = dict(zip(released[:, 2].tolist(), (np.cumsum(released[:, 4]) - released[:, 4]).tolist(), strict=True))
    started = np.full(len(arrived), horizon)
    finished = np.full(len(arrived), horizon)
    for kind, column in ((STARTED, started), (FINISHED, finished)):
        following = dict(unit)
        for tick, order in events[events[:, 1] == kind][:, [0, 2]].tolist():
            column[following[order]] = tick
            following[order] += 1
    return Path(arrived, started, finished, horizon, Run(network, log))


def batch_means(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and its standard error after the first batch is dropped; batches are long against any
    correlation."""
    size = len(values) // BATCHES
    means = values[: size * BATCHES].reshape(BATCHES, size).mean(axis=1)[1:]
    return float(means.mean()), float(means.std(ddof=1) / math.sqrt(len(means)))


def in_system(path: Path) -> NDArray[np.float64]:
    """Time average of the number in the system over 1,000 slices of the run."""
    edges = np.linspace(0, path.horizon, 1001)

    def time_before(ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sum over orders of the time from their tick to each edge."""
        ordered = np.sort(ticks)
        total = np.concatenate([[0.0], np.cumsum(ordered, dtype=float)])
        counts = np.searchsorted(ordered, edges, side="right")
        return counts * edges - total[counts]

    return np.diff(time_before(path.arrived) - time_before(path.finished)) / np.diff(edges)


@pytest.mark.parametrize("name", CASES)
def test_every_order_starts_when_lindley_and_kiefer_wolfowitz_say(name: str) -> None:
    path = simulate(name)
    case = CASES[name]
    luck = Luck(path.run)
    law = path.run.network.lines[0].law
    fixed = path.run.network.lines[0].fixed
    free = [0] * case.servers  # when each server is free; a heap
    for n, (arrived, started) in enumerate(zip(path.arrived.tolist(), path.started.tolist(), strict=True)):
        begin = max(arrived, free[0])
        heapreplace(free, begin + fixed + luck(law, n))
        assert started == min(begin, path.horizon), n


@pytest.mark.parametrize("name", CASES)
def test_mean_sojourn_time_is_the_formula_s(name: str) -> None:
    path = simulate(name)
    done = path.finished < path.horizon
    mean, error = batch_means((path.finished - path.arrived)[done] / SERVICE)
    assert error < 0.03 * mean
    assert abs(mean - CASES[name].sojourn()) <= LIMIT * error


@pytest.mark.parametrize("name", CASES)
def test_mean_number_in_the_system_is_the_formula_s(name: str) -> None:
    """Little: L = arrival rate x mean sojourn time, but measured as a time average."""
    path = simulate(name)
    case = CASES[name]
    mean, error = batch_means(in_system(path))
    assert error < 0.04 * mean
    assert abs(mean - case.load * case.servers * case.sojourn()) <= LIMIT * error


@pytest.mark.parametrize("name", CASES)
def test_utilisation_is_the_load(name: str) -> None:
    path = simulate(name)
    case = CASES[name]
    busy = np.zeros(1000)
    edges = np.linspace(0, path.horizon, 1001)
    for ticks, sign in ((path.started, 1), (path.finished, -1)):
        ordered = np.sort(ticks)
        total = np.concatenate([[0.0], np.cumsum(ordered, dtype=float)])
        counts = np.searchsorted(ordered, edges, side="right")
        busy += sign * np.diff(counts * edges - total[counts]) / np.diff(edges)
    mean, error = batch_means(busy / case.servers)
    assert error < 0.01
    assert abs(mean - case.load) <= LIMIT * error


@pytest.mark.parametrize("name", ["M/M/1", "M/M/3"])
def test_near_misses_are_told_apart(name: str) -> None:
    """The same estimate refutes a load off by a tenth, one server more or less, and half the variance."""
    path = simulate(name)
    case = CASES[name]
    done = path.finished < path.horizon
    mean, error = batch_means((path.finished - path.arrived)[done] / SERVICE)
    wrong = [case.sojourn(load=0.9 * case.load), case.sojourn(load=1.1 * case.load)]
    wrong.append(case.sojourn(load=case.load * case.servers / (case.servers + 1), servers=case.servers + 1))
    if case.servers == 1:
        wrong += [case.sojourn(variation=0.5), case.sojourn(variation=0.0)]
    else:
        wrong.append(case.sojourn(servers=case.servers - 1))
    for formula in wrong:
        assert abs(mean - formula) > LIMIT * error
