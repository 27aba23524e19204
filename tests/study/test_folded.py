"""A run that is folded while it is simulated: the same, and nothing that goes wrong in either thread is lost."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from chainsim.engine import simpy_engine
from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.records import Columns, Log
from chainsim.results.frames import frames
from chainsim.study.folded import Aside, run_folded
from chainsim.study.tabulation import tabulate
from chainsim.study.trial import BrokenTrialError, Extras, run_trial
from chainsim.testing.cases import busy_case

NOTHING = np.empty((0, 5), dtype=np.int64), np.empty((0, 8), dtype=np.int64)


@pytest.mark.parametrize("spare", [True, False])
def test_it_is_the_run_that_is_folded_afterwards(spare: bool) -> None:
    network = busy_case().network
    found, seconds = run_folded(network, 0, None, simpy_engine.run, spare=spare)
    expected = tabulate(frames(network, simpy_engine.run(network, 0)))
    for name, table in tabulate(found).items():
        assert table.equals(expected[name]), name
    assert seconds > 0


@pytest.mark.parametrize("spare", [True, False])
def test_a_sink_that_fails_ends_the_run(spare: bool) -> None:
    def fails(*_: Columns) -> None:
        raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"):
        run_folded(busy_case().network, 0, None, simpy_engine.run, [fails], spare)


@pytest.mark.parametrize(("spare", "expected"), [(True, 2), (False, 1)])
def test_a_second_thread_folds_where_a_processor_is_idle(spare: bool, expected: int) -> None:
    threads = set()

    def note(*_: Columns) -> None:
        threads.add(threading.get_ident())

    def engine(*given: Any) -> Log:
        threads.add(threading.get_ident())
        return simpy_engine.run(*given)

    run_folded(busy_case().network, 0, None, engine, [note], spare)
    assert len(threads) == expected


def test_the_engine_is_not_charged_with_what_the_sinks_take() -> None:
    takes, calls = 0.1, []

    def slow(*_: Columns) -> None:
        until = time.thread_time() + takes
        while time.thread_time() < until:
            pass
        calls.append(until)

    begin = time.thread_time()
    _, seconds = run_folded(busy_case().network, 0, None, simpy_engine.run, [slow], spare=False)
    assert calls
    assert 0 < seconds < time.thread_time() - begin - takes * len(calls)


def test_a_sink_that_fails_never_blocks_who_goes_on() -> None:
    def fails(*_: Columns) -> None:
        raise ValueError("no room")

    def put_many() -> None:
        with Aside([fails]) as aside:
            for _ in range(100):
                aside.put(*NOTHING)

    with pytest.raises(ValueError, match="no room"):
        put_many()


def test_an_engine_that_fails_is_what_is_told() -> None:
    def engine(*_: Any) -> Log:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_folded(busy_case().network, 0, None, engine)


def test_a_trial_that_breaks_a_law_is_run_again_for_its_evidence() -> None:
    calls = []

    def engine(network: Any, replication: int, progress: Any = None, sink: Any = None) -> Log:
        log = simpy_engine.run(network, replication, progress)
        at = int(np.argmax(log.events[:, 1] == state.RECEIVED))
        log = Log(np.insert(log.events, at, log.events[at], axis=0), log.orders, log.horizon)
        calls.append(sink is None)
        if sink is not None:
            sink(log.events, log.orders)
        return log

    with pytest.raises(BrokenTrialError, match="no order is delivered more than once, at order") as caught:
        run_trial(busy_case().network, "none", 0, engine=engine)
    assert calls == [False, True]
    assert isinstance(caught.value.__cause__, InvariantError)
    assert {"orders", "events", "kpis"} <= set(caught.value.tables)


def test_the_log_is_left_on_request() -> None:
    network = busy_case().network
    log = simpy_engine.run(network, 0)
    found = run_trial(network, "none", 0, extras=Extras(log=True), engine=simpy_engine.run).tables
    assert (found["events"].iloc[:, 2:].to_numpy() == log.events).all()
    assert (found["orders"].iloc[:, 3:].to_numpy() == log.orders).all()
    assert found["orders"]["order"].tolist() == list(range(len(log.orders)))
