"""The double-entry ledger: every delivery and every movement of money as postings with two sides.

In: claims of a run and its other flows of money (fen, ticks).  Out: a journal and balances by firm and account.  A
delivery is revenue of the seller and a purchase of the buyer on the day it arrives.  Markets, outside sources, a bank,
carriers and the rest of the world have accounts like any firm, so that each posting of one has its mirror in another
and each account sums to zero over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from chainsim.economy.claims import KEPT, OPEN
from chainsim.model import state
from chainsim.results.columns import Table, firm_of_stock, rows_where
from chainsim.results.frames import Tallied

CASH: Final = 0
RECEIVABLE: Final = 1
PAYABLE: Final = 2
REVENUE: Final = 3
PURCHASES: Final = 4
FREIGHT: Final = 5
OTHER: Final = 6  # running costs, interest, fees, switching, what is written off
EQUIPMENT: Final = 7
CAPITAL: Final = 8  # what a firm's cash at the start is owed to
ACCOUNTS: Final = (
    "cash",
    "receivable",
    "payable",
    "revenue",
    "purchases",
    "freight",
    "other",
    "equipment",
    "capital",
)

BANK: Final = 0  # these follow the firms of the network
CARRIERS: Final = 1
WORLD: Final = 2
BEYOND: Final = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of posting: its two sides, and what its auditor says of a delivery that has it."""

    debit: int
    credit: int
    verb: str = ""


KINDS: Final = {
    "sale": Kind(RECEIVABLE, REVENUE, "sold"),
    "purchase": Kind(PURCHASES, PAYABLE, "bought"),
    "payment": Kind(PAYABLE, CASH, "paid"),
    "receipt": Kind(CASH, RECEIVABLE, "cashed"),
    "freight": Kind(FREIGHT, CASH, "sent"),
    "carriage": Kind(CASH, FREIGHT, "carried"),
    "discounting": Kind(CASH, RECEIVABLE, "discounted"),
    "fee": Kind(OTHER, RECEIVABLE, "charged"),
    "claim bought": Kind(RECEIVABLE, CASH, "taken over"),
    "fee earned": Kind(RECEIVABLE, OTHER, "charged for"),
    "debt forgiven": Kind(PAYABLE, OTHER, "forgiven"),
    "claim lost": Kind(OTHER, RECEIVABLE, "written off"),
    "expense": Kind(OTHER, CASH),
    "income": Kind(CASH, OTHER),
    "investment": Kind(EQUIPMENT, CASH),
    "equipment sold": Kind(CASH, EQUIPMENT),
    "capital": Kind(CASH, CAPITAL),
    "stake": Kind(CAPITAL, CASH),
}
CODES: Final = {name: number for number, name in enumerate(KINDS)}


def of_deliveries(
    claims: Mapping[str, np.ndarray], firms: int
) -> dict[str, tuple[np.ndarray, str | int, str, np.ndarray]]:
    """By kind of posting: the deliveries that have one, whose it is, when it is made, and its amount.

    claims: by column.  Whose: a column, or the number of a firm.  `holder` is the seller, or the bank that took its
    claim over.
    """
    amount, fee, freight = (claims[name] for name in ("amount", "fee", "freight"))
    paid, written_off, every = claims["paid"] != OPEN, claims["written_off"], np.arange(len(amount))
    settled, lost, sold, sent = every[paid & ~written_off], every[written_off], every[fee != KEPT], every[freight > 0]
    bank, carriers = firms + BANK, firms + CARRIERS
    return {
        "sale": (every, "seller", "tick", amount),
        "purchase": (every, "buyer", "tick", amount),
        "payment": (settled, "buyer", "paid", amount),
        "receipt": (settled, "holder", "paid", amount),
        "freight": (sent, "buyer", "tick", freight),
        "carriage": (sent, carriers, "tick", freight),
        "discounting": (sold, "seller", "tick", amount - fee),
        "fee": (sold, "seller", "tick", fee),
        "claim bought": (sold, bank, "tick", amount - fee),
        "fee earned": (sold, bank, "tick", fee),
        "debt forgiven": (lost, "buyer", "paid", amount),
        "claim lost": (lost, "holder", "paid", amount),
    }


