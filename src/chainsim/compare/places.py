"""Two networks under one numbering: the same stock point, lane and line has the same number in both.

In: two networks, such as those of two policies.  Out: maps from either's indices to common ones, and what stands there
by name.  A policy may bring firms that the other lacks, so that indices alone do not match.
This module must not know logs or policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from chainsim.model import state
from chainsim.model.network import Firm, Network
from chainsim.records import Columns

LANE_KINDS = (
    state.PLACED,
    state.SHIPPED,
    state.RECEIVED,
    state.LOST,
    state.LANE_LEVEL,
    state.SWITCHED,
    state.PAID,
    state.DISCOUNTED,
    state.WRITTEN_OFF,
)
PURSE_KINDS = (state.SPENT, state.INTEREST, state.INSOLVENT)
BUYERS = (state.PLACED, state.RECEIVED, state.SWITCHED, state.PAID)  # rows of a lane that its buyer writes


class Point(NamedTuple):
    """A stock point by name."""

    firm: str
    part: str
    role: str


class Way(NamedTuple):
    """A lane by name."""

    buyer: Point
    supplier: Point


class Maps(NamedTuple):
    """Common numbers by a network's own index, int64 each."""

    stocks: Columns
    lanes: Columns
    purses: Columns


@dataclass(frozen=True)
class Places:
    """What two networks have, numbered in common, sorted by name.

    before, after: the networks.  points, ways, purses: by common number.
    """

    before: Network
    after: Network
    points: tuple[Point, ...]
    ways: tuple[Way, ...]
    purses: tuple[str, ...]

    @classmethod
    def of(cls, before: Network, after: Network) -> Places:
        """Raises ValueError when the two do not cover the same time."""
        same = ("start", "horizon", "tick_seconds")
        if any(getattr(before, name) != getattr(after, name) for name in same):
            raise ValueError("the two networks do not run over the same time, in the same ticks")
        both = (before, after)
        return cls(
            before,
            after,
            tuple(sorted({point for network in both for point in points_of(network)})),
            tuple(sorted({way for network in both for way in ways_of(network)})),
            tuple(sorted({network.firms[purse.firm].name for network in both for purse in network.purses})),
        )

    @cached_property
    def number(self) -> dict[Point, int]:
        """The common number of a stock point."""
        return {point: index for index, point in enumerate(self.points)}

    @cached_property
    def width(self) -> int:
        """More than any common number."""
        return max(len(self.points), len(self.ways), len(self.purses), 1)

    @cached_property
    def firms(self) -> dict[str, Firm]:
        """Every firm of both, by name."""
        return {firm.name: firm for network in (self.before, self.after) for firm in network.firms}

    @cached_property
    def per_unit(self) -> dict[str, int]:
        """Quanta in a unit of each part."""
        return {part.name: part.per_unit for network in (self.before, self.after) for part in network.parts}

    @cached_property
    def buyer(self) -> list[int]:
        """By lane, the stock point that buys."""
        return [self.number[way.buyer] for way in self.ways]

    @cached_property
    def supplier(self) -> list[int]:
        """By lane, the stock point that sells."""
        return [self.number[way.supplier] for way in self.ways]

    @cached_property
    def lanes_in(self) -> list[list[int]]:
        """By stock point, the lanes on which it buys."""
        return _grouped(self.buyer, len(self.points))

    @cached_property
    def lanes_out(self) -> list[list[int]]:
        """By stock point, the lanes on which it sells."""
        return _grouped(self.supplier, len(self.points))

    @cached_property
    def needs(self) -> list[list[int]]:
        """By made stock point, its components."""
        found: list[set[int]] = [set() for _ in self.points]
        for network in (self.before, self.after):
            names = points_of(network)
            for need in network.needs:
                found[self.number[names[need.made]]].add(self.number[names[need.component]])
        return [sorted(row) for row in found]

    @cached_property
    def used_by(self) -> list[int]:
        """By component, what is made of it; -1 for none."""
        found = [-1] * len(self.points)
        for made, components in enumerate(self.needs):
            for component in components:
                found[component] = made
        return found

    @cached_property
    def _maps(self) -> tuple[Maps, Maps]:
        return self._numbered(self.before), self._numbered(self.after)

    def maps(self, network: Network) -> Maps:
        """Common numbers of the stock points, lanes and purses of one of the two networks."""
        return self._maps[0 if network is self.before else 1]

    def _numbered(self, network: Network) -> Maps:
        way_number = {way: index for index, way in enumerate(self.ways)}
        purse_number = {name: index for index, name in enumerate(self.purses)}
        return Maps(
            _numbers(self.number[point] for point in points_of(network)),
            _numbers(way_number[way] for way in ways_of(network)),
            _numbers(purse_number[network.firms[purse.firm].name] for purse in network.purses),
        )

    def firm_of(self, kind: int, entity: int) -> str:
        """Whose event a log row of a kind is."""
        if kind in PURSE_KINDS:
            return self.purses[entity]
        if kind in LANE_KINDS:
            way = self.ways[entity]
            return (way.buyer if kind in BUYERS else way.supplier).firm
        return self.points[entity].firm


def points_of(network: Network) -> list[Point]:
    """Stock points by index."""
    return [Point(network.firms[p.firm].name, network.parts[p.part].name, p.role) for p in network.stocks]


def ways_of(network: Network) -> list[Way]:
    """Lanes by index."""
    points = points_of(network)
    return [Way(points[lane.buyer], points[lane.supplier]) for lane in network.lanes]


def _numbers(values: Iterable[int]) -> Columns:
    return np.fromiter(values, dtype=np.int64)


def _grouped(of: Sequence[int], count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for index, group in enumerate(of):
        found[group].append(index)
    return found
