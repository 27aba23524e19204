"""One program, one case, one process: runs once for each line that it reads, and answers with a line of JSON.

    python -m benchmarks.worker PROGRAM CASE [small]

Times are processor seconds of this process for the run alone: what is made once, a network or a model, is left out, and
so is the first run, in which caches fill.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.cases import CASES, SMALL, Case

PEERS = ("supplynetpy", "nagasim", "stockpyl")


def made(program: str, case: Case) -> Callable[[], Callable[[], dict[str, float]]]:
    """Makes a run; peers get a new model each time, because theirs can be run once."""
    if program in PEERS:
        peer = importlib.import_module(f"benchmarks.peers.{program}")
        if case.letter not in peer.CASES:
            raise NotImplementedError(peer.ENDS[case.letter])
        return lambda: peer.CASES[case.letter](days=case.days, suppliers=case.suppliers)
    ours = importlib.import_module("benchmarks.ours")
    run = ours.PROGRAMS[program][1](case)

    def again() -> Any:
        getattr(run, "prepare", lambda: None)()
        return run

    return again


def answer(**facts: Any) -> None:
    """One line, on the one stream that the command reads."""
    os.write(ANSWERS, (json.dumps(facts) + "\n").encode())


def main(program: str, letter: str, size: str = "") -> None:
    case = (SMALL if size == "small" else CASES)[letter]
    try:
        make = made(program, case)
    except NotImplementedError as error:
        answer(ends=str(error))
        return
    if program not in PEERS:
        make()()
    answer(ready=True)
    for _ in sys.stdin:
        run = make()
        gc.collect()
        begin, wall = time.process_time(), time.perf_counter()
        facts = run()
        spent, took = time.process_time() - begin, time.perf_counter() - wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer(seconds=spent, wall=took, peak=peak, **facts)


if __name__ == "__main__":
    ANSWERS = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints
    main(*sys.argv[1:])
