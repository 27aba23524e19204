"""Processes of this machine, each an executor of its own: when one dies, nobody else's work is lost with it.

In: how many.  Out: an executor whose processes start when there is work for them, or when it is foreseen, and stay
until it is closed.  An interruption stops them, and processes whose parent is gone stop by themselves.  Ctrl-C reaches
the parent alone.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import connection, resource_tracker
from multiprocessing.process import BaseProcess
from typing import Any, Final

from chainsim.garbage import many_objects
from chainsim.study.executors.base import BrokenExecutor, Executor, Future
from chainsim.study.executors.calls import warm, warm_engine

PATIENCE: Final = 1.0  # seconds for a process to end


def available_jobs() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class LocalProcesses(Executor):
    """Up to `jobs` processes; BrokenExecutor, with the signal, for a call whose process died."""

    def __init__(self, jobs: int, tell: Callable[[str], None] = lambda _: None, optional: bool = False) -> None:
        self.jobs = jobs
        self.optional = optional
        self.tell = tell
        self._processes: list[_OneProcess] = []

    @property
    def busy(self) -> bool:
        """Whether any process has been started."""
        return bool(self._processes)

    @property
    def size(self) -> int:
        """How many trials run at the same time."""
        return self.jobs

    @property
    def room(self) -> int:
        """One call a process: what was lost with a process is just what it ran."""
        return self.jobs

    def start(self, compiled: bool, calls: int) -> None:
        """Start processes for so many calls, and let them import what trials run through, while the caller goes on.

        compiled: they will run compiled code, which has been kept, and load it, too.
        """
        for _ in range(min(self.jobs, calls) - len(self._processes)):
            self._processes.append(_OneProcess())
            self._processes[-1].submit(warm_engine if compiled else warm)

    def pick(self, kinds: Iterable[Hashable]) -> Hashable:
        """The kind that the next free process had before; else one that no other is at, so that few open the same."""
        kinds, free = list(kinds), self._free()
        if free.kind not in kinds:
            others = {one.kind for one in self._processes}
            free.kind = next((kind for kind in kinds if kind not in others), kinds[0])
        return free.kind

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function in the process that has least to do; a free one, where there is one."""
        return self._free().submit(fn, *args, **kwargs)

    def _free(self) -> _OneProcess:
        free = min(self._processes, key=lambda one: one.load, default=None)
        if free is None or (free.load and len(self._processes) < self.jobs):
            free = _OneProcess()
            self._processes.append(free)
        return free

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the processes at once, whatever they do; none may write any more when the caller clears up."""
        for one in self._processes:
            one.stop()
        for one in self._processes:
            one.join()
        self._processes = []


class _OneProcess:
    """A process, and the next one when it has died."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._calls: list[Future[Any]] = []
        self.kind: Hashable = None  # of its last call

    @property
    def load(self) -> int:
        """How many calls it has."""
        self._calls = [call for call in self._calls if not call.done()]
        return len(self._calls)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function here."""
        try:
            inner = self._submitted(fn, *args, **kwargs)
        except BrokenProcessPool:
            self._pool = None
            inner = self._submitted(fn, *args, **kwargs)
        mine: Future[Any] = Future()
        mine.set_running_or_notify_cancel()
        self._calls.append(mine)
        inner.add_done_callback(partial(_pass_on, self._process, mine))
        return mine

    def _submitted(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._pool is not None:
            return self._pool.submit(fn, *args, **kwargs)
        context = multiprocessing.get_context("spawn")  # alike on every system, and safe beside threads
        others = multiprocessing.active_children()
        with without_interrupts():
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_prepare)
            inner = self._pool.submit(fn, *args, **kwargs)
            new = [process for process in multiprocessing.active_children() if process not in others]
        self._process = new[0] if new else None
        return inner

    def stop(self) -> None:
        """Ask the process to end, whatever it does."""
        if self._process is not None:
            self._process.terminate()

    def join(self) -> None:
        """Wait until it has ended.

        It is left to the pool's own thread to take note of it: where two ask the system at once, the pool may take a
        dead process for a living one, and complain that it cannot write to it.
        """
        ended = self._process is None or bool(connection.wait([self._process.sentinel], PATIENCE))
        if self._pool is not None:
            self._pool.shutdown(wait=ended, cancel_futures=True)


def _pass_on(process: BaseProcess | None, mine: Future[Any], inner: Future[Any]) -> None:
    """Hand over how a call ended, and the signal that ended its process, if one did."""
    error = CancelledError() if inner.cancelled() else inner.exception()
    if isinstance(error, BrokenProcessPool):
        mine.set_exception(BrokenExecutor(f"a worker process died{_cause(process)}"))
    elif error is not None:
        mine.set_exception(error)
    else:
        mine.set_result(inner.result())


def _cause(process: BaseProcess | None) -> str:
    if process is not None:
        process.join(PATIENCE)
        if process.exitcode is not None and process.exitcode < 0:
            return f" (signal {-process.exitcode}; out of memory?)"
    return " (killed, or out of memory?)"


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """Hold back Ctrl-C; processes started meanwhile never see it, so that only the parent answers to the keyboard."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # as it starts, it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Leave Ctrl-C to the parent, end when the parent is gone, and get ready for trials."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with contextlib.suppress(Exception), many_objects():  # what fails here fails in the first call, which can say so
        warm()
    gc.freeze()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
