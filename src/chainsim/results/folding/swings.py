"""How much what is ordered from period to period swings: exact sums and sums of squares by stock point.

In: rows of stock points in stretches of whole ticks.  Out: variances, quanta squared.  The period is the stock point's
review period at the start, or a day where it is reviewed continuously; whole periods after the warm-up count.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from chainsim.model.network import Network
from chainsim.records import Columns, Floats
from chainsim.results.columns import small
from chainsim.results.dates import DAY_SECONDS, whole_days

HALF: Final = 22  # bits: squares are summed in halves, exact to 2^46 quanta in each of half a million periods


class Swings:
    """Sums per period of what each stock point's rows say; the period at hand is carried from block to block."""

    def __init__(self, network: Network, horizon: int) -> None:
        count = len(network.stocks)
        self._network = network
        self._review = np.array([point.review for point in network.stocks], dtype=np.int64)
        self._length = np.maximum(self._review, 1)
        day = DAY_SECONDS / network.tick_seconds  # ticks
        reviewed = self._review > 0
        self._first = np.where(reviewed, -(-network.warm_up // self._length), math.ceil(network.warm_up / day))
        self._last = np.where(reviewed, horizon // self._length, math.floor(horizon / day))
        self._period, self._so_far = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
        self._total, self._high, self._mixed, self._low = (np.zeros(count, dtype=np.int64) for _ in range(4))

    def take(self, entity: Columns, tick: Columns, quantity: Columns) -> None:
        """Rows of one stretch; those of one stock point in the order of time."""
        order = np.argsort(small(entity, len(self._period)), kind="stable")
        entity, tick, quantity = entity[order], tick[order], quantity[order]
        period = tick // self._length[entity]
        daily = np.flatnonzero(self._review[entity] == 0)
        if len(daily):
            period[daily] = whole_days(self._network, tick[daily])
        inside = np.flatnonzero((period >= self._first[entity]) & (period < self._last[entity]))
        if not len(inside):
            return
        if len(inside) < len(entity):
            entity, period, quantity = entity[inside], period[inside], quantity[inside]
        starts = np.flatnonzero(np.r_[True, (entity[1:] != entity[:-1]) | (period[1:] != period[:-1])])
        totals = np.add.reduceat(quantity, starts)
        owner, when = entity[starts], period[starts]
        first = np.r_[True, owner[1:] != owner[:-1]]
        goes_on = first & (when == self._period[owner])
        totals[goes_on] += self._so_far[owner[goes_on]]
        over = owner[first & ~goes_on]
        self._close(over, self._so_far[over])
        last = np.r_[first[1:], True]
        self._close(owner[~last], totals[~last])
        self._period[owner[last]], self._so_far[owner[last]] = when[last], totals[last]

    def _close(self, owner: Columns, totals: Columns) -> None:
        """Add what whole periods came to."""
        high, low = totals >> HALF, totals & ((1 << HALF) - 1)
        for sums, values in (
            (self._total, totals),
            (self._high, high * high),
            (self._mixed, high * low),
            (self._low, low * low),
        ):
            np.add.at(sums, owner, values)

    def variances(self) -> Floats:
        """Sample variance by stock point, float64[P]: the nearest to the exact quotient; 0 with fewer than two."""
        every = np.arange(len(self._period))
        self._close(every, self._so_far)
        self._so_far[:] = 0
        periods = np.maximum(self._last - self._first, 0).tolist()
        sums = (column.tolist() for column in (self._total, self._high, self._mixed, self._low))
        result = np.zeros(len(every))
        for at, (count, total, high, mixed, low) in enumerate(zip(periods, *sums, strict=True)):
            if count > 1 and total:
                squares = (high << 2 * HALF) + (mixed << HALF + 1) + low
                result[at] = (count * squares - total * total) / (count * (count - 1))
        return result
