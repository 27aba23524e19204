"""stockpyl: (a), its own example 6.1.

Its time for a period grows faster than the number of nodes: with 40 suppliers case (b) took 1.9 ms an order, with 400
two of its days were not done after a minute and a half.  Lead times are constant and whole periods, and there are no
lines.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from stockpyl.instances import load_instance
from stockpyl.sim import simulation

NAME, PACKAGE = "stockpyl", "stockpyl"
ENDS = {
    "b": "two of 365 days were not done after 90 s",
    "c": "constant lead times in whole periods, no lines",
}


def serial(days: int, **_: Any) -> Callable[[], dict[str, float]]:
    """Example 6.1 as the package has it."""
    return _run(load_instance("example_6_1"), days, 4)


def _run(network: Any, days: int, orders: int) -> Callable[[], dict[str, float]]:
    warnings.simplefilter("ignore")

    def run() -> dict[str, float]:
        cost = simulation(network, days, rand_seed=61, progress_bar=False)
        return {"orders": orders * days, "cost": cost / days}

    return run


CASES = {"a": serial}
