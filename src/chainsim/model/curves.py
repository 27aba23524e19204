"""Curves from nothing to all: how what was lost comes back, and how a new line comes up to speed.

In: a share of the time.  Out: a share of the way, 0 at the start and 1 at the end, never falling.  A run sees a curve
in steps, each with the curve's value at its middle, in parts per million: what a straight line loses, its steps lose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from chainsim.model.terms import WHOLE_SHARE
from chainsim.registry import Registry

STEEPNESS = 3.0  # of the exponential: 95 % of the way would be done where the curve is taken to be at its end
LOGISTIC = 5.0  # of the logistic: from 0.7 % to 99.3 % of the way before it is stretched to the whole


class Curve(Protocol):
    """A way from 0 to 1."""

    def at(self, time: float) -> float:
        """The share of the way after a share of the time, both from 0 to 1."""
        ...


curves: Registry[Curve] = Registry("curve")


@curves.register("linear")
@dataclass(frozen=True, slots=True)
class Linear:
    """As much in every step."""

    def at(self, time: float) -> float:
        return time


@curves.register("exponential")
@dataclass(frozen=True, slots=True)
class Exponential:
    """Most of it at first: what is missing shrinks by the same share in every step, to a twentieth in all."""

    def at(self, time: float) -> float:
        return math.expm1(-STEEPNESS * time) / math.expm1(-STEEPNESS)


@curves.register("logistic")
@dataclass(frozen=True, slots=True)
class Logistic:
    """Slow, then fast, then slow, the same from either end: the S-curve of learning."""

    def at(self, time: float) -> float:
        def s(x: float) -> float:
            return 1 / (1 + math.exp(-LOGISTIC * (2 * x - 1)))

        return (s(time) - s(0.0)) / (s(1.0) - s(0.0))


def level_between(curve: Curve, low: int, begin: float, end: float) -> int:
    """Parts per million in a step from share `begin` to share `end` of the time, on the way from `low` to the whole."""
    return low + round((WHOLE_SHARE - low) * curve.at((begin + end) / 2))
