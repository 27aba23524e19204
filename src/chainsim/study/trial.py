"""One trial: a policy's network run once and turned into tables.

In: a Network, the name of the policy, a replication number.  Out: an Outcome with every table of the run folder.  The
laws of conservation are checked on every run, before anybody sees a number.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from chainsim.economy import accounts
from chainsim.economy.books import Books, books
from chainsim.economy.costs import cost_table
from chainsim.economy.footprint import footprint_table
from chainsim.economy.kpis import kpis
from chainsim.economy.multipliers import multipliers
from chainsim.engine import simpy_engine
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.results import checks, tables
from chainsim.results.frames import Run, frames
from chainsim.results.line_table import line_table
from chainsim.results.market_table import market_table
from chainsim.results.stock_points import stock_table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial leaves: tables by name, each led by policy and replication, and how long the simulation took."""

    policy: str
    replication: int
    tables: dict[str, pd.DataFrame]
    orders: int
    seconds: float


class BrokenTrialError(InvariantError):
    """A trial broke a law; its tables come along as evidence, never as results."""

    def __init__(self, message: str, policy: str, replication: int, tables: dict[str, pd.DataFrame]) -> None:
        super().__init__(message, policy, replication, tables)
        self.policy = policy
        self.replication = replication
        self.tables = tables

    def __str__(self) -> str:
        return f"{self.args[0]}, policy {self.policy}, replication {self.replication + 1}"


def run_trial(
    network: Network,
    policy: str,
    replication: int,
    progress: Callable[[float], None] | None = None,
    keep_log: bool = False,
) -> Outcome:
    """Simulate and tabulate one replication (counted from 0; tables count from 1).

    Raises BrokenTrialError, with its tables as evidence, when a law is broken.
    """
    begin = time.process_time()
    log = simpy_engine.run(network, replication, progress)
    seconds = time.process_time() - begin
    run = frames(network, log)
    try:
        checks.check(run)
        found = tabulate(run, keep_log)
    except InvariantError as error:
        raise BrokenTrialError(str(error), policy, replication, _evidence(run, policy, replication)) from error
    return Outcome(policy, replication, _labelled(found, policy, replication), len(log.orders), seconds)


def _labelled(tables_: dict[str, pd.DataFrame], policy: str, replication: int) -> dict[str, pd.DataFrame]:
    """Every table led by its policy and replication."""
    for table in tables_.values():
        table.insert(0, "policy", policy)
        table.insert(1, "replication", replication + 1)
    return tables_


def _evidence(run: Run, policy: str, replication: int) -> dict[str, pd.DataFrame]:
    """The tables of a broken trial: all of them if they can still be made, the bare log if not."""
    try:
        found = tabulate(run, keep_log=True, audited=False)
    except Exception:  # a log that breaks laws may break tables, too
        found = _log_tables(run)
    return _labelled(found, policy, replication)


def _log_tables(run: Run) -> dict[str, pd.DataFrame]:
    return {"orders": run.orders.reset_index(names="order"), "events": run.events.copy()}


def tabulate(run: Run, keep_log: bool = False, audited: bool = True) -> dict[str, pd.DataFrame]:
    """Every table of one replication, without its labels; measures count from the end of the warm-up.

    Raises InvariantError when the ledger is wrong, unless `audited` is off.
    """
    network = run.network
    found = books(run, audited)
    counted = found.counted
    result = {
        "firms": _firm_table(found),
        "stocks": stock_table(run),
        "lines": line_table(run),
        "lanes": tables.lane_table(run, counted),
        "markets": market_table(run, counted),
        "costs": cost_table(run),
        "daily": tables.daily_table(run, found.deliveries),
        "multipliers": multipliers(network, counted, found.production),
    }
    result = {"kpis": kpis(found, result)} | result
    if keep_log:
        result |= _log_tables(run)
    return result


def _firm_table(of: Books) -> pd.DataFrame:
    """By firm: its place, its money in yuan, and how its lines and stock served."""
    network = of.run.network
    table = tables.firm_attributes(network)
    for columns in (of.production, of.income):
        for name, column in columns.items():
            table[f"{name}_cny"] = column.to_numpy() / tables.FEN
    for name, account, sign in (
        ("cash", accounts.CASH, 1),
        ("receivable", accounts.RECEIVABLE, 1),
        ("payable", accounts.PAYABLE, -1),
    ):
        table[f"{name}_cny"] = sign * of.balances[: len(table), account] / tables.FEN
    for name, column in tables.operations(of.run).items():
        table[str(name)] = column.to_numpy()
    for name, column in footprint_table(of.run, of.production["revenue"].to_numpy()).items():
        table[str(name)] = column.to_numpy()
    return table
