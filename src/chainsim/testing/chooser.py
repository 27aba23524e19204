"""Who decides what a random network looks like: a seed here, Hypothesis in `chainsim.testing.strategies`.

One generator (`chainsim.testing.random_networks`) serves both, so that a search by seeds needs no Hypothesis.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

Option = TypeVar("Option")


class Chooser(Protocol):
    """A source of decisions."""

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        ...

    def pick(self, options: Sequence[Option]) -> Option:
        """One of several."""
        ...

    def chance(self, percent: int) -> bool:
        """Yes in about so many of a hundred cases; no is the simpler answer."""
        ...


class Seeded:
    """Decides by a pseudo-random sequence that depends on the seed alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def pick(self, options: Sequence[Option]) -> Option:
        return options[self._random.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent
