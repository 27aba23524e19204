"""What firms mean for their region beside money: jobs, energy and CO2, in proportion to revenue and units.

In: a run's tally and the firms' revenue.  Out: columns by firm.  The proportions are the
scenario's and constant: an assumption, without economies of scale or what firms do when they shrink.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.results.capacity import made_by
from chainsim.results.columns import Table, firm_of_stock
from chainsim.results.dates import days
from chainsim.results.frames import Tallied, quanta_per_unit
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums

YEAR: Final = 365  # days
KG_IN_TONNE: Final = 1000


def footprint_table(run: Tallied, revenue: np.ndarray) -> Table:
    """Columns jobs, energy_kwh, co2_t by firm; 0 where nothing is stated.  revenue: fen by firm.

    Jobs go by revenue a year, energy and CO2 by units made (scrap too), or sent by firms that make nothing.
    """
    network = run.network
    count = len(network.firms)
    rates = stated(network)
    years = float(days(network, np.array([run.horizon - network.warm_up]))[0]) / YEAR
    units = units_by_firm(run, run.tally.segments.first) if network.footprints else np.zeros(count)
    return {
        "jobs": rates["jobs"] * revenue / years,
        "energy_kwh": rates["energy"] * units,
        "co2_t": rates["co2"] * units / KG_IN_TONNE,
    }


@once_per_network
def stated(network: Network) -> dict[str, np.ndarray]:
    """What footprints state, by name and firm, float64[firms]; 0 where there is none."""
    rows, count = network.footprints, len(network.firms)
    return {
        name: np.array([float(getattr(row, name)) for row in rows] or [0.0] * count)
        for name in ("jobs", "energy", "co2", "wages", "tax")
    }


def units_by_firm(run: Tallied, first: int, last: int | None = None) -> np.ndarray:
    """Units that left each firm's lines, scrap included; units sent where it has no line; float64[firms].

    first, last: segments of the tally, the second exclusive; to the end where it is not given.
    """
    network, quanta = run.network, run.tally.quanta
    count = len(network.firms)
    firm_of = firm_of_stock(network)
    per_unit = quanta_per_unit(network)
    makes = np.zeros(count, dtype=bool)
    makes[firm_of[made_by(run)]] = True
    made, shipped = (
        sum(quanta[kind][first:last].sum(axis=0) for kind in kinds)
        for kinds in ((state.FINISHED, state.SCRAPPED), (state.SHIPPED,))
    )
    sent = sums(run.lanes.seller_stock, np.asarray(shipped), len(network.stocks))
    units = (np.bincount(firm_of, left / per_unit, count) for left in (made, sent))
    return np.where(makes, *units)
