"""The ledger of firms whose cash is simulated: by hand to the fen, and against the engine's purses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.economy import accounts
from chainsim.economy.accounts import BANK, CAPITAL, CARRIERS, CASH, FREIGHT, OTHER, PAYABLE, RECEIVABLE, WORLD
from chainsim.economy.audit import check
from chainsim.economy.claims import claims
from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.model.network import Hit, Network, Purse, Shock, Stage
from chainsim.results.columns import columns_of
from chainsim.results.frames import deliveries, frames
from chainsim.study.tabulation import tabulate
from chainsim.testing.replay import Run
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks, simulate

NOBODY = 2**40


def ledger(run: Run) -> np.ndarray:
    """Balances after a run, audited."""
    tables = frames(run.network, run.log)
    owed, others, firms = claims(tables, columns_of(deliveries(tables))), accounts.flows(tables), len(run.network.firms)
    postings = accounts.journal(owed, others, firms)
    book = accounts.balances(postings, firms)
    check(postings, book, owed, others, firms)
    return book


def shop(**purse: int) -> Network:
    """One cup (100 fen) a tick, from one leaf (60 fen, 3 fen freight), bought when needed; terms 4 and 2 ticks.

    20 ticks.  Each day a leaf arrives at once, is made into a cup at once, and the cup is sold at once.
    """
    sketch = Sketch(20).part("cup", 100).part("leaf", 60)
    sketch.make("shop", "cup").buy("shop", "leaf", "cup", 1, "outside", terms=2)
    network = sketch.market("people", "cup", "shop", every=1, terms=4).network()
    lanes = tuple(replace(lane, freight=3) if network.stocks[lane.buyer].role == "bought" else lane
                  for lane in network.lanes)  # fmt: skip
    firm = next(index for index, row in enumerate(network.firms) if row.name == "shop")
    return replace(network, lanes=lanes, purses=(Purse(firm, **purse),))


def test_cash_by_hand() -> None:
    """Opening cash, 18 leaves paid, 16 cups cashed, 20 freights, 1 month of 10 ticks with costs and interest."""
    network = shop(cash=50, credit=10**6, fixed=7, of_sales=100_000, interest=240_000, month=10, year=120)
    run = simulate(network)
    book, firm = ledger(run), network.purses[0].firm
    # By tick 10 nine claims of ticks 0 to 5 are cashed (6 x 100), leaves of 0 to 7 (8 x 60) are paid, months come
    # first: at its start 0..5 are in (due 4..9), 0..7 are out (due 2..9), ten freights.
    at_month = 50 + 6 * 100 - 8 * 60 - 10 * 3
    assert at_month == 140  # no credit drawn, no interest
    spent = 7 + 10 * 100 // 10
    assert book[firm, CASH] == 50 + 16 * 100 - 18 * 60 - 20 * 3 - spent
    assert book[firm, RECEIVABLE] == 4 * 100
    assert book[firm, PAYABLE] == -2 * 60
    assert book[firm, FREIGHT] == 20 * 3
    assert book[firm, OTHER] == spent
    assert book[firm, CAPITAL] == -50
    assert book[len(network.firms) + CARRIERS, CASH] == 60
    assert book[len(network.firms) + WORLD, CASH] == spent - 50
    assert run.end is not None
    assert run.end.purses[0].cash == book[firm, CASH]


def test_interest_by_hand() -> None:
    """Nothing at the start: on tick 10 the shop owes the bank 600 - 480 - 30 - 0 + cash; with -500 it pays interest."""
    network = shop(cash=-500, credit=10**6, interest=240_000, month=10, year=120)
    run = simulate(network)
    book, firm = ledger(run), network.purses[0].firm
    drawn = 500 - (6 * 100 - 8 * 60 - 10 * 3)
    interest = drawn * (240_000 * 10 // 120) // 10**6
    assert interest == 8
    assert book[len(network.firms) + BANK, CASH] == interest
    assert book[firm, OTHER] == interest


def test_claims_sold_to_the_bank_by_hand() -> None:
    """Each of 20 cups is sold on to the bank at 12 % a year of 120 ticks for 4 ticks: 100 less 0; of 1000 fen, 4."""
    network = shop(cash=0, credit=10**6, discount=120_000, year=120)
    network = replace(network, lanes=tuple(
        replace(lane, price=1000) if network.stocks[lane.buyer].role == "sold" else lane for lane in network.lanes
    ))  # fmt: skip
    run = simulate(network)
    book, firm = ledger(run), network.purses[0].firm
    fee = 1000 * (120_000 * 4 // 120) // 10**6
    assert fee == 4
    assert book[firm, CASH] == 20 * (1000 - fee) - 18 * 60 - 20 * 3
    assert book[firm, RECEIVABLE] == 0
    assert book[firm, OTHER] == 20 * fee
    bank = len(network.firms) + BANK
    assert book[bank, CASH] == 16 * 1000 - 20 * (1000 - fee)
    assert book[bank, RECEIVABLE] == 4 * 1000
    assert book[bank, OTHER] == -20 * fee


def test_debts_of_an_insolvent_firm_are_written_off() -> None:
    """1 fen of credit pays no leaf; after one tick of patience the shop is insolvent, and its supplier has the loss."""
    network = shop(cash=1, patience=1)
    run = simulate(network)
    book, firm = ledger(run), network.purses[0].firm
    tables = frames(network, run.log)
    lost = tables.of_kind(state.WRITTEN_OFF)
    assert len(lost) > 0
    assert len(tables.of_kind(state.PAID)) < 4
    outside = next(index for index, row in enumerate(network.firms) if row.kind == "outside")
    assert book[outside, OTHER] == lost.quantity.sum() == -book[firm, OTHER]
    assert book[firm, PAYABLE] == 0


def test_switching_costs_are_paid_in_cash() -> None:
    """The usual source is out on ticks 5 to 8: the shop turns to the other one once, for 40 fen."""
    sketch = Sketch(20).part("cup", 100).part("leaf", 60)
    sketch.make("shop", "cup").buy("shop", "leaf", "cup", 1, {"outside1": 10**6, "outside2": 0})
    network = sketch.market("people", "cup", "shop", every=1).network()
    usual, other = (
        next(
            i for i, lane in enumerate(network.lanes) if network.firms[network.stocks[lane.supplier].firm].name == name
        )
        for name in ("outside1", "outside2")
    )
    lanes = list(network.lanes)
    lanes[other] = replace(lanes[other], rank=1, switching_cost=40)
    stocks = tuple(replace(row, switches=True) if row.role == "bought" else row for row in network.stocks)
    out = Shock("strike", (Stage(0, 4), Stage(10**6, 0)), (Hit("lane", usual),), wait=5)
    firm = next(index for index, row in enumerate(network.firms) if row.name == "shop")
    network = replace(
        network, lanes=tuple(lanes), stocks=stocks, shocks=(out,), purses=(Purse(firm, cash=1000, credit=1000),)
    )
    run = simulate(network)
    book = ledger(run)
    switched = frames(network, run.log).of_kind(state.SWITCHED)
    assert switched.tick.tolist() == [5]
    assert book[firm, OTHER] == 40
    assert run.end is not None
    assert run.end.purses[0].cash == book[firm, CASH] == 1000 + 20 * 40 - 40


@st.composite
def with_purses(draw: st.DrawFn) -> Network:
    network = draw(networks())
    purses = []
    freight = draw(st.sampled_from([0, 1, 3]))
    for index, firm in enumerate(network.firms):
        if firm.kind == "supplier" and draw(st.booleans()):
            purses.append(
                Purse(
                    index,
                    cash=draw(st.integers(0, 60)),
                    credit=draw(st.integers(0, 60)),
                    floor=draw(st.integers(0, 10)),
                    patience=draw(st.sampled_from([-1, 3, 20])),
                    fixed=draw(st.integers(0, 5)),
                    of_sales=draw(st.sampled_from([0, 200_000])),
                    interest=draw(st.sampled_from([0, 10**6])),
                    discount=draw(st.sampled_from([-1, 300_000])),
                    month=7,
                    year=80,
                )
            )
    lanes = tuple(replace(lane, freight=freight, price=7 * lane.price) for lane in network.lanes)
    return replace(network, lanes=lanes, purses=tuple(purses))


@given(with_purses())
@settings(max_examples=60)
def test_the_cash_in_the_ledger_is_that_of_the_engine(network: Network) -> None:
    run = simulate(network)
    book = ledger(run)
    assert run.end is not None
    for row, purse in zip(network.purses, run.end.purses, strict=True):
        assert book[row.firm, CASH] == purse.cash
    tables = tabulate(frames(network, run.log))
    assert tables["firms"]["cash_cny"].to_numpy() * 100 == pytest.approx(book[: len(network.firms), CASH])


@given(with_purses())
@settings(max_examples=10)
def test_a_payment_that_is_not_the_invoice_is_seen(network: Network) -> None:
    run = simulate(network)
    events = run.log.events.copy()
    paid = np.flatnonzero(events[:, 1] == state.PAID)
    if len(paid) == 0:
        return
    events[paid[-1], 4] += 1
    tables = frames(network, replace(run.log, events=events))
    with pytest.raises(InvariantError, match="not what was invoiced"):
        claims(tables, columns_of(deliveries(tables)))
    events[paid[-1], 2] = NOBODY
    tables = frames(network, replace(run.log, events=events))
    with pytest.raises(InvariantError, match="without goods"):
        claims(tables, columns_of(deliveries(tables)))
