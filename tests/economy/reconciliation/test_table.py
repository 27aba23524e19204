"""The table `reconciliation`: what limits do is the difference of two runs, and the rows add up to what was simulated.

The cup shop of `test_terms.py`: a cup a tick for 100 fen, of 2 leaves for 30 that a mill in the city makes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given

from chainsim.economy.books import Books, books
from chainsim.economy.multipliers import multipliers
from chainsim.economy.reconciliation import lifted
from chainsim.economy.reconciliation.table import ORDER, reconcile
from chainsim.model import state
from chainsim.model.distributions import Exponential
from chainsim.model.network import UNLIMITED, Network
from chainsim.results.frames import frames
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks, simulate


def books_of(network: Network) -> Books:
    return books(frames(network, simulate(network).log))


def cups(horizon: int = 10, leaf: dict[str, Any] | None = None, **shop: Any) -> Sketch:
    sketch = Sketch(horizon).part("cup", 100).part("leaf", 30).part("straw", 10)
    sketch.make("mill", "leaf").buy("mill", "straw", "leaf", 1, "outside")
    sketch.make("shop", "cup", **shop).buy("shop", "leaf", "cup", 2, "mill", **(leaf or {}))
    return sketch.market("people", "cup", "shop", every=1, terms=horizon)


def fen(network: Network, rerun: Callable[[Network], Books] = books_of) -> dict[str, float]:
    """The terms of the city's gross output that are not 0, but for what is called for and the sum."""
    table = reconcile(books_of(network), rerun)
    own = table[(table["ring"] == "city") & (table["group"] == "apart") & (table["measure"] == "gross output")]
    terms = dict(zip(own["term"], own["cny"] * 100, strict=True))
    assert tuple(terms) == ORDER
    per_yuan = dict(zip(own["term"], own["per_yuan"], strict=True))
    assert per_yuan["remainder"] == pytest.approx(0, abs=1e-12)
    assert sum(per_yuan.values()) == pytest.approx(2 * per_yuan["simulated"], abs=1e-12)
    assert terms.pop("demanded") == pytest.approx(network.horizon * 160)
    terms.pop("simulated")
    return {name: value for name, value in terms.items() if abs(value) > 1e-9}


def test_capacity() -> None:
    """A cup takes 2 ticks, one at a time: 4 are delivered and 5 begun, where without a queue it is 8 and 10."""
    assert fen(cups(servers=1, batch=1, per_quantum=2).network()) == pytest.approx(
        {
            "final demand not delivered": -2 * 160,
            "in process and under way": 2 * 60,
            "capacity": (4 * 100 + 5 * 60) - (8 * 100 + 10 * 60),
        }
    )


def test_capacity_is_a_dated_limit_too() -> None:
    """From tick 4 on a cup takes 3 ticks, one at a time: those of ticks 4 and 7 are begun, the first comes."""
    limited = cups(batch=1).speed_at(4, "shop", "cup", 1, 3).network()
    assert fen(limited)["capacity"] == pytest.approx((5 * 100 + 6 * 60) - (7 * 100 + 10 * 60))


@pytest.mark.parametrize("dated", [True, False], ids=["a dated change", "a shock"])
def test_disruption(dated: bool) -> None:
    """The shop stands still from tick 4 to the end: 6 cups are not made."""
    sketch = cups()
    if dated:
        sketch.speed_at(4, "shop", "cup", 0)
    else:
        sketch.shock("strike", [("shop", "cup")], [(0, 99)], wait=4)
    assert fen(sketch.network()) == pytest.approx({"disruption": -6 * 160})


def test_what_a_disruption_destroys_is_its_own_doing() -> None:
    """2 of 5 leaves burn and are made again; in the run without the fire nothing is lost."""
    sketch = cups(leaf={"level": 5}).shock("fire", [(("shop", "leaf", "stock"), 400_000)], [], wait=4)
    assert fen(sketch.network()) == pytest.approx({"disruption": 2 * 30})


def test_cash() -> None:
    """The shop pays 60 a tick and is paid after the end: its 120 fen are 2 cups."""
    assert fen(cups().purse("shop", 120).network()) == pytest.approx({"cash": -8 * 160})


def test_limits_are_lifted_one_upon_the_other() -> None:
    """A shop that is slow, stands still from tick 6 on, and has money for 7 cups."""
    sketch = cups(servers=1, batch=1, per_quantum=2).speed_at(6, "shop", "cup", 0).purse("shop", 420)
    network = sketch.network()
    seen: list[Network] = []

    def rerun(freer: Network) -> Books:
        seen.append(freer)
        return books_of(freer)

    terms = fen(network, rerun)
    ample = lifted.without_capacity_limits(network)
    running = lifted.without_disruptions(ample)
    assert seen == [ample, running, lifted.without_cash_limits(running)]
    # Delivered and begun, in cups: 3 and 3; then as many as are begun before tick 6; then 7; then without any limit.
    worth = [delivered * 100 + begun * 60 for delivered, begun in ((3, 3), (6, 6), (7, 7), (8, 10))]
    expected = dict(zip(lifted.LIFTED, (a - b for a, b in pairwise(worth)), strict=True))
    assert {name: terms[name] for name in lifted.LIFTED} == pytest.approx(expected)
    assert list(lifted.LIFTED) == ["capacity", "disruption", "cash"]


