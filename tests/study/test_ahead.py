"""Processes start while networks are built, where trials will be worth them, and no trial runs before all are built."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.model.network import Network
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study import ahead
from chainsim.study.ahead import start_ahead
from chainsim.study.executors.local import LocalProcesses
from chainsim.study.study import plan

LITTLE, MUCH = 3, 1_000_000  # trials


class Recorded(LocalProcesses):
    """Processes that only note that they were asked to start."""

    def __init__(self, jobs: int, optional: bool) -> None:
        super().__init__(jobs, optional=optional)
        self.started: list[bool] = []
        self.calls: list[int] = []

    def start(self, compiled: bool, calls: int) -> None:
        self.started.append(compiled)
        self.calls.append(calls)


@pytest.mark.parametrize(
    ("jobs", "optional", "trials", "starts"),
    [
        (2, True, MUCH, True),
        (2, True, LITTLE, False),  # over before processes would have started
        (2, False, LITTLE, True),  # somebody asked for two
        (2, False, 1, False),
        (1, False, MUCH, False),
    ],
)
def test_processes_start_where_there_is_work_for_two(
    small: Path, jobs: int, optional: bool, trials: int, starts: bool
) -> None:
    processes = Recorded(jobs, optional)
    start_ahead(processes, "simpy", build(load(small)), trials)
    assert processes.started == [False] * starts
    assert processes.calls == [trials] * starts


def test_what_is_compiled_is_loaded_only_where_it_has_been_kept(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    network = build(load(small))
    for kept in (True, False):
        monkeypatch.setattr(ahead.will_load.__globals__["stored"], "is_there", lambda kept=kept: kept)
        processes = Recorded(2, optional=False)
        start_ahead(processes, "compiled", network, LITTLE)
        start_ahead(processes, "auto", network, LITTLE)  # so little runs on the reference engine
        start_ahead(processes, "auto", network, MUCH)
        start_ahead(processes, "simpy", network, MUCH)
        assert processes.started == [kept, False, kept, False]


def test_a_plan_tells_of_its_first_network_before_it_builds_the_others(small: Path) -> None:
    told: list[tuple[Network, int]] = []
    study = plan(load(small), ["none"], range(4), lambda *what: told.append(what))
    assert told == [(study.networks["none"], 4)]
    told.clear()
    with pytest.raises(ScenarioError, match="there is no policy 'nonsense'"):
        plan(load(small), ["nonsense"], range(4), lambda *what: told.append(what))
    assert [trials for _, trials in told] == [8]
