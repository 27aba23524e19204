"""On how few suppliers buyers depend: by hand, as laws, and what must not pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.concentration import EVERYBODY, HIGHLY_CONCENTRATED, Purchases, concentration, exposure
from chainsim.economy.dependence import Dependence
from chainsim.economy.multipliers import final_sales
from chainsim.model.network import Network
from chainsim.results.frames import deliveries, frames
from chainsim.testing import Sketch, simulate
from chainsim.testing.strategies import networks


def with_firms(network: Network, **changes: dict[str, Any]) -> Network:
    return replace(network, firms=tuple(replace(firm, **changes.get(firm.name, {})) for firm in network.firms))


def chain(shares: dict[str, int], **firms: dict[str, Any]) -> Network:
    """100 cars at 100 yuan a car, each with a motor at 30 yuan from makers in these shares, and a seat from outside.

    The makers of motors, a category, need 10 yuan of steel: m1 from a mill, all others from outside.
    """
    sketch = Sketch(100).part("car", 10_000).part("motor", 3_000).part("seat", 500).part("steel", 1_000)
    sketch.firm("works", "chain_master").make("works", "car", 1_000).make("mill", "steel", 1_000)
    sketch.buy("works", "motor", "car", 1, shares, 1_000).buy("works", "seat", "car", 1, "outside seats", 1_000)
    for maker in shares:
        sketch.make(maker, "motor", 1_000)
        sketch.buy(maker, "steel", "motor", 1, "mill" if maker == "m1" else "outside steel", 1_000)
    sketch.market("people", "car", "works", every=1)
    makers = {name: {"category": "motors", **firms.get(name, {})} for name in shares}
    return with_firms(sketch.network(), **makers)


def tables(network: Network) -> tuple[pd.DataFrame, pd.DataFrame]:
    every = deliveries(frames(network, simulate(network).log))
    rows, buyers = pd.DataFrame(concentration(network, every)), pd.DataFrame(exposure(network, every))
    return rows.set_index(["buyer", "part", "group"]), buyers.set_index(["buyer", "group"])


def test_three_unequal_suppliers_by_hand() -> None:
    """50 %, 30 % and 20 %: 2,500 + 900 + 400 = 3,800, as concentrated as 2.6 equal ones."""
    rows, buyers = tables(chain({"m1": 500_000, "m2": 300_000, "m3": 200_000}))
    motor = rows.loc["works", "motor", "apart"]
    assert (motor["purchases_cny"], motor["suppliers"], motor["largest_share"]) == (3_000, 3, 0.5)
    assert motor["hhi"] == motor["hhi_low"] == pytest.approx(3_800)
    assert motor["effective_suppliers"] == pytest.approx(100 / 38)
    assert motor["highly_concentrated"]
    assert motor["single_source_share"] == motor["revenue_at_risk_cny"] == 0
    seat = rows.loc["works", "seat", "apart"]
    assert (seat["suppliers"], seat["hhi"], seat["hhi_low"], seat["outside_share"]) == (1, 10_000, 0, 1)
    assert not seat["highly_concentrated"]
    assert buyers.loc[("works", "apart"), "outside_share"] == pytest.approx(500 / 3_500)


def test_a_single_source_two_tiers_up_puts_at_risk_what_needs_it() -> None:
    """m1 has one steelworks; half of the cars have a motor of m1 in them, and none of the others is at risk."""
    rows, buyers = tables(chain({"m1": 500_000, "m2": 300_000, "m3": 200_000}))
    steel = rows.loc["motors", "steel", "apart"]
    assert (steel["suppliers"], steel["hhi"], steel["hhi_low"]) == (2, 5_000, 2_500)
    assert steel["single_source_share"] == steel["outside_share"] == 0.5
    assert steel["revenue_at_risk_cny"] == pytest.approx(5_000)
    row = buyers.loc["motors", "apart"]
    assert (row["parts"], row["single_source_parts"], row["single_source_share"]) == (1, 1, 0.5)
    assert buyers.loc[(EVERYBODY, "apart"), "single_source_share"] == pytest.approx(500 / 4_500)
    assert buyers.loc[(EVERYBODY, "apart"), "revenue_at_risk_cny"] == pytest.approx(5_000)


def test_firms_of_one_group_are_one_supplier_when_consolidated() -> None:
    """All motors from one group: a single source of 30 yuan of every 35, and every car needs it."""
    group = {name: {"group": "M"} for name in ("m1", "m2")}
    rows, buyers = tables(chain({"m1": 500_000, "m2": 500_000}, **group))
    apart, consolidated = (rows.loc["works", "motor", way] for way in ("apart", "consolidated"))
    assert (apart["suppliers"], apart["hhi"], apart["single_source_share"]) == (2, 5_000, 0)
    assert (consolidated["suppliers"], consolidated["hhi"], consolidated["single_source_share"]) == (1, 10_000, 1)
    assert consolidated["revenue_at_risk_cny"] == pytest.approx(10_000)
    assert buyers.loc[("works", "apart"), "single_source_share"] == 0
    assert buyers.loc[("works", "consolidated"), "single_source_share"] == pytest.approx(30 / 35)
    assert buyers.loc[(EVERYBODY, "consolidated"), "revenue_at_risk_cny"] == pytest.approx(10_000)


def test_the_threshold_is_that_of_the_merger_guidelines() -> None:
    """Six equal suppliers are below 1,800, five above; guideline 1 of 2023."""
    assert HIGHLY_CONCENTRATED == 1_800
    for number, high in ((6, False), (5, True)):
        each = 1_000_000 // number
        shares = {f"m{at}": each for at in range(2, number + 1)}
        rows, _ = tables(chain({"m1": 1_000_000 - each * (number - 1), **shares}))
        motor = rows.loc["works", "motor", "apart"]
        assert motor["suppliers"] == number
        assert motor["hhi"] == pytest.approx(10_000 / number, rel=0.01)
        assert motor["highly_concentrated"] == high


def test_a_car_that_needs_two_single_sources_is_sold_once() -> None:
    sketch = Sketch(10).part("car", 10_000).firm("works", "chain_master").make("works", "car", 100)
    for part in ("motor", "seat"):
        sketch.part(part, 1_000).make(f"{part} maker", part, 100).buy("works", part, "car", 1, f"{part} maker", 100)
    rows, buyers = tables(sketch.market("people", "car", "works", every=1).network())
    assert rows["revenue_at_risk_cny"].tolist() == pytest.approx([1_000] * 4)
    assert buyers["revenue_at_risk_cny"].tolist() == pytest.approx([1_000] * 4)


def test_a_warehouse_in_between_hides_nothing() -> None:
    """The shop buys cars that need the only motor maker; so do the shop's sales."""
    sketch = Sketch(10).part("car", 1_000).part("motor", 300).make("m1", "motor", 100).make("works", "car", 100)
    sketch.buy("works", "motor", "car", 1, "m1", 100).warehouse("shop", "car", "works", 100)
    rows, _ = tables(sketch.market("people", "car", "shop", every=1).network())
    assert rows.loc[("works", "motor", "apart"), "revenue_at_risk_cny"] == pytest.approx(100)


