"""What two networks set differently, and from when on: levels, shares, capacities, terms, shocks.

In: two networks.  Out: one `Moved` for each kind of setting and place.  Settings are what the rulebook reads; what only
tables read is one kind, too.  This module must not know scenarios or logs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeAlias

from chainsim.compare.places import Point, Way, points_of, ways_of
from chainsim.model import state
from chainsim.model.network import Network

Where: TypeAlias = Point | Way | str
Rows: TypeAlias = dict[Where, Any]

LEVELS: Final = "stock levels"
REVIEWS: Final = "reviews and lots"
SHORTAGES: Final = "rules for shortages"
CHOICE: Final = "choice of suppliers"
FORECASTS: Final = "forecasts"
OPENING: Final = "opening stock"
SHARES: Final = "shares of suppliers"
LEAD_TIMES: Final = "lead times"
TERMS: Final = "payment terms"
PRICES: Final = "prices and freight"
CAPACITY: Final = "capacity"
TIMES: Final = "process times and batches"
YIELDS: Final = "yields and set-ups"
RECIPES: Final = "bills of materials"
WORKING_TIME: Final = "working time and breakdowns"
SHOCKS: Final = "disruptions"
GROWTH: Final = "expansions"
CASH: Final = "cash"
DEMAND: Final = "final demand"
BOOKS: Final = "attributes, costs and incomes"

OF_STOCK: Final = {
    "reorder_point": LEVELS, "order_up_to": LEVELS, "review": REVIEWS, "lot": REVIEWS, "minimum": REVIEWS,
    "echelon": LEVELS, "backlog": SHORTAGES, "complete": SHORTAGES, "allocation": SHORTAGES, "sourcing": CHOICE,
    "switches": CHOICE, "forecast": FORECASTS, "on_hand": OPENING,
}  # fmt: skip
OF_LANE: Final = {
    "share": SHARES, "lead_time": LEAD_TIMES, "in_order": LEAD_TIMES, "terms": TERMS, "price": PRICES,
    "freight": PRICES, "rank": CHOICE, "priority": SHORTAGES, "qualification": CHOICE, "switching_cost": CHOICE,
}  # fmt: skip
OF_LINE: Final = {
    "servers": CAPACITY, "ticks_per_quantum": CAPACITY, "fixed": TIMES, "batch": TIMES, "set_up": YIELDS,
    "good": YIELDS, "calls_off_at_release": REVIEWS,
}  # fmt: skip
CHANGES: Final = {
    kind: (what,) * 3
    for kind, what in (
        (state.SET_LEVELS, LEVELS),
        (state.SET_REVIEW, REVIEWS),
        (state.SET_SHORTAGE, SHORTAGES),
        (state.SET_FORECAST, FORECASTS),
        (state.SET_SOURCING, CHOICE),
        (state.SET_LANE_SHARE, SHARES),
        (state.SET_LANE_TIME, LEAD_TIMES),
        (state.SET_LINE_SPEED, CAPACITY),
        (state.SET_LINE_TIME, TIMES),
        (state.SET_NEED, RECIPES),
        (state.SET_YIELD, YIELDS),
    )
} | {
    state.SET_LANE_TERMS: (TERMS, PRICES, PRICES),
    state.SET_LANE_RANK: (CHOICE, SHORTAGES, CHOICE),
}  # what each value of a dated change sets


class Moved(NamedTuple):
    """A kind of setting that differs at one place, from a tick on.

    where: a stock point; of capacity and the like the one that the line makes; a lane; or a name.
    """

    what: str
    where: Where
    tick: int


def moved(before: Network, after: Network) -> list[Moved]:
    """Every setting that differs, by kind and place, with the first tick at which it does; in order of that tick."""
    first: dict[tuple[str, Where], int] = {}
    one, other = _values(before), _values(after)
    for key in one.keys() | other.keys():
        tick = _first_difference(one.get(key, {}), other.get(key, {}))
        if tick is not None:
            what, where, _ = key
            first[what, where] = min(tick, first.get((what, where), tick))
    rows = [Moved(what, where, tick) for (what, where), tick in first.items()]
    return sorted(rows, key=lambda row: (row.tick, row.what, str(row.where)))


def _first_difference(one: dict[int, Any], other: dict[int, Any]) -> int | None:
    """The first tick from which on two courses of values differ; a value holds until the next."""
    a = b = None
    for tick in sorted(one.keys() | other.keys()):
        a, b = one.get(tick, a), other.get(tick, b)
        if a != b:
            return tick
    return None


def _values(network: Network) -> dict[tuple[str, Where, str], dict[int, Any]]:
    """The course over time of every value: (kind of setting, place, name of the value) to values by tick."""
    found: dict[tuple[str, Where, str], dict[int, Any]] = {}
    points, ways = points_of(network), ways_of(network)
    laws = [(draw.purpose, draw.owner, draw.distribution) for draw in network.draws] + [None]

    def put(what: str, where: Where, name: str, value: Any, tick: int = 0) -> None:
        if tick < network.horizon:
            found.setdefault((what, where, name), {})[tick] = value

    makes = [points[line.stock] for line in network.lines]
    tables: tuple[tuple[Sequence[Any], Sequence[Where], dict[str, str]], ...] = (
        (network.stocks, points, OF_STOCK),
        (network.lanes, ways, OF_LANE),
        (network.lines, makes, OF_LINE),
    )
    for rows, places, kinds in tables:
        for row, where in zip(rows, places, strict=True):
            for name, what in kinds.items():
                put(what, where, _CALLED.get(name, name), getattr(row, name))
    for lane, way in zip(network.lanes, ways, strict=True):
        put(LEAD_TIMES, way, "law", laws[lane.law])
    for line, point in zip(network.lines, makes, strict=True):
        put(TIMES, point, "law", laws[line.law])
        calendar = network.calendars[line.calendar] if line.calendar >= 0 else ()
        put(WORKING_TIME, point, "line", (calendar, laws[line.up_law], laws[line.repair_law]))
    for need in network.needs:
        put(RECIPES, points[need.component], "quantity", need.quantity)
    for index, transit in enumerate(network.transits):
        put(OPENING, ways[transit.lane], f"transit {index}", (transit.tick, transit.quantity))
    for market in network.markets:
        put(DEMAND, points[market.stock], "market", (market.plan, market.arrivals))
    for shock in network.shocks:
        hits = tuple(
            (hit.target, _target(hit.target, hit.entity, points, ways, makes), hit.loses) for hit in shock.hits
        )
        stages = tuple((stage.level, stage.wait, laws[stage.law]) for stage in shock.stages)
        put(SHOCKS, shock.name, "shock", (stages, hits, shock.wait, laws[shock.law], shock.again, shock.between))
    for index, growth in enumerate(network.growths):
        values = tuple(getattr(growth, field.name) for field in fields(growth) if field.name != "line")
        put(GROWTH, makes[growth.line], f"growth {index}", values)
    for purse in network.purses:
        values = tuple(getattr(purse, field.name) for field in fields(purse) if field.name != "firm")
        put(CASH, network.firms[purse.firm].name, "purse", values)
    for index, firm in enumerate(network.firms):
        print_ = network.footprints[index] if network.footprints else None
        put(BOOKS, firm.name, "firm", (firm, print_))
    for point, costs in zip(points, network.costs, strict=False):
        put(BOOKS, point, "costs", costs)
    put(BOOKS, "the region", "region", (network.region, network.warm_up))
    _dated(network, points, ways, makes, laws, put)
    return found


_CALLED: Final = {"ticks_per_quantum": "speed"}
_NAMES: Final = {
    state.SET_LEVELS: ("reorder_point", "order_up_to", ""),
    state.SET_REVIEW: ("review", "lot", "minimum"),
    state.SET_SHORTAGE: ("backlog", "complete", "allocation"),
    state.SET_FORECAST: ("window", "protect", ""),
    state.SET_SOURCING: ("sourcing", "switches", ""),
    state.SET_LANE_SHARE: ("share", "", ""),
    state.SET_LANE_TIME: ("lead_time", "law", ""),
    state.SET_LANE_TERMS: ("terms", "price", "freight"),
    state.SET_LANE_RANK: ("rank", "priority", ""),
    state.SET_LINE_SPEED: ("servers", "speed", "speed"),
    state.SET_LINE_TIME: ("fixed", "law", "batch"),
    state.SET_YIELD: ("good", "good", "set_up"),
    state.SET_NEED: ("quantity", "quantity", ""),
}


def _dated(
    network: Network,
    points: list[Point],
    ways: list[Way],
    makes: list[Point],
    laws: list[Any],
    put: Callable[..., None],
) -> None:
    """Dated changes, under the names of what they set, in the units of the tables."""
    components = [points[need.component] for need in network.needs]
    places: dict[int, Sequence[Where]] = dict.fromkeys(
        (state.SET_LANE_SHARE, state.SET_LANE_TIME, state.SET_LANE_TERMS, state.SET_LANE_RANK), ways
    )
    places |= dict.fromkeys((state.SET_LINE_SPEED, state.SET_LINE_TIME, state.SET_YIELD), makes)
    places[state.SET_NEED] = components
    allocations = {code: name for name, code in state.ALLOCATIONS.items()}
    sourcings = {code: name for name, code in state.SOURCINGS.items()}
    for change in network.changes:
        where = places.get(change.kind, points)[change.entity]
        a, b, c = change.values
        values: tuple[Any, Any, Any] = (a, b, c)
        if change.kind == state.SET_LINE_SPEED:
            values = (a, Fraction(b, c), Fraction(b, c))
        elif change.kind in (state.SET_NEED, state.SET_YIELD):
            values = (Fraction(a, b), Fraction(a, b), c)
        elif change.kind in (state.SET_LANE_TIME, state.SET_LINE_TIME):
            values = (a, laws[b], c)
        elif change.kind == state.SET_SHORTAGE:
            values = (a, bool(b), allocations[c])
        elif change.kind == state.SET_SOURCING:
            values = (sourcings[a], bool(b), c)
        for what, name, value in zip(CHANGES[change.kind], _NAMES[change.kind], values, strict=True):
            if name:
                put(what, where, name, value, change.tick)


def _target(target: str, entity: int, points: list[Point], ways: list[Way], makes: list[Point]) -> Where:
    """What a shock hits, by name."""
    if target == "lane":
        return ways[entity]
    return makes[entity] if target == "line" else points[entity]
