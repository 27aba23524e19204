"""The books of one run: invoices, ledger, stocks, production and income of every firm, audited.

In: a Run.  Out: Books, which every table of money is made from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.economy import accounts, audit, identities
from chainsim.economy.claims import claims
from chainsim.economy.income import income
from chainsim.economy.inventory import Pool, valued
from chainsim.economy.invoices import Invoices, invoices
from chainsim.economy.production import production
from chainsim.results.columns import Table, rows_where
from chainsim.results.frames import Tallied
from chainsim.results.periods import Periods, periods


@dataclass(frozen=True, slots=True)
class Books:
    """What a run means in money.

    invoices: by segment and lane.  deliveries: of `Invoices`, with what became of each; counted: those since the
    warm-up.  balances: of the ledger at the end, by firm and account, fen.  production, income: columns by firm, fen,
    since the warm-up.
    """

    run: Tallied
    periods: Periods
    invoices: Invoices
    deliveries: Table
    counted: Table
    balances: np.ndarray
    pools: dict[str, Pool]
    production: Table
    income: Table


def books(run: Tallied, audited: bool = True) -> Books:
    """The books of a run; raises InvariantError where they do not add up, unless `audited` is off."""
    network = run.network
    firms = len(network.firms)
    invoiced = invoices(run)
    every, others = claims(run, invoiced.deliveries), accounts.flows(run)
    postings = accounts.journal(every, others, firms)
    balances = accounts.balances(postings, firms)
    if audited:
        audit.check(postings, balances, every, others, firms)
    before = np.zeros_like(balances)
    if network.warm_up:
        before = accounts.balances(rows_where(postings, postings["tick"] < network.warm_up), firms)
    counted = rows_where(every, every["tick"] >= network.warm_up)
    months = periods(network)
    pools = valued(run, invoiced.amount + invoiced.freight)
    account = production(run, counted, pools, months)
    if audited:
        identities.check(run, every, counted, account)
    sides = income(run, account, every, before, balances, audited)
    return Books(run, months, invoiced, every, counted, balances, pools, account, sides)
