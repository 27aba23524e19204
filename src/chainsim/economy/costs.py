"""Costs of stock, orders and shortages as inventory theory counts them: rates times what happened.

In: the tally of a run whose network has cost rates.  Out: yuan by stock point, from the warm-up's end to the horizon,
exact to the fen before they are shown.  No money changes hands: the ledger knows nothing of these.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.capacity import made_by
from chainsim.results.columns import Table
from chainsim.results.dates import days
from chainsim.results.frames import Tallied
from chainsim.results.stock_points import backorder_integral, by_buyer, by_seller, opening_transits
from chainsim.results.tables import FEN

KINDS: Final = ("holding", "backorder", "in_transit", "order", "set_up", "unit", "unit_made", "lost")


def cost_table(run: Tallied) -> Table:
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
    columns = list(zip(*rows, strict=True)) or [()] * (3 + len(money))
    words = (np.array(column, dtype=object) for column in columns[:3])  # of nothing, too
    table: dict[str, object] = dict(zip(("firm", "part", "role"), words, strict=True))
    figures = (np.array(column, dtype=np.float64) for column in columns[3:])
    return table | dict(zip(money, figures, strict=True))


def _counted(run: Tallied) -> dict[str, Columns]:
    """What each rate is multiplied with, by stock point: quanta x ticks, orders, quanta; int64[P]."""
    tally = run.tally
    first = np.zeros(len(run.network.stocks), dtype=np.int64)
    first[made_by(run)] = tally.making.set_ups
    return {
        "holding": tally.on_hand.sums.integral,
        "backorder": backorder_integral(run),
        "in_transit": in_transit_integral(run),
        "order": by_buyer(run, tally.rows[state.PLACED]),
        "set_up": first,
        "unit": by_buyer(run, tally.counted(state.PLACED)),
        "unit_made": tally.counted(state.STARTED),
        "lost": by_seller(run, tally.counted(state.LOST)),
    }


def in_transit_integral(run: Tallied) -> Columns:
    """Quanta under way to each stock point x time, int64[P]; opening shipments included."""
    moment = run.tally.moment
    span = run.horizon - run.network.warm_up
    return opening_transits(run) * span + by_buyer(run, moment[state.SHIPPED] - moment[state.RECEIVED])
