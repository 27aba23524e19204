"""How local a network buys, and where each yuan of final sales ends: by hand, as laws, and what must not pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.books import books
from chainsim.economy.leakage import leakage, spending
from chainsim.economy.localisation import WITHIN, localisation
from chainsim.economy.multipliers import final_sales, multipliers
from chainsim.engine import simpy_engine
from chainsim.model.network import Network
from chainsim.results.columns import Table, columns_of, rows_where
from chainsim.results.frames import Run, deliveries, frames
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import Sketch
from chainsim.testing.booked import booked
from chainsim.testing.strategies import networks

RINGS = ("city", "province", "nation", "abroad")


def with_firms(network: Network, **changes: dict[str, Any]) -> Network:
    """The network with other places, groups or categories of some firms."""
    return replace(network, firms=tuple(replace(firm, **changes.get(firm.name, {})) for firm in network.firms))


def by_hand() -> Network:
    """400 cars at 100 yuan in 40 ticks, each of a motor at 30 yuan, from m1 or m2 in turn, and two seats at 5 yuan.

    A motor has 10 yuan of steel in it: m1 buys it at a mill, m2 abroad.  Motors of m2 cost 1 yuan of freight.  Seats
    are under way for 3 ticks, so that 60 come from stock.
    """
    sketch = Sketch(40).part("car", 10_000).part("motor", 3_000).part("seat", 500).part("steel", 1_000)
    sketch.firm("works", "chain_master", "city").firm("m1", ring="city", tier=1).firm("m2", ring="province", tier=1)
    sketch.firm("mill", ring="nation", tier=2)
    sketch.make("works", "car", 1_000).make("m1", "motor", 1_000).make("m2", "motor", 1_000).make(
        "mill", "steel", 1_000
    )
    sketch.buy("works", "motor", "car", 1, {"m1": 500_000, "m2": 500_000}, 1_000)
    sketch.buy("works", "seat", "car", 2, "outside seats", 1_000, time=3)
    sketch.buy("m1", "steel", "motor", 1, "mill", 1_000).buy("m2", "steel", "motor", 1, "outside steel", 1_000)
    sketch.lane("works", "m2", "motor", freight=100)
    sketch.market("people", "car", "works", every=1, quantity=10)
    return with_firms(
        sketch.network(), **{"outside steel": {"ring": "abroad"}, "works": {"group": "G"}, "m1": {"group": "G"}}
    )


def counted(network: Network) -> tuple[Table, Table]:
    """Deliveries of one run, and the sums of its firms."""
    found = booked(network)
    return found.counted, found.production


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    network = by_hand()
    every, sums = counted(network)
    return pd.DataFrame(localisation(network, every, sums)), pd.DataFrame(leakage(network, every, sums))


def found(table: pd.DataFrame, buyers: str, measure: str, group: str = "apart") -> list[tuple[float, float]]:
    """local and total by ring: city, province, nation."""
    rows = table[(table["buyers"] == buyers) & (table["measure"] == measure) & (table["group"] == group)]
    assert rows["ring"].tolist() == ["city", "province", "nation"]
    return list(zip(rows["local"], rows["total"], strict=True))


def test_purchases_by_hand(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """200 motors of each maker and 740 seats; m1 belongs to the works, so consolidated it is no supplier."""
    table, _ = tables
    assert found(table, "chain masters", "purchases") == [(6_000, 15_700), (12_000, 15_700), (15_700, 15_700)]
    assert found(table, "chain masters", "purchases", "consolidated") == [(0, 9_700), (6_000, 9_700), (9_700, 9_700)]
    assert found(table, "tier 1", "purchases") == [(0, 4_000), (0, 4_000), (2_000, 4_000)]
    assert found(table, "all firms", "purchases") == [(6_000, 19_700), (12_000, 19_700), (17_700, 19_700)]
    rates = table.set_index(["buyers", "measure", "group", "ring"])["rate"]
    assert rates["chain masters", "purchases", "apart", "city"] == pytest.approx(60 / 157)
    assert rates["tier 2", "purchases", "apart", "nation"] == 0  # the mill buys nothing


def test_suppliers_by_hand(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Of everybody who delivered; consolidated, the group of the works counts once among the suppliers of others."""
    table, _ = tables
    assert found(table, "chain masters", "suppliers") == [(1, 3), (2, 3), (3, 3)]
    assert found(table, "chain masters", "suppliers", "consolidated") == [(0, 2), (1, 2), (2, 2)]
    assert found(table, "all firms", "suppliers") == [(1, 5), (2, 5), (4, 5)]
    assert set(table.loc[table["unit"] == "suppliers", "measure"]) == {"suppliers"}


