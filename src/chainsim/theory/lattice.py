"""Arithmetic on distributions of whole numbers: sums, compound Poisson, losses.

In and out: probability mass as float64[K], entry k for the value k = 0, 1, ...; tails are cut where less than
1e-13 remains.  This module must not know what the numbers count.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TAIL = 1e-13
# Panjer's recursion starts at exp(-mean count), so larger means are put together from parts.
LARGEST_START = 50.0


def trimmed(mass: Floats) -> Floats:
    """`mass` without its negligible upper tail."""
    import numpy as np

    beyond = np.cumsum(mass[::-1])[::-1]
    keep = int(np.searchsorted(-beyond, -TAIL, side="left"))
    return mass[: max(keep, 1)]


def plus(first: Floats, second: Floats) -> Floats:
    """The law of the sum of two independent values."""
    import numpy as np

    return trimmed(np.convolve(first, second))


def total(mass: Floats, count: int) -> Floats:
    """The law of the sum of `count` independent values; 0 values sum to 0."""
    import numpy as np

    result = np.ones(1)
    power = mass
    while count:
        if count % 2:
            result = plus(result, power)
        count //= 2
        if count:
            power = plus(power, power)
    return result


def poisson(mean: float) -> Floats:
    """Poisson probabilities."""
    import numpy as np
    from scipy import stats

    if mean == 0:
        return np.ones(1)
    law = stats.poisson(mean)
    return trimmed(np.asarray(law.pmf(np.arange(int(law.isf(TAIL / 10)) + 2)), dtype=np.float64))


def compound_poisson(mean_count: float, sizes: Floats) -> Floats:
    """The law of the sum of a Poisson number of independent sizes.

    Source: Panjer (1981), Recursive evaluation of a family of compound distributions, ASTIN Bulletin 12.
    """
    if len(sizes) == 2 and sizes[1] == 1.0:
        return poisson(mean_count)
    parts = max(1, math.ceil(mean_count / LARGEST_START))
    return total(_panjer(mean_count / parts, tuple(float(p) for p in sizes)), parts)


@lru_cache(maxsize=512)
def _panjer(mean_count: float, sizes: tuple[float, ...]) -> Floats:
    import numpy as np

    f = np.asarray(sizes)
    weighted = np.arange(len(f)) * f
    mean, spread = mean_count * weighted.sum(), math.sqrt(mean_count * float(np.arange(len(f)) ** 2 @ f))
    last = math.ceil(mean + 9 * spread + 16 * len(f))
    # Newest value last, with room for the sizes that reach below zero.
    width = len(f) - 1
    g = np.zeros(width + last + 1)
    g[width] = math.exp(-mean_count * (1 - f[0]))
    backwards = weighted[:0:-1].copy()
    for k in range(1, last + 1):
        g[width + k] = mean_count / k * float(backwards @ g[k : k + width])
    result = trimmed(g[width:])
    result.flags.writeable = False
    return result


def mean(mass: Floats) -> float:
    """The expected value."""
    import numpy as np

    return float(np.arange(len(mass)) @ mass)


def surplus(mass: Floats, level: float) -> float:
    """E[(level - D)+]."""
    import numpy as np

    return float(np.maximum(level - np.arange(len(mass)), 0.0) @ mass)


def shortage(mass: Floats, level: float) -> float:
    """E[(D - level)+]."""
    import numpy as np

    return float(np.maximum(np.arange(len(mass)) - level, 0.0) @ mass)


def at_most(mass: Floats, level: float) -> float:
    """P(D <= level)."""
    return float(mass[: max(0, math.floor(level) + 1)].sum())


def excess(mass: Floats, level: int) -> Floats:
    """The law of (D - level)+, for a whole level of either sign."""
    import numpy as np

    if level <= 0:
        return np.concatenate([np.zeros(-level), mass])
    if level >= len(mass):
        return np.array([mass.sum()])
    return np.concatenate([[mass[: level + 1].sum()], mass[level + 1 :]])


def renewals(mass: Floats, length: int) -> Floats:
    """Expected number of times that partial sums of values equal j = 0, ..., length - 1, the empty sum included.

    Values of 0 count as visits too, so P(0) < 1 is needed.  Source: Zipkin 2000, ch. 6; the renewal equation
    m = [j = 0] + f * m.
    """
    import numpy as np

    if not mass[0] < 1:
        raise ValueError("demand is always 0")
    f = np.zeros(length + 1)
    f[: min(len(mass), length + 1)] = mass[: length + 1]
    m = np.zeros(length)
    for j in range(length):
        m[j] = ((j == 0) + float(f[j:0:-1] @ m[:j])) / (1 - f[0])
    return m
