"""Where trials run: this process, or a pool of processes; results come back in the order of the trials either way.

The one door to process pools.  A worker that dies is reported as such; an interruption stops the workers, and workers
whose parent is gone stop by themselves.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Any, Final, TypeVar

from chainsim.errors import WorkerLostError

T = TypeVar("T")
PATIENCE: Final = 1.0  # seconds to learn what ended a worker


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
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(min(jobs, len(arguments)), mp_context=context, initializer=_prepare_worker)
    workers: list[BaseProcess] = []
    try:
        with _without_interrupts():
            waiting = {pool.submit(task, *values): index for index, values in enumerate(arguments)}
            workers = [process for process in multiprocessing.active_children() if process not in others]
        while waiting:
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=lambda item: waiting[item]):
                index = waiting.pop(future)
                result = future.result()
                done(index)
                yield index, result
    except BrokenProcessPool as error:
        raise WorkerLostError(f"a worker process died{_cause(workers)}; try again with --jobs 1") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in workers:
            process.terminate()
        for process in workers:
            process.join(1)  # none may write any more when the caller clears up


def _cause(workers: Sequence[BaseProcess]) -> str:
    """The signal that ended a worker; SIGTERM is what the pool sends to the others."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:  # the pool's own thread may be the one that learns of it first
        codes = [process.exitcode for process in workers]
        for code in codes:
            if code is not None and code < 0 and code != -signal.SIGTERM:
                return f" (signal {-code}; out of memory?)"
        if None not in codes:
            break
        time.sleep(0.02)
    return " (killed, or out of memory?)"


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold back Ctrl-C; processes started meanwhile never see it, so that only the parent answers to the keyboard."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
