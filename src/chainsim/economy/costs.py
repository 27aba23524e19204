"""Costs of stock, orders and shortages as inventory theory counts them: rates times what happened.

In: a Run whose network has cost rates.  Out: yuan by stock point, from the warm-up's end to the horizon, exact to the
fen before they are shown.  No money changes hands: the ledger knows nothing of these.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.dates import days
from chainsim.results.frames import Run
from chainsim.results.line_table import first_batches
from chainsim.results.steps import integral, sums
from chainsim.results.stock_points import backorder_integral
from chainsim.results.tables import FEN

KINDS: Final = ("holding", "backorder", "in_transit", "order", "set_up", "unit", "unit_made", "lost")


def cost_table(run: Run) -> pd.DataFrame:
    """Rows firm, part, role, a column in yuan for each kind of cost, their total, and that per day.

    One row a stock point of a firm that states costs; none where nobody does.
    """
    network = run.network
    span = float(days(network, np.array([run.horizon - network.warm_up]))[0])
    rows = []
    if network.costs:
        counted = _counted(run)
        for index, (point, rates) in enumerate(zip(network.stocks, network.costs, strict=True)):
            each: list[Fraction] = [getattr(rates, kind) * int(counted[kind][index]) for kind in KINDS]
            if any(getattr(rates, kind) for kind in KINDS):
                total = sum(each, Fraction(0))
                names = (network.firms[point.firm].name, network.parts[point.part].name, point.role)
                yuan = [float(fen / FEN) for fen in (*each, total)]
                rows.append((*names, *yuan, yuan[-1] / span))
    money = [f"{kind}_cny" for kind in (*KINDS, "total", "per_day")]
    table = pd.DataFrame(rows, columns=["firm", "part", "role", *money])
    return table.astype(dict.fromkeys(money, np.float64))


def _counted(run: Run) -> dict[str, Columns]:
    """What each rate is multiplied with, by stock point: quanta x ticks, orders, quanta; int64[P]."""
    network = run.network
    count = len(network.stocks)
    placed, lost, started = (run.counted(kind) for kind in (state.PLACED, state.LOST, state.STARTED))
    buyer, first = run.lanes.buyer_stock, first_batches(run)
    return {
        "holding": run.on_hand.within(network.warm_up, run.horizon).integral,
        "backorder": backorder_integral(run),
        "in_transit": in_transit_integral(run),
        "order": np.bincount(buyer[placed.entity], minlength=count),
        "set_up": np.bincount(first.entity, minlength=count),
        "unit": sums(buyer[placed.entity], placed.quantity, count),
        "unit_made": sums(started.entity, started.quantity, count),
        "lost": sums(run.lanes.seller_stock[lost.entity], lost.quantity, count),
    }


def in_transit_integral(run: Run) -> Columns:
    """Quanta under way to each stock point x time, int64[P]; opening shipments included."""
    opening = np.zeros(len(run.network.stocks), dtype=np.int64)
    for transit in run.network.transits:
        opening[run.network.lanes[transit.lane].buyer] += transit.quantity
    shipped, received = run.of_kind(state.SHIPPED), run.of_kind(state.RECEIVED)
    buyer = run.lanes.buyer_stock
    return integral(
        opening,
        buyer[np.concatenate([shipped.entity, received.entity])],
        np.concatenate([shipped.tick, received.tick]),
        np.concatenate([shipped.quantity, -received.quantity]),
        run.network.warm_up,
        run.horizon,
    )
