"""A network simulated once, with its books; and books of deliveries that were tampered with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from chainsim.economy.books import Books, books
from chainsim.economy.invoices import Invoices, placed_on
from chainsim.model.network import Network
from chainsim.results.columns import columns_of
from chainsim.results.frames import Tallied, frames
from chainsim.testing.simulate import simulate


def booked(network: Network, replication: int = 0) -> Books:
    """The books of one run, audited."""
    run = simulate(network, replication)
    return books(frames(network, run.log))


def one_by_one(run: Tallied, deliveries: pd.DataFrame) -> Invoices:
    """The invoices of some deliveries, each by itself: of `results.frames.deliveries`, or what became of them."""
    segments, lanes = run.tally.segments, len(run.network.lanes)
    segment, lane = segments.of(deliveries["tick"].to_numpy()), deliveries["lane"].to_numpy()
    sums = []
    for name in ("amount", "freight"):
        total = np.zeros((len(segments), lanes), dtype=np.int64)
        np.add.at(total, (segment, lane), deliveries[name].to_numpy())
        sums.append(total)
    return Invoices(placed_on(run, columns_of(deliveries.assign(deliveries=1))), *sums)
