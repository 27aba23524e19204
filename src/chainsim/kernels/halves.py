"""Squares of whole numbers that do not fit one word: summed in halves.

In: whole numbers.  Out: int64 sums, and their exact whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from chainsim.kernels.meaning import Grid
    from chainsim.records import Columns

HALF: Final = 22  # bits: exact to 2^46 in each of half a million numbers
LOW: Final = (1 << HALF) - 1


def in_halves(numbers: Columns) -> Grid:
    """Each number, and its square as high x high, high x low, low x low, int64[4, n]."""
    high, low = numbers >> HALF, numbers & LOW
    return np.stack([numbers, high * high, high * low, low * low])


def squares(high: int, mixed: int, low: int) -> int:
    """The sum of squares, from the sums of high x high, high x low and low x low."""
    return (high << 2 * HALF) + (mixed << HALF + 1) + low
