"""Hypothesis strategies over networks and runs; the one module that needs hypothesis.

The networks are those of `chainsim.testing.random_networks`: small, with every mechanism side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from chainsim.model.distributions import Distribution
from chainsim.model.network import Network
from chainsim.testing.chooser import Option
from chainsim.testing.input_output import Matrix
from chainsim.testing.random_networks import random_network
from chainsim.testing.random_values import random_law, random_shares, random_time
from chainsim.testing.replay import Run
from chainsim.testing.simulate import simulate


class Drawn:
    """Lets Hypothesis decide, which then finds the smallest failing network."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def pick(self, options: Sequence[Option]) -> Option:
        return options[self._draw(st.integers(0, len(options) - 1))]

    def chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent


@st.composite
def distributions(draw: st.DrawFn, largest: int = 8) -> Distribution:
    """Laws of times with means up to `largest` seconds."""
    return random_law(Drawn(draw), largest)


@st.composite
def times(draw: st.DrawFn, largest: int = 8, luck: bool = True) -> int | Distribution:
    """Constant times, 0 included, and, with luck, random ones."""
    return random_time(Drawn(draw), largest, luck)


@st.composite
def shares(draw: st.DrawFn, count: int) -> list[int]:
    """`count` shares in parts per million that sum to one million; some may be 0."""
    return random_shares(Drawn(draw), count)


@st.composite
def networks(draw: st.DrawFn, /, **options: Any) -> Network:
    """Networks of one to three tiers that end at outside sources; options as of `random_network`."""
    return random_network(Drawn(draw), **options)


@st.composite
def economies(draw: st.DrawFn, /, *, cyclic: bool = True) -> tuple[Matrix, list[int]]:
    """A productive A in twentieths (each firm spends at most 80 % of its output on components) and a final demand."""
    n = draw(st.integers(2, 4))
    twentieths = [[0] * n for _ in range(n)]
    for i in range(n):
        left = 16
        for j in range(n) if cyclic else range(i + 1, n):
            twentieths[j][i] = draw(st.integers(0, left))
            left -= twentieths[j][i]
    f = draw(st.lists(st.integers(0, 40), min_size=n, max_size=n).filter(any))
    return [[Fraction(x, 20) for x in row] for row in twentieths], f


def runs(**options: Any) -> st.SearchStrategy[Run]:
    """A network of `networks(**options)` and its replication 0."""
    return networks(**options).map(simulate)
