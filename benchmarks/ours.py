"""chainsim and what is set beside it in the same environment: the hand-written SimPy program, the kernel in C.

In: a case.  Out: runs: functions without arguments that return facts (orders, delivered units, cost a day).
"""

from __future__ import annotations

import importlib
import inspect
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import chainsim
from benchmarks import handwritten, kernel, written
from benchmarks.cases import Case
from chainsim.engine import simpy_engine
from chainsim.model.network import Network
from chainsim.model.state import RECEIVED
from chainsim.scenario.build import build
from chainsim.study import trial

SERIAL = Path(__file__).parent / "scenarios" / "serial.yaml"
Run = Callable[[], dict[str, float]]


def network(case: Case) -> Network:
    """The network of a case."""
    if case.letter == "a":
        return build(chainsim.load(SERIAL, {"study.end": written.day(case.days)}))
    text = {"b": written.suppliers, "c": written.tiers}[case.letter](case.suppliers, case.days)
    return of_text(text)


def of_text(text: str) -> Network:
    """The network of a scenario that a program wrote."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return build(chainsim.load(path))


def compiled() -> Any:
    """The module of the compiled engine, None where there is none."""
    try:
        return importlib.import_module("chainsim.engine.compiled_engine")
    except ImportError:
        return None


def facts(net: Network, events: np.ndarray, orders: np.ndarray) -> dict[str, float]:
    """What every program must agree on: orders, and the quanta that final demand received."""
    final = np.array([net.stocks[lane.buyer].role == "sold" for lane in net.lanes])
    received = events[events[:, 1] == RECEIVED]
    return {"orders": len(orders), "delivered": int(received[final[received[:, 3]], 4].sum())}


def engine_alone(case: Case, module: Any) -> Run:
    """Network to log, every block of it kept in memory."""
    net = network(case)

    def run() -> dict[str, float]:
        kept: list[tuple[np.ndarray, np.ndarray]] = []
        module.run(net, 0, None, lambda *block: kept.append(block))
        return {"orders": sum(len(orders) for _, orders in kept)}

    return run


def whole_trial(case: Case, module: Any) -> Run:
    """Network to every table and measure."""
    net = network(case)
    chosen = {"engine": module.run} if "engine" in inspect.signature(trial.run_trial).parameters else {}
    if module is not simpy_engine and not chosen:
        raise NotImplementedError("run_trial knows one engine")

    def run() -> dict[str, float]:
        outcome = trial.run_trial(net, "none", 0, spare=False, **chosen)
        costs = outcome.tables["costs"]
        cost = {"cost": float(costs["per_day_cny"].sum())} if len(costs) else {}
        return {"orders": outcome.orders} | cost

    return run


def floor(case: Case) -> Run:
    """The hand-written SimPy program: network to the same log."""
    net = network(case)
    return lambda: {"orders": len(handwritten.run(net, 0)[1])}


def limit(case: Case) -> Run:
    """The kernel in C: opening and draws to the same log."""
    if kernel.compiler() is None:
        raise NotImplementedError("this machine has no `cc`")
    found = kernel.Kernel(network(case), 0)
    found.prepare()
    found.run()  # finds out how many draws it takes

    def run() -> dict[str, float]:
        found.run()
        assert found.world is not None
        return {"orders": found.world.placed}

    run.prepare = found.prepare  # type: ignore[attr-defined]
    return run


def _of_compiled(make: Callable[[Case, Any], Run], case: Case) -> Run:
    module = compiled()
    if module is None:
        raise NotImplementedError("not there yet")
    return make(case, module)


PROGRAMS: dict[str, tuple[str, Callable[[Case], Run]]] = {
    "compiled": ("chainsim, compiled engine alone", lambda case: _of_compiled(engine_alone, case)),
    "compiled trial": ("chainsim, compiled, all of a trial", lambda case: _of_compiled(whole_trial, case)),
    "simpy": ("chainsim, SimPy engine alone", lambda case: engine_alone(case, simpy_engine)),
    "simpy trial": ("chainsim, SimPy, all of a trial", lambda case: whole_trial(case, simpy_engine)),
    "floor": ("SimPy by hand", floor),
    "kernel": ("C by hand", limit),
}
