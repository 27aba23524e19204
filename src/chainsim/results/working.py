"""Working time: ticks as a line with a calendar counts them.

In: a Network.  Out: int64 ticks.
"""

from __future__ import annotations

import numpy as np

from chainsim.model.network import Closure, Network
from chainsim.records import Columns


def worked(closures: tuple[Closure, ...], ticks: Columns) -> Columns:
    """Working ticks in [0, tick) under a calendar, int64."""
    if not closures:
        return ticks
    begin = np.array([closure.begin for closure in closures], dtype=np.int64)
    end = np.array([closure.end for closure in closures], dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(end - begin)])
    count = np.searchsorted(begin, ticks, side="right")
    last = np.maximum(count - 1, 0)
    inside = np.minimum(ticks, end[last]) - begin[last]
    result: Columns = ticks - np.where(count > 0, before[last] + inside, 0)
    return result


def on_the_clock(network: Network, line: Columns, ticks: Columns) -> Columns:
    """Ticks as each row's line counts them: working ticks if it keeps a calendar, int64."""
    result = ticks
    for number, closures in enumerate(network.calendars):
        keeps = np.array([row.calendar == number for row in network.lines], dtype=bool)
        chosen = keeps[line]
        if chosen.any():
            result = result.copy() if result is ticks else result
            result[chosen] = worked(closures, ticks[chosen])
    return result