def test_parts_that_need_each_other_find_an_end() -> None:
    """Of the steel that a coal mine buys, each ton needs 0.1 t of coal, and coal steel: every ton needs the mine."""
    sketch = Sketch(10).part("steel", 1_000).part("coal", 100).make("mill", "steel", 100).make("mine", "coal", 100)
    sketch.buy("mill", "coal", "steel", 1, {"mine": 500_000, "outside coal": 500_000}, 100)
    sketch.buy("mine", "steel", "coal", "1/4", "mill", 100).market("people", "steel", "mill", every=1)
    rows, _ = tables(sketch.network())
    steel = rows.loc["mine", "steel", "apart"]
    assert steel["single_source_share"] == 1
    assert 0 < steel["revenue_at_risk_cny"] < 100


def test_nobody_who_buys_is_no_row() -> None:
    network = chain({"m1": 1_000_000})
    none = deliveries(frames(network, simulate(network).log)).iloc[:0]
    assert pd.DataFrame(concentration(network, none)).empty
    assert pd.DataFrame(exposure(network, none)).empty


def test_what_costs_nothing_is_no_row_and_whoever_delivers_a_crumb_is_a_supplier() -> None:
    """Of a part at 1 fen in 4 quanta, one quantum is invoiced at 0; its supplier is there all the same."""
    sketch = Sketch(2).part("car", 1_000).part("air", 0).part("dust", 1, per_unit=4).make("works", "car", 10)
    sketch.buy("works", "air", "car", 1, "outside air", 10)
    sketch.buy("works", "dust", "car", 8, {"m1": 900_000, "m2": 100_000}, 100).make("m1", "dust", 99).make(
        "m2", "dust", 99
    )
    rows, buyers = tables(sketch.market("people", "car", "works", every=1).network())
    assert set(rows.index) == {("works", "dust", "apart"), ("works", "dust", "consolidated")}
    assert rows["suppliers"].tolist() == [2, 2]
    assert rows["single_source_share"].tolist() == [0, 0]
    assert buyers["parts"].tolist() == [1] * 4


# Laws


@st.composite
def grouped(draw: st.DrawFn) -> Network:
    """A random network of firms in groups and categories, or none."""
    network = draw(networks())
    number = len(network.firms)
    groups = draw(st.lists(st.sampled_from(["", "A", "B"]), min_size=number, max_size=number))
    categories = draw(st.lists(st.sampled_from(["", "x", "y"]), min_size=number, max_size=number))
    firms = [
        firm if firm.kind in ("market", "outside") else replace(firm, group=group, category=category)
        for firm, group, category in zip(network.firms, groups, categories, strict=True)
    ]
    return replace(network, firms=tuple(firms))