def test_where_nothing_is_delivered_the_terms_add_up_too() -> None:
    """The shop never works, and so nothing has a value per yuan: what was called for was not delivered."""
    network = cups(servers=0).network()
    table = reconcile(books_of(network), books_of)
    own = table[(table["ring"] == "city") & (table["measure"] == "value added")].set_index("term")["per_yuan"]
    assert own["demanded"] == pytest.approx(0.8)
    assert own["final demand not delivered"] == pytest.approx(-0.8)
    assert own["simulated"] == 0


def test_nothing_is_run_again_where_nothing_is_limited() -> None:
    def never(_: Network) -> Books:
        raise AssertionError

    assert fen(cups().network(), never) == {}


@pytest.mark.parametrize(
    "limited",
    [
        cups(servers=3),
        cups().growth("shop", "cup", 5, 900_000, 100_000),
        cups().shock("strike", [("shop", "cup")], [(0, 2)], wait=4),
        cups(up=Exponential(90.0), repair=Exponential(1.0)),
        cups().purse("shop", 10_000),
    ],
    ids=["servers", "growth", "shock", "breakdowns", "purse"],
)
def test_each_limit_is_run_again_once(limited: Sketch) -> None:
    seen: list[Network] = []

    def rerun(freer: Network) -> Books:
        seen.append(freer)
        return books_of(freer)

    fen(limited.network(), rerun)
    assert len(seen) == 1


# ------------------------------------------------------------------------------------ what is lifted, and what stays


@given(networks())
def test_lifting_changes_what_it_says_and_nothing_else(network: Network) -> None:
    ample = lifted.without_capacity_limits(network)
    assert replace(ample, lines=network.lines, changes=network.changes, growths=network.growths) == network
    assert ample.growths == ()
    for before, after in zip(network.lines, ample.lines, strict=True):
        assert replace(after, servers=before.servers) == before
        assert after.servers == (UNLIMITED if before.servers else 0)
    for old, new in zip(network.changes, ample.changes, strict=True):
        if old.kind == state.SET_LINE_SPEED:
            assert new == replace(old, values=(UNLIMITED if old.values[0] else 0, *old.values[1:]))
        else:
            assert new == old
    running = lifted.without_disruptions(network)
    assert replace(running, lines=network.lines, changes=network.changes, shocks=network.shocks) == network
    assert running.shocks == ()
    assert all(line.up_law == line.repair_law == -1 for line in running.lines)
    gone = [change for change in network.changes if change not in running.changes]
    assert all(change.kind == state.SET_LINE_SPEED and change.values[0] == 0 for change in gone)
    assert lifted.without_cash_limits(network) == replace(network, purses=())
    for lift in lifted.LIFTED.values():
        once = lift(network)
        assert lift(once) == once
        assert once.draws == network.draws


@given(networks(without=("shocks",)))
def test_final_demand_is_the_same_whatever_is_lifted(network: Network) -> None:
    """Shocks apart, which can hit the markets themselves."""

    def demanded(of: Network) -> list[tuple[int, int, int]]:
        rows = frames(of, simulate(of).log).of_kind(state.DEMANDED)
        return list(zip(rows.tick.tolist(), rows.entity.tolist(), rows.quantity.tolist(), strict=True))

    expected = demanded(network)
    for lift in lifted.LIFTED.values():
        network = lift(network)
        assert demanded(network) == expected


@given(networks())
def test_the_terms_sum_to_what_was_simulated(network: Network) -> None:
    """In yuan and per yuan; the first is Leontief's multiplier, the last the one of the table `multipliers`."""
    found = books_of(network)
    table = reconcile(found, books_of)
    said = pd.DataFrame(multipliers(network, found.counted, found.production)).set_index(["ring", "measure", "group"])
    for key, rows in table.groupby(["ring", "measure", "group"], sort=False):
        by_term: pd.DataFrame = rows.set_index("term")
        assert tuple(by_term.index) == ORDER
        for column in ("cny", "per_yuan"):
            sizes = by_term[column].abs().sum()
            assert by_term[column].iloc[:-1].sum() == pytest.approx(by_term[column].iloc[-1], abs=1e-12 * (1 + sizes))
        assert by_term.loc["simulated", "per_yuan"] == said.loc[key, "simulated"]
        assert by_term.loc["demanded", "per_yuan"] == said.loc[key, "leontief"]
        # What remains is what invoices are rounded by, in this run alone.
        assert abs(by_term.loc["remainder", "cny"]) * 100 <= len(found.counted["tick"]) + len(network.firms) + 1
