"""One city of so many chains over so many years, built and run: a step of (e).

Small ones are built and run anew until they have taken some seconds, and medians are told.

python -m benchmarks.one_city CHAINS YEARS
"""
# ruff: noqa: T201 - it prints

from __future__ import annotations

import json
import sys
import time
from statistics import median

from benchmarks import ours, written
from chainsim.engine import simpy_engine
from chainsim.study.trial import run_trial

ENOUGH = 4.0  # processor seconds


def main(chains: int, years: int) -> None:
    """A trial: laws, ledger, tables and measures, without the order log."""
    module = ours.compiled()
    engine = (module or simpy_engine).run
    run_trial(ours.of_text(written.city(1, 1)), "none", 0, engine=engine)  # caches fill
    took: list[tuple[float, float, float]] = []
    while sum(cpu for _, _, cpu in took) < ENOUGH:
        begin = time.perf_counter()
        network = ours.of_text(written.city(chains, years))
        built = time.perf_counter()
        cpu = time.process_time()
        outcome = run_trial(network, "none", 0, engine=engine)
        took.append((built - begin, time.perf_counter() - built, time.process_time() - cpu))
    times = dict(zip(("built", "ran", "cpu"), map(median, zip(*took, strict=True)), strict=True))
    about = {"firms": len(network.firms), "orders": outcome.orders, "engine": "compiled" if module else "SimPy"}
    print(json.dumps(about | times))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
