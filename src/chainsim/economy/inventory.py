"""What stocks are worth: periodic weighted averages of what was paid, materials only, to the fen.

In: a run's tally and its invoices.  Out: by stock point and period, fen that came in, were used, were lost in
disruptions, and are there at the end.  Every stock point is a pool: what comes in mixes with what is there, and what
goes out in a period leaves at the average of both (the month-end weighted average of accounting standards).  Goods
that were sold stay with the seller until they arrive.  Work in process and what is made are worth the materials in
them: value is added when it is sold, not when it is stored.  This module must not know rings or multipliers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from chainsim.economy.nominal import opening_costs
from chainsim.economy.rounding import share_of
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.capacity import made_by
from chainsim.results.columns import line_of_stock, with_role
from chainsim.results.frames import Tallied
from chainsim.results.remember import once_per_network


@dataclass(frozen=True, slots=True)
class Pool:
    """Fen by stock point and period, int64[P, T] each; opening + bought = used + lost + closing in every period.

    closing: what is there at the end of each period.  opening: before the first, int64[P].
    """

    opening: Columns
    bought: Columns
    used: Columns
    lost: Columns
    closing: Columns

    def change(self, first: int) -> Columns:
        """Rise of the value from the begin of period `first` to the end of the last, int64[P]."""
        before = self.closing[:, first - 1] if first else self.opening
        result: Columns = self.closing[:, -1] - before
        return result


@dataclass(frozen=True, slots=True)
class Quantities:
    """Quanta by stock point and period, int64[P, T]."""

    received: Columns
    consumed: Columns
    started: Columns
    ended: Columns  # batches, good or scrap
    finished: Columns
    delivered: Columns  # to buyers
    destroyed: Columns


def quantities(run: Tallied, summed: Callable[[Columns], Columns]) -> Quantities:
    """What moved.  summed: turns sums by segment, int64[S, n], into sums by period, int64[T, n]."""
    lanes, count = run.lanes, len(run.network.stocks)

    def moved(kind: int, of: Columns | None = None) -> Columns:
        return by_stock(summed(run.tally.quanta[kind]), of, count)

    finished = moved(state.FINISHED)
    return Quantities(
        received=moved(state.RECEIVED, lanes.buyer_stock),
        consumed=moved(state.CONSUMED),
        started=moved(state.STARTED),
        ended=finished + moved(state.SCRAPPED),
        finished=finished,
        delivered=moved(state.RECEIVED, lanes.seller_stock),
        destroyed=moved(state.DESTROYED),
    )


def by_stock(sums: Columns, of: Columns | None, count: int) -> Columns:
    """Sums by period and lane, or stock point, as sums by stock point and period, int64[P, T].

    of: the stock point of each lane; if not given, they are by stock point already.
    """
    if of is None:
        return np.ascontiguousarray(sums.T)
    total = np.zeros((count, len(sums)), dtype=np.int64)
    cell = of * len(sums) + np.arange(len(sums))[:, None]
    np.add.at(total.reshape(-1), cell.reshape(-1), sums.reshape(-1))
    return total


def valued(run: Tallied, invoiced: Columns) -> dict[str, Pool]:
    """The pools of every stock point: `bought` (components, and goods of warehouses), `process`, `made`.

    invoiced: with freight, by segment and lane, fen, int64[S, lanes].  Opening stocks are worth what their materials
    cost at the start by the scenario; no work is in process then.
    """
    network, segments = run.network, run.tally.segments
    moved = quantities(run, segments.by_period)
    buys, makes = with_role(network, "bought"), with_role(network, "made")
    on_hand, cost = _opening(network)
    nothing = np.zeros_like(moved.received)

    paid = by_stock(segments.by_period(invoiced), run.lanes.buyer_stock, len(network.stocks))
    paid[~buys] = 0
    out = moved.consumed + moved.delivered
    bought = _pool(cost * buys, paid, on_hand * buys, moved.received, _only(out, buys), _only(moved.destroyed, buys))

    into_process = nothing.copy()
    line = line_of_stock(network)
    components = np.flatnonzero(buys & (line >= 0))
    target = made_by(run)
    np.add.at(into_process, target[line[components]], bought.used[components])
    idle = np.zeros(len(network.stocks), dtype=np.int64)
    process = _pool(idle, into_process, idle, moved.started, moved.ended, nothing)

    made = _pool(
        cost * makes,
        process.used,
        on_hand * makes,
        moved.finished,
        _only(moved.delivered, makes),
        _only(moved.destroyed, makes),
    )
    return {"bought": bought, "process": process, "made": made}


def _only(values: Columns, chosen: np.ndarray) -> Columns:
    result: Columns = np.where(chosen[:, None], values, 0)
    return result


@once_per_network
def _opening(network: Network) -> tuple[Columns, Columns]:
    """Quanta that are there or on their way to buyers at the start, and what they cost, fen; int64[P] each."""
    quanta = np.array([point.on_hand for point in network.stocks], dtype=np.int64)
    for transit in network.transits:
        quanta[network.lanes[transit.lane].supplier] += transit.quantity
    costs = opening_costs(network)
    none = Fraction(0)
    fen = [share_of(quantity, costs.get(stock, none)) for stock, quantity in enumerate(quanta.tolist())]
    return quanta, np.array(fen, dtype=np.int64)


def _pool(
    value: Columns, value_in: Columns, quantity: Columns, quantity_in: Columns, out: Columns, destroyed: Columns
) -> Pool:
    """Weighted averages period by period; what is left after the last quantum is gone goes with it.

    Exact while a stock point is worth less than 2^53 fen.
    """
    gone = out + destroyed
    left = quantity[:, None] + np.cumsum(quantity_in - gone, axis=1)
    share = np.where(left > 0, _quotient(gone, left + gone), 1.0).T.copy()  # by period: one after another
    paid, there = value_in.T.astype(np.float64), value.astype(np.float64)
    gone_by_period = np.empty_like(paid)
    for those, came, row in zip(share, paid, gone_by_period, strict=True):
        there += came
        np.rint(np.multiply(there, those, out=row), out=row)
        there -= row
    leaving = np.ascontiguousarray(gone_by_period.T).astype(np.int64)
    lost = np.rint(leaving * _quotient(destroyed, gone)).astype(np.int64)
    closing = value[:, None] + np.cumsum(value_in - leaving, axis=1)
    return Pool(value, value_in, leaving - lost, lost, closing)


def _quotient(above: Columns, below: Columns) -> np.ndarray:
    """0 where nothing is below."""
    result: np.ndarray = np.divide(above, below, out=np.zeros(below.shape), where=below > 0)
    return result
