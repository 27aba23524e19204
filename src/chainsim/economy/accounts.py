"""The double-entry ledger: every delivery and every payment as postings with two sides.

In: deliveries of a run (fen, ticks).  Out: a journal and balances by account.  A delivery is revenue of the seller and
a purchase of the buyer on the day it arrives; it is paid when its term has run.  The outside world and the markets are
accounts like any other, so the balances of all accounts always sum to zero.  Payments that limit nobody need no event:
they follow from the deliveries.
"""

from __future__ import annotations

from typing import Final, NoReturn

import numpy as np
import pandas as pd

from chainsim.errors import InvariantError

CASH: Final = 0
RECEIVABLE: Final = 1
PAYABLE: Final = 2
REVENUE: Final = 3
PURCHASES: Final = 4
ACCOUNTS: Final = ("cash", "receivable", "payable", "revenue", "purchases")


def journal(deliveries: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Postings in time order: tick, firm, debit account, credit account, amount (fen), row of the delivery.

    Four per delivery that is paid before `horizon`, two per delivery that is not.
    """
    delivered = np.arange(len(deliveries))
    paid = delivered[deliveries["due"].to_numpy() < horizon]
    blocks = [
        _postings(deliveries, delivered, "tick", "seller", RECEIVABLE, REVENUE),
        _postings(deliveries, delivered, "tick", "buyer", PURCHASES, PAYABLE),
        _postings(deliveries, paid, "due", "buyer", PAYABLE, CASH),
        _postings(deliveries, paid, "due", "seller", CASH, RECEIVABLE),
    ]
    return pd.concat(blocks, ignore_index=True).sort_values(["tick", "delivery"], kind="stable", ignore_index=True)


def _postings(deliveries: pd.DataFrame, rows: np.ndarray, when: str, who: str, debit: int, credit: int) -> pd.DataFrame:
    chosen = deliveries.iloc[rows]
    return pd.DataFrame(
        {
            "tick": chosen[when].to_numpy(),
            "firm": chosen[who].to_numpy(),
            "debit": debit,
            "credit": credit,
            "amount": chosen["amount"].to_numpy(),
            "delivery": rows,
        }
    )


def balances(postings: pd.DataFrame, firms: int) -> np.ndarray:
    """Debits minus credits by firm and account, int64[firms, 5], fen; the whole array sums to zero."""
    result = np.zeros((firms, len(ACCOUNTS)), dtype=np.int64)
    firm, amount = postings["firm"].to_numpy(), postings["amount"].to_numpy()
    np.add.at(result, (firm, postings["debit"].to_numpy()), amount)
    np.add.at(result, (firm, postings["credit"].to_numpy()), -amount)
    return result


def check(postings: pd.DataFrame, book: np.ndarray, deliveries: pd.DataFrame, horizon: int) -> None:
    """Raise InvariantError unless the ledger tells of every delivery once and balances (I16-I19, I21).

    Every delivery is one claim and one debt on its day; every delivery that is due before the horizon is paid once, in
    full, on the day it is due; all other deliveries are still owed.
    """
    due = deliveries["due"].to_numpy()
    early = due < deliveries["tick"].to_numpy()
    if early.any():
        _fail(f"delivery {int(np.argmax(early))} is to be paid before it arrives")
    every = np.arange(len(deliveries))
    paid = every[due < horizon]
    kinds = (
        (RECEIVABLE, REVENUE, "seller", "tick", every, "sold"),
        (PURCHASES, PAYABLE, "buyer", "tick", every, "bought"),
        (PAYABLE, CASH, "buyer", "due", paid, "paid"),
        (CASH, RECEIVABLE, "seller", "due", paid, "cashed"),
    )
    for debit, credit, who, when, expected, verb in kinds:
        _check_kind(postings, deliveries, debit, credit, who, when, expected, verb)
    if len(postings) != 2 * len(every) + 2 * len(paid):
        _fail("a posting belongs to no delivery or payment")
    _check_balances(book, int(deliveries["amount"].to_numpy()[due >= horizon].sum()))


def _check_kind(
    postings: pd.DataFrame,
    deliveries: pd.DataFrame,
    debit: int,
    credit: int,
    who: str,
    when: str,
    expected: np.ndarray,
    verb: str,
) -> None:
    """Every expected delivery has exactly one posting of this kind, to its firm, on its day, of its amount."""
    rows = postings[(postings["debit"].to_numpy() == debit) & (postings["credit"].to_numpy() == credit)]
    times = np.bincount(rows["delivery"].to_numpy(), minlength=len(deliveries))
    wanted = np.zeros(len(times), dtype=np.int64)
    wanted[expected] = 1
    wrong = times != wanted
    if wrong.any():
        at = int(np.argmax(wrong))
        _fail(f"delivery {at} is {verb} {times[at]} times in the ledger, not {wanted[at]}")
    chosen = deliveries.iloc[rows["delivery"].to_numpy()]
    for column, source in (("firm", who), ("tick", when), ("amount", "amount")):
        wrong = rows[column].to_numpy() != chosen[source].to_numpy()
        if wrong.any():
            _fail(f"delivery {int(rows['delivery'].to_numpy()[np.argmax(wrong)])} is {verb} with the wrong {column}")


def _check_balances(book: np.ndarray, unpaid: int) -> None:
    if book.sum() != 0:
        _fail(f"debits minus credits are {book.sum()} fen")
    if book[:, CASH].sum() != 0:
        _fail(f"{book[:, CASH].sum()} fen of cash appeared from nowhere")
    if book[:, RECEIVABLE].sum() != unpaid or -book[:, PAYABLE].sum() != unpaid:
        _fail(
            f"open invoices are {unpaid} fen, but receivables are {book[:, RECEIVABLE].sum()} fen "
            f"and payables {-book[:, PAYABLE].sum()} fen"
        )
    if book[:, REVENUE].sum() + book[:, PURCHASES].sum() != 0:
        _fail("revenue of all sellers differs from purchases of all buyers")


def _fail(what: str) -> NoReturn:
    raise InvariantError(f"invariant broken: the ledger is wrong: {what}")
