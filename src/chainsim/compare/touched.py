"""Why a policy touched nothing: what it set, and that the limit it moves never bound.

In: two networks, and where it is known a run, the same under both.  Out: one reason for each kind of setting.  Without
a run only what needs none is said.  This module must not know scenarios or terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from chainsim.compare import settings
from chainsim.compare.places import Point, Way, points_of, ways_of
from chainsim.compare.settings import Moved, moved
from chainsim.model import state
from chainsim.model.network import UNLIMITED, Network
from chainsim.results.columns import line_of_stock
from chainsim.results.frames import Run

SAME: Final = "it sets nothing that a run or its tables look at"


class Reason(NamedTuple):
    """One kind of setting that a policy moved without effect on any event.

    what: the kind.  places: at how many.  tick: from when on.  why: that it did not bind, in words, empty if unknown.
    """

    what: str
    places: int
    tick: int
    why: str


def why_nothing(before: Network, after: Network, run: Run | None = None) -> list[Reason]:
    """Why two networks give the same events; empty where they set the same.

    run: either's run, whose events are those of both.
    """
    groups: dict[str, list[Moved]] = {}
    for row in moved(before, after):
        groups.setdefault(row.what, []).append(row)
    return [
        Reason(what, len(rows), min(row.tick for row in rows), _why(what, rows, after, run))
        for what, rows in groups.items()
    ]


def only_tables(found: Sequence[Reason]) -> bool:
    """Whether all that was set is for tables, not for the run."""
    return all(reason.what == settings.BOOKS for reason in found)


def _why(what: str, rows: list[Moved], after: Network, run: Run | None) -> str:
    if what == settings.BOOKS:
        return "only tables read it; no event depends on it"
    if what in (settings.TERMS, settings.PRICES) and not after.purses:
        return "no firm here can run short of cash, so only tables of money look at it"
    if run is None:
        return ""
    looks: dict[str, Callable[[list[Moved], Run], str]] = {
        settings.CAPACITY: _capacity,
        settings.TIMES: _nothing_made,
        settings.YIELDS: _nothing_made,
        settings.RECIPES: _nothing_used,
        settings.WORKING_TIME: _nothing_made,
        settings.LEVELS: _orders,
        settings.REVIEWS: _orders,
        settings.FORECASTS: _orders,
        settings.SHARES: _shares,
        settings.LEAD_TIMES: _sent,
    }
    if what in looks:
        return looks[what](rows, run)
    return {
        settings.TERMS: "no firm ran short of cash, so nobody stopped buying",
        settings.PRICES: "no firm ran short of cash, so nobody stopped buying",
        settings.CASH: "no firm ran short of cash",
        settings.SHORTAGES: "nobody had to wait there, so nobody was served otherwise",
        settings.CHOICE: "no supplier failed or ran short, so nobody was asked in its place",
        settings.SHOCKS: "nothing that they hit was in use while they lasted",
        settings.GROWTH: "no line was busy, or idle, enough for it",
        settings.OPENING: "it was never needed",
    }.get(what, "")


def _capacity(rows: list[Moved], run: Run) -> str:
    """Whether a line with other servers or another speed ever had work for all of them."""
    network = run.network
    line_of = line_of_stock(network)
    numbers = {point: index for index, point in enumerate(points_of(network))}
    busiest, servers, started = [], [], 0
    for row in rows:
        if not isinstance(row.where, Point) or row.where not in numbers:
            continue
        stock = numbers[row.where]
        line = int(line_of[stock])
        most, starts = _most_busy(run, stock, row.tick)
        started += starts
        busiest.append(most)
        servers.append(_fewest_servers(network, line, row.tick))
    if started == 0:
        return "none of these lines had anything to make from then on"
    full = sum(most >= count for most, count in zip(busiest, servers, strict=True))
    if full == 0:
        share = max(most / count for most, count in zip(busiest, servers, strict=True))
        return f"no line ever had all its servers busy: at most {share:.0%} of them"
    return f"{full} of {len(busiest)} had all servers busy at times, but nothing waited for one"


def _most_busy(run: Run, stock: int, tick: int) -> tuple[int, int]:
    """The most servers busy at once from a tick on, and how many batches were started from then on."""
    ticks, rises = [], []
    for kind, rise in ((state.FINISHED, -1), (state.STARTED, 1)):
        rows = run.of_kind(kind)
        own = rows.tick[rows.entity == stock]
        ticks.append(own)
        rises.append(np.full(len(own), rise))
    started = int((ticks[1] >= tick).sum())
    at, rise_ = np.concatenate(ticks), np.concatenate(rises)
    order = np.lexsort((rise_, at))  # who finishes makes room first
    busy, at = np.cumsum(rise_[order]), at[order]
    since = busy[at >= tick]
    before = busy[at < tick]
    return max(int(since.max(initial=0)), int(before[-1]) if len(before) else 0), started


def _fewest_servers(network: Network, line: int, tick: int) -> int:
    """The least number of servers that a line has from a tick on, at least 1."""
    found = network.lines[line].servers
    least = UNLIMITED
    for change in network.changes:
        if change.kind == state.SET_LINE_SPEED and change.entity == line:
            if change.tick > tick:
                least = min(least, found)
            found = change.values[0]
    return max(1, min(least, found))


def _nothing_made(rows: list[Moved], run: Run) -> str:
    if _count(run, state.STARTED, rows, of_lane=False) == 0:
        return "none of these lines started a batch from then on"
    return "every batch came out the same"


def _nothing_used(rows: list[Moved], run: Run) -> str:
    if _count(run, state.CONSUMED, rows, of_lane=False) == 0:
        return "none of it was used from then on"
    return "whole units hide the difference"


def _orders(rows: list[Moved], run: Run) -> str:
    """Whether the stock points ordered at all; bought and made ones."""
    points = points_of(run.network)
    wanted = {row.where: row.tick for row in rows}
    lanes = [Moved("", way, wanted[way.buyer]) for way in ways_of(run.network) if way.buyer in wanted]
    made = [row for row in rows if row.where in set(points)]
    count = _count(run, state.PLACED, lanes, of_lane=True) + _count(run, state.RELEASED, made, of_lane=False)
    if count == 0:
        return "nothing was ordered there from then on"
    return f"all {count:,} orders there came out the same: lots, least quantities or the next review hide it"


def _shares(rows: list[Moved], run: Run) -> str:
    buyers: dict[Point, int] = {}
    for row in rows:
        if isinstance(row.where, Way):
            buyers[row.where.buyer] = min(row.tick, buyers.get(row.where.buyer, row.tick))
    lanes = [Moved("", way, buyers[way.buyer]) for way in ways_of(run.network) if way.buyer in buyers]
    count = _count(run, state.PLACED, lanes, of_lane=True)
    if count == 0:
        return "their buyers ordered nothing from then on"
    return f"all {count:,} orders of their buyers still went to the same suppliers"


def _sent(rows: list[Moved], run: Run) -> str:
    if _count(run, state.SHIPPED, rows, of_lane=True) == 0:
        return "nothing was sent on these lanes from then on"
    return "what was sent arrived at the same moments"


def _count(run: Run, kind: int, rows: Sequence[Moved], of_lane: bool) -> int:
    """Rows of a kind at these places, each from its own tick on."""
    names: Sequence[Point | Way] = ways_of(run.network) if of_lane else points_of(run.network)
    since = {row.where: row.tick for row in rows}
    begin = np.array([since.get(name, run.horizon) for name in names], dtype=np.int64)
    found = run.of_kind(kind)
    return int((found.tick >= begin[found.entity]).sum())
