"""Where a yuan of final sales ends: in value added ring by ring, with outside sources, with carriers, or in stock.

In: a network, its counted deliveries, and the sums of its firms.  Out: one row per item and ring.  Rings are disjoint
here, the province is without the city, so that all rows add up.  In fen, exactly:

    final sales = value added + bought outside + freight + other inputs + taken from stock

For a simulated firm, value added = revenue - materials sold - other inputs, and taken from stock = materials sold -
purchases - freight, below 0 where stock was built; what simulated firms buy from each other is revenue of one and a
purchase of another and cancels out.  Whatever is not value added in a ring leaks out of it.
Source: final demand = value added + imports (Miller & Blair 2009, ch. 2), with the change of stock to balance it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from chainsim.economy.multipliers import final_sales
from chainsim.economy.regions import rings_of
from chainsim.model.network import Network
from chainsim.results.columns import Table, from_rows
from chainsim.results.frames import simulated_firms
from chainsim.results.tables import FEN

RINGS: Final = ("city", "province", "nation", "abroad")
NOWHERE: Final = ""  # the ring of carriers


def leakage(network: Network, deliveries: Table, sums: Table) -> Table:
    """Rows item, ring, amount_cny, per_yuan of final sales (0 of nothing); they add up to final sales, and to 1.

    sums: the production account.  item: *value added* by the ring of the firm; *bought outside* by that of the source,
    of simulated firms and of markets; *freight*, to carriers, who have no ring; *other inputs* by the ring of the firm,
    from sectors that no firm here sells; *taken from stock* by the ring of the firm, below 0 where more was bought than
    is in what was sold.
    Freight that markets pay is on top of final sales and left out.
    """
    final = final_sales(network, deliveries)
    rows = [
        (item, ring, fen / FEN, fen / final if final else 0.0)
        for item, ring, fen in spending(network, deliveries, sums)
    ]
    return from_rows(("item", "ring", "amount_cny", "per_yuan"), rows, words=2)


def spending(network: Network, deliveries: Table, sums: Table) -> Iterator[tuple[str, str, int]]:
    """Item, ring, fen."""
    simulated = simulated_firms(network)
    ring = rings_of(network)
    seller, buyer = deliveries["seller"], deliveries["buyer"]
    freight = np.zeros(len(network.firms), dtype=np.int64)
    np.add.at(freight, buyer, deliveries["freight"])
    outside = np.zeros(len(network.firms), dtype=np.int64)
    np.add.at(outside, seller, deliveries["amount"])
    taken = sums["materials_sold"] - sums["purchases"] - freight
    for item, amount, whose in (
        ("value added", sums["value_added"], simulated),
        ("bought outside", outside, ~simulated),
        ("other inputs", sums["other_inputs"], simulated),
        ("taken from stock", taken, simulated),
    ):
        for name in RINGS:
            yield item, name, int(amount[whose & (ring == name)].sum())
    yield "freight", NOWHERE, int(freight[simulated].sum())
