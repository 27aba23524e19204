"""Where a steady-state study should begin to count: the marginal standard error rule on batches of five (MSER-5).

In: a series of output, equally spaced.  Out: how many of its first values to leave out.  The cut is the one that makes
the confidence interval of what is left narrowest: White 1997, "An effective truncation heuristic for bias reduction in
simulation output" (Simulation 69); White, Cobb & Spratt 2000 (batches of five); Franklin & White 2008.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

BATCH: Final = 5
LEAST_LEFT: Final = 5  # batches; with fewer the statistic says nothing


@dataclass(frozen=True, slots=True)
class Cut:
    """How many values to leave out; `too_short` where the rule would cut into the second half, which voids it."""

    values: int
    too_short: bool


def mser5(series: NDArray[np.float64], batch: int = BATCH) -> Cut:
    """The cut that minimises sum (z - mean z)^2 / n^2 over the n batch means z that are left.

    Incomplete batches at the end do not count.  Among equals the shortest cut is taken.
    """
    count = len(series) // batch
    if count <= LEAST_LEFT:
        return Cut(0, True)
    means = np.asarray(series[: count * batch], dtype=np.float64).reshape(count, batch).mean(axis=1)
    means = means - means.mean()  # a constant matters to rounding only
    left = np.arange(count, 0, -1)
    sums = np.cumsum(means[::-1])[::-1]
    squares = np.cumsum((means**2)[::-1])[::-1]
    statistic = np.maximum(squares - sums**2 / left, 0.0) / left**2
    best = int(np.argmin(statistic[: count - LEAST_LEFT + 1]))
    too_short = 2 * best > count
    return Cut(0 if too_short else best * batch, too_short)
