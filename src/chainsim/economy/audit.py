"""The ledger's auditor: every delivery once, every payment once and when it should, and each account in balance.

In: a journal and what it should tell of.  Out: nothing, or InvariantError naming the delivery or the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import numpy as np

from chainsim.economy.accounts import (
    ACCOUNTS,
    CAPITAL,
    CASH,
    CODES,
    KINDS,
    MIRRORS,
    PAYABLE,
    PURCHASES,
    RECEIVABLE,
    REVENUE,
    of_deliveries,
    whose,
)
from chainsim.economy.claims import KEPT, OPEN
from chainsim.errors import InvariantError
from chainsim.results.columns import Table


def check(postings: Table, book: np.ndarray, claims: Table, others: Table, firms: int) -> None:
    """Raise InvariantError unless the ledger tells of everything once and balances.

    Every delivery is one claim and one debt on its day; it is settled at most once, never before it is due, for what
    was invoiced, or written off; all other deliveries are still owed.
    """
    _check_times(claims)
    expected = of_deliveries(claims, firms)
    for name, (rows, owner, when, amount) in expected.items():
        _check_kind(postings, name, rows, whose(claims, owner, firms), claims[when], amount)
    for name, mirror in MIRRORS.items():
        own = np.flatnonzero(others["kind"] == name)
        for kind, who in ((name, "from"), (mirror, "to")):
            rows = np.flatnonzero(postings["kind"] == CODES[kind])
            if not len(rows) and not len(own):
                continue
            columns = (("tick", "tick"), ("firm", who), ("amount", "amount"))
            if any(not np.array_equal(np.sort(postings[a][rows]), np.sort(others[b][own])) for a, b in columns):
                _fail(f"{name} is not booked as it was paid")
    if len(postings["tick"]) != sum(len(rows) for rows, *_ in expected.values()) + 2 * len(others["tick"]):
        _fail("a posting belongs to no delivery or payment")
    open_ = (claims["paid"] == OPEN) & ~claims["written_off"]
    _check_balances(book, int(claims["amount"][open_].sum()))


def _check_times(claims: Mapping[str, np.ndarray]) -> None:
    tick, due, paid = (claims[name] for name in ("tick", "due", "paid"))
    early = due < tick
    if early.any():
        _fail(f"delivery {int(np.argmax(early))} is to be paid before it arrives")
    early = (paid != OPEN) & (paid < due)
    if early.any():
        _fail(f"delivery {int(np.argmax(early))} is paid before it is due")
    fee, amount = claims["fee"], claims["amount"]
    wrong = (fee != KEPT) & ((fee < 0) | (fee > amount))
    if wrong.any():
        _fail(f"the fee for delivery {int(np.argmax(wrong))} is no part of it")


def _check_kind(
    booked: Mapping[str, np.ndarray],
    kind: str,
    expected: np.ndarray,
    firm: np.ndarray,
    tick: np.ndarray,
    amount: np.ndarray,
) -> None:
    """Every expected delivery has exactly one posting of this kind, to its firm, on its day, of its amount."""
    rows, verb = np.flatnonzero(booked["kind"] == CODES[kind]), KINDS[kind].verb
    if not len(rows) and not len(expected):
        return
    delivery = booked["delivery"][rows]
    times = np.bincount(delivery, minlength=len(firm)) if len(delivery) else np.zeros(len(firm), dtype=np.int64)
    wanted = np.zeros(len(times), dtype=np.int64)
    wanted[expected] = 1
    wrong = times != wanted
    if wrong.any():
        at = int(np.argmax(wrong))
        _fail(f"delivery {at} is {verb} {times[at]} times in the ledger, not {wanted[at]}")
    sides = (("debit", KINDS[kind].debit), ("credit", KINDS[kind].credit))
    if any((booked[side][rows] != account).any() for side, account in sides):
        _fail(f"what is {verb} is on the wrong account")
    for column, source in (("firm", firm), ("tick", tick), ("amount", amount)):
        wrong = booked[column][rows] != source[delivery]
        if wrong.any():
            _fail(f"delivery {int(delivery[np.argmax(wrong)])} is {verb} with the wrong {column}")


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
    for account in range(PURCHASES + 1, CAPITAL + 1):
        if book[:, account].sum() != 0:
            _fail(f"{ACCOUNTS[account]} does not sum to zero over all accounts")
    if book.sum(axis=1).any():
        _fail(f"the sides of firm {int(np.argmax(book.sum(axis=1) != 0))} differ")


def _fail(what: str) -> NoReturn:
    raise InvariantError(f"invariant broken: the ledger is wrong: {what}")
