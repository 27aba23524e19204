"""What can make an event differ: the events that come before it in the flow of orders and goods, and settings.

In: an alignment and what was set differently.  Out: of each difference the one that made it, as far as can be told: an
order comes from use or from a buyer's order, a shipment from an order or from what was finished, a start from work, a
component or a server.  Of several candidates the latest to differ before it is taken: the nearest cause, not the only
one.  This module must not know words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from chainsim.compare import settings
from chainsim.compare.alignment import NEVER, ROWS, Alignment
from chainsim.compare.places import Places, Point, Way
from chainsim.compare.settings import Moved
from chainsim.model import state

POLICY: Final = -2  # what the policy set here made it differ
UNKNOWN: Final = -3  # it cannot be told

# Which settings of a place an event there answers to.
OF_PLACED: Final = {
    settings.LEVELS, settings.REVIEWS, settings.CHOICE, settings.FORECASTS, settings.OPENING, settings.SHARES,
    settings.DEMAND, settings.RECIPES,
}  # fmt: skip
OF_LINE: Final = {settings.CAPACITY, settings.TIMES, settings.YIELDS, settings.WORKING_TIME, settings.GROWTH}
ANSWERS: Final = {
    state.PLACED: OF_PLACED,
    state.SWITCHED: OF_PLACED,
    state.RELEASED: {settings.LEVELS, settings.REVIEWS, settings.FORECASTS, settings.OPENING},
    state.STARTED: OF_LINE,
    state.FINISHED: OF_LINE,
    state.SCRAPPED: OF_LINE,
    state.GROWN: OF_LINE,
    state.INVESTED: OF_LINE,
    state.LINE_LEVEL: OF_LINE,
    state.CONSUMED: {settings.RECIPES},
    state.STARVED: {settings.RECIPES, settings.OPENING},
    state.SHIPPED: {settings.SHORTAGES, settings.OPENING},
    state.LOST: {settings.SHORTAGES, settings.OPENING},
    state.RECEIVED: {settings.LEAD_TIMES, settings.OPENING},
    state.PAID: {settings.TERMS, settings.PRICES},
    state.DISCOUNTED: {settings.TERMS, settings.PRICES},
    state.DEMANDED: {settings.DEMAND},
}
BY_SHOCK: Final = (
    state.LINE_LEVEL,
    state.LANE_LEVEL,
    state.STOCK_LEVEL,
    state.DEMAND_LEVEL,
    state.DESTROYED,
)
BY_PURSE: Final = (state.SPENT, state.INTEREST, state.INSOLVENT, state.PAID, state.DISCOUNTED)


class Causes:
    """Looks for the cause of a difference; differences are indices into the alignment."""

    def __init__(self, alignment: Alignment, found: Iterable[Moved]) -> None:
        self.alignment = alignment
        self.set_at: dict[tuple[str, object], int] = {(row.what, row.where): row.tick for row in found}
        self.shocks = [tick for (what, _), tick in self.set_at.items() if what == settings.SHOCKS]

    def of(self, index: int) -> int:
        """The difference that made this one, or POLICY or UNKNOWN."""
        width = self.alignment.places.width
        kind, entity = divmod(self.alignment.channel_at(index), width)
        moment, tick = int(self.alignment.moments[index]), self.alignment.tick(index)
        near, far = candidates(self.alignment.places, kind, entity)
        cause = NEVER
        if kind == state.STARTED:
            cause = self._starved(entity, tick)
            if cause == NEVER:
                cause = self._lost_time(index, entity)
        elif kind == state.STARVED:
            cause = self._overdue(index, entity)
        if cause == NEVER:
            cause = self._latest(near, moment)
        if self._set_here(kind, entity, tick) and (cause == NEVER or self.alignment.tick(cause) < tick):
            return POLICY
        if cause == NEVER:
            cause = self._latest(far, moment)
        return cause if cause != NEVER else UNKNOWN

    def path(self, index: int) -> list[int]:
        """The chain of differences that ends with this one, the root first."""
        found = [index]
        while (cause := self.of(found[-1])) >= 0 and cause not in found:
            found.append(cause)
        return found[::-1]

    def _latest(self, names: Iterable[tuple[int, int]], moment: int) -> int:
        """The last difference before a moment in any of these channels; the first named of equals."""
        best, when = NEVER, NEVER
        for kind, entity in names:
            found = self.alignment.latest(self.alignment.channel(kind, entity), moment)
            if found != NEVER and int(self.alignment.moments[found]) > when:
                best, when = found, int(self.alignment.moments[found])
        return best

    def _starved(self, made: int, tick: int) -> int:
        """The shortage of a component for which one run's line still waits on a tick, -1 for none.

        It may be found later on the tick on which the other run's line starts.
        """
        best = NEVER
        for component in self.alignment.places.needs[made]:
            channel = self.alignment.channel(state.STARVED, component)
            found = self.alignment.latest(channel, (tick + 1) * ROWS)
            if found == NEVER:
                continue
            began = self.alignment.tick(found)
            for run, row in enumerate(self.alignment.rows(found)):
                if row is not None and row[0] == began:
                    started = self.alignment.last_tick(run, self.alignment.channel(state.STARTED, made), tick)
                    waits = started <= began
                    if waits and (best == NEVER or self.alignment.moments[found] > self.alignment.moments[best]):
                        best = found
        return best

    def _lost_time(self, index: int, made: int) -> int:
        """The last shortage that was longer in the run with the later start, if no more work was released there."""
        alignment = self.alignment
        before, after = alignment.rows(index)
        late = 1 if after is None or (before is not None and after[0] > before[0]) else 0
        channel, tick = alignment.channel(state.RELEASED, made), alignment.tick(index)
        if alignment.quantity(late, channel, tick) > alignment.quantity(1 - late, channel, tick):
            return NEVER
        shortages = [(state.STARVED, component) for component in alignment.places.needs[made]]
        found = self._latest(shortages, int(alignment.moments[index]))
        if found == NEVER:
            return NEVER
        component = alignment.channel_at(found) % alignment.places.width
        return found if self._longer(found, component) == late else NEVER

    def _overdue(self, index: int, component: int) -> int:
        """What became of the orders that a starving line waits for, -1 if no more of them are under way than else.

        Of all suppliers the one that owes most, compared with what it owes in the other run.
        """
        alignment = self.alignment
        run = self._longer(index, component)
        row = alignment.rows(index)[run]
        tick = alignment.tick(index) if row is None else row[0]
        lanes = alignment.places.lanes_in[component]
        more = {lane: self._owed(run, lane, tick) - self._owed(1 - run, lane, tick) for lane in lanes}
        lane = max(lanes, key=lambda lane: more[lane], default=NEVER)
        if lane == NEVER or more[lane] <= 0:
            return NEVER
        moment = int(alignment.moments[index])
        return self._latest([(kind, lane) for kind in (state.RECEIVED, state.SHIPPED, state.PLACED)], moment)

    def _owed(self, run: int, lane: int, tick: int) -> int:
        """What was ordered on a lane and has not arrived before a tick, quanta."""
        placed, received = (
            self.alignment.quantity(run, self.alignment.channel(kind, lane), tick)
            for kind in (state.PLACED, state.RECEIVED)
        )
        return placed - received

    def _longer(self, index: int, component: int) -> int:
        """The run, 0 or 1, in which a shortage lasts longer, from its beginning to the next arrival."""
        alignment = self.alignment
        lasts = [NEVER, NEVER]
        for run, row in enumerate(alignment.rows(index)):
            if row is not None:
                lanes = alignment.places.lanes_in[component]
                arrivals = (alignment.next_tick(run, alignment.channel(state.RECEIVED, lane), row[0]) for lane in lanes)
                lasts[run] = min(arrivals, default=alignment.runs[run].horizon) - row[0]
        return 0 if lasts[0] > lasts[1] else 1

    def _set_here(self, kind: int, entity: int, tick: int) -> bool:
        """Whether something that this event answers to was set otherwise here by a tick."""
        places = self.alignment.places
        ticks = [
            self.set_at[what, where]
            for where in _about(places, kind, entity)
            for what in ANSWERS.get(kind, ())
            if (what, where) in self.set_at
        ]
        if kind in BY_SHOCK:
            ticks += self.shocks
        if kind in BY_PURSE and (settings.CASH, places.firm_of(kind, entity)) in self.set_at:
            ticks.append(self.set_at[settings.CASH, places.firm_of(kind, entity)])
        return any(at <= tick for at in ticks)


def _about(places: Places, kind: int, entity: int) -> Iterator[Point | Way]:
    """The places whose settings an event looks at."""
    if kind in (state.PLACED, state.SWITCHED):
        buyer = places.buyer[entity]
        yield places.points[buyer]
        yield from (places.ways[lane] for lane in places.lanes_in[buyer])
    elif kind in (state.SHIPPED, state.LOST):
        yield places.ways[entity].supplier
        yield places.ways[entity]
    elif kind in (state.RECEIVED, state.PAID, state.DISCOUNTED):
        yield places.ways[entity]
    elif kind < state.LOG_KINDS and kind not in BY_PURSE and kind not in (state.LANE_LEVEL, state.WRITTEN_OFF):
        yield places.points[entity]


def candidates(places: Places, kind: int, entity: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """What can make an event differ, as (kind, place): at first hand, and failing that."""
    if kind in (state.PLACED, state.SWITCHED):
        return _of_order(places, kind, entity)
    if kind in (state.SHIPPED, state.LOST):
        stock = places.supplier[entity]
        near = [(state.PLACED, entity), (state.FINISHED, stock), *_each(state.RECEIVED, places.lanes_in[stock])]
        near += [(state.STOCK_LEVEL, stock), (state.LANE_LEVEL, entity), (state.DESTROYED, stock)]
        others = places.lanes_out[stock]
        return near, [*_each(state.PLACED, others), *_each(state.SHIPPED, others)]
    if kind == state.RECEIVED:
        return [(state.SHIPPED, entity), (state.LANE_LEVEL, entity)], []
    if kind in (state.PAID, state.DISCOUNTED, state.WRITTEN_OFF):
        return [(state.RECEIVED, entity)], _each(kind, places.lanes_in[places.buyer[entity]])
    if kind == state.RELEASED:
        out = places.lanes_out[entity]
        near = [*_each(state.PLACED, out), (state.SCRAPPED, entity), (state.DESTROYED, entity)]
        return near, _each(state.SHIPPED, out)
    if kind == state.STARTED:
        near = [(state.RELEASED, entity), (state.LINE_LEVEL, entity)]
        far = [(state.FINISHED, entity)]  # a server came free; what was released before says more
        for component in places.needs[entity]:
            far += _each(state.RECEIVED, places.lanes_in[component])
        return near, far
    if kind in (state.FINISHED, state.SCRAPPED):
        return [(state.STARTED, entity), (state.LINE_LEVEL, entity)], []
    if kind == state.CONSUMED:
        made = places.used_by[entity]
        return [(state.STARTED, made)] if made >= 0 else [], []
    if kind == state.STARVED:
        made = places.used_by[entity]
        near = _each(state.RECEIVED, places.lanes_in[entity])
        return near, [(state.RELEASED, made), (state.STARTED, made), (state.CONSUMED, entity)] if made >= 0 else []
    if kind in (state.GROWN, state.INVESTED):
        return [(state.STARTED, entity), (state.FINISHED, entity)], []
    if kind == state.LINE_LEVEL:
        return [(state.GROWN, entity)], []
    if kind == state.DEMANDED:
        return [(state.DEMAND_LEVEL, entity)], []
    return [], []


def _of_order(places: Places, kind: int, lane: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """An order follows use, production, final demand, or the orders of those who buy here."""
    stock = places.buyer[lane]
    made = places.used_by[stock]
    near = [(state.CONSUMED, stock), (state.DEMANDED, stock), (state.DESTROYED, stock)]
    near += _each(state.PLACED, places.lanes_out[stock])
    far = [*_each(state.PLACED, places.lanes_in[stock]), *_each(state.SWITCHED, places.lanes_in[stock])]
    if made >= 0:
        near += [(state.RELEASED, made), (state.STARTED, made), (state.FINISHED, made)]
    return near, [row for row in far if row != (kind, lane)] + _each(state.RECEIVED, places.lanes_in[stock])


def _each(kind: int, places: Iterable[int]) -> list[tuple[int, int]]:
    return [(kind, place) for place in places]
