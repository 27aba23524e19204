"""Results in the order of the calls, whoever ends first; what a lost worker had runs again, twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from chainsim.errors import WorkerLostError
from chainsim.study.executors import Executor, run_all
from chainsim.study.executors.base import BrokenExecutor, Future


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise ValueError(f"no {number}")


class Scripted(Executor):
    """Workers whose calls end, or die, as a script says: the last call first."""

    far: ClassVar[bool] = True

    def __init__(self, room: int, dies: Callable[[int], bool] = lambda _: False) -> None:
        self.told: list[str] = []
        self.tell = self.told.append
        self._room = room
        self._dies = dies
        self.submitted = 0
        self.held: list[tuple[Future[Any], Callable[[], Any]]] = []

    @property
    def size(self) -> int:
        return self._room

    @property
    def room(self) -> int:
        return self._room

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.held.append((future, lambda: fn(*args)))
        assert len(self.held) <= self._room
        if len(self.held) == self._room:
            self._end()
        return future

    def check(self) -> None:
        self._end()

    def _end(self) -> None:
        while self.held:
            future, call = self.held.pop()
            self.submitted += 1
            if self._dies(self.submitted):
                future.set_exception(BrokenExecutor("a worker died"))
            else:
                future.set_result(call())


def nothing(_: float) -> None:
    pass


def test_results_are_in_the_order_of_the_calls_and_each_is_reported_once() -> None:
    done: list[int] = []
    workers = Scripted(3)
    found = run_all(double, [(number,) for number in range(8)], workers, done.append, nothing)
    assert found == [0, 2, 4, 6, 8, 10, 12, 14]
    assert sorted(done) == list(range(8))
    assert workers.told == []


def test_what_comes_is_received_before_it_counts_as_done() -> None:
    seen: list[tuple[str, int]] = []

    def received(index: int, result: int) -> str:
        seen.append(("received", index))
        return f"{index}: {result}"

    found = run_all(
        double, [(5,), (6,)], Scripted(1), lambda index: seen.append(("done", index)), nothing, received=received
    )
    assert found == ["0: 10", "1: 12"]
    assert seen == [("received", 0), ("done", 0), ("received", 1), ("done", 1)]


def test_a_lost_call_runs_again_and_its_result_is_where_it_belongs() -> None:
    workers = Scripted(1, lambda number: number in (2, 3))  # the second call, twice
    done: list[int] = []
    assert run_all(double, [(1,), (2,), (3,)], workers, done.append, nothing, named="trial {}".format) == [2, 4, 6]
    assert done == [0, 1, 2]
    assert workers.told == ["a worker died; trial 1 runs again"] * 2


def test_a_call_lost_for_the_third_time_ends_it_all() -> None:
    workers = Scripted(1, lambda number: number >= 2)
    with pytest.raises(
        WorkerLostError, match="a worker died, and so did the 2 before it that ran trial 1; give it more"
    ):
        run_all(double, [(1,), (2,), (3,)], workers, nothing, nothing, named="trial {}".format)
    assert workers.submitted == 4


def test_losses_are_counted_call_by_call() -> None:
    """Six workers may die in one study, as long as no call has three of them."""
    workers = Scripted(1, lambda number: number % 3 != 0)
    assert run_all(double, [(1,), (2,), (3,)], workers, nothing, nothing) == [2, 4, 6]
    assert len(workers.told) == 6


def test_an_error_of_a_call_is_raised_as_it_was_with_its_traceback() -> None:
    with pytest.raises(ValueError, match=r"^no 1$") as caught:
        run_all(fail, [(1,), (2,)], Scripted(1), nothing, nothing)
    assert 'raise ValueError(f"no {number}")' in str(caught.value.__cause__)
