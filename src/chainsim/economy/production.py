"""The production account of every firm: what it sold, bought, used up and added, to the fen.

In: a Run, its deliveries, the values of its stocks.  Out: fen by firm, from the end of the warm-up to the horizon.
Value added is revenue minus the materials in what was sold minus inputs that no simulated firm sells; building stock
neither makes nor loses any.  What a disruption destroys is no input but a loss (SNA 2008, 12.46).  Prices exclude VAT.
This module must not know rings, groups or multipliers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from chainsim.economy.groups import same_group
from chainsim.economy.inventory import Pool
from chainsim.economy.rounding import share_of
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Table
from chainsim.results.frames import Tallied, simulated_firms
from chainsim.results.periods import Periods
from chainsim.results.steps import sums

COLUMNS: Final = (
    "revenue",
    "revenue_outside_group",
    "purchases",
    "freight",
    "stock_change",
    "losses",
    "materials_sold",
    "other_inputs",
    "value_added",
)


def production(run: Tallied, counted: Table, pools: Mapping[str, Pool], periods: Periods) -> Table:
    """The columns of `COLUMNS` by firm, int64, fen; of markets and outside sources only what they sold and bought.

    counted: deliveries since the warm-up.  materials_sold: what is in what was sold, at weighted averages of what was
    paid; the change of stock is valued alike.  Raises InvariantError where purchases + freight do not equal
    materials sold + losses + change of stock.
    """
    network = run.network
    count = len(network.firms)
    simulated = simulated_firms(network)
    amount, freight = counted["amount"], counted["freight"]
    seller, buyer = counted["seller"], counted["buyer"]
    external = ~same_group(network, seller, buyer)
    revenue = sums(seller, amount, count)
    purchases = sums(buyer, amount, count)
    carried = np.where(simulated, sums(buyer, freight, count), 0)
    owner = np.array([point.firm for point in network.stocks], dtype=np.int64)
    first = periods.counted
    goods = (pools["bought"], pools["made"])
    change = sums(owner, np.sum([pool.change(first) for pool in pools.values()], axis=0), count)
    losses = sums(owner, np.sum([pool.lost[:, first:].sum(axis=1) for pool in goods], axis=0), count)
    materials = materials_sold(network, pools, periods)
    other = other_inputs(network, revenue).sum(axis=1)
    gap = np.where(simulated, purchases + carried - (materials + losses + change), 0)
    if gap.any():
        name = network.firms[int(np.argmax(gap != 0))].name
        raise InvariantError(
            f"invariant broken: {name} bought {int(np.abs(gap).max())} fen that are neither used nor lost nor in stock"
        )
    return {
        "revenue": revenue,
        "revenue_outside_group": sums(seller[external], amount[external], count),
        "purchases": purchases,
        "freight": carried,
        "stock_change": change,
        "losses": losses,
        "materials_sold": materials,
        "other_inputs": other,
        "value_added": np.where(simulated, revenue - materials - other, 0),
    }


def materials_sold(network: Network, pools: Mapping[str, Pool], periods: Periods) -> Columns:
    """What is in what each firm sold in the counted periods, fen, int64[firms]."""
    owner = np.array([point.firm for point in network.stocks], dtype=np.int64)
    sells = np.array([bool(point.line < 0 or point.role == "made") for point in network.stocks], dtype=bool)
    used = np.sum([pools[name].used[:, periods.counted :].sum(axis=1) for name in ("bought", "made")], axis=0)
    return sums(owner, np.where(sells, used, 0), len(network.firms))


def sectors_bought(network: Network) -> tuple[str, ...]:
    """The sectors that some firm spends on, sorted."""
    return tuple(sorted({name for row in network.footprints for name, _ in row.other_inputs}))


def other_inputs(network: Network, revenue: Columns) -> Columns:
    """What each simulated firm spent on each of `sectors_bought`, fen, int64[firms, sectors]: shares of revenue."""
    column = {name: index for index, name in enumerate(sectors_bought(network))}
    spent = np.zeros((len(network.firms), len(column)), dtype=np.int64)
    simulated, revenues = simulated_firms(network).tolist(), revenue.tolist()
    for firm, row in enumerate(network.footprints):
        for name, share in row.other_inputs if simulated[firm] else ():
            spent[firm, column[name]] = share_of(revenues[firm], share)
    return spent
