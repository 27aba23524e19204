"""Every table of one replication, from the log to the multipliers.

In: a Run.  Out: tables by name, as the run folder has them but for policy and replication.  This module must not know
engines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from chainsim.economy import accounts
from chainsim.economy.books import Books, books
from chainsim.economy.bottlenecks import bottlenecks
from chainsim.economy.chains import chains
from chainsim.economy.concentration import Purchases
from chainsim.economy.costs import cost_table
from chainsim.economy.effects import effect_table
from chainsim.economy.fiscal import Account, fiscal_account
from chainsim.economy.footprint import footprint_table
from chainsim.economy.groupings import Groupings, groupings, summed
from chainsim.economy.kpis import kpis
from chainsim.economy.leakage import leakage
from chainsim.economy.localisation import localisation
from chainsim.economy.multipliers import multipliers
from chainsim.economy.transactions import by_place, purchases_by_ring
from chainsim.economy.type_one import multiplier_table, product_table
from chainsim.model.network import Network
from chainsim.results import tables
from chainsim.results.columns import Table, columns_of
from chainsim.results.frames import Run, Tallied
from chainsim.results.line_table import line_table
from chainsim.results.market_table import market_table
from chainsim.results.remember import once_per_network
from chainsim.results.stock_points import stock_table


def tabulate(run: Tallied) -> dict[str, pd.DataFrame]:
    """The tables of a run; measures count from the end of the warm-up.

    Raises InvariantError when its books do not add up.
    """
    return {name: pd.DataFrame(table) for name, table in tables_of(books(run)).items()}


def log_tables(run: Run) -> dict[str, Table]:
    """Every order and every event."""
    orders = columns_of(run.orders)
    return {"orders": {"order": np.arange(len(run.orders)), **orders}, "events": columns_of(run.events)}


def tables_of(of: Books) -> dict[str, Table]:
    """The columns of the same, from books that are already made."""
    run, counted = of.run, of.counted
    public = fiscal_account(run, of.deliveries)
    firms, bought = _firm_table(of, public), Purchases(run.network, counted)
    result: dict[str, Table] = {
        "firms": firms,
        "groups": summed(_groupings(run.network), firms),
        "stocks": stock_table(run),
        "lines": line_table(run),
        "bottlenecks": bottlenecks(run, plants_only=True),
        "lanes": tables.lane_table(run),
        "markets": market_table(run),
        "costs": cost_table(run),
        "daily": tables.daily_table(run),
        "multipliers": multipliers(run.network, counted, of.production),
        "type_one": multiplier_table(run.network, counted, of.production),
        "products": product_table(run.network),
        "effects": effect_table(of),
        "localisation": localisation(run.network, counted, of.production),
        "leakage": leakage(run.network, counted, of.production),
        "concentration": bought.concentration(),
        "exposure": bought.exposure(),
        "transactions": by_place(of),
        "fiscal": public.table(run.network),
    }
    return {"kpis": kpis(of, result)} | result


def _firm_table(of: Books, public: Account) -> Table:
    """By firm: its place, its money in yuan, and how its lines and stock served."""
    network, count = of.run.network, len(of.run.network.firms)
    table = _places(network).copy()
    for columns in (of.production, purchases_by_ring(of), of.income):
        table |= {f"{name}_cny": column / tables.FEN for name, column in columns.items()}
    table["transfers_cny"] = public.received(count) / tables.FEN
    for name, account, sign in (
        ("cash", accounts.CASH, 1),
        ("receivable", accounts.RECEIVABLE, 1),
        ("payable", accounts.PAYABLE, -1),
    ):
        table[f"{name}_cny"] = sign * of.balances[:count, account] / tables.FEN
    return table | tables.operations(of.run) | footprint_table(of.run, of.production["revenue"])


@once_per_network
def _places(network: Network) -> Table:
    """What a network says of its firms, as pandas keeps it."""
    table = tables.firm_attributes(network)
    table.insert(list(table.columns).index("sector") + 1, "chain", chains(network))
    return columns_of(table)


@once_per_network
def _groupings(network: Network) -> Groupings:
    return groupings(pd.DataFrame(_places(network)))
