"""The table of lines: how busy, how often standing still, what waited, what came out.

In: a Run.  Out: one row a line, from the warm-up's end to the horizon.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.model.network import UNLIMITED
from chainsim.records import Columns
from chainsim.results.bound import bound_since
from chainsim.results.capacity import (
    busy_ticks,
    clock_ticks,
    line_of_stock,
    queue_integral,
    running_ticks,
    server_ticks,
)
from chainsim.results.dates import days
from chainsim.results.frames import Rows, Run, quanta_per_unit
from chainsim.results.steps import sums


def line_table(run: Run) -> pd.DataFrame:
    """By line; `utilisation` is 0 while its servers are unlimited."""
    network = run.network
    count, span = len(network.lines), run.horizon - network.warm_up
    stocks = np.array([line.stock for line in network.lines], dtype=np.int64)
    per_unit = quanta_per_unit(network)[stocks]
    started = run.counted(state.STARTED)
    line_of = line_of_stock(run)
    busy, offered = busy_ticks(run), server_ticks(run)
    limited = np.array([line.servers < UNLIMITED for line in network.lines], dtype=bool)
    units = {kind: _quanta(run, kind) / per_unit for kind in (state.STARTED, state.FINISHED, state.SCRAPPED)}
    waited = sums(line_of[started.entity], started.quantity * (started.tick - run.placed[started.order]), count)
    quanta = sums(line_of[started.entity], started.quantity, count)
    clock = clock_ticks(run)
    return pd.DataFrame(
        {
            "firm": [network.firms[network.stocks[stock].firm].name for stock in stocks],
            "part": [network.parts[network.stocks[stock].part].name for stock in stocks],
            "utilisation": np.divide(busy, offered, out=np.zeros(count), where=limited & (offered > 0)),
            "bound_since": bound_since(run),
            "availability": running_ticks(run) / span,
            "mean_busy": np.divide(busy, clock, out=np.zeros(count), where=clock > 0),
            "mean_queue_units": queue_integral(run) / span / per_unit,
            "mean_queue_days": days(network, np.divide(waited, quanta, out=np.zeros(count), where=quanta > 0)),
            "batches": np.bincount(line_of[started.entity], minlength=count),
            "set_ups": set_ups(run),
            "started_units": units[state.STARTED],
            "good_units": units[state.FINISHED],
            "scrapped_units": units[state.SCRAPPED],
            "good_units_per_day": units[state.FINISHED] / days(network, np.array(span)),
        }
    )


def _quanta(run: Run, kind: int) -> Columns:
    """What rows of one kind sum to by line, int64[lines]."""
    rows = run.counted(kind)
    return sums(line_of_stock(run)[rows.entity], rows.quantity, len(run.network.lines))


def set_ups(run: Run) -> Columns:
    """First batches of production orders by line, int64[lines]: the line is set up for each."""
    rows = first_batches(run)
    return np.bincount(line_of_stock(run)[rows.entity], minlength=len(run.network.lines))


def first_batches(run: Run) -> Rows:
    """The first batch of each production order, from the end of the warm-up on."""
    started = run.of_kind(state.STARTED)
    first = np.zeros(len(started), dtype=bool)
    first[np.unique(started.order, return_index=True)[1]] = True
    return started.where(first).since(run.network.warm_up)
