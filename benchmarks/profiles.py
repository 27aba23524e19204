"""(f) Where the time of case (c) goes: by rule family for the SimPy engine, by phase of event for both.

In: nothing.  Out: tables.  A profiler slows what it watches, small functions most, so that shares are rough.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from datetime import date
from pathlib import Path
from unittest import mock

from benchmarks import ours
from benchmarks.cases import CASES
from benchmarks.table import machine
from chainsim.engine import simpy_engine
from chainsim.model import rules, state

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
    """The compiled engine: the time of a run, and of the same events without rules (the heap alone)."""
    if ours.compiled() is None:
        return "The compiled engine is not there yet."
    return "Under Linux: `perf record -g python -m benchmarks.worker compiled c`."


def profiles() -> str:
    """All of it."""
    return "\n\n".join([by_family(), by_phase(), compiled(), f"{machine()}; {date.today():%d %B %Y}."])
