"""Workers of a Dask cluster: of a scheduler that runs somewhere, or of one started here.

In: the scheduler's address.  Out: an executor.  Nothing but messages passes between the machines: no folder is shared,
and a network goes to each worker once.  A worker of another version is refused.  The one door to `distributed`, which
is imported when a cluster is asked for.

What a lost worker ran is known because each call announces itself: of calls that only waited there nothing is lost, the
scheduler hands them to others.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, ClassVar, Final, NamedTuple

from chainsim.errors import ClusterError, WorkerLostError
from chainsim.study.executors.base import BrokenExecutor, Executor, Future
from chainsim.study.executors.calls import Sealed, other_version, present, versions, warm

CONNECT: Final = 5.0  # seconds in which a scheduler must answer
DESERTED: Final = 10.0  # seconds without any worker, after which none is expected any more
CLOSE: Final = 1.0  # seconds for a farewell
AHEAD: Final = 2  # calls per worker: one runs, one waits to be next
INSTALL: Final = "pip install 'chainsim[cluster]'"
QUIET: Final = ("asyncio", "distributed", "tornado", "tornado.application", "tornado.general")
SILENT: Final = logging.CRITICAL + 1


class _Call(NamedTuple):
    """A call under way: our future, and Dask's."""

    mine: Future[Any]
    there: Any


class Cluster(Executor):
    """The workers of a scheduler; BrokenExecutor for a call whose worker died.

    ClusterError where it cannot be used.
    """

    far: ClassVar[bool] = True

    def __init__(self, client: Any, address: str, tell: Callable[[str], None], own: Any = None) -> None:
        self.tell = tell
        self.address = address
        self._client = client
        self._own = own  # the cluster to be closed with us
        self._workers: set[str] = set()
        self._none_since = time.monotonic()
        self._calls: dict[str, _Call] = {}
        self._where: dict[str, str] = {}  # the worker that runs a call, once it has begun
        self._networks: dict[str, Any] = {}
        self._numbers = 0

    @classmethod
    def at(cls, address: str, tell: Callable[[str], None] = lambda _: None) -> Cluster:
        """The workers of a scheduler that runs already."""
        distributed = _library()
        try:
            _hear_of(address)
            client = distributed.Client(address, timeout=CONNECT, set_as_default=False)
        except Exception as error:  # refused, timed out, or something else that listens there
            raise ClusterError(
                f"no Dask scheduler answers at {address} ({_first_line(error)}); is it running, and can this machine "
                f"reach it? To start one: dask scheduler --port {address.rpartition(':')[2]}"
            ) from error
        return cls(client, address, tell)._ready()

    @classmethod
    def started_here(cls, size: int, tell: Callable[[str], None] = lambda _: None) -> Cluster:
        """A scheduler and so many workers on this machine, for this purpose."""
        distributed = _library()
        with _starting():
            own = distributed.LocalCluster(
                n_workers=size, threads_per_worker=1, processes=True, memory_limit=0, dashboard_address=None,
                worker_dashboard_address=None, silence_logs=SILENT,
            )  # fmt: skip
            client = distributed.Client(own, timeout=CONNECT, set_as_default=False)
        return cls(client, own.scheduler_address, tell, own)._ready()

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
        if self._workers:
            self._none_since = time.monotonic()
        elif time.monotonic() > self._none_since + DESERTED:
            raise WorkerLostError(f"every worker of the Dask scheduler at {self.address} is lost; {self._how_to_start}")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take back what is under way, and leave; workers that were there before stay, and end what they run."""
        calls, self._calls = list(self._calls.values()), {}
        for call in calls:
            call.there.release()  # nobody else wants it: the scheduler forgets it
        with contextlib.suppress(Exception):
            self._client.close(CLOSE)
        if self._own is not None:
            with contextlib.suppress(Exception):
                self._own.close(CLOSE)

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
            self._workers |= set(self._client.nthreads())
            if not self._workers:
                self._wait_for_one()
            self._refuse_unfit()
        except BaseException:
            self.shutdown()
            raise
        return self

    def _wait_for_one(self) -> None:
        until = time.monotonic() + DESERTED
        while not self._workers:
            if time.monotonic() > until:
                raise ClusterError(f"the Dask scheduler at {self.address} has no workers; {self._how_to_start}")
            time.sleep(0.05)

    def _refuse_unfit(self) -> None:
        """ClusterError unless scheduler and workers have chainsim, and the workers the very same as is here."""
        mine = versions()
        try:
            self._client.run_on_scheduler(present)
            found = self._client.run(warm, on_error="return")
        except Exception as error:
            message = f"the Dask scheduler at {self.address} has another chainsim, or none: {_told(error)}"
            raise ClusterError(message) from error
        for worker, its in sorted(found.items()):
            if isinstance(its, OSError):
                continue  # it was just lost
            if isinstance(its, BaseException):
                raise ClusterError(f"the Dask worker at {worker} has another chainsim, or none: {_told(its)}")
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
            call.mine.set_exception(BrokenExecutor(f"the Dask scheduler dropped a call ({_first_line(error)})"))
        except Exception as error:
            lost = type(error).__name__ == "KilledWorker"  # while it waited, more often than the scheduler allows
            told = "a worker of the cluster was lost" if lost else f"the cluster failed: {_told(error)}"
            call.mine.set_exception(BrokenExecutor(told) if lost else ClusterError(told))
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
        """Workers come and go."""
        message = event[1]
        if not isinstance(message, dict) or "worker" not in message:
            return
        worker = message["worker"]
        if message.get("action") == "add-worker":
            self._workers.add(worker)
        elif message.get("action") == "remove-worker":
            self._workers.discard(worker)
            lost = [] if message.get("expected") else list(message["processing-tasks"])
            for name in lost:
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


# ------------------------------------------------------------------------------------------------ the library


def _library() -> Any:
    """`distributed`, silenced: what users must know they are told by us."""
    try:
        with _quiet_config():
            distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise ClusterError(f"--cluster needs Dask, which is not installed here; to install it: {INSTALL}") from error
    for name in (*QUIET, *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
        logging.getLogger(name).setLevel(SILENT)
    warnings.filterwarnings("ignore", module=r"(distributed|dask|tornado)\b")
    return distributed


def _hear_of(address: str) -> None:
    """OSError unless something greets there, as a scheduler does: Dask itself waits for ever for one that is silent."""
    protocol, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    until = time.monotonic() + CONNECT
    while True:
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT) as there:
                if protocol == "tls" or there.recv(1):  # with TLS, it is the client who speaks first
                    return
            raise ConnectionError("it hangs up")
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _quiet_config() -> Any:
    """Dask's settings without its logs, within a `with` block; processes started there inherit it."""
    dask = importlib.import_module("dask")
    return dask.config.set({"logging": dict.fromkeys(QUIET, "critical")})


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """What goes wrong while a cluster starts here becomes one line; its processes never see Ctrl-C."""
    from chainsim.study.executors.local import without_interrupts

    try:
        with without_interrupts(), _quiet_config():
            yield
    except Exception as error:
        raise ClusterError(f"a Dask cluster could not be started here: {_told(error)}") from error


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {_first_line(error)}"
