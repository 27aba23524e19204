"""(d) a study with the command line, on one process and on two; (e) a city, and how its cost grows.

In: nothing.  Out: tables.  Each step is a process of its own, so that its peak memory is its own, children included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from operator import itemgetter
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.table import machine
from chainsim.scenario.load import load

ROOT = Path(__file__).parent.parent
BYD = ROOT / "scenarios" / "byd.yaml"
CHAINS, YEARS = (1, 4, 12, 34), (1, 2, 5, 10)
MOST_CHAINS, MOST_YEARS = 34, 5


def watched(command: list[str], folder: str) -> tuple[float, float, str]:
    """Wall seconds and peak memory (MB, all processes together) of a command, and what it prints."""
    begin = time.perf_counter()
    with open(os.path.join(folder, "printed"), "w+", encoding="utf-8") as printed:
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=subprocess.DEVNULL, env=_here())
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.1)
        wall = time.perf_counter() - begin
        printed.seek(0)
        text = printed.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[-6:])} ended with {process.returncode}")
    return wall, peak, text


def study(replications: int = 30) -> str:
    """(d): every policy of byd.yaml and every combination of its study, so many replications, the full horizon.

    One core is one core: the command is bound to it, as its threads would use the other one, too.  It runs before and
    after, because the pace of a machine drifts in such a time.
    """
    loaded = load(BYD)
    policies = list(dict.fromkeys([*loaded.scenario.policies, *loaded.scenario.study.policies]))
    asked = [word for policy in policies for word in ("-p", policy)]
    lines = ["| cores | runs | wall | processor time | peak memory, all together |", "|--:|--:|--:|--:|--:|"]
    walls: dict[int, list[float]] = {1: [], 2: []}
    for cores in (1, 2, 1):
        bound = ["taskset", "--cpu-list", f"0-{cores - 1}"]
        command = [sys.executable, "-m", "chainsim", "run", str(BYD), *asked, "-n", str(replications), "-j", str(cores)]
        with tempfile.TemporaryDirectory() as folder:
            before = _children()
            wall, peak, _ = watched([*bound, *command, "--engine", "compiled"], folder)
        walls[cores].append(wall)
        runs = replications * len(dict.fromkeys(["none", *policies]))
        lines.append(f"| {cores} | {runs} | {wall:,.1f} s | {_children() - before:,.1f} s | {peak:,.0f} MB |")
    lines += ["", f"Ratio {mean(walls[1]) / mean(walls[2]):.2f}. {machine()}; {date.today():%d %B %Y}."]
    return "\n".join(lines)


def _children() -> float:
    """Processor seconds of children that have ended."""
    usage = os.times()
    return usage.children_user + usage.children_system


def city() -> str:
    """(e): the whole city, then fewer chains for a year, then one chain for more years."""
    lines = [
        "| chains | years | firms | orders | load and build | run | processor time | µs an order | peak memory |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    sizes = [(MOST_CHAINS, MOST_YEARS), *((chains, 1) for chains in CHAINS), *((1, years) for years in YEARS[1:])]
    ends = [(CHAINS[0], 1), (MOST_CHAINS, 1)]  # in turn, as the pace of machines drifts
    told: dict[tuple[int, int], list[dict[str, Any]]] = {size: [] for size in sizes}
    for chains, years in [*sizes, *ends, *ends]:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.one_city", str(chains), str(years)]
            _, peak, text = watched(command, folder)
        told[chains, years].append(json.loads(text.splitlines()[-1]) | {"peak": peak})
    for (chains, years), times in told.items():
        found = sorted(times, key=itemgetter("cpu"))[len(times) // 2]
        lines.append(
            f"| {chains} | {years} | {found['firms']:,} | {found['orders']:,} | {found['built']:.1f} s "
            f"| {found['ran']:,.1f} s | {found['cpu']:,.1f} s | {1e6 * found['cpu'] / found['orders']:.2f} "
            f"| {found['peak']:,.0f} MB |"
        )
    about = f"One replication, {found['engine']} engine, all tables and measures, no order log; µs of processor time"
    about += "; of one chain and of all for a year the median of three rounds"
    lines += ["", f"{about}. {machine()}; {date.today():%d %B %Y}."]
    return "\n".join(lines)


def _here() -> dict[str, str]:
    """The environment of a child that imports what this process imports."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


def _resident(pid: int) -> float:
    """Memory of a process and its children, MB; where /proc says so (else 0)."""
    total, waiting = 0.0, [pid]
    while waiting:
        at = waiting.pop()
        try:
            status = Path(f"/proc/{at}/status").read_text(encoding="utf-8")
            waiting += [int(child) for child in Path(f"/proc/{at}/task/{at}/children").read_text("utf-8").split()]
        except OSError:
            continue
        total += sum(float(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
    return total
