"""A run cut into calendar months, and at the end of its warm-up.

In: a Network.  Out: the ticks at which periods begin, and which of them measures count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.dates import DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods [edges[k], edges[k + 1]); the last edge is the horizon.

    months: `2024-03` by period.  counted: number of the first period that measures count.
    """

    edges: Columns
    months: tuple[str, ...]
    counted: int

    def __len__(self) -> int:
        return len(self.months)

    def of(self, tick: Columns) -> Columns:
        """The period of each tick, int64[n]."""
        result: Columns = np.searchsorted(self.edges, tick, side="right") - 1
        return result


def periods(network: Network) -> Periods:
    """Calendar months of the study; the one in which the warm-up ends is two periods."""
    edges = {0, min(network.warm_up, network.horizon - 1)}
    year, month = network.start.year, network.start.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        seconds = (date(year, month, 1) - network.start).days * DAY_SECONDS
        tick = -(-Fraction(seconds) // network.tick_seconds)
        if tick >= network.horizon:
            break
        edges.add(int(tick))
    begins = sorted(edges)
    first = network.start.toordinal()
    whole = [date.fromordinal(first + int(tick * network.tick_seconds // DAY_SECONDS)) for tick in begins]
    return Periods(
        np.array([*begins, network.horizon], dtype=np.int64),
        tuple(f"{day:%Y-%m}" for day in whole),
        begins.index(min(network.warm_up, network.horizon - 1)),
    )
