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


def main(chains: int, years: int) -> None:
    begin = time.process_time()
    network = ours.of_text(written.city(chains, years))
    built = time.process_time()
    module = ours.compiled()
    log = (module or simpy_engine).run(network, 0)
    ran = time.process_time()
    print(
        json.dumps(
            {
                "firms": len(network.firms),
                "orders": len(log.orders),
                "built": built - begin,
                "ran": ran - built,
                "engine": "compiled" if module else "SimPy",
            }
        )
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
