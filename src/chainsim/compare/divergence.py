"""Where two runs on the same luck part, and how the difference spreads from firm to firm to the market.

In: two Runs that differ in nothing but what policies set.  Out: a Divergence: the first event that differs, each firm's
own first one with what made it differ, and the chain that leads to the market.  Where no event differs, the orders
may still carry other prices or terms.  This module must not know words, files or policies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chainsim.compare.alignment import Alignment, align
from chainsim.compare.causes import ANSWERS, BY_PURSE, BY_SHOCK, UNKNOWN, Causes
from chainsim.compare.places import LANE_KINDS, PURSE_KINDS, Places, Point, Way
from chainsim.compare.settings import CASH, SHOCKS, Moved, moved
from chainsim.model import state
from chainsim.records import ORDER_COLUMNS
from chainsim.results.frames import Run

__all__ = ["Divergence", "OtherTerms", "Step", "diverge", "what_is_set"]
REACHED = (state.RECEIVED, state.LOST)  # what final demand sees


class Step(NamedTuple):
    """The first event of one kind at one place that is not the same in both runs.

    kind: of the log.  firm: whose event it is.  where: stock point or lane, or the firm's name.
    before, after: tick and quantity (quanta, or fen) in either run; None where it does not come any more.
    tick: when they part.  cause: POLICY, UNKNOWN, or the step that made it differ.
    """

    kind: int
    firm: str
    where: Point | Way | str
    tick: int
    before: tuple[int, int] | None
    after: tuple[int, int] | None
    cause: Step | int


class OtherTerms(NamedTuple):
    """Orders that are the same but for what is paid, and when.

    where, tick: of the first one.  before, after: price (fen per unit), terms (ticks), freight (fen per unit).
    orders: how many.
    """

    where: Way
    tick: int
    before: tuple[int, int, int]
    after: tuple[int, int, int]
    orders: int


@dataclass(frozen=True)
class Divergence:
    """How two runs part.

    first: the first row of the log that differs, as either run has it: one step, or two at the same moment; empty where
        all events are the same.
    firms: each firm's own first step, in the order in which they come to differ; sources outside excepted.
    path: from the policy to the first final delivery that differs, or, where none does, to the chain master.
    market: the path ends at the market.  terms: orders with other prices or terms, if only these differ.
    total: firms that could differ.
    """

    places: Places
    settings: list[Moved]
    first: list[Step]
    firms: list[Step]
    path: list[Step]
    market: bool
    terms: OtherTerms | None
    total: int

    @property
    def same(self) -> bool:
        """Nothing happens otherwise; at most other amounts are paid."""
        return not self.first


def diverge(before: Run, after: Run) -> Divergence:
    """How two runs part; ValueError when they do not cover the same time."""
    alignment = align(before, after)
    places = alignment.places
    found = moved(before.network, after.network)
    causes = Causes(alignment, found)
    inside = {name for name, firm in places.firms.items() if firm.kind != "outside"}
    firms = [step for step in _by_firm(alignment, causes) if step.firm in inside]
    path = _path(alignment, causes)
    return Divergence(
        places,
        found,
        _first(alignment, causes),
        firms,
        path,
        bool(path) and path[-1].kind in REACHED and _is_market(path[-1]),
        other_terms(before, after, places) if len(alignment.firsts) == 0 else None,
        len(inside),
    )


def other_terms(before: Run, after: Run, places: Places) -> OtherTerms | None:
    """Orders with another price, terms or freight, in two runs with the same events."""
    columns = [ORDER_COLUMNS.index(name) for name in ("price", "terms", "freight")]
    one, other = before.log.orders[:, columns], after.log.orders[:, columns]
    unlike = np.flatnonzero((one != other).any(axis=1))
    if len(unlike) == 0:
        return None
    order = int(unlike[np.argmin(before.placed[unlike])])
    lane = int(before.log.orders[order, ORDER_COLUMNS.index("lane")])
    way = places.ways[int(places.maps(before.network).lanes[lane])]
    old, new = (tuple(int(value) for value in rows[order]) for rows in (one, other))
    return OtherTerms(way, int(before.placed[order]), (old[0], old[1], old[2]), (new[0], new[1], new[2]), len(unlike))


def _first(alignment: Alignment, causes: Causes) -> list[Step]:
    """The first difference of all; two channels share the moment where one run does this and the other that."""
    moments = alignment.moments[alignment.firsts]
    return [_step(alignment, causes, index) for index in alignment.firsts[moments == moments[:1]][:2].tolist()]


def _by_firm(alignment: Alignment, causes: Causes) -> list[Step]:
    """Each firm's first difference."""
    seen: set[str] = set()
    found = []
    for index in alignment.firsts.tolist():
        firm = alignment.places.firm_of(*divmod(alignment.channel_at(index), alignment.places.width))
        if firm not in seen:
            seen.add(firm)
            found.append(_step(alignment, causes, index))
    return found


def _path(alignment: Alignment, causes: Causes) -> list[Step]:
    """The chain to the first final delivery that differs, else to a chain master's line, else to its first event."""
    places = alignment.places
    masters = {name for name, firm in places.firms.items() if firm.kind == "chain_master"}
    goals: dict[int, int] = {}
    for index in alignment.firsts.tolist():
        kind, entity = divmod(alignment.channel_at(index), places.width)
        if kind in REACHED and places.ways[entity].buyer.role == "sold":
            goals[0] = index
            break
        if places.firm_of(kind, entity) in masters:
            goals.setdefault(1 if kind in (state.STARVED, state.STARTED) else 2, index)
    if not goals:
        return []
    return [_step(alignment, causes, index) for index in causes.path(goals[min(goals)])]


def _is_market(step: Step) -> bool:
    return isinstance(step.where, Way) and step.where.buyer.role == "sold"


def _step(alignment: Alignment, causes: Causes, index: int, deep: bool = True) -> Step:
    """A difference by name, with the step that made it, and no further back."""
    places = alignment.places
    kind, entity = divmod(alignment.channel_at(index), places.width)
    where: Point | Way | str
    if kind in PURSE_KINDS:
        where = places.purses[entity]
    else:
        where = places.ways[entity] if kind in LANE_KINDS else places.points[entity]
    cause: Step | int = causes.of(index)
    if isinstance(cause, int) and cause >= 0:
        cause = _step(alignment, causes, cause, deep=False) if deep else UNKNOWN
    before, after = alignment.rows(index)
    return Step(kind, places.firm_of(kind, entity), where, alignment.tick(index), before, after, cause)


def what_is_set(divergence: Divergence, step: Step) -> list[Moved]:
    """The settings that the event of a step looks at and that differ by then; of the places that `causes` asks, too."""
    kinds = ANSWERS.get(step.kind, set())
    asked = _asked(step)
    return [
        row
        for row in divergence.settings
        if row.tick <= step.tick
        and (
            (row.what in kinds and asked(row.where))
            or (row.what == SHOCKS and step.kind in BY_SHOCK)
            or (row.what == CASH and step.kind in BY_PURSE and row.where == step.firm)
        )
    ]


def _asked(step: Step) -> Callable[[object], bool]:
    """Whether the event of a step looks at the settings of a place."""
    way = step.where
    if not isinstance(way, Way):
        return lambda where: where == way
    if step.kind in (state.PLACED, state.SWITCHED):  # an order looks at all suppliers of its buyer
        return lambda where: where == way.buyer or (isinstance(where, Way) and where.buyer == way.buyer)
    if step.kind in (state.SHIPPED, state.LOST):
        return lambda where: where in (way, way.supplier)
    return lambda where: where == way
