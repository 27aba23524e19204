"""Processes of this machine: started when there is work, each on its own, gone when they are closed."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from chainsim.study.executors.base import BrokenExecutor
from chainsim.study.executors.local import LocalProcesses

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def test_one_process_needs_no_other() -> None:
    with LocalProcesses(1) as workers:
        assert (workers.size, workers.room) == (1, 1)
        assert workers._processes == []


@posix
def test_a_dead_process_takes_its_own_call_and_no_other_and_has_a_successor() -> None:
    with LocalProcesses(2) as workers:
        first = [workers.submit(os.getpid), workers.submit(os.getpid)]
        ids = {future.result(30) for future in first}
        assert len(ids) == 2
        slow = workers.submit(time.sleep, 1.0)
        lost = workers.submit(os.kill, os.getpid(), 0)  # the process that is free
        assert lost.result(30) is None
        dead = workers.submit(os.abort)
        with pytest.raises(
            BrokenExecutor, match=rf"a worker process died \(signal {int(signal.SIGABRT)}; out of memory\?\)"
        ):
            dead.result(30)
        assert not slow.done()
        after = workers.submit(os.getpid).result(30)
        assert after not in ids
        assert slow.result(30) is None
        alive = {workers.submit(os.getpid).result(30), after}
    for pid in alive:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@posix
def test_no_more_processes_start_ahead_than_there_are_calls() -> None:
    with LocalProcesses(5) as workers:
        workers.start(compiled=False, calls=2)
        assert len(workers._processes) == 2


def test_closing_does_not_wait_for_what_is_under_way() -> None:
    with LocalProcesses(2) as workers:
        assert workers.submit(os.getpid).result(30)
        workers.submit(time.sleep, 60)
        begin = time.monotonic()
    assert time.monotonic() - begin < 5


def test_workers_are_warm_when_their_first_call_comes() -> None:
    with LocalProcesses(2) as workers:
        assert workers.submit(eval, "'chainsim.study.trial' in __import__('sys').modules").result(30)


def test_processes_that_start_ahead_are_there_before_any_call_and_get_the_calls() -> None:
    with LocalProcesses(2) as workers:
        assert not workers.busy
        workers.start(compiled=False, calls=9)
        workers.start(compiled=False, calls=9)  # once is enough
        assert workers.busy
        ids = {one._process.pid for one in workers._processes if one._process is not None}
        calls = [workers.submit(os.getpid) for _ in range(2)]
        assert {call.result(30) for call in calls} == ids
        assert len(ids) == 2


def test_closing_does_not_wait_for_processes_that_start_ahead() -> None:
    with LocalProcesses(2) as workers:
        workers.start(compiled=False, calls=2)
        processes = [one._process for one in workers._processes if one._process is not None]
        begin = time.monotonic()
    assert time.monotonic() - begin < 5
    assert not any(process.is_alive() for process in processes)


def test_a_process_goes_on_with_what_it_knows_and_leaves_to_others_what_they_know() -> None:
    with LocalProcesses(2) as workers:

        def runs(kinds: list[str]) -> tuple[object, int]:
            kind = workers.pick(kinds)
            return kind, workers.submit(os.getpid).result(30)

        first = workers.pick(["a", "b", "c"])
        slow = workers.submit(time.sleep, 3.0)
        second, pid = runs(["a", "b", "c"])
        assert (first, second) == ("a", "b")
        assert runs(["a", "b", "c"]) == ("b", pid)
        assert runs(["a", "c"]) == ("c", pid)  # a is known to the other one
        assert not slow.done()
        assert runs(["a"]) == ("a", pid)  # but nothing else is left
