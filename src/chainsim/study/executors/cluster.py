"""Workers of a Dask cluster: of a scheduler that runs somewhere, or of one started here.

In: the scheduler's address.  Out: an executor.  Nothing but messages passes between the machines: no folder is shared,
and a network goes to each worker once.  A worker of another version is refused.

What a lost worker ran is known because each call announces itself: of calls that only waited there nothing is lost, the
scheduler hands them to others.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, ClassVar, Final, NamedTuple

from chainsim.errors import ClusterError, WorkerLostError
from chainsim.study.executors.base import BrokenExecutor, Executor, Future
from chainsim.study.executors.calls import Sealed, other_version, present, versions, warm
from chainsim.study.executors.connecting import Own, connect, first_line, start_here, told

DESERTED: Final = 10.0  # seconds without any worker, after which none is expected any more
CLOSE: Final = 1.0  # seconds for a farewell
COUNT: Final = 1.0  # seconds between two looks at who is there
AHEAD: Final = 2  # calls per worker: one runs, one waits to be next


class _Call(NamedTuple):
    """A call under way: our future, and Dask's."""

    mine: Future[Any]
    there: Any


class Cluster(Executor):
    """The workers of a scheduler; BrokenExecutor for a call whose worker died.

    ClusterError where it cannot be used.
    """

    far: ClassVar[bool] = True

    def __init__(self, client: Any, address: str, tell: Callable[[str], None], own: Own | None = None) -> None:
        self.tell = tell
        self.address = address
        self._client = client
        self._own = own  # the cluster to be closed with us
        self._workers: set[str] = set()
        self._counted = self._seen = 0.0  # when the workers were counted, and when there was one
        self._calls: dict[str, _Call] = {}
        self._where: dict[str, str] = {}  # the worker that runs a call, once it has begun
        self._networks: dict[str, Any] = {}
        self._numbers = 0

    @classmethod
    def at(cls, address: str, tell: Callable[[str], None] = lambda _: None) -> Cluster:
        """The workers of a scheduler that runs already."""
        return cls(connect(address), address, tell)._ready()

    @classmethod
    def started_here(cls, size: int, tell: Callable[[str], None] = lambda _: None) -> Cluster:
        """A scheduler and so many workers on this machine, for this purpose."""
        own, client = start_here(size)
        return cls(client, own.cluster.scheduler_address, tell, own)._ready()

    @property
    def size(self) -> int:
        """How many trials run at the same time."""
        return len(self._workers)

    @property
    def room(self) -> int:
        """One call waits at each worker while another one runs there."""
        return AHEAD * len(self._workers)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function on one of the workers, one at a time in each."""
        self._numbers += 1
        name = f"{self._client.id}-{self._numbers}"
        values = [self._sent(value) if isinstance(value, Sealed) else value for value in args]
        mine: Future[Any] = Future()
        mine.set_running_or_notify_cancel()
        there = self._client.submit(_announced, self._topic, name, fn, *values, key=name, pure=False, **kwargs)
        self._calls[name] = _Call(mine, there)
        there.add_done_callback(lambda _: self._ended(name))
        return mine

    def check(self) -> None:
        """WorkerLostError when the scheduler is gone, or every worker since a while."""
        if self._client.status != "running":
            raise WorkerLostError(f"the connection to the Dask scheduler at {self.address} is lost")
        if time.monotonic() > self._counted + COUNT:
            self._count()
        if not self._workers and time.monotonic() > self._seen + DESERTED:
            raise WorkerLostError(f"every worker of the Dask scheduler at {self.address} is lost; {self._how_to_start}")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take back what is under way, and leave; workers that were there before stay, and end what they run."""
        calls, self._calls = list(self._calls.values()), {}
        for call in calls:
            call.there.release()  # nobody else wants it: the scheduler forgets it
        with contextlib.suppress(Exception):
            self._client.close(CLOSE)
        if self._own is not None:
            self._own.stop()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    # ---------------------------------------------------------------------------------------- at the beginning

    def _ready(self) -> Cluster:
        """This cluster, when its workers have shown that they are fit; closed if they are not."""
        try:
            self._client.subscribe_topic("all", self._heard)
            self._client.subscribe_topic(self._topic, self._began)
            self._wait_for_one()
            self._refuse_unfit()
        except BaseException:
            self.shutdown()
            raise
        return self

    def _wait_for_one(self) -> None:
        until = time.monotonic() + DESERTED
        while not self._count():
            if time.monotonic() > until:
                raise ClusterError(f"the Dask scheduler at {self.address} has no workers; {self._how_to_start}")
            time.sleep(0.1)

    def _count(self) -> bool:
        """Ask who is there; whether anybody is."""
        with contextlib.suppress(OSError):  # of a scheduler that is gone its status tells, soon
            self._workers = set(self._client.nthreads())
        self._counted = time.monotonic()
        if self._workers:
            self._seen = self._counted
        return bool(self._workers)

    def _refuse_unfit(self) -> None:
        """ClusterError unless scheduler and workers have chainsim, and the workers the very same as is here."""
        mine = versions()
        try:
            self._client.run_on_scheduler(present)
            found = self._client.run(warm, on_error="return")
        except Exception as error:
            message = f"the Dask scheduler at {self.address} has another chainsim, or none: {told(error)}"
            raise ClusterError(message) from error
        for worker, its in sorted(found.items()):
            if isinstance(its, OSError):
                continue  # it was just lost
            if isinstance(its, BaseException):
                raise ClusterError(f"the Dask worker at {worker} has another chainsim, or none: {told(its)}")
            if its.code != mine.code:
                raise ClusterError(other_version(f"the Dask worker at {worker}", its, mine))

    @property
    def _how_to_start(self) -> str:
        return f"start some: dask worker {self.address} --nworkers auto --nthreads 1"

    @property
    def _topic(self) -> str:
        return f"chainsim-{self._client.id}"

    # ---------------------------------------------------------------------------------------- on the way

    def _sent(self, one: Sealed) -> Any:
        """A network as a task of its own: the scheduler has it made again where its worker is lost."""
        if one.digest not in self._networks:
            key = f"chainsim-network-{one.digest}"
            self._networks[one.digest] = self._client.submit(_same, one, key=key, pure=False)
        return self._networks[one.digest]

    def _ended(self, name: str) -> None:
        """A call has ended; in a thread of Dask's."""
        call = self._calls.pop(name, None)
        self._where.pop(name, None)
        if call is None:
            return
        try:
            result = call.there.result()
        except CancelledError as error:
            call.mine.set_exception(BrokenExecutor(f"the Dask scheduler dropped a call ({first_line(error)})"))
        except Exception as error:
            lost = type(error).__name__ == "KilledWorker"  # while it waited, more often than the scheduler allows
            failed = BrokenExecutor("a worker of the cluster was lost")
            call.mine.set_exception(failed if lost else ClusterError(f"the cluster failed: {told(error)}"))
        else:
            call.mine.set_result(result)
        finally:
            call.there.release()

    def _began(self, event: tuple[float, Any]) -> None:
        """A worker says that it begins with a call."""
        name, worker = event[1]
        if name in self._calls:
            self._where[name] = worker

    def _heard(self, event: tuple[float, Any]) -> None:
        """What the scheduler tells of its workers; a loss is what nobody asked for."""
        message = event[1]
        if not isinstance(message, dict) or message.get("action") != "remove-worker" or message.get("expected"):
            return
        worker = message["worker"]
        for name in list(message["processing-tasks"]):
            if self._where.get(name) == worker and (call := self._calls.pop(name, None)):
                call.mine.set_exception(BrokenExecutor(f"the Dask worker at {worker} was lost"))
                call.there.release()


# ------------------------------------------------------------------------------------------------ in a worker

_alone = threading.Lock()


def _announced(topic: str, name: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function, alone in this process: threads would only get in each other's way."""
    from distributed import get_worker

    with _alone:
        worker = get_worker()
        worker.log_event(topic, [name, worker.address])
        return fn(*args, **kwargs)


def _same(one: Sealed) -> Sealed:
    return one
