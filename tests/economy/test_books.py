"""The books of a run add up to the fen: on random networks with every mechanism, and never when something is wrong.

Value added has three sides, each counted from something else: deliveries and stocks (production), final sales, imports
and stocks (expenditure), the ledger's balance sheet and what was paid to whom (income).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy import books as module
from chainsim.economy.books import Books, books
from chainsim.economy.income import COLUMNS, SIDES, local_tax
from chainsim.economy.invoices import Invoices
from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.model.network import Change, Footprint, Hit, Network, Region, Shock, Stage
from chainsim.results.frames import Tallied, deliveries, frames
from chainsim.testing.booked import one_by_one
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks, simulate


def books_of(network: Network) -> Books:
    run = simulate(network)
    return books(frames(network, run.log))


shares = st.fractions(0, Fraction(1, 4), max_denominator=60)


@st.composite
def footprints(draw: st.DrawFn, network: Network) -> Network:
    """The network with a footprint for every firm, and a warm-up."""
    rows = tuple(
        Footprint(
            wages=draw(shares),
            tax=draw(shares),
            depreciation=draw(shares),
            interest=draw(shares),
            other_inputs=(("Mining", draw(shares)), ("Utilities", draw(shares))),
        )
        for _ in network.firms
    )
    return replace(network, footprints=rows, warm_up=draw(st.integers(0, network.horizon - 1)))


@given(st.data(), networks())
def test_the_three_sides_of_value_added_meet_to_the_fen(data: st.DataObject, network: Network) -> None:
    """`books` raises where they do not; here they are added up once more from the tables."""
    found = books_of(data.draw(footprints(network)))
    account, sides = pd.DataFrame(found.production), pd.DataFrame(found.income)
    assert (account["value_added"] == sides[list(SIDES)].sum(axis=1)).all()
    real = [firm.kind not in ("market", "outside") for firm in network.firms]
    parts = account["purchases"] + account["freight"] - account["stock_change"] - account["losses"]
    assert (parts[real] == account["materials_sold"][real]).all()


@given(networks())
def test_stocks_are_worth_nothing_where_there_are_none_and_never_less(network: Network) -> None:
    found = books_of(network)
    for pool in found.pools.values():
        assert (pool.closing >= 0).all()
        assert (
            pool.opening + pool.bought.sum(axis=1) == (pool.used + pool.lost).sum(axis=1) + pool.closing[:, -1]
        ).all()
    bought = np.array([point.role == "bought" for point in network.stocks])
    empty = found.run.on_hand.within(found.run.horizon - 1, found.run.horizon).integral == 0
    component = np.array([point.line >= 0 for point in network.stocks])
    assert (found.pools["bought"].closing[bought & empty & component, -1] == 0).all()


Spoil = Callable[[pd.DataFrame], pd.DataFrame]


def spoilt_by(spoil: Spoil) -> Callable[[Tallied], Invoices]:
    """Invoices as of a run whose deliveries were tampered with before they were booked."""

    def found(run: Tallied) -> Invoices:
        return one_by_one(run, spoil(deliveries(frames(run.network, simulate(run.network).log))))

    return found


def twice(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([rows, rows.iloc[[0]]], ignore_index=True)


def dearer(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(amount=rows["amount"].where(rows.index != 0, rows["amount"] + 1))


def missing(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[1:].reset_index(drop=True)


def cup_shop(horizon: int = 40) -> Sketch:
    """A cup of 100 fen a tick, from 2 leaves of 30 fen; leaves come from outside after 3 ticks."""
    sketch = Sketch(horizon).part("cup", 100).part("leaf", 30)
    sketch.make("shop", "cup", 5).buy("shop", "leaf", "cup", 2, "outside", 12, time=3)
    return sketch.market("people", "cup", "shop", every=1, terms=4)


@pytest.mark.parametrize("spoil", [twice, dearer, missing])
def test_a_delivery_that_is_booked_wrong_is_noticed(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "invoices", spoilt_by(spoil))
    with pytest.raises(InvariantError, match="was invoiced at"):
        books_of(cup_shop().network())


def test_a_ledger_that_tells_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fen more cash than was paid: income is no longer what production says."""
    plain = module.accounts.balances

    def rich(postings: pd.DataFrame, firms: int) -> np.ndarray:
        found = plain(postings, firms)
        found[[firm.name for firm in cup_shop().network().firms].index("shop"), module.accounts.CASH] += 1
        return found

    monkeypatch.setattr(module.accounts, "balances", rich)
    monkeypatch.setattr(module.audit, "check", lambda *_: None)
    with pytest.raises(InvariantError, match="value added of shop from production exceeds that from income by -1 fen"):
        books_of(cup_shop().network())


