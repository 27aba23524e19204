"""Which engine runs a network: the reference, or the compiled one where that saves time.  Both leave the same log.

In: what was asked for, and the networks of the runs to come.  Out: the name of an engine, and the engine of a name.
Numba takes longer to import than a small run takes, and longer to compile than most runs; so `auto` weighs the two.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from typing import Final, Literal

from chainsim.engine import stored, work
from chainsim.engine.base import Attach, Engine, Progress, Sink
from chainsim.errors import EngineError
from chainsim.kernels import Kernels, arrays
from chainsim.model.network import Network
from chainsim.records import Log

Choice = Literal["auto", "simpy", "compiled"]
CHOICES: Final[tuple[Choice, ...]] = ("auto", "simpy", "compiled")
SIMPY: Final = "simpy"
COMPILED: Final = "compiled"

SECONDS_A_ROW: Final = 3.5e-6  # of the reference engine, for each row of its log
WORTH_LOADING: Final = 2.0  # seconds of the reference engine
WORTH_PROCESSES: Final = 4.0
WORTH_COMPILING: Final = 60.0
HINT: Final = "pip install 'chainsim[fast]'"


def choose(
    asked: Choice, networks: Iterable[Network], say: Callable[[str], None] = lambda _: None, attached: bool = False
) -> str:
    """The engine for runs of these networks, one a run; what is compiled is compiled now.

    say: told, in a line, when compiling begins and how long it took, and when the compiled engine is not to be had.
    attached: a user's own SimPy process joins the runs, which only the reference engine can offer.
    Raises EngineError when the compiled engine is asked for and Numba is missing.
    """
    if asked == SIMPY:
        return SIMPY
    if attached:
        say("your own SimPy process joins the run, so the reference engine runs it")
        return SIMPY
    if asked not in CHOICES:
        raise EngineError(f"there is no engine {asked!r}; choose from {', '.join(CHOICES)}")
    if find_spec("numba") is None:
        if asked == COMPILED:
            raise EngineError(f"the compiled engine needs Numba: {HINT}, or run with --engine simpy")
        if _seconds(networks, WORTH_COMPILING) >= WORTH_COMPILING:
            say(f"the compiled engine would be many times faster: {HINT}")
        return SIMPY
    if asked == "auto":
        seconds = _seconds(networks, WORTH_COMPILING)
        if seconds < WORTH_LOADING:
            return SIMPY
        if seconds < WORTH_COMPILING and not stored.is_there():
            return SIMPY
    _compile(say)
    return COMPILED


def is_little(networks: Iterable[Network]) -> bool:
    """Whether runs of these networks are over before other processes would have started."""
    return _seconds(networks, WORTH_PROCESSES) < WORTH_PROCESSES


def named(name: str, attach: Attach | None = None) -> Engine:
    """The engine of this name; a worker that has no Numba takes the reference.

    attach: joins every run, on the reference engine.
    """
    if name == COMPILED and find_spec("numba") is not None:
        from chainsim.engine import compiled_engine

        return compiled_engine.run
    from chainsim.engine import simpy_engine

    return partial(simpy_engine.run, attach=attach) if attach is not None else simpy_engine.run


def kernels() -> Kernels:
    """In which form the log is summed: compiled in a process that has compiled code, else whole arrays."""
    compiling = sys.modules.get("chainsim.engine.compiled_engine.compiling")
    found: Kernels = arrays if compiling is None else compiling.kernels()
    return found


def run(network: Network, replication: int, progress: Progress | None = None, sink: Sink | None = None) -> Log:
    """Simulate one replication on whichever engine is quicker for it."""
    return named(choose("auto", [network]))(network, replication, progress, sink)


def _compile(say: Callable[[str], None]) -> None:
    """Have the compiled engine ready, so that no worker needs to compile."""
    from chainsim.engine.compiled_engine import compiling

    if stored.is_there() or compiling.is_ready():
        return
    say("compiling the rules for this machine, which takes about half a minute and is done once")
    begin = time.monotonic()
    compiling.make_ready()
    kept = "" if stored.folder() else "; nothing could be kept, so each process compiles again: see CHAINSIM_CACHE"
    say(f"compiled in {time.monotonic() - begin:.0f} s{kept}")


def _seconds(networks: Iterable[Network], enough: float) -> float:
    """About how long the reference engine takes for one run of each, within a factor of five; stops at `enough`."""
    total = 0.0
    known: dict[int, float] = {}
    for network in networks:
        if id(network) not in known:
            known[id(network)] = SECONDS_A_ROW * work.rows(network)
        total += known[id(network)]
        if total >= enough:
            break
    return total