def test_local_content_by_hand(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Of 39,700 yuan 27,800 end as value added in the city; 300 yuan of seats come from stock and end nowhere new."""
    table, _ = tables
    rows = table[table["measure"] == "value added"]
    assert rows["local"].tolist() == [27_800, 31_800, 33_800]
    assert rows["total"].tolist() == [39_700] * 3
    assert rows["rate"].tolist() == pytest.approx([278 / 397, 318 / 397, 338 / 397])


def test_leakage_by_hand(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, table = tables
    amount = {
        (item, ring): value for item, ring, value in table[["item", "ring", "amount_cny"]].itertuples(index=False)
    }
    assert {key: value for key, value in amount.items() if value} == {
        ("value added", "city"): 27_800,
        ("value added", "province"): 4_000,
        ("value added", "nation"): 2_000,
        ("bought outside", "nation"): 3_700,
        ("bought outside", "abroad"): 2_000,
        ("taken from stock", "city"): 300,
        ("freight", ""): 200,
    }
    assert table["amount_cny"].sum() == 40_000
    assert table["per_yuan"].sum() == pytest.approx(1)


def test_a_warehouse_buys_too_and_is_as_local_as_it_stands() -> None:
    """Seats from abroad are bought in the city once a warehouse there has them; its margin is all that stays."""
    sketch = Sketch(20).part("car", 10_000).part("seat", 500).firm("works", "chain_master")
    sketch.warehouse("depot", "seat", "outside", 100).make("works", "car", 100).buy(
        "works", "seat", "car", 2, "depot", 100
    )
    sketch.lane("works", "depot", "seat", price=600)
    sketch.market("people", "car", "works", every=1)
    network = with_firms(sketch.network(), outside={"ring": "abroad"})
    every, sums = counted(network)
    table = pd.DataFrame(localisation(network, every, sums))
    assert found(table, "chain masters", "purchases")[0] == (240, 240)
    assert found(table, "warehouses", "purchases")[2] == (0, 200)
    assert found(table, "all firms", "purchases")[0] == (240, 440)
    assert found(table, "all firms", "value added")[0] == (2_000 - 200, 2_000)


def test_consolidated_suppliers_of_one_group_are_one_and_local_where_any_of_them_is() -> None:
    network = with_firms(by_hand(), works={"group": ""}, m1={"group": "M"}, m2={"group": "M"})
    every, sums = counted(network)
    table = pd.DataFrame(localisation(network, every, sums))
    assert found(table, "chain masters", "suppliers", "consolidated") == [(1, 2), (1, 2), (2, 2)]
    assert found(table, "chain masters", "purchases", "consolidated") == found(table, "chain masters", "purchases")


def test_nothing_bought_is_a_rate_of_0() -> None:
    network = by_hand()
    every, sums = counted(network)
    none, sums = rows_where(every, slice(0)), {name: 0 * column for name, column in sums.items()}
    assert not pd.DataFrame(localisation(network, none, sums))[["local", "total", "rate"]].to_numpy().any()
    assert not pd.DataFrame(leakage(network, none, sums))[["amount_cny", "per_yuan"]].to_numpy().any()


# Laws


@st.composite
def placed(draw: st.DrawFn) -> Network:
    """A random network whose firms stand in any ring and belong to any of two groups or none."""
    network = draw(networks())
    rings = draw(st.lists(st.sampled_from(RINGS), min_size=len(network.firms), max_size=len(network.firms)))
    groups = draw(st.lists(st.sampled_from(["", "A", "B"]), min_size=len(network.firms), max_size=len(network.firms)))
    firms = [
        replace(firm, ring=ring, group="" if firm.kind in ("market", "outside") else group)
        for firm, ring, group in zip(network.firms, rings, groups, strict=True)
    ]
    return replace(network, firms=tuple(firms))


def check_adds_up(network: Network, every: Table, sums: Table) -> None:
    """Final sales = value added + bought outside + freight + taken from stock, to the fen."""
    assert sum(fen for _, _, fen in spending(network, every, sums)) == final_sales(network, every)


@given(placed())
def test_every_fen_of_final_sales_is_found_again(network: Network) -> None:
    check_adds_up(network, *counted(network))


@given(placed(), st.integers(0, 50))
def test_so_it_is_for_any_part_of_a_run(network: Network, begin: int) -> None:
    """A warm-up cuts deliveries anywhere; what was bought before and sold after is taken from stock."""
    check_adds_up(network, *counted(replace(network, warm_up=min(begin, network.horizon - 1))))


@given(placed())
def test_rates_are_shares_and_grow_with_the_ring(network: Network) -> None:
    every, sums = counted(network)
    table = pd.DataFrame(localisation(network, every, sums))
    bought = table[table["measure"] != "value added"]
    assert bought["rate"].between(0, 1).all()
    wide = bought.pivot(index=["buyers", "measure", "group"], columns="ring", values="rate")
    assert (wide["city"] <= wide["province"]).all()
    assert (wide["province"] <= wide["nation"]).all()
    totals = bought.pivot(index=["buyers", "measure", "group"], columns="ring", values="total")
    assert (totals.nunique(axis=1) == 1).all()


@given(placed())
def test_buyers_of_all_kinds_are_all_buyers(network: Network) -> None:
    """Purchases of chain masters, tiers and warehouses sum to those of all firms; suppliers may be shared."""
    every, sums = counted(network)
    table = pd.DataFrame(localisation(network, every, sums))
    rows = table[table["measure"] == "purchases"]
    own = rows["buyers"] == "all firms"
    keys = ["ring", "group"]
    assert np.allclose(rows[~own].groupby(keys)["local"].sum(), rows[own].set_index(keys).sort_index()["local"])
    assert rows.loc[own & (rows["group"] == "apart"), "total"].max() * 100 == pytest.approx(
        sums["purchases"][[firm.kind in ("chain_master", "supplier") for firm in network.firms]].sum()
    )


@given(placed())
def test_consolidated_purchases_and_suppliers_are_never_more(network: Network) -> None:
    every, sums = counted(network)
    table = pd.DataFrame(localisation(network, every, sums))
    keys = ["buyers", "ring", "measure"]
    apart, consolidated = (
        table[(table["group"] == group) & (table["measure"] != "value added")].set_index(keys)
        for group in ("apart", "consolidated")
    )
    for column in ("local", "total"):
        assert (consolidated[column] <= apart[column] + 1e-9).all()


@given(placed())
def test_value_added_per_yuan_is_that_of_the_multipliers(network: Network) -> None:
    every, sums = counted(network)
    table = pd.DataFrame(leakage(network, every, sums))
    value = table[table["item"] == "value added"].set_index("ring")["per_yuan"]
    known = pd.DataFrame(multipliers(network, every, sums)).set_index(["ring", "measure", "group"])["simulated"]
    assert known["city", "value added", "apart"] == pytest.approx(value["city"])
    assert known["province", "value added", "apart"] == pytest.approx(value["city"] + value["province"])


# Near misses


@pytest.fixture(scope="module")
def run(small: Path) -> Run:
    network = build(load(small))
    return frames(network, simpy_engine.run(network, 0))


def test_one_fen_too_much_anywhere_breaks_the_identity(run: Run) -> None:
    network, every = run.network, columns_of(deliveries(run))
    sums = books(run).production
    check_adds_up(network, every, sums)
    real = [firm.kind in ("chain_master", "supplier") for firm in network.firms].index(True)
    for column in ("value_added", "purchases"):
        wrong = sums | {column: sums[column].copy()}
        wrong[column][real] += 1
        with pytest.raises(AssertionError):
            check_adds_up(network, every, wrong)


def test_freight_of_simulated_firms_leaks_and_that_of_markets_does_not() -> None:
    sketch = Sketch(20).part("car", 10_000).part("seat", 500).make("works", "car", 100)
    sketch.buy("works", "seat", "car", 1, "outside", 100).market("people", "car", "works", every=1)
    sketch.lane("people", "works", "car", freight=70)
    for freight, leaked in ((0, 0.0), (30, 6.0)):
        sketch.lane("works", "outside", "seat", freight=freight)
        network = sketch.network()
        every, sums = counted(network)
        table = pd.DataFrame(leakage(network, every, sums)).set_index("item")["amount_cny"]
        assert table["freight"] == leaked
        check_adds_up(network, every, sums)


def test_rings_are_those_of_the_language() -> None:
    from typing import get_args

    from chainsim.economy.leakage import RINGS as known
    from chainsim.scenario.language.values import Ring

    assert known == get_args(Ring)
    assert list(WITHIN.values()) == [known[: number + 1] for number in range(3)]
