"""What is booked wrong is explained by nothing: it is the remainder, to the fen, and no other term moves.

A normal run is refused outright (`identities.check`); here the audit is off, so that the reconciliation is on its own.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from chainsim.economy import books as module
from chainsim.economy.books import Books, books
from chainsim.economy.invoices import Invoices
from chainsim.economy.reconciliation.table import reconcile
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.results.frames import Tallied, deliveries, frames
from chainsim.study.trial import BrokenTrialError, run_trial
from chainsim.testing.booked import one_by_one
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import simulate

Spoil = Callable[[pd.DataFrame], pd.DataFrame]
Rows = dict[tuple[str, str, str, str], float]
GROSS = ("city", "gross output", "apart")
ADDED = ("city", "value added", "apart")


def chain() -> Network:
    """400 ticks of a cup for 100 fen, of 2 leaves for 30, of a straw each for 10; with lead times and stocks."""
    sketch = Sketch(400).part("cup", 100).part("leaf", 30).part("straw", 10)
    sketch.make("mill", "leaf", 7, time=2).buy("mill", "straw", "leaf", 1, "outside", 9, time=3)
    sketch.make("shop", "cup", 4).buy("shop", "leaf", "cup", 2, "mill", 15, time=4)
    return sketch.market("people", "cup", "shop", every=1, time=2).network()


def books_of(network: Network, audited: bool = True) -> Books:
    return books(frames(network, simulate(network).log), audited)


def of(seller: str, every: int = 1) -> Callable[[pd.DataFrame], pd.Index]:
    """Every n-th delivery of a firm, as an index."""
    number = [firm.name for firm in chain().firms].index(seller)
    return lambda rows: rows.index[rows["seller"] == number][::every]


def twice(chosen: Callable[[pd.DataFrame], pd.Index]) -> Spoil:
    return lambda rows: pd.concat([rows, rows.loc[chosen(rows)]]).sort_values("tick", kind="stable", ignore_index=True)


def dearer(chosen: Callable[[pd.DataFrame], pd.Index]) -> Spoil:
    """A tenth more than the price of the order."""
    return lambda rows: rows.assign(amount=rows["amount"] + rows.index.isin(chosen(rows)) * rows["amount"] // 10)


def without(chosen: Callable[[pd.DataFrame], pd.Index]) -> Spoil:
    return lambda rows: rows.drop(chosen(rows)).reset_index(drop=True)


def table_of(found: Books) -> Rows:
    rows = reconcile(found, books_of)
    keys = zip(rows["ring"], rows["measure"], rows["group"], rows["term"], strict=True)
    return dict(zip(keys, (rows["cny"] * 100).tolist(), strict=True))


def spoilt_by(spoil: Spoil) -> Callable[[Tallied], Invoices]:
    """Invoices as of a run whose deliveries were tampered with before they were booked."""

    def found(run: Tallied) -> Invoices:
        return one_by_one(run, spoil(deliveries(frames(run.network, simulate(run.network).log))))

    return found


def spoilt(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> tuple[Books, Books]:
    """The same run, booked as it was and booked wrong."""
    right = books_of(chain())
    monkeypatch.setattr(module, "invoices", spoilt_by(spoil))
    return right, books_of(chain(), audited=False)


CASES = {
    "1 % of the mill's twice": (twice(of("mill", 100)), 4 * 2 * 30),
    "1 % of the shop's twice": (twice(of("shop", 100)), 4 * 100),
    "all of the mill's a tenth too dear": (dearer(of("mill")), 396 * 2 * 3),
    "one of the mill's not at all": (without(of("mill", 400)), -2 * 30),
    "one of the shop's not at all": (without(of("shop", 400)), -100),
}


@pytest.mark.parametrize(("spoil", "amount"), CASES.values(), ids=CASES)
def test_what_is_booked_wrong_is_the_remainder_and_nothing_else(
    spoil: Spoil, amount: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = spoilt(spoil, monkeypatch)
    before, after = table_of(right), table_of(wrong)
    for key in before:
        if key[-1] not in ("remainder", "simulated"):
            assert after[key] == before[key], key
    for measure in (GROSS, ("city", "gross output", "consolidated")):
        assert before[*measure, "remainder"] == pytest.approx(0, abs=1e-6)
        assert after[*measure, "remainder"] == pytest.approx(amount, abs=1e-6)
    # Of value added: what was sold on top, less what the buyer's cups and leaves seem to have cost on top.
    more = pd.DataFrame(wrong.production) - pd.DataFrame(right.production)
    assert more["revenue"].sum() == amount
    bought = int(more["materials_sold"].sum())
    assert before[*ADDED, "remainder"] == pytest.approx(0, abs=1e-6)
    assert after[*ADDED, "remainder"] == pytest.approx(amount - bought, abs=1e-6)
    assert 0 <= bought / amount < 1


@pytest.mark.parametrize("spoil", [spoil for spoil, _ in CASES.values()], ids=CASES)
def test_a_normal_run_refuses_its_books(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "invoices", spoilt_by(spoil))
    with pytest.raises(InvariantError, match="was invoiced at"):
        books_of(chain())
    with pytest.raises(BrokenTrialError, match="was invoiced at") as caught:
        run_trial(chain(), "none", 0)
    assert {"orders", "events"} <= set(caught.value.tables)
