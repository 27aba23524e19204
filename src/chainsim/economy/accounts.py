"""The double-entry ledger: every delivery and every payment as postings with two sides.

In: deliveries of a run (fen, ticks).  Out: a journal and balances by account.  A delivery is revenue of the seller and
a purchase of the buyer on the day it arrives; it is paid when its term has run.  The outside world and the markets are
accounts like any other, so the balances of all accounts always sum to zero.  Payments that limit nobody need no event:
they follow from the deliveries.
"""

from __future__ import annotations

from typing import Final

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


def _postings(
    deliveries: pd.DataFrame, rows: np.ndarray, when: str, who: str, debit: int, credit: int
) -> pd.DataFrame:
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


def check(book: np.ndarray, deliveries: pd.DataFrame, horizon: int) -> None:
    """Raise InvariantError unless the ledger balances and what is owed equals what is due (I16, I17, I19)."""
    if book.sum() != 0:
        raise InvariantError(f"the ledger does not balance: debits minus credits are {book.sum()} fen")
    if book[:, CASH].sum() != 0:
        raise InvariantError(f"cash appeared from nowhere: {book[:, CASH].sum()} fen over all accounts")
    unpaid = deliveries["amount"].to_numpy()[deliveries["due"].to_numpy() >= horizon].sum()
    if book[:, RECEIVABLE].sum() != unpaid or -book[:, PAYABLE].sum() != unpaid:
        raise InvariantError(
            f"open invoices are {unpaid} fen, but receivables are {book[:, RECEIVABLE].sum()} fen "
            f"and payables {-book[:, PAYABLE].sum()} fen"
        )
    if book[:, REVENUE].sum() + book[:, PURCHASES].sum() != 0:
        raise InvariantError("revenue of all sellers differs from purchases of all buyers")