def test_production_and_income_of_a_cup_shop_by_hand() -> None:
    """40 ticks, a cup a tick; half of value added are wages, a tenth each taxes, wear and interest."""
    network = cup_shop().network()
    shop = [firm.name for firm in network.firms].index("shop")
    rows = [Footprint()] * len(network.firms)
    rows[shop] = Footprint(
        wages=Fraction(1, 2), tax=Fraction(1, 10), depreciation=Fraction(1, 10), interest=Fraction(1, 10),
        other_inputs=(("Utilities", Fraction(1, 20)),),
    )  # fmt: skip
    found = books_of(replace(network, footprints=tuple(rows)))
    # Leaves: 12 on hand at 30 fen. Two ordered a tick, 37 x 2 arrive until tick 39. Every cup has 60 fen of leaves.
    account = pd.DataFrame(found.production).iloc[shop]
    assert account.to_dict() == {
        "revenue": 40 * 100,
        "revenue_outside_group": 40 * 100,
        "purchases": 37 * 2 * 30,
        "freight": 0,
        "stock_change": -3 * 2 * 30,  # what is under way is the supplier's
        "losses": 0,
        "materials_sold": 40 * 60,
        "other_inputs": 200,
        "value_added": 40 * 100 - 40 * 60 - 200,
    }
    assert pd.DataFrame(found.income).iloc[shop].to_dict() == dict(
        zip(COLUMNS, (700, 140, 140, 140, 0, 0, 0, 280, 70, round((4000 - 2220 - 200) * 0.13)), strict=True)
    )
    kept = local_tax(Region(), found.income)[shop]
    assert kept == pytest.approx(140 + 0.4 * 70 + 0.5 * 205)


def test_stock_is_valued_at_the_average_of_what_was_paid() -> None:
    """Leaves rise from 30 to 33 fen: what is there and what comes in mix, month by month."""
    sketch = Sketch(60 * 86_400).part("leaf", 30).part("cup", 100)
    sketch.make("shop", "cup", 5).buy("shop", "leaf", "cup", 1, "outside", 5)
    built = sketch.market("people", "cup", "shop", every=86_400).network()
    lane = next(i for i, row in enumerate(built.lanes) if built.stocks[row.buyer].role == "bought")
    built = replace(built, changes=(Change(40 * 86_400, state.SET_LANE_TERMS, lane, (0, 33, 0)),))
    found = books_of(built)
    stock = built.lanes[lane].buyer
    pool = found.pools["bought"]
    assert found.periods.months == ("2024-01", "2024-02")
    # January: 5 there and 31 bought, all at 30. February: 9 more at 30, 20 at 33: (5 x 30 + 9 x 30 + 20 x 33) / 34.
    assert pool.bought[stock].tolist() == [31 * 30, 9 * 30 + 20 * 33]
    assert pool.closing[stock].tolist() == [150, 1080 - round(1080 * 29 / 34)]


def test_what_a_disruption_destroys_is_a_loss_and_no_input() -> None:
    network = cup_shop(20).network()
    leaf = next(i for i, p in enumerate(network.stocks) if p.role == "bought")
    cup = next(i for i, p in enumerate(network.stocks) if p.role == "made")
    shock = Shock("fire", (Stage(1_000_000, 0),), (Hit("stock", cup, 1_000_000),), wait=10)
    found = books_of(replace(network, shocks=(shock,)))
    shop = network.stocks[leaf].firm
    lost = found.run.of_kind(state.DESTROYED)
    assert lost.quantity.sum() > 0
    account = pd.DataFrame(found.production).iloc[shop]
    assert account["losses"] == lost.quantity.sum() * 60
    assert account["value_added"] == account["revenue"] * 40 // 100
    assert found.income["losses"][shop] == account["losses"]
