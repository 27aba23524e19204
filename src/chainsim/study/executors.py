"""Where trials run: this process, or a pool of processes; results come back in the order of the trials either way.

The one door to process pools.  A worker that dies is reported as such; an interruption stops the workers.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from chainsim.errors import WorkerLostError

T = TypeVar("T")


def available_jobs() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def run_all(
    task: Callable[..., T],
    arguments: Sequence[tuple[Any, ...]],
    jobs: int,
    done: Callable[[int], None],
    progress: Callable[[float], None],
) -> list[T]:
    """Results of `task(*arguments[i])` in the order of `arguments`.

    done: called with i when task i has ended.  progress: called within a task when one process does all the work.
    Raises WorkerLostError when a worker process dies.
    """
    if jobs <= 1 or len(arguments) <= 1:
        results = []
        for index, values in enumerate(arguments):
            results.append(task(*values, progress))
            done(index)
        return results
    return [result for _, result in sorted(_pooled(task, arguments, jobs, done), key=lambda pair: pair[0])]


def _pooled(
    task: Callable[..., T], arguments: Sequence[tuple[Any, ...]], jobs: int, done: Callable[[int], None]
) -> Iterator[tuple[int, T]]:
    context = multiprocessing.get_context("spawn")  # alike on every system, and safe beside threads
    pool = ProcessPoolExecutor(min(jobs, len(arguments)), mp_context=context)
    try:
        waiting = {pool.submit(task, *values): index for index, values in enumerate(arguments)}
        while waiting:
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=lambda item: waiting[item]):
                index = waiting.pop(future)
                result = future.result()
                done(index)
                yield index, result
    except BrokenProcessPool as error:
        raise WorkerLostError(
            "a worker process died (killed, or out of memory?); nothing was written; try again with --jobs 1"
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()
