"""Shares of whole numbers, to the nearest whole number.

In: a value and a Fraction.  Out: what `round` of their product gives, several times faster.
"""

from __future__ import annotations

from fractions import Fraction


def share_of(value: int, share: Fraction) -> int:
    """The nearest whole number to value x share; of two, the even one."""
    below = share.denominator
    whole, rest = divmod(value * share.numerator, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))
