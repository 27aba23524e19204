"""One city of so many chains over so many years, built and run once: a step of (e).

python -m benchmarks.one_city CHAINS YEARS
"""
# ruff: noqa: T201 - it prints

from __future__ import annotations

import json
import sys
import time

from benchmarks import ours, written
from chainsim.engine import simpy_engine
from chainsim.study.trial import run_trial


def main(chains: int, years: int) -> None:
    """A trial: laws, ledger, tables and measures, without the order log."""
    module = ours.compiled()
    engine = (module or simpy_engine).run
    run_trial(ours.of_text(written.city(1, 1)), "none", 0, engine=engine)  # caches fill
    begin = time.perf_counter()
    network = ours.of_text(written.city(chains, years))
    built = time.perf_counter()
    cpu = time.process_time()
    outcome = run_trial(network, "none", 0, engine=engine)
    print(
        json.dumps(
            {
                "firms": len(network.firms),
                "orders": outcome.orders,
                "built": built - begin,
                "ran": time.perf_counter() - built,
                "cpu": time.process_time() - cpu,
                "engine": "compiled" if module else "SimPy",
            }
        )
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
