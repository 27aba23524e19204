"""The fiscal account: what the budget pays for policies and what it gets, to the fen, by month, purpose and recipient.

In: a Run, whose network carries the dated payments, and every delivery with what became of its invoice.  Out: an
Account.  Lump sums count where they fall into the study; what is promised beyond its end is committed, in a column of
its own.  What only the run can tell (units sold, claims, tonnes) is counted over the dates of the policy, the warm-up
too.  A firm's transfers stand beside its income account: no value added, and, as the rulebook knows nothing of them, no
cash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from chainsim.economy.claims import KEPT
from chainsim.economy.footprint import KG_IN_TONNE, units_by_firm
from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.model.network import TO_BANK, UNSTATED, Network, Payment
from chainsim.results.columns import Table, rows_where
from chainsim.results.dates import DAY_SECONDS
from chainsim.results.frames import Tallied
from chainsim.results.tables import FEN

BUDGET: Final = -3
NAMES: Final = {UNSTATED: "recipients not stated", TO_BANK: "bank", BUDGET: "budget"}
YEAR_SECONDS: Final = 365 * DAY_SECONDS
COLUMNS: Final = ("decided_by", "lever", "month", "payer", "recipient", "cny", "committed_cny")


class Posting(NamedTuple):
    """Money from one account to another, fen, never below 0; indices of firms, or `BUDGET`, `TO_BANK`, `UNSTATED`."""

    policy: str
    lever: str
    month: str
    payer: int
    recipient: int
    fen: int
    committed: int


@dataclass(frozen=True, slots=True)
class Account:
    """Every posting of public money, one row a policy, purpose, month, payer and recipient."""

    postings: tuple[Posting, ...]

    def received(self, firms: int) -> np.ndarray:
        """What each firm, market or outside source got, less what it paid, within the study; fen, int64[firms]."""
        result = np.zeros(firms, dtype=np.int64)
        for row in self.postings:
            for firm, sign in ((row.recipient, 1), (row.payer, -1)):
                if firm >= 0:
                    result[firm] += sign * row.fen
        return result

    def balance(self, account: int) -> int:
        """What an account beyond the firms got, less what it paid, fen."""
        got = sum(row.fen for row in self.postings if row.recipient == account)
        return got - sum(row.fen for row in self.postings if row.payer == account)

    def table(self, network: Network) -> Table:
        """Columns of `COLUMNS`; yuan, below 0 where money goes to the budget."""
        names = {**NAMES, **{index: firm.name for index, firm in enumerate(network.firms)}}
        rows = [
            (
                *row[:3],
                names[row.payer],
                names[row.recipient],
                _sign(row) * row.fen / FEN,
                _sign(row) * row.committed / FEN,
            )
            for row in self.postings
        ]
        *words, yuan, committed = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
        money = (np.array(column, dtype=np.float64) for column in (yuan, committed))
        named = (np.array(column, dtype=object) for column in words)  # of nothing, too
        return dict(zip(COLUMNS, (*named, *money), strict=True))


def _sign(row: Posting) -> int:
    return -1 if row.recipient == BUDGET else 1


def fiscal_account(run: Tallied, deliveries: Table) -> Account:
    """The account of a run.  deliveries: every one, with `fee` of its claim.

    Raises InvariantError where what the budget paid is not what others got.
    """
    network = run.network
    totals: dict[tuple[str, str, str, int, int], list[int]] = {}
    for payment in network.fiscal:
        for month, fen, committed in _amounts(run, deliveries, payment):
            source, to = BUDGET, payment.to
            if fen + committed < 0:
                source, to, fen, committed = payment.of, BUDGET, -fen, -committed
            if fen or committed:
                sums = totals.setdefault((payment.policy, payment.lever, month, source, to), [0, 0])
                sums[0] += fen
                sums[1] += committed
    account = Account(tuple(Posting(*key, *sums) for key, sums in totals.items()))
    _check(account, len(network.firms))
    return account


def _check(account: Account, firms: int) -> None:
    others = int(account.received(firms).sum()) + account.balance(TO_BANK) + account.balance(UNSTATED)
    if others + account.balance(BUDGET):
        raise InvariantError(f"invariant broken: the budget paid {-account.balance(BUDGET)} fen, others got {others}")


def _amounts(run: Tallied, deliveries: Table, payment: Payment) -> Iterator[tuple[str, int, int]]:
    """Month, fen within the study, fen committed beyond it."""
    network = run.network
    if payment.basis == "lump":
        inside = payment.tick < network.horizon
        fen = int(payment.rate)
        yield _month(network, payment.tick), fen if inside else 0, 0 if inside else fen
        return
    if payment.basis == "claim":
        found = _claims(run, deliveries, payment)
    else:
        found = {"unit": _units, "tonne": _tonnes}[payment.basis](run, payment)
    for month, amount in found:
        yield month, amount, 0


def _month(network: Network, tick: int) -> str:
    days = int(tick * network.tick_seconds // DAY_SECONDS)
    return f"{type(network.start).fromordinal(network.start.toordinal() + days):%Y-%m}"


def _within(run: Tallied, payment: Payment) -> Iterator[tuple[int, int, int]]:
    """Month by month what of it lies in the dates of a payment: period, and segments from, until."""
    found = run.tally.segments
    first, last = found.at(payment.tick), found.at(payment.until)
    for period in range(len(found.periods)):
        begin, end = np.searchsorted(found.period, [period, period + 1]).tolist()
        if max(begin, first) < min(end, last):
            yield period, max(begin, first), min(end, last)


def _units(run: Tallied, payment: Payment) -> Iterator[tuple[str, int]]:
    """Fen per unit delivered; parts of a unit carried from month to month."""
    lanes = np.flatnonzero(run.lanes.buyer == payment.of)
    per_unit = run.lanes.per_unit[lanes].tolist()
    received = run.tally.quanta[state.RECEIVED]
    so_far, paid = Fraction(0), 0
    for period, begin, end in _within(run, payment):
        quanta = received[begin:end, lanes].sum(axis=0).tolist()
        so_far += sum((Fraction(*pair) for pair in zip(quanta, per_unit, strict=True)), Fraction(0))
        due = int(payment.rate * so_far)
        if any(quanta):
            yield run.tally.segments.periods.months[period], due - paid
        paid = due


def _claims(run: Tallied, deliveries: Table, payment: Payment) -> Iterator[tuple[str, int]]:
    """Rate x amount x term / year of each claim, rounded; only of those sold, where the firm's cash is simulated."""
    tick = deliveries["tick"]
    inside = (tick >= payment.tick) & (tick < payment.until) & (deliveries["seller"] == payment.of)
    if any(purse.firm == payment.of for purse in run.network.purses):
        inside &= deliveries["fee"] != KEPT
    rows = rows_where(deliveries, inside)
    year = Fraction(YEAR_SECONDS) / run.network.tick_seconds
    months = run.tally.segments.periods
    period = months.of(rows["tick"])
    terms = (rows["due"] - rows["tick"]).tolist()
    for at, amount, term in zip(period.tolist(), rows["amount"].tolist(), terms, strict=True):
        yield months.months[at], round(payment.rate * amount * term / year)


def _tonnes(run: Tallied, payment: Payment) -> Iterator[tuple[str, int]]:
    """Fen per tonne of CO2 of what a firm made, month by month, each rounded."""
    network = run.network
    if not network.footprints:
        return
    per_unit = network.footprints[payment.of].co2
    if not per_unit:
        return
    for period, first, last in _within(run, payment):
        units = Fraction(float(units_by_firm(run, first, last)[payment.of])).limit_denominator(10**6)
        yield run.tally.segments.periods.months[period], round(payment.rate * per_unit * units / KG_IN_TONNE)
