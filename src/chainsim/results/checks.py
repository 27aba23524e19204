"""The laws that every run must keep, recomputed from the log alone after the run.

In: a Run.  Out: nothing, or InvariantError naming the law, the place and the time.  No bare assert: `python -O` keeps
these checks.
"""

from __future__ import annotations

import numpy as np

from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.results.frames import Run, movements


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
    ticks = run.events["tick"].to_numpy()
    if len(ticks) and ((np.diff(ticks) < 0).any() or ticks[0] < 0 or ticks[-1] >= run.horizon):
        _fail(run, "time moves forward and ends before the horizon", "the log", int(ticks[-1]))


def _stock_is_never_negative(run: Run) -> None:
    moves = movements(run)
    stock = moves["stock"].to_numpy()
    order = np.argsort(stock, kind="stable")
    stock, quantity = stock[order], moves["quantity"].to_numpy()[order]
    opening = np.array([point.on_hand for point in run.network.stocks], dtype=np.int64)
    total = np.cumsum(quantity)
    first = np.searchsorted(stock, np.arange(len(opening)))
    before = np.where(first > 0, total[np.maximum(first - 1, 0)], 0)
    level = opening[stock] + total - before[stock]
    if (level < 0).any():
        at = int(np.argmax(level < 0))
        tick = int(moves["tick"].to_numpy()[order][at])
        _fail(run, "stock on hand is never negative", run.network.stock_name(int(stock[at])), tick)


def _orders_are_never_over_delivered(run: Run) -> None:
    count = len(run.orders)
    quantity = run.orders["quantity"].to_numpy()
    sums = {}
    for kind in (state.SHIPPED, state.RECEIVED, state.STARTED, state.FINISHED):
        rows = run.of_kind(kind)
        sums[kind] = np.zeros(count, dtype=np.int64)
        np.add.at(sums[kind], rows["order"].to_numpy(), rows["quantity"].to_numpy())
    opening = run.orders["placed"].to_numpy() < 0
    chains = (
        (state.SHIPPED, quantity),
        (state.STARTED, quantity),
        (state.RECEIVED, np.where(opening, quantity, sums[state.SHIPPED])),
        (state.FINISHED, sums[state.STARTED]),
    )
    for kind, limit in chains:
        over = sums[kind] > limit
        if over.any():
            order = int(np.argmax(over))
            place = run.network.stock_name(int(run.orders["stock"].to_numpy()[order]))
            _fail(run, "no order is delivered more than once", f"order {order} of {place}", run.horizon)
