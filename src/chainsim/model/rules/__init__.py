"""The rulebook: what happens at each event, written once for every engine.

Plain functions over columns of state, in the subset of Python that Numba compiles.  A rule changes the state, adds
rows to the log and leaves its follow-up events in the outbox; it never touches a calendar and never draws.
Which rule runs when is fixed by (tick, round, phase, entity, sequence); see docs/decisions.  One module a family;
upper may use lower: changes, disruption, growth, ordering, delivering, cash, lines | sourcing, waking | orders |
working_time.
"""

from __future__ import annotations

from chainsim.model.rules.cash import dun, month, pay, resume
from chainsim.model.rules.changes import change
from chainsim.model.rules.delivering import arrival, arrive, demand, serve
from chainsim.model.rules.disruption import shock
from chainsim.model.rules.growth import built, watch
from chainsim.model.rules.lines import MOST_STARTS, batch_due, break_down, finish, repair, start
from chainsim.model.rules.ordering import learn, order_from_market, review
from chainsim.model.rules.orders import new_order
from chainsim.model.rules.sourcing import qualified, restart_sharing
from chainsim.model.rules.waking import inventory_position, position_of
from chainsim.model.state import (
    ARRIVE,
    BREAK,
    BUILT,
    DEMAND,
    DUN,
    EARLY_LEARN,
    EARLY_REVIEW,
    FINAL,
    FINISH,
    LEARN,
    MONTH,
    PAY,
    QUALIFIED,
    REPAIR,
    RESUME,
    REVIEW,
    SERVE,
    SHOCK,
    START,
    WATCH,
    State,
)

__all__ = ["MOST_STARTS", "begin", "change", "due", "inventory_position", "new_order", "position_of", "step"]


def begin(s: State) -> None:
    """What is set in motion before the first event: sharing, forecasts, breakdowns, windows and months.

    The first onset of each shock is exogenous: `chainsim.engine` puts it on the calendar.
    """
    for p in range(len(s.stocks)):
        restart_sharing(s, p)
        if s.stocks[p].forecast > 0:
            first = 0 if s.counts[0].learn_phase == LEARN else s.stocks[p].period
            s.outbox.append((first, s.counts[0].learn_phase, p, 0, 0, -1, 0, 0))
    for index in range(len(s.lines)):
        if s.lines[index].up_law >= 0:
            s.outbox.append((0, BREAK, index, 0, 0, s.lines[index].up_law, 0, 0))
    for index in range(len(s.growths)):
        s.outbox.append((s.growths[index].window, WATCH, index, 0, 0, -1, 0, 0))
    for index in range(len(s.purses)):
        s.outbox.append((s.purses[index].month, MONTH, index, 0, 0, -1, 0, 0))


def due(s: State, tick: int, delay: int, phase: int, entity: int, a: int) -> int:
    """The tick of a timed follow-up that was caused at `tick` and would take `delay` undisturbed."""
    if phase == FINISH:
        return batch_due(s, tick, entity, a, delay)
    return arrival(s, tick, entity, delay)


def step(s: State, tick: int, phase: int, entity: int, a: int, b: int) -> None:
    """Run the rule of one event; what happens often is asked for first."""
    if phase == REVIEW:
        review(s, tick, entity, a)
    elif phase == ARRIVE:
        arrive(s, tick, entity, a, b)
    elif phase == START:
        start(s, tick, entity)
    elif phase == FINISH:
        finish(s, tick, entity, a, b)
    elif phase == DEMAND:
        demand(s, tick, entity)
    elif phase == SERVE:
        serve(s, tick, entity)
    elif phase == FINAL:
        order_from_market(s, tick, entity, a)
    elif phase == EARLY_REVIEW:
        review(s, tick, entity, a)
    elif phase in (LEARN, EARLY_LEARN):
        learn(s, tick, entity)
    elif phase == PAY:
        pay(s, tick, a)
    elif phase == RESUME:
        resume(s, tick, entity)
    elif phase == SHOCK:
        shock(s, tick, entity, a)
    elif phase == BREAK:
        break_down(s, tick, entity)
    elif phase == REPAIR:
        repair(s, tick, entity)
    elif phase == BUILT:
        built(s, tick, entity)
    elif phase == QUALIFIED:
        qualified(s, entity)
    elif phase == MONTH:
        month(s, tick, entity)
    elif phase == DUN:
        dun(s, tick, entity, a)
    elif phase == WATCH:
        watch(s, tick, entity)
