"""A call on its way to a worker, and what the worker does with it.

In: a function and its arguments.  Out: its result or its error.  Networks are pickled once by the sender and unpickled
once by each worker, however many trials they are for.  A worker whose sources or libraries are others refuses, before
it unpickles anything: numbers of different code are never mixed.  This module must stay quick to import: a scheduler of
a cluster imports it, too.
"""

from __future__ import annotations

import gc
import hashlib
import pickle
import traceback
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from chainsim.errors import ClusterError
from chainsim.garbage import many_objects
from chainsim.model.network import Network

KEPT: Final = 32  # networks that a worker keeps open


@dataclass(frozen=True, slots=True)
class Sealed:
    """A network, pickled and compressed; two with the same digest are the same."""

    digest: str
    data: bytes = field(compare=False, repr=False)


class _Enclosed(NamedTuple):
    """Stands for the sealed argument of this number."""

    number: int


class Raised(NamedTuple):
    """An error of a call, and where it came from; as a result it travels whole on every way."""

    error: Exception
    trace: str


class RemoteError(Exception):
    """The cause of an error in another process: its traceback as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@dataclass(frozen=True, slots=True)
class Versions:
    """What numbers depend on.  code: fingerprint of the sources; runs_on: versions by name."""

    code: str
    runs_on: Mapping[str, str]

    def unlike(self, other: Versions) -> str:
        """In words, what is not as in `other`; empty if nothing."""
        names = [name for name, value in self.runs_on.items() if value != other.runs_on.get(name)]
        told = [f"{name} {self.runs_on[name]} (here {other.runs_on.get(name, 'none')})" for name in names]
        return ", ".join(told) or ("other sources of chainsim" if self.code != other.code else "")


def versions() -> Versions:
    """Those of this process."""
    from chainsim.study.fingerprint import code, runs_on

    return Versions(code(), runs_on())


def warm() -> Versions:
    """Get a worker ready: import what every trial runs through, so that no trial waits for it; say what it runs on."""
    import chainsim.study.trial  # noqa: F401

    return versions()


def warm_engine() -> None:
    """The same of compiled code that has been kept; in a process of this machine, which has a little time."""
    from chainsim.engine.choice import get_ready

    with many_objects():
        get_ready()
    gc.freeze()


def present() -> bool:
    """Whether chainsim is there: where it is not, this cannot be called."""
    return True


class Sealing:
    """Seals networks as calls need them, each once; they must live as long as this."""

    def __init__(self) -> None:
        self._known: dict[int, Sealed] = {}

    def apart(self, values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Sealed]]:
        """The arguments of a call without its networks, and these."""
        bare: list[Any] = []
        sealed: list[Sealed] = []
        for value in values:
            if isinstance(value, Network):
                if id(value) not in self._known:
                    data = zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1)
                    self._known[id(value)] = Sealed(hashlib.sha256(data).hexdigest(), data)
                bare.append(_Enclosed(len(sealed)))
                sealed.append(self._known[id(value)])
            else:
                bare.append(value)
        return tuple(bare), sealed


def networks_of(values: tuple[Any, ...]) -> tuple[int, ...]:
    """Which networks a call is about: calls with the same are of a kind, as a worker opens each but once."""
    return tuple(id(value) for value in values if isinstance(value, Network))


@lru_cache(maxsize=KEPT)
def _open(one: Sealed) -> Any:
    with many_objects():
        return pickle.loads(zlib.decompress(one.data))


def pack(task: Callable[..., Any], values: tuple[Any, ...]) -> bytes:
    """What `attend` takes: it is looked into only by workers of the same version."""
    return pickle.dumps((task, values), pickle.HIGHEST_PROTOCOL)


def attend(sender: Versions, packed: bytes, *apart: Sealed) -> Any:
    """In a worker: the result of a call, or `Raised`."""
    try:
        mine = versions()
        if mine.code != sender.code:
            return Raised(ClusterError(other_version("a worker", mine, sender)), "")
        task, values = pickle.loads(packed)
        return task(*(_open(apart[one.number]) if isinstance(one, _Enclosed) else one for one in values))
    except Exception as error:
        return Raised(error, traceback.format_exc())


def other_version(who: str, its: Versions, mine: Versions) -> str:
    """Why a worker is refused, and the way out."""
    return (
        f"{who} runs on {its.unlike(mine)}; numbers of different versions are never mixed: "
        "install there what is installed here, restart the worker, and run the same command again"
    )


def unpack(result: Any) -> Any:
    """What a call has returned; raises what it has raised."""
    if isinstance(result, Raised):
        raise result.error from (RemoteError(result.trace) if result.trace else None)
    return result
