"""Shares of whole numbers, to the nearest whole number.

In: values and Fractions.  Out: what `round` of their products gives, many times faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from chainsim.records import Columns

LARGEST: Final = 2**62  # products up to here may be doubled in 64 bits


def share_of(value: int, share: Fraction) -> int:
    """The nearest whole number to value x share; of two, the even one."""
    below = share.denominator
    whole, rest = divmod(value * share.numerator, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))


@dataclass(frozen=True, slots=True)
class Shares:
    """Many shares: numerators and denominators, whole numbers of any size, object[n]; the largest of them."""

    above: np.ndarray
    below: np.ndarray
    largest: int

    @classmethod
    def of(cls, shares: Iterable[Fraction]) -> Shares:
        """The shares in their order."""
        pairs = [(share.numerator, share.denominator) for share in shares]
        above, below = np.array(pairs, dtype=object).reshape(len(pairs), 2).T
        return cls(above, below, max((max(abs(a), b) for a, b in pairs), default=1))

    def __call__(self, values: Columns) -> Columns:
        """`share_of` each value and its share, int64[n]; of one share, for every value."""
        most = max(int(values.max(initial=0)), -int(values.min(initial=0)), 1)
        kind = np.int64 if most * self.largest < LARGEST else object
        above, below = self.above.astype(kind), self.below.astype(kind)
        product = values.astype(kind) * above
        whole = product // below
        twice = 2 * (product - whole * below)
        nearest: Columns = (whole + ((twice > below) | ((twice == below) & (whole % 2 == 1)))).astype(np.int64)
        return nearest
