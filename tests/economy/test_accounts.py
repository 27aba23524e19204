"""The ledger balances whatever was delivered, and its auditor sees what was planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.accounts import (
    ACCOUNTS,
    CASH,
    CODES,
    FREIGHT,
    PAYABLE,
    PURCHASES,
    RECEIVABLE,
    REVENUE,
    balances,
    journal,
)
from chainsim.economy.audit import check
from chainsim.economy.claims import when_due
from chainsim.errors import InvariantError
from chainsim.results.columns import columns_of

FIRMS = 5
HORIZON = 1000
deliveries = st.lists(
    st.tuples(
        st.integers(0, HORIZON - 1), st.integers(0, FIRMS - 1), st.integers(0, FIRMS - 1), st.integers(0, 10**13),
        st.integers(0, 2 * HORIZON), st.sampled_from([0, 0, 7]),
    ),
    max_size=60,
).map(
    lambda rows: pd.DataFrame(
        [(tick, seller, buyer, amount, tick + terms, freight) for tick, seller, buyer, amount, terms, freight in
         sorted(rows)],
        columns=["tick", "seller", "buyer", "amount", "due", "freight"],
    ).astype(np.int64)
)  # fmt: skip
NOTHING = {name: np.zeros(0, dtype=np.int64) for name in ("tick", "kind", "from", "to", "amount")}


def posted(rows: pd.DataFrame, firms: int = FIRMS) -> pd.DataFrame:
    """The journal of deliveries that are paid when they are due."""
    return pd.DataFrame(journal(when_due(columns_of(rows), HORIZON), NOTHING, firms))


def audited(postings: pd.DataFrame, book: np.ndarray, rows: pd.DataFrame, firms: int = FIRMS) -> None:
    check(columns_of(postings), book, when_due(columns_of(rows), HORIZON), NOTHING, firms)


@given(deliveries)
def test_the_ledger_balances_and_owes_what_is_not_paid(rows: pd.DataFrame) -> None:
    postings = posted(rows)
    book = balances(postings, FIRMS)
    audited(postings, book, rows)
    assert book.sum() == 0
    assert (np.diff(postings["tick"]) >= 0).all()
    for firm in range(FIRMS):
        sold, bought = rows[rows["seller"] == firm], rows[rows["buyer"] == firm]
        cashed, paid = sold[sold["due"] < HORIZON], bought[bought["due"] < HORIZON]
        assert -book[firm, REVENUE] == sold["amount"].sum()
        assert book[firm, PURCHASES] == bought["amount"].sum()
        assert book[firm, FREIGHT] == bought["freight"].sum()
        assert book[firm, CASH] == cashed["amount"].sum() - paid["amount"].sum() - bought["freight"].sum()
        assert book[firm, RECEIVABLE] == sold["amount"].sum() - cashed["amount"].sum()
        assert -book[firm, PAYABLE] == bought["amount"].sum() - paid["amount"].sum()


@given(deliveries, st.integers(0, HORIZON))
def test_payment_terms_move_cash_but_no_revenue(rows: pd.DataFrame, later: int) -> None:
    longer = rows.assign(due=rows["due"] + later)
    one, two = (balances(posted(each), FIRMS) for each in (rows, longer))
    assert (one[:, [REVENUE, PURCHASES]] == two[:, [REVENUE, PURCHASES]]).all()
    assert two[:, RECEIVABLE].sum() >= one[:, RECEIVABLE].sum()


ROWS = pd.DataFrame(
    [(0, 0, 1, 500, 10, 0), (5, 1, 2, 300, 5, 0), (7, 2, 0, 700, HORIZON, 0), (8, 0, 2, 90, 20, 4)],
    columns=["tick", "seller", "buyer", "amount", "due", "freight"],
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
    gift = {"tick": 1, "firm": 1, "kind": len(CODES), "debit": CASH, "credit": REVENUE, "amount": 1, "delivery": 0}
    return pd.concat([postings, pd.DataFrame([gift])], ignore_index=True)


def on_the_wrong_account(postings: pd.DataFrame) -> pd.DataFrame:
    other = postings.copy()
    other.loc[other["credit"] == REVENUE, "credit"] = FREIGHT
    return other


def carried_for_nothing(postings: pd.DataFrame) -> pd.DataFrame:
    return postings[postings["debit"] != FREIGHT].reset_index(drop=True)


FAULTS: dict[Callable[[pd.DataFrame], pd.DataFrame], str] = {
    paid_twice: "delivery 0 is paid 2 times",
    delivered_twice: "delivery 1 is sold 2 times",
    one_per_cent_more: "delivery 0 is sold with the wrong amount",
    missing: "times in the ledger, not 1",
    forgotten: "delivery 1 is sold 0 times",
    to_the_wrong_firm: "delivery 3 is sold with the wrong firm",
    too_early: "paid with the wrong tick",
    from_nowhere: "belongs to no delivery",
    on_the_wrong_account: "sold is on the wrong account",
    carried_for_nothing: "delivery 3 is sent 0 times",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_auditor_sees(fault: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    postings = fault(posted(ROWS, 3))
    with pytest.raises(InvariantError, match=FAULTS[fault]):
        audited(postings, balances(postings, 3), ROWS, 3)


def test_a_payment_before_the_delivery_is_seen() -> None:
    early = ROWS.assign(due=ROWS["tick"] - 1)
    postings = posted(early, 3)
    with pytest.raises(InvariantError, match="paid before it arrives"):
        audited(postings, balances(postings, 3), early, 3)


def test_a_payment_before_it_is_due_is_seen() -> None:
    claims = when_due(columns_of(ROWS), HORIZON)
    claims["paid"][0] = 9
    postings = journal(claims, NOTHING, 3)
    with pytest.raises(InvariantError, match="delivery 0 is paid before it is due"):
        check(postings, balances(postings, 3), claims, NOTHING, 3)


def test_balances_that_are_not_those_of_the_journal_are_seen() -> None:
    postings = posted(ROWS, 3)
    for account in range(len(ACCOUNTS)):
        book = balances(postings, 3)
        book[0, account] += 1
        with pytest.raises(InvariantError):
            audited(postings, book, ROWS, 3)
