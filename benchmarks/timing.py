"""Several programs in turn: workers, rounds, medians and ratios, with a fixed loop beside them.

In: who takes part.  Out: one Measured for each.  Programs take turns in every round, so that a slow phase of the
machine hits them alike; the fixed loop is timed before each turn and says how slow the machine was then.
"""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cases import Case

ROOT = Path(__file__).parent.parent
LOOP = 1_000_000
QUICK = 1.0  # seconds that a turn takes at least


@dataclass
class Measured:
    """Seconds by round (processor), what the fixed loop took before each, facts of the last run; or where it ends."""

    program: str
    seconds: list[float] = field(default_factory=list)
    loops: list[float] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    ends: str = ""
    rounds: int = 0

    @property
    def an_order(self) -> float:
        """Microseconds an order, median over the rounds."""
        return 1e6 * median(self.seconds) / self.facts["orders"]


def fixed_loop() -> float:
    """Processor seconds of the same plain work."""
    begin, total = time.process_time(), 0
    for number in range(LOOP):
        total += number & 7
    return time.process_time() - begin


class Worker:
    """A program in a process of its own, waiting for its turn."""

    def __init__(self, program: str, case: Case, python: str, size: str = "") -> None:
        command = [python, "-m", "benchmarks.worker", program, case.letter, *([size] if size else [])]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.measured = Measured(program)
        first = self.read()
        self.measured.ends = first.get("ends", "")

    def read(self) -> dict[str, Any]:
        """The next answer."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            last = self.process.communicate()[1].strip().splitlines()[-1:] or ["no message"]
            return {"ends": f"failed: {last[0]}"}
        found: dict[str, Any] = json.loads(line)
        return found

    def turn(self, least: float) -> None:
        """One run; several of a quick program, that take so many seconds together."""
        before = len(self.measured.seconds)
        self.measured.rounds += 1
        if not self.measured.ends:
            self.run()
        while not self.measured.ends and sum(self.measured.seconds[before:]) < least:
            self.run()

    def run(self) -> None:
        """One run."""
        assert self.process.stdin is not None
        self.measured.loops.append(fixed_loop())
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        facts = self.read()
        if "ends" in facts:
            self.measured.ends = facts["ends"]
            return
        self.measured.seconds.append(facts["seconds"])
        self.measured.facts = facts

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        self.process.wait()


def in_turn(
    case: Case, programs: dict[str, str], rounds: int, few: dict[str, int], size: str = "", least: float = QUICK
) -> list[Measured]:
    """Each program once a round; programs: the Python that each runs on.  few: fewer rounds for slow ones.  least:
    seconds that a turn takes, in as many runs as that may be.
    """
    workers = [Worker(program, case, python, size) for program, python in programs.items()]
    try:
        for number in range(rounds):
            for worker in workers:
                if number < few.get(worker.measured.program, rounds):
                    worker.turn(least)
    finally:
        for worker in workers:
            worker.close()
    return [worker.measured for worker in workers]
