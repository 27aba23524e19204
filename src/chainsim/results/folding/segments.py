"""The time of a run cut wherever a table begins a new sum: months, the warm-up's end, dated terms, public payments.

In: a Network.  Out: ticks.  Sums by segment can be put together to whatever a table asks for, and nothing else can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.periods import Periods, periods
from chainsim.results.remember import once_per_network

RELEVANT: Final = (state.SET_NEED, state.SET_LANE_TERMS, state.SET_LANE_SHARE, state.SET_YIELD)
"""Kinds of dated change that alter what things cost and what goes into what."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments [edges[k], edges[k + 1]); the last edge is the horizon.

    periods: the months they lie in.  period: of each segment, int64[S].  recipe: the number of dated changes of terms
    that lie behind its begin, int64[S].  warm_up: the tick at which measures begin to count; first: that segment.
    """

    edges: Columns
    periods: Periods
    period: Columns
    recipe: Columns
    warm_up: int
    first: int

    def __len__(self) -> int:
        return len(self.edges) - 1

    def of(self, tick: Columns) -> Columns:
        """The segment of each tick, int64[n]."""
        result: Columns = np.searchsorted(self.edges, tick, side="right") - 1
        return result

    def at(self, tick: int) -> int:
        """The segment that begins at a tick, the number of segments from the horizon on."""
        return int(np.searchsorted(self.edges[:-1], tick))

    def by_period(self, sums: Columns) -> Columns:
        """Sums by segment as sums by period, int64[T, ...]."""
        if len(self.period) == len(self.periods):  # one each
            return sums
        result: Columns = np.add.reduceat(sums, np.searchsorted(self.period, np.arange(len(self.periods))), axis=0)
        return result


@once_per_network
def segments(network: Network) -> Segments:
    """The segments of a run over the network's horizon."""
    months = periods(network)
    dated = {change.tick for change in network.changes if change.kind in RELEVANT}
    paid = {tick for row in network.fiscal if row.basis != "lump" for tick in (row.tick, row.until)}
    inside = {tick for tick in dated | paid if 0 < tick < network.horizon}
    begins = np.array(sorted({*months.edges[:-1].tolist(), *inside}), dtype=np.int64)
    edges = np.append(begins, network.horizon)
    recipe = np.searchsorted(np.array(sorted(dated), dtype=np.int64), begins, side="right")
    warm_up = min(network.warm_up, network.horizon)
    return Segments(edges, months, months.of(begins), recipe, warm_up, int(np.searchsorted(begins, warm_up)))
