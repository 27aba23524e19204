"""How much what is ordered from period to period swings: exact sums and sums of squares by stock point.

In: rows of stock points in stretches of whole ticks.  Out: variances, quanta squared.  The period is the stock point's
review period at the start, or a day where it is reviewed continuously; whole periods after the warm-up count.
"""

from __future__ import annotations

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.kernels.halves import in_halves, squares
from chainsim.kernels.meaning import PeriodSums
from chainsim.model.network import Network
from chainsim.records import Columns, Floats
from chainsim.results.dates import DAY_SECONDS


class Swings:
    """Sums per period of what each stock point's rows say; the period at hand is carried from block to block."""

    def __init__(self, network: Network, horizon: int, kernels: Kernels = arrays) -> None:
        count = len(network.stocks)
        self._kernels = kernels
        review = np.array([point.review for point in network.stocks], dtype=np.int64)
        seconds = network.tick_seconds
        numerator = np.where(review > 0, 1, seconds.numerator)
        denominator = np.where(review > 0, review, seconds.denominator * DAY_SECONDS)
        self._sums = PeriodSums(
            numerator,
            denominator,
            first=-(-network.warm_up * numerator // denominator),
            last=horizon * numerator // denominator,
            period=np.full(count, -1, dtype=np.int64),
            so_far=np.zeros(count, dtype=np.int64),
            closed=np.zeros((4, count), dtype=np.int64),
        )

    def take(self, entity: Columns, tick: Columns, quantity: Columns) -> None:
        """Rows of one stretch; those of one stock point in the order of time."""
        self._kernels.add_by_period(entity, tick, quantity, self._sums)

    def variances(self) -> Floats:
        """Sample variance by stock point, float64[P]: the nearest to the exact quotient; 0 with fewer than two."""
        periods = np.maximum(self._sums.last - self._sums.first, 0).tolist()
        sums = (self._sums.closed + in_halves(self._sums.so_far)).tolist()
        result = np.zeros(len(periods))
        for at, (count, total, *halves) in enumerate(zip(periods, *sums, strict=True)):
            if count > 1 and total:
                result[at] = (count * squares(*halves) - total * total) / (count * (count - 1))
        return result
