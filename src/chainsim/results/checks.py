"""The laws that every run must keep, recomputed from the log alone after the run.

In: a Run.  Out: nothing, or InvariantError naming the law, the place and the time.  No bare assert: `python -O` keeps
these checks.
"""

from __future__ import annotations

import numpy as np

from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.results.frames import Run
from chainsim.results.steps import sums


def check(run: Run) -> None:
    """Check that time moves forward, stock is never negative and no order is delivered more than once."""
    _time_moves_forward(run)
    _stock_is_never_negative(run)
    _orders_are_never_over_delivered(run)


def _fail(run: Run, law: str, place: str, tick: int) -> None:
    seconds = float(tick * run.network.tick_seconds)
    raise InvariantError(
        f"invariant broken: {law}, at {place}, {seconds / 86_400:.3f} days after {run.network.start}, "
        f"seed {run.network.seed}"
    )


def _time_moves_forward(run: Run) -> None:
    ticks = run.log.events[:, 0]
    if len(ticks) and ((np.diff(ticks) < 0).any() or ticks[0] < 0 or ticks[-1] >= run.horizon):
        _fail(run, "time moves forward and ends before the horizon", "the log", int(ticks[-1]))


def _stock_is_never_negative(run: Run) -> None:
    on_hand = run.on_hand
    below = on_hand.level < 0
    if below.any():
        at = int(np.argmax(below))
        place = run.network.stock_name(int(on_hand.entity[at]))
        _fail(run, "stock on hand is never negative", place, int(on_hand.tick[at]))


def _orders_are_never_over_delivered(run: Run) -> None:
    """What an order asked for is shipped or lost at most once, and arrives once; what is started is good or scrap."""
    count = len(run.orders)
    quantity = run.orders["quantity"].to_numpy()
    done = {}
    for kind in (state.SHIPPED, state.LOST, state.RECEIVED, state.STARTED, state.FINISHED, state.SCRAPPED):
        rows = run.of_kind(kind)
        done[kind] = sums(rows.order, rows.quantity, count)
    chains = (
        (done[state.SHIPPED] + done[state.LOST], quantity),
        (done[state.STARTED], quantity),
        (done[state.RECEIVED], np.where(run.placed < 0, quantity, done[state.SHIPPED])),
        (done[state.FINISHED] + done[state.SCRAPPED], done[state.STARTED]),
    )
    for delivered, limit in chains:
        over = delivered > limit
        if over.any():
            order = int(np.argmax(over))
            place = run.network.stock_name(int(run.orders["stock"].to_numpy()[order]))
            _fail(run, "no order is delivered more than once", f"order {order} of {place}", run.horizon)
