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
from chainsim.economy.rounding import Shares
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Table, firm_of_stock, line_of_stock, with_role
from chainsim.results.frames import Tallied, simulated_firms
from chainsim.results.periods import Periods
from chainsim.results.remember import once_per_network
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
    owner = firm_of_stock(network)
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
    sells = (line_of_stock(network) < 0) | with_role(network, "made")
    used = np.sum([pools[name].used[:, periods.counted :].sum(axis=1) for name in ("bought", "made")], axis=0)
    return sums(firm_of_stock(network), np.where(sells, used, 0), len(network.firms))


@once_per_network
def sectors_bought(network: Network) -> tuple[str, ...]:
    """The sectors that some firm spends on, sorted."""
    return tuple(sorted({name for row in network.footprints for name, _ in row.other_inputs}))


def other_inputs(network: Network, revenue: Columns) -> Columns:
    """What each simulated firm spent on each of `sectors_bought`, fen, int64[firms, sectors]: shares of revenue."""
    spent = np.zeros((len(network.firms), len(sectors_bought(network))), dtype=np.int64)
    firm, sector, shares = _shares_spent(network)
    spent[firm, sector] = shares(revenue[firm])
    return spent


@once_per_network
def _shares_spent(network: Network) -> tuple[Columns, Columns, Shares]:
    """Simulated firms, numbers of sectors, and the share of its revenue that the firm spends there."""
    column = {name: index for index, name in enumerate(sectors_bought(network))}
    simulated = simulated_firms(network).tolist()
    found = [
        (firm, column[name], share)
        for firm, row in enumerate(network.footprints)
        for name, share in (row.other_inputs if simulated[firm] else ())
    ]
    places = np.array([row[:2] for row in found], dtype=np.int64).reshape(len(found), 2)
    return places[:, 0], places[:, 1], Shares.of(share for _, _, share in found)
