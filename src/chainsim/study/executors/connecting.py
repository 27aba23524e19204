"""From an address to a Dask client; the one place where `distributed` is loaded, and only when a cluster is asked for.

In: the address of a scheduler, or how many workers to start here.  Out: a client, or ClusterError with what to check
and to type next.  Dask's logs are silenced: what users must know they are told by us.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import multiprocessing
import socket
import threading
import time
import warnings
from multiprocessing.process import BaseProcess
from typing import Any, Final, NamedTuple

from chainsim.errors import ClusterError
from chainsim.study.executors.local import without_interrupts

CONNECT: Final = 5.0  # seconds in which a scheduler must answer
GRACE: Final = 0.3  # seconds for idle workers to end by themselves
CLOSE: Final = 10.0  # seconds for Dask to put all in order
INSTALL: Final = "pip install 'chainsim[cluster]'"
QUIET: Final = ("asyncio", "distributed", "tornado", "tornado.application", "tornado.general")
SILENT: Final = logging.CRITICAL + 1


def connect(address: str) -> Any:
    """A client of the scheduler that runs at an address, as in tcp://10.0.0.5:8786."""
    distributed = _library()
    try:
        _hear_of(address)
        return distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except Exception as error:  # refused, timed out, or something else that listens there
        raise ClusterError(
            f"no Dask scheduler answers at {address} ({first_line(error)}); is it running, and can this machine "
            f"reach it? To start one: dask scheduler --port {address.rpartition(':')[2]}"
        ) from error


class Own(NamedTuple):
    """A cluster that was started here, and what ran here before."""

    cluster: Any
    others: list[BaseProcess]

    def stop(self) -> None:
        """End it at once, whatever its workers do: Dask itself would wait for them."""
        killer = threading.Timer(GRACE, self._kill)
        killer.start()
        with contextlib.suppress(Exception):
            self.cluster.close(CLOSE)
        killer.cancel()

    def _kill(self) -> None:
        for process in multiprocessing.active_children():
            if process not in self.others and process.name.startswith("Dask Worker"):
                process.kill()


def start_here(size: int) -> tuple[Own, Any]:
    """A scheduler and so many workers on this machine, which never see Ctrl-C; and a client."""
    distributed = _library()
    others = multiprocessing.active_children()
    try:
        with without_interrupts(), _quiet_settings():
            cluster = distributed.LocalCluster(
                n_workers=size, threads_per_worker=1, processes=True, memory_limit=0, dashboard_address=None,
                worker_dashboard_address=None, silence_logs=SILENT,
            )  # fmt: skip
            client = distributed.Client(cluster, timeout=CONNECT, set_as_default=False)
        return Own(cluster, others), client
    except Exception as error:
        raise ClusterError(f"a Dask cluster could not be started here: {told(error)}") from error


def _library() -> Any:
    try:
        with _quiet_settings():
            distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise ClusterError(f"--cluster needs Dask, which is not installed here; to install it: {INSTALL}") from error
    for name in (*QUIET, *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
        logging.getLogger(name).setLevel(SILENT)
    warnings.filterwarnings("ignore", module=r"(distributed|dask|tornado)\b")
    return distributed


def _quiet_settings() -> contextlib.AbstractContextManager[Any]:
    """Dask's settings without its logs, within a `with` block; processes started there inherit them."""
    settings: contextlib.AbstractContextManager[Any] = importlib.import_module("dask").config.set(
        {"logging": dict.fromkeys(QUIET, "critical")}
    )
    return settings


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
        except (OSError, OverflowError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def first_line(error: BaseException) -> str:
    """What an error says, in short."""
    return (str(error) or type(error).__name__).splitlines()[0]


def told(error: BaseException) -> str:
    """The same with its kind."""
    return f"{type(error).__name__}: {first_line(error)}"