def whose(claims: Mapping[str, np.ndarray], owner: str | int, firms: int) -> np.ndarray:
    """The firm of each delivery's posting, int64[deliveries]."""
    if isinstance(owner, int):
        return np.full(len(claims["tick"]), owner, dtype=np.int64)
    if owner == "holder":
        return np.where(claims["fee"] != KEPT, firms + BANK, claims["seller"])
    return claims[owner]


def flows(run: Tallied) -> Table:
    """Money that moves without a delivery: tick, kind, from, to, amount; from and to are firms or beyond them."""
    network = run.network
    firms = len(network.firms)
    purse = np.array([row.firm for row in network.purses], dtype=np.int64)
    firm_of = firm_of_stock(network)
    opening = np.array([row.cash for row in network.purses], dtype=np.int64)
    moves: list[tuple[Any, ...]] = [("stake", np.zeros(len(purse), dtype=np.int64), firms + WORLD, purse, opening)]
    for kind, name, owner, to in (
        (state.SPENT, "expense", purse, WORLD),
        (state.INTEREST, "expense", purse, BANK),
        (state.SWITCHED, "expense", run.lanes.buyer, WORLD),
        (state.INVESTED, "investment", firm_of, WORLD),
    ):
        rows = run.tally.kept[kind]
        moves.append((name, rows.tick, owner[rows.entity], firms + to, rows.quantity))
    blocks = [np.broadcast_arrays(*move) for move in moves]
    columns = zip(("kind", "tick", "from", "to", "amount"), zip(*blocks, strict=True), strict=True)
    found = {name: np.concatenate(parts) for name, parts in columns}
    return rows_where(found, found["amount"] != 0)


MIRRORS: Final = {"stake": "capital", "expense": "income", "investment": "equipment sold"}


def journal(claims: Table, others: Table, firms: int) -> Table:
    """Postings in time order: tick, firm, kind, debit and credit account, amount (fen), row of the delivery or -1.

    Four per delivery that is paid, two per delivery that is not, and what comes on top where cash is simulated.
    """
    blocks = [
        _postings(name, rows, whose(claims, owner, firms)[rows], claims[when][rows], amount[rows])
        for name, (rows, owner, when, amount) in of_deliveries(claims, firms).items()
        if len(rows)
    ]
    for name, mirror in MIRRORS.items():
        own = np.flatnonzero(others["kind"] == name)
        none = np.full(len(own), -1, dtype=np.int64)
        for kind, who in ((name, "from"), (mirror, "to")):
            if len(own):
                blocks.append(_postings(kind, none, *(others[column][own] for column in (who, "tick", "amount"))))
    if not blocks:
        nothing = np.zeros(0, dtype=np.int64)
        blocks = [_postings("sale", nothing, nothing, nothing, nothing)]
    found = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return rows_where(found, np.lexsort((found["delivery"], found["tick"])))


def _postings(
    kind: str, delivery: np.ndarray, firm: np.ndarray, tick: np.ndarray, amount: np.ndarray
) -> dict[str, np.ndarray]:
    count = len(delivery)
    return {
        "tick": tick,
        "firm": firm,
        "kind": np.full(count, CODES[kind], dtype=np.int64),
        "debit": np.full(count, KINDS[kind].debit, dtype=np.int64),
        "credit": np.full(count, KINDS[kind].credit, dtype=np.int64),
        "amount": amount,
        "delivery": delivery,
    }


def balances(postings: Table, firms: int) -> np.ndarray:
    """Debits minus credits by firm and account, int64[firms + 3, 9], fen; every row sums to zero."""
    result = np.zeros((firms + BEYOND, len(ACCOUNTS)), dtype=np.int64)
    first, amount = postings["firm"] * len(ACCOUNTS), postings["amount"]
    for side, sign in (("debit", 1), ("credit", -1)):
        np.add.at(result.reshape(-1), first + postings[side], sign * amount)
    return result