@given(grouped())
def test_concentration_is_between_that_of_equal_suppliers_and_of_one(network: Network) -> None:
    every = deliveries(frames(network, simulate(network).log))
    rows = pd.DataFrame(concentration(network, every))
    assert (rows["hhi"] >= 10_000 / rows["suppliers"] - 1e-6).all()
    assert (rows["hhi"] <= 10_000 * rows["largest_share"] + 1e-6).all()
    assert (rows["hhi"] >= 10_000 * rows["largest_share"] ** 2 - 1e-6).all()
    assert (rows["hhi_low"] <= rows["hhi"] + 1e-9).all()
    assert rows["effective_suppliers"].between(1 - 1e-9, rows["suppliers"] + 1e-6).all()
    for column in ("largest_share", "outside_share", "single_source_share"):
        assert rows[column].between(0, 1).all()
    assert (rows["outside_share"] + rows["single_source_share"] <= 1 + 1e-9).all()
    assert not len(rows) or rows["revenue_at_risk_cny"].between(0, final_sales(network, every) / 100 + 1e-6).all()


@given(grouped())
def test_purchases_of_all_rows_are_those_of_all_simulated_firms(network: Network) -> None:
    every = deliveries(frames(network, simulate(network).log))
    real = np.array([firm.kind in ("chain_master", "supplier") for firm in network.firms])
    total = int(every["amount"].to_numpy()[real[every["buyer"].to_numpy()]].sum())
    rows, buyers = pd.DataFrame(concentration(network, every)), pd.DataFrame(exposure(network, every))
    for way in ("apart", "consolidated"):
        assert rows.loc[rows["group"] == way, "purchases_cny"].sum() * 100 == pytest.approx(total)
        own = buyers[(buyers["group"] == way) & (buyers["buyer"] != EVERYBODY)]
        assert own["purchases_cny"].sum() * 100 == pytest.approx(total)


@given(grouped())
def test_counting_groups_as_one_never_lowers_concentration_or_exposure(network: Network) -> None:
    every = deliveries(frames(network, simulate(network).log))
    for table, keys in (
        (pd.DataFrame(concentration(network, every)), ["buyer", "part"]),
        (pd.DataFrame(exposure(network, every)), ["buyer"]),
    ):
        apart, consolidated = (table[table["group"] == way].set_index(keys) for way in ("apart", "consolidated"))
        columns = [
            name for name in ("hhi", "largest_share", "single_source_share", "revenue_at_risk_cny") if name in table
        ]
        for column in columns:
            assert (consolidated[column] >= apart[column] - 1e-6).all(), column


@given(grouped())
def test_a_buyer_risks_at_least_its_worst_part_and_at_most_their_sum(network: Network) -> None:
    every = deliveries(frames(network, simulate(network).log))
    rows, buyers = pd.DataFrame(concentration(network, every)), pd.DataFrame(exposure(network, every))
    if rows.empty:
        return
    parts = rows.groupby(["buyer", "group"])["revenue_at_risk_cny"]
    whole = buyers[buyers["buyer"] != EVERYBODY].set_index(["buyer", "group"])["revenue_at_risk_cny"]
    assert (whole >= parts.max() - 1e-6).all()
    assert (whole <= parts.sum() + 1e-6).all()


@given(grouped())
def test_both_tables_of_the_same_purchases_are_as_each_alone(network: Network) -> None:
    every = deliveries(frames(network, simulate(network).log))
    purchases = Purchases(network, every)
    buyers, rows = pd.DataFrame(purchases.exposure()), pd.DataFrame(purchases.concentration())
    pd.testing.assert_frame_equal(rows, pd.DataFrame(concentration(network, every)), check_exact=True)
    pd.testing.assert_frame_equal(buyers, pd.DataFrame(exposure(network, every)), check_exact=True)


def test_final_sales_are_asked_for_once_for_each_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The works' motor, m1's steel, and both for all firms: asked about once for two ways and tables."""
    asked: list[tuple[int, ...]] = []

    def spy(self: Dependence, sets: list[np.ndarray]) -> np.ndarray:
        asked.extend(tuple(points.tolist()) for points in sets)
        return before(self, sets)

    before = Dependence.final_sales
    monkeypatch.setattr(Dependence, "final_sales", spy)
    network = chain({"m1": 1_000_000})
    purchases = Purchases(network, deliveries(frames(network, simulate(network).log)))
    purchases.concentration()
    purchases.exposure()
    name = {index: network.firms[point.firm].name for index, point in enumerate(network.stocks)}
    chosen = [sorted(name[point] for point in points) for points in asked if points]
    assert sorted(chosen) == [["m1"], ["m1", "works"], ["works"]]
    assert len(asked) == len(set(asked))
