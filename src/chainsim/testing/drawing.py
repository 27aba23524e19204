"""What a sketch is made of before it becomes a network: everything by name, nothing in order yet."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias, TypedDict

from chainsim.model.distributions import Distribution
from chainsim.model.network import (
    Allocation,
    Firm,
    Forecast,
    Growth,
    Lane,
    Line,
    Market,
    Part,
    Purse,
    Sourcing,
    StockPoint,
)
from chainsim.testing.dated import DatedChanges
from chainsim.testing.keys import Key, LaneKey, Target, Time

Wait: TypeAlias = Time | tuple[int, Distribution]  # a constant, a law, or both on top of each other


class Keeping(TypedDict, total=False):
    """How a stock point is kept, on top of its level; the fields of `StockPoint`."""

    reorder_point: int
    lot: int
    review: int
    on_hand: int
    minimum: int
    echelon: bool
    backlog: int
    complete: bool
    allocation: Allocation
    sourcing: Sourcing
    switches: bool
    forecast: Forecast


class Making(TypedDict, total=False):
    """What a line can do; the fields of `Line`, with the closures of its calendar and the laws of its breakdowns."""

    servers: int
    per_quantum: Fraction | int
    batch: int
    set_up: int
    good: Fraction | str
    closed: Sequence[tuple[int, int]]
    up: Distribution
    repair: Distribution
    calls_off_at_release: bool


class Carrying(TypedDict, total=False):
    """What can be told of one lane; the fields of `Lane`."""

    time: Time
    terms: int
    price: int
    rank: int
    priority: int
    in_order: bool
    freight: int
    qualification: int
    switching_cost: int


class MakingAndKeeping(Making, Keeping):
    """Options of `Sketch.make`."""


class Drawing(DatedChanges):
    """The tables of a sketch, by name."""

    def __init__(self, horizon: int, seed: int = 0, tick_seconds: Fraction = Fraction(1)) -> None:
        super().__init__()
        self.horizon = horizon
        self.seed = seed
        self.tick_seconds = tick_seconds
        self.firms: dict[str, Firm] = {}
        self.parts: dict[str, Part] = {}
        self.stocks: dict[Key, StockPoint] = {}
        self.opening: dict[Key, int] = {}
        self.lanes: dict[LaneKey, tuple[Lane, Time]] = {}
        self.lines: dict[Key, tuple[Line, Time, Making]] = {}
        self.needs: dict[tuple[Key, Key], Fraction] = {}
        self.markets: dict[Key, Market] = {}
        self.transits: list[tuple[LaneKey, int, int]] = []
        self.shocks: list[tuple[str, list[tuple[int, Wait]], list[tuple[Target, int]], dict[str, Any]]] = []
        self.growths: list[tuple[Key, Growth]] = []
        self.purses: dict[str, Purse] = {}
        self.early_reviews = False

    def lane_key(self, buyer: str, supplier: str, part: str) -> LaneKey:
        return next(key for key in self.lanes if key[0][:2] == (buyer, part) and key[1][0] == supplier)

    def planned_speed(self, key: Key) -> Fraction:
        return self.lines[key][0].ticks_per_quantum
