"""A run cut into calendar months, and at the end of its warm-up.

In: a Network.  Out: the ticks at which periods begin, and which of them measures count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.dates import DAY_SECONDS, whole_days
from chainsim.results.remember import once_per_network


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


@once_per_network
def periods(network: Network) -> Periods:
    """Calendar months of the study; the one in which the warm-up ends is two periods."""
    warm_up, start = min(network.warm_up, network.horizon - 1), np.datetime64(network.start, "D")
    last = start + whole_days(network, np.array([network.horizon]))
    months = np.arange(start.astype("M8[M]") + 1, last.astype("M8[M]")[0] + 1).astype("M8[D]")
    begins = _first_ticks(network, (months - start).astype(np.int64))
    begins = np.unique(np.concatenate([[0, warm_up], begins[begins < network.horizon]]))
    named = (start + whole_days(network, begins)).astype("M8[M]")
    edges = np.append(begins, network.horizon)
    return Periods(edges, tuple(np.datetime_as_string(named).tolist()), int(np.searchsorted(begins, warm_up)))


def _first_ticks(network: Network, day: Columns) -> Columns:
    """The first tick that is not before each day, counted from 0, int64[n]."""
    seconds = network.tick_seconds
    result: Columns = -(-day * (DAY_SECONDS * seconds.denominator) // seconds.numerator)
    return result
