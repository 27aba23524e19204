"""Calls on many workers, with results in the order of the calls, and lost workers made good.

In: a function, arguments, an executor.  Out: a list.  A call whose worker died runs again on another one, twice; lost
for the third time it ends the study, whose finished trials stay.  This module must not know what the calls do.
"""

from __future__ import annotations

import concurrent.futures
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Final, TypeVar

from chainsim.errors import WorkerLostError
from chainsim.study.executors.base import BrokenExecutor, Executor, Future, Jobs
from chainsim.study.executors.calls import Sealing, attend, networks_of, pack, unpack, versions
from chainsim.study.executors.local import LocalProcesses

T = TypeVar("T")
TRIES: Final = 3
BEAT: Final = 0.25  # seconds between two looks at the workers


def run_all(
    task: Callable[..., T],
    arguments: Sequence[tuple[Any, ...]],
    jobs: Jobs,
    done: Callable[[int], None],
    progress: Callable[[float], None],
    received: Callable[[int, Any], T] | None = None,
    named: Callable[[int], str] = lambda index: f"call {index + 1}",
) -> list[T]:
    """Results of `task(*arguments[i])` in the order of `arguments`.

    done: called with i when task i has ended.  progress: given to the task, when one process does all the work.
    received: what is made of result i as soon as it comes.  named: what to call task i when it is lost.
    Raises WorkerLostError when a task was lost for the third time, or when no worker is left.
    """
    if received is None:
        return run_all(task, arguments, jobs, done, progress, lambda _, result: result, named)
    if isinstance(jobs, int):
        with LocalProcesses(jobs) as workers:
            return run_all(task, arguments, workers, done, progress, received, named)
    if not jobs.far and (jobs.size <= 1 or len(arguments) <= 1):
        results = []
        for index, values in enumerate(arguments):
            results.append(received(index, task(*values, progress)))
            done(index)
        return results
    found: dict[int, T] = {}
    for index, result in _unordered(task, arguments, jobs, named):
        found[index] = received(index, result)
        done(index)
    return [found[index] for index in range(len(arguments))]


def _unordered(
    task: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], workers: Executor, named: Callable[[int], str]
) -> Iterator[tuple[int, Any]]:
    """Pairs of index and result, as they come; of those that come together, the first first.

    Each network is pickled when its first call goes out, while workers have others to do.
    """
    sender, sealing = versions(), Sealing()
    waiting: dict[Hashable, deque[int]] = {}
    for index, values in enumerate(arguments):
        waiting.setdefault(networks_of(values), deque()).append(index)
    under_way: dict[Future[Any], int] = {}
    losses: Counter[int] = Counter()
    while waiting or under_way:
        while waiting and len(under_way) < workers.room:
            kind = workers.pick(waiting)
            index = waiting[kind].popleft()
            if not waiting[kind]:
                del waiting[kind]
            bare, apart = sealing.apart(arguments[index])
            under_way[workers.submit(attend, sender, pack(task, bare), *apart)] = index
        ended, _ = concurrent.futures.wait(under_way, BEAT, concurrent.futures.FIRST_COMPLETED)
        for future in sorted(ended, key=lambda one: under_way[one]):
            index = under_way.pop(future)
            try:
                result = future.result()
            except BrokenExecutor as error:
                losses[index] += 1
                _lost(workers, named(index), losses[index], error)
                waiting.setdefault(networks_of(arguments[index]), deque()).appendleft(index)
                continue
            yield index, unpack(result)
        workers.check()


def _lost(workers: Executor, what: str, times: int, error: BrokenExecutor) -> None:
    """Say that a call is tried again, or give up."""
    if times < TRIES:
        workers.tell(f"{error}; {what} runs again")
        return
    raise WorkerLostError(
        f"{error}, and so did the {TRIES - 1} before it that ran {what}; give it more memory: "
        f"{'fewer workers on a machine' if workers.far else 'run with --jobs 1'}"
    ) from error
