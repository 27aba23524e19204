"""What firms mean for their region beside money: jobs, energy and CO2, in proportion to revenue and units.

In: a Run and the firms' revenue.  Out: columns by firm.  The proportions are the
scenario's and constant: an assumption, without economies of scale or what firms do when they shrink.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from chainsim.model import state
from chainsim.results.dates import days
from chainsim.results.frames import Rows, Run, quanta_per_unit

YEAR: Final = 365  # days
KG_IN_TONNE: Final = 1000


def footprint_table(run: Run, revenue: np.ndarray) -> pd.DataFrame:
    """Columns jobs, energy_kwh, co2_t by firm; 0 where nothing is stated.  revenue: fen by firm.

    Jobs go by revenue a year, energy and CO2 by units made (scrap too), or sent by firms that make nothing.
    """
    network = run.network
    count = len(network.firms)
    names = ("jobs", "energy", "co2")
    rates = {
        name: np.array([float(getattr(row, name)) for row in network.footprints] or [0.0] * count) for name in names
    }
    years = float(days(network, np.array([run.horizon - network.warm_up]))[0]) / YEAR
    units = units_by_firm(run, network.warm_up) if network.footprints else np.zeros(count)
    return pd.DataFrame(
        {
            "jobs": rates["jobs"] * revenue / years,
            "energy_kwh": rates["energy"] * units,
            "co2_t": rates["co2"] * units / KG_IN_TONNE,
        }
    )


def units_by_firm(run: Run, begin: int, until: int | None = None) -> np.ndarray:
    """Units that left each firm's lines, scrap included; units sent where it has no line; float64[firms].

    begin, until: ticks, the second exclusive; to the end where it is not given.
    """
    network = run.network
    count = len(network.firms)
    firm_of = np.array([point.firm for point in network.stocks], dtype=np.int64)
    per_unit = quanta_per_unit(network)
    makes = np.zeros(count, dtype=bool)
    makes[[network.stocks[line.stock].firm for line in network.lines]] = True
    made = np.zeros(count)
    for kind in (state.FINISHED, state.SCRAPPED):
        rows = _within(run.of_kind(kind), begin, until)
        made += np.bincount(firm_of[rows.entity], rows.quantity / per_unit[rows.entity], count)
    shipped = _within(run.of_kind(state.SHIPPED), begin, until)
    seller = run.lanes.seller_stock[shipped.entity]
    sent = np.bincount(firm_of[seller], shipped.quantity / per_unit[seller], count)
    return np.where(makes, made, sent)


def _within(rows: Rows, begin: int, until: int | None) -> Rows:
    inside = rows.tick >= begin
    return rows.where(inside if until is None else inside & (rows.tick < until))
