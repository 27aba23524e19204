"""The table of lines: how busy, how often standing still, what waited, what came out.

In: a run's tally.  Out: one row a line, from the warm-up's end to the horizon.
"""

from __future__ import annotations

import numpy as np

from chainsim.model import state
from chainsim.model.network import UNLIMITED, Network
from chainsim.results.bound import bound_since
from chainsim.results.capacity import (
    busy_ticks,
    clock_ticks,
    made_by,
    queue_integral,
    running_ticks,
    server_ticks,
    servers_of,
)
from chainsim.results.columns import Table, as_kept
from chainsim.results.dates import days
from chainsim.results.frames import Tallied, quanta_per_unit
from chainsim.results.remember import once_per_network


def line_table(run: Tallied) -> Table:
    """By line; `utilisation` is 0 while its servers are unlimited."""
    network, tally = run.network, run.tally
    count, span = len(network.lines), run.horizon - network.warm_up
    stocks = made_by(run)
    per_unit = quanta_per_unit(network)[stocks]
    busy, offered = busy_ticks(run), server_ticks(run)
    limited = servers_of(network) < UNLIMITED
    quanta = {kind: tally.counted(kind)[stocks] for kind in (state.STARTED, state.FINISHED, state.SCRAPPED)}
    units = {kind: column / per_unit for kind, column in quanta.items()}
    started, clock = quanta[state.STARTED], clock_ticks(run)
    waited = np.divide(tally.making.waited, started, out=np.zeros(count), where=started > 0)
    return {
        **_names(network),
        "utilisation": np.divide(busy, offered, out=np.zeros(count), where=limited & (offered > 0)),
        "bound_since": bound_since(run),
        "availability": running_ticks(run) / span,
        "mean_busy": np.divide(busy, clock, out=np.zeros(count), where=clock > 0),
        "mean_queue_units": queue_integral(run) / span / per_unit,
        "mean_queue_days": days(network, waited),
        "batches": tally.rows[state.STARTED][stocks],
        "set_ups": tally.making.set_ups,
        "started_units": units[state.STARTED],
        "good_units": units[state.FINISHED],
        "scrapped_units": units[state.SCRAPPED],
        "good_units_per_day": units[state.FINISHED] / days(network, np.array(span)),
    }


@once_per_network
def _names(network: Network) -> Table:
    """Columns firm, part of lines, as pandas keeps them."""
    points = [network.stocks[line.stock] for line in network.lines]
    return as_kept(
        firm=[network.firms[point.firm].name for point in points],
        part=[network.parts[point.part].name for point in points],
    )
