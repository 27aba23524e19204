"""Closed form (f): payment terms leave x unchanged and cash conserved, in the economies of test_leontief.py.

Who pays when decides nothing while cash limits nobody.  So runs with other terms differ in nothing that is made or
moved, and the closed ledger says of each, exactly: all cash sums to zero; what is receivable is payable; every yuan
of sales is paid or owed.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy import accounts
from chainsim.economy.accounts import CASH, PAYABLE, RECEIVABLE, REVENUE
from chainsim.economy.claims import claims
from chainsim.model.network import Network
from chainsim.model.state import RELEASED
from chainsim.records import ORDER_COLUMNS, Log
from chainsim.results.columns import columns_of, rows_where
from chainsim.results.frames import deliveries, frames
from chainsim.testing import economies, simulate
from chainsim.testing.input_output import MILLER_BLAIR, Matrix, bound, draw_economy, leontief, output

DAYS = 12
RICH = 10**12  # fen: more than anybody ever owes

Terms = list[list[int]]  # days: firm i's supplier of component j is paid at [j][i], firm j by its market at [j][-1]


def with_terms(a: Matrix, f: list[int], terms: Terms, prices: list[int], *, purses: bool = False) -> Network:
    sketch = draw_economy(
        a,
        f,
        DAYS,
        buying=lambda j, i: {"terms": terms[j][i]},
        selling=lambda i: {"terms": terms[i][-1]},
    )
    for i, price in enumerate(prices):
        sketch.part(f"part{i:02}", price)
        if purses:
            sketch.purse(f"firm{i:02}", RICH)
    return sketch.network()


def physical(log: Log, kinds: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """The log without what concerns money alone."""
    orders = np.delete(log.orders, ORDER_COLUMNS.index("terms"), axis=1)
    return log.events[np.isin(log.events[:, 1], list(kinds))], orders


def ledger(network: Network, log: Log) -> np.ndarray:
    """Balances at the end, firms and those beyond them by account, fen."""
    run = frames(network, log)
    firms = len(network.firms)
    postings = accounts.journal(claims(run, columns_of(deliveries(run))), accounts.flows(run), firms)
    return accounts.balances(postings, firms)


def conserved(book: np.ndarray) -> bool:
    """Nobody pays what nobody gets; nobody owes what nobody is owed."""
    owed = int(book[:, RECEIVABLE].sum() + book[:, PAYABLE].sum())
    return int(book[:, CASH].sum()) == 0 and owed == 0 and not book.sum(axis=1).any()


@given(st.data(), economies(), st.booleans())
def test_terms_change_nothing_that_is_made_or_moved_and_conserve_cash(
    data: st.DataObject, case: tuple[Matrix, list[int]], purses: bool
) -> None:
    a, f = case
    n = len(a)
    row = st.lists(st.integers(0, 2 * DAYS), min_size=n + 1, max_size=n + 1)
    terms = data.draw(st.lists(row, min_size=n, max_size=n))
    prices = data.draw(st.lists(st.integers(1, 1000), min_size=n, max_size=n))
    at_once = with_terms(a, f, [[0] * (n + 1)] * n, prices)
    later = with_terms(a, f, terms, prices, purses=purses)
    plain, log = simulate(at_once).log, simulate(later).log
    kinds = set(plain.events[:, 1].tolist())
    for one, other in zip(physical(plain, kinds), physical(log, kinds), strict=True):
        assert (one == other).all()
    short = leontief(a) @ np.array(f) * DAYS - output(later, log, RELEASED)
    assert (short > -1e-6).all()
    assert (short <= bound(a) + 1e-6).all()
    books = ledger(at_once, plain), ledger(later, log)
    assert all(conserved(book) for book in books)
    assert (books[0][:, REVENUE] == books[1][:, REVENUE]).all()
    assert not books[0][:, PAYABLE].any(), "paid on delivery, nobody owes anything"


def test_who_waits_for_money_lends_it() -> None:
    """Miller & Blair's economy, paid by its markets after 5 days, among firms at once: 5 days' final sales are owed."""
    terms = [[0, 0, 5], [0, 0, 5]]
    network = with_terms(MILLER_BLAIR, [600, 1500], terms, [1, 1])
    book = ledger(network, simulate(network).log)
    assert -book[:, PAYABLE].sum() == 5 * 2100
    firms = [index for index, firm in enumerate(network.firms) if firm.kind == "supplier"]
    assert book[firms, CASH].sum() == (DAYS - 5) * 2100


@pytest.mark.parametrize(
    ("kind", "times"), [("receipt", 2), ("receipt", 0), ("payment", 2), ("payment", 0), ("sale", 2)]
)
def test_one_payment_booked_twice_or_not_at_all_is_noticed(kind: str, times: int) -> None:
    network = with_terms(MILLER_BLAIR, [600, 1500], [[3, 0, 5], [1, 2, 0]], [7, 3])
    run = frames(network, simulate(network).log)
    firms = len(network.firms)
    postings = accounts.journal(claims(run, columns_of(deliveries(run))), accounts.flows(run), firms)
    first = np.flatnonzero(postings["kind"] == accounts.CODES[kind])[0]
    rows = np.arange(len(postings["kind"]))
    for booked, right in ((1, True), (times, False)):
        often = np.repeat(rows, np.where(rows == first, booked, 1))
        assert conserved(accounts.balances(rows_where(postings, often), firms)) == right
