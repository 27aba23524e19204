"""(f) Where the time of case (c) goes: by rule family for the SimPy engine, by phase of event for both.

In: nothing.  Out: tables.  A profiler slows what it watches, small functions most, so that shares are rough.
"""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks import ours
from benchmarks.cases import CASES
from benchmarks.table import machine
from chainsim.engine import simpy_engine
from chainsim.model import rules, state
from chainsim.model.network import Network

PHASES = {state.FINISH: "finish", state.ARRIVE: "arrive", state.SERVE: "serve", state.FINAL: "final demand",
          state.DEMAND: "demand", state.REVIEW: "review", state.START: "start"}  # fmt: skip


def family(path: str, name: str) -> str:
    """The room of a function."""
    parts = Path(path).parts
    if "rules" in parts:
        return f"rules: {Path(path).stem}"
    if "simpy" in parts:
        return "SimPy"
    if "chainsim" in parts:
        return f"{parts[-2]}: {Path(path).stem}"
    return "heap, lists and other built-ins" if path == "~" else "the rest"


def by_family() -> str:
    """Own time of the SimPy engine by rule family."""
    net = ours.network(CASES["c"])
    profile = cProfile.Profile()
    profile.enable()
    simpy_engine.run(net, 0)
    profile.disable()
    spent: Counter[str] = Counter()
    for (path, _, name), row in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[family(path, name)] += row[2]
    total = sum(spent.values())
    lines = ["| where (own time) | share |", "|---|--:|"]
    lines += [
        f"| {name} | {100 * seconds / total:.0f} % |" for name, seconds in spent.most_common() if seconds > total / 200
    ]
    return "\n".join(lines)


def by_phase() -> str:
    """Events of each phase: the same for every engine."""
    net = ours.network(CASES["c"])
    counted: Counter[int] = Counter()
    step = rules.step

    def counting(s: state.State, tick: int, phase: int, entity: int, a: int, b: int) -> None:
        counted[phase] += 1
        step(s, tick, phase, entity, a, b)

    with mock.patch.object(rules, "step", counting):
        log = simpy_engine.run(net, 0)
    total = sum(counted.values())
    lines = ["| phase | events | share |", "|---|--:|--:|"]
    lines += [
        f"| {PHASES.get(phase, phase)} | {number:,} | {100 * number / total:.0f} % |"
        for phase, number in counted.most_common()
    ]
    return "\n".join(
        [*lines, "", f"{total / len(log.orders):.1f} events and {len(log.events) / len(log.orders):.1f} rows an order."]
    )


def compiled() -> str:
    """The compiled engine: compiled code, and what Python does around it."""
    module = ours.compiled()
    if module is None:
        return "The compiled engine is not there."
    net = ours.network(CASES["c"])
    module.run(net, 0)
    runs = [_parts(module, net) for _ in range(5)]
    total = sorted(sum(parts.values()) for parts in runs)[2]
    lines = ["| compiled engine | ms | share |", "|---|--:|--:|"]
    for name in runs[0]:
        spent = sorted(parts[name] for parts in runs)[2]
        lines.append(f"| {name} | {1000 * spent:.0f} | {100 * spent / total:.0f} % |")
    return "\n".join(lines)


def _parts(module: Any, net: Network) -> dict[str, float]:
    """Processor seconds of one run by what they were spent on."""
    spent = dict.fromkeys(("rules, calendar and log rows", "lead times drawn", "log handed over", "the rest"), 0.0)
    drive, runner = module.compiled(), module._Run

    def timed(function: Any, name: str) -> Any:
        def call(*args: Any) -> Any:
            begin = time.process_time()
            result = function(*args)
            spent[name] += time.process_time() - begin
            return result

        return call

    begin = time.process_time()
    with (
        mock.patch.object(module, "compiled", return_value=timed(drive, "rules, calendar and log rows")),
        mock.patch.object(runner, "draw", timed(runner.draw, "lead times drawn")),
        mock.patch.object(runner, "flush", timed(runner.flush, "log handed over")),
    ):
        module.run(net, 0)
    spent["the rest"] = time.process_time() - begin - sum(spent.values())
    return spent


def profiles() -> str:
    """All of it."""
    return "\n\n".join([by_family(), by_phase(), compiled(), f"{machine()}; {date.today():%d %B %Y}."])
