"""The ledger balances whatever was delivered, and its auditor sees what was planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.accounts import (
    CASH,
    PAYABLE,
    PURCHASES,
    RECEIVABLE,
    REVENUE,
    balances,
    check,
    journal,
)
from chainsim.errors import InvariantError

FIRMS = 5
HORIZON = 1000
deliveries = st.lists(
    st.tuples(
        st.integers(0, HORIZON - 1), st.integers(0, FIRMS - 1), st.integers(0, FIRMS - 1), st.integers(0, 10**13),
        st.integers(0, 2 * HORIZON),
    ),
    max_size=60,
).map(
    lambda rows: pd.DataFrame(
        [(tick, seller, buyer, amount, tick + terms) for tick, seller, buyer, amount, terms in sorted(rows)],
        columns=["tick", "seller", "buyer", "amount", "due"],
    ).astype(np.int64)
)  # fmt: skip


@given(deliveries)
def test_the_ledger_balances_and_owes_what_is_not_paid(rows: pd.DataFrame) -> None:
    postings = journal(rows, HORIZON)
    book = balances(postings, FIRMS)
    check(postings, book, rows, HORIZON)
    assert book.sum() == 0
    assert (np.diff(postings["tick"]) >= 0).all()
    for firm in range(FIRMS):
        sold, bought = rows[rows["seller"] == firm], rows[rows["buyer"] == firm]
        cashed, paid = sold[sold["due"] < HORIZON], bought[bought["due"] < HORIZON]
        assert -book[firm, REVENUE] == sold["amount"].sum()
        assert book[firm, PURCHASES] == bought["amount"].sum()
        assert book[firm, CASH] == cashed["amount"].sum() - paid["amount"].sum()
        assert book[firm, RECEIVABLE] == sold["amount"].sum() - cashed["amount"].sum()
        assert -book[firm, PAYABLE] == bought["amount"].sum() - paid["amount"].sum()


@given(deliveries, st.integers(0, HORIZON))
def test_payment_terms_move_cash_but_no_revenue(rows: pd.DataFrame, later: int) -> None:
    longer = rows.assign(due=rows["due"] + later)
    one, two = (balances(journal(each, HORIZON), FIRMS) for each in (rows, longer))
    assert (one[:, [REVENUE, PURCHASES]] == two[:, [REVENUE, PURCHASES]]).all()
    assert two[:, RECEIVABLE].sum() >= one[:, RECEIVABLE].sum()


ROWS = pd.DataFrame(
    [(0, 0, 1, 500, 10), (5, 1, 2, 300, 5), (7, 2, 0, 700, HORIZON), (8, 0, 2, 90, 20)],
    columns=["tick", "seller", "buyer", "amount", "due"],
)


def paid_twice(postings: pd.DataFrame) -> pd.DataFrame:
    """Both sides, so that everything still balances to nothing."""
    payment = postings[(postings["delivery"] == 0) & ((postings["credit"] == CASH) | (postings["debit"] == CASH))]
    return pd.concat([postings, payment], ignore_index=True)


def delivered_twice(postings: pd.DataFrame) -> pd.DataFrame:
    """All four postings of a paid delivery: every total still agrees."""
    return pd.concat([postings, postings[postings["delivery"] == 1]], ignore_index=True)


def one_per_cent_more(postings: pd.DataFrame) -> pd.DataFrame:
    more = postings.copy()
    more.loc[more["delivery"] == 0, "amount"] = 505
    return more


def missing(postings: pd.DataFrame) -> pd.DataFrame:
    return postings.drop(index=3)


def forgotten(postings: pd.DataFrame) -> pd.DataFrame:
    return postings[postings["delivery"] != 1].reset_index(drop=True)


def to_the_wrong_firm(postings: pd.DataFrame) -> pd.DataFrame:
    other = postings.copy()
    other.loc[(other["delivery"] == 3) & (other["credit"] == REVENUE), "firm"] = 1
    return other


def too_early(postings: pd.DataFrame) -> pd.DataFrame:
    other = postings.copy()
    other.loc[other["credit"] == CASH, "tick"] -= 1
    return other


def from_nowhere(postings: pd.DataFrame) -> pd.DataFrame:
    gift = pd.DataFrame([{"tick": 1, "firm": 1, "debit": CASH, "credit": REVENUE, "amount": 1, "delivery": 0}])
    return pd.concat([postings, gift], ignore_index=True)


FAULTS: dict[Callable[[pd.DataFrame], pd.DataFrame], str] = {
    paid_twice: "delivery 0 is paid 2 times",
    delivered_twice: "delivery 1 is sold 2 times",
    one_per_cent_more: "delivery 0 is sold with the wrong amount",
    missing: "times in the ledger, not 1",
    forgotten: "delivery 1 is sold 0 times",
    to_the_wrong_firm: "delivery 3 is sold with the wrong firm",
    too_early: "paid with the wrong tick",
    from_nowhere: "belongs to no delivery",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_auditor_sees(fault: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    postings = fault(journal(ROWS, HORIZON))
    with pytest.raises(InvariantError, match=FAULTS[fault]):
        check(postings, balances(postings, 3), ROWS, HORIZON)


def test_a_payment_before_the_delivery_is_seen() -> None:
    early = ROWS.assign(due=ROWS["tick"] - 1)
    postings = journal(early, HORIZON)
    with pytest.raises(InvariantError, match="paid before it arrives"):
        check(postings, balances(postings, 3), early, HORIZON)


def test_balances_that_are_not_those_of_the_journal_are_seen() -> None:
    postings = journal(ROWS, HORIZON)
    for account in range(5):
        book = balances(postings, 3)
        book[0, account] += 1
        with pytest.raises(InvariantError):
            check(postings, book, ROWS, HORIZON)
