"""The waterfall: every yuan of final sales is found again, by tier and ring, simulated firms apart from the tail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy import waterfall as module
from chainsim.economy.input_output import beyond, china_2011
from chainsim.economy.leontief import Leaks, compile_network, leaks, planned_sales, products, versions
from chainsim.economy.type_one import nominal_type_one
from chainsim.economy.waterfall import ABROAD, ADDED, FIRMS, FREIGHT, NOT_OPENED, OPENED, OTHER, SOURCES, waterfall
from chainsim.economy.waterfall_totals import compared, ring_totals
from chainsim.errors import InvariantError
from chainsim.model.network import Footprint, Network, Region
from chainsim.model.sectors import SECTORS
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks
from chainsim.testing.tables import table_network

YUAN = 100  # fen


def car_works(local: Mapping[str, Fraction] | None = None, *, others: bool = True) -> Network:
    """A car of 100 yuan: the works pay 40 for an engine, 10 for steel and 1 for its freight; the engine maker 20 for a
    casting and 4 for a chip; the foundry 5 for ore.  The works spend 5 % on utilities, the foundry 10 % on services.

    The engine maker belongs to the works; the ore is Mining's; nobody says what sector the steel is from.
    """
    sketch = Sketch(100).firm("works", "chain_master").firm("engines", tier=1).firm("foundry", ring="province", tier=2)
    prices = {"car": 100, "engine": 40, "steel": 10, "casting": 20, "chip": 4, "ore": 5}
    for part, yuan in prices.items():
        sketch.part(part, yuan * YUAN)
    for firm, part in (("works", "car"), ("engines", "engine"), ("foundry", "casting")):
        sketch.make(firm, part, 9)
    for firm, part, into, supplier in (
        ("works", "engine", "car", "engines"),
        ("works", "steel", "car", "outside steel"),
        ("engines", "casting", "engine", "foundry"),
        ("engines", "chip", "engine", "outside chips"),
        ("foundry", "ore", "casting", "outside mine"),
    ):
        sketch.buy(firm, part, into, 1, supplier, 9)
    sketch.lane("works", "outside steel", "steel", freight=1 * YUAN)
    sketch.market("buyers", "car", "works", every=1, quantity=3)
    for firm, change in {
        "works": {"group": "G"},
        "engines": {"group": "G"},
        "outside chips": {"ring": "abroad", "sector": "Electrical and optical"},
        "outside mine": {"sector": "Mining"},
    }.items():
        sketch.firms[firm] = replace(sketch.firms[firm], **change)  # type: ignore[arg-type]
    network = sketch.network()
    spending = {"works": ("Utilities", Fraction(5, 100)), "foundry": ("Business services", Fraction(10, 100))}
    footprints = tuple(
        Footprint(other_inputs=(spending[firm.name],)) if others and firm.name in spending else Footprint()
        for firm in network.firms
    )
    return replace(network, footprints=footprints, region=Region(tuple((local or {}).items())))


def rows(table: pd.DataFrame, what: str) -> dict[tuple[str, str], float]:
    """Yuan per car that stay, by tier and ring (or ring and what becomes of it, where there is no tier)."""
    chosen = table[table["what"] == what]
    return {
        (row["tier"] or row["becomes"], row["ring"]): pytest.approx(row["stays_cny"])
        for row in chosen.to_dict("records")
    }


def tail(spending: Mapping[str, float], local: float) -> float:
    """Value added of the sectors of a region, by numpy: v'(I - rA)^-1 r s."""
    table = china_2011()
    spent = table.spread(spending)
    output = np.linalg.inv(np.eye(35) - local * table.total) @ (local * spent)
    return float((1 - table.total.sum(axis=0)) @ output)


def test_a_car_by_hand() -> None:
    """44 + 16 + 13 of value added, 10 and 4 for steel and chips, 5 for ore, 1 for freight, 5 + 2 for other inputs."""
    table = waterfall(car_works({"city": Fraction(3, 10), "province": Fraction(6, 10)}))
    assert rows(table, FIRMS) == {("plant", "city"): 44, ("tier 1", "city"): 16, ("tier 2", "province"): 13}
    assert rows(table, SOURCES) == {("plant", "nation"): 10, ("tier 1", "abroad"): 4}
    assert table.loc[table["what"] == SOURCES, "becomes"].tolist() == [NOT_OPENED, ABROAD]
    mining = beyond(china_2011(), "Mining")
    assert rows(table, OPENED) == {
        ("tier 2", "nation"): 5 * mining.value_added.sum(),
        ("tier 2", "abroad"): 5 * mining.abroad,
    }
    assert rows(table, FREIGHT) == {(NOT_OPENED, ""): 1}
    city = tail({"Utilities": 5}, 0.3)  # the foundry is not in the city
    province = tail({"Utilities": 5, "Business services": 2}, 0.6)
    assert rows(table, OTHER) == {
        (ADDED, "city"): city,
        (ADDED, "province"): province - city,
        (NOT_OPENED, ""): 7 - province,
    }
    assert 0 < city < province < 7
    assert table["stays_cny"].sum() == pytest.approx(100, abs=1e-9)
    assert table["stays"].sum() == pytest.approx(1, abs=1e-12)


def test_what_firms_sell_by_hand() -> None:
    """100, 40 and 20; the engines stay inside their group, and nothing else does."""
    table = waterfall(car_works())
    firms = table[table["what"] == FIRMS]
    assert firms["gross_cny"].tolist() == pytest.approx([100, 40, 20])
    assert firms["inside_group_cny"].tolist() == pytest.approx([0, 40, 0])
    assert firms["value_added_cny"].tolist() == pytest.approx([44, 16, 13])
    assert (table.loc[table["what"] != FIRMS, "inside_group"] == 0).all()


def test_simulated_firms_and_the_tail_are_never_in_one_row() -> None:
    """The firms' rows are the same with and without an input-output table to follow the rest."""
    local = {"city": Fraction(1, 2), "province": Fraction(1, 2)}
    with_tail, without = waterfall(car_works(local)), waterfall(car_works())
    simulated = [table[table["what"].isin([FIRMS, SOURCES, FREIGHT])] for table in (with_tail, without)]
    pd.testing.assert_frame_equal(*(table.reset_index(drop=True) for table in simulated))
    assert rows(without, OTHER) == {(NOT_OPENED, ""): 7}
    nothing = waterfall(car_works(others=False))
    assert rows(nothing, OTHER) == {}
    assert rows(nothing, FIRMS)["plant", "city"] == 49


def test_local_to_the_city_is_local_to_the_province() -> None:
    """A share for the city alone holds for the province as well: rings cumulate."""
    found = waterfall(car_works({"city": Fraction(1, 2)}))
    assert rows(found, OTHER)[ADDED, "province"] == tail({"Utilities": 5, "Business services": 2}, 0.5) - tail(
        {"Utilities": 5}, 0.5
    )


def test_rings_cumulate_in_the_totals_and_hold_the_whole_yuan() -> None:
    totals = ring_totals(waterfall(car_works({"city": Fraction(3, 10), "province": Fraction(6, 10)}))).set_index("ring")
    assert totals.loc["city", ["gross", "consolidated", "value_added"]].tolist() == pytest.approx([1.4, 1.0, 0.6])
    assert totals.loc["province", ["gross", "consolidated", "value_added"]].tolist() == pytest.approx([1.6, 1.2, 0.73])
    assert totals.loc["nation", "value_added"] == pytest.approx(0.73)
    assert totals.loc["nation", "other"] == pytest.approx(0.10)
    mining = beyond(china_2011(), "Mining")
    assert totals.loc["abroad", "other"] == pytest.approx(0.04 + 0.05 * mining.abroad)
    province = tail({"Utilities": 5, "Business services": 2}, 0.6) / 100
    assert totals.loc["province", "tail"] == pytest.approx(province)
    assert totals.loc["nation", "tail"] == pytest.approx(province + 0.05 * mining.value_added.sum())
    assert totals.loc["", "other"] == pytest.approx(0.01 + 0.07 - province)
    whole = totals.loc[["nation", "abroad", ""], ["value_added", "tail", "other"]].to_numpy().sum()
    assert whole == pytest.approx(1, abs=1e-12)


def test_one_part_is_followed_from_its_own_price() -> None:
    """An engine of 40 yuan, which no market buys: 16 + 13 of value added, chips, ore, the foundry's services."""
    table = waterfall(car_works(), "engine")
    assert rows(table, FIRMS) == {("tier 1", "city"): 16, ("tier 2", "province"): 13}
    assert rows(table, SOURCES) == {("tier 1", "abroad"): 4}
    assert rows(table, OTHER) == {(NOT_OPENED, ""): 2}
    assert table["stays_cny"].sum() == pytest.approx(40)
    assert products(car_works()) == ["car", "casting", "engine"]
    with pytest.raises(ValueError, match="no firm sells 'steel'"):
        waterfall(car_works(), "steel")


def test_a_part_that_firms_sell_counts_by_what_each_sells() -> None:
    """Three quarters of the engines from the city, which buys half of them as kits; a quarter from the province."""
    sketch = Sketch(100).firm("works", "chain_master").firm("near", tier=1).firm("far", ring="province", tier=1)
    sketch.part("car", 1000).part("engine", 400).part("kit", 200)
    for firm, part in (("works", "car"), ("near", "engine"), ("far", "engine")):
        sketch.make(firm, part, 9)
    sketch.buy("near", "kit", "engine", 1, "outside", 9)
    sketch.buy("works", "engine", "car", 1, {"near": 750_000, "far": 250_000}, 9)
    table = waterfall(sketch.market("buyers", "car", "works", every=1).network(), "engine")
    assert rows(table, FIRMS) == {("tier 1", "city"): 1.5, ("tier 1", "province"): 1}
    assert rows(table, SOURCES) == {("tier 1", "nation"): 1.5}


def test_several_products_have_no_price_but_their_mix_weighs_them() -> None:
    a = [[Fraction(0), Fraction(0)], [Fraction(1, 2), Fraction(0)]]
    network = table_network(a, (30, 10), outside=[Fraction(1, 10), Fraction(2, 10)], prices=[100, 200])
    mixed = waterfall(network)
    assert mixed["stays_cny"].isna().all()
    alone = {part: waterfall(network, part).set_index("what")["stays"] for part in ("part0", "part1")}
    assert mixed.set_index("what")["stays"].to_dict() == pytest.approx(
        {what: 0.6 * alone["part0"][what] + 0.4 * alone["part1"][what] for what in (FIRMS, SOURCES)}
    )
    assert waterfall(network, "part1")["stays_cny"].sum() == pytest.approx(2)  # yuan


def test_a_price_is_what_markets_pay_on_average() -> None:
    """Two thirds of the cars at 1 yuan, a third at 4; each yuan of sales is 3 / 6 of a car, at 2 yuan."""
    sketch = Sketch(100).part("car", 100).make("works", "car", 9)
    sketch.market("near", "car", "works", every=1, quantity=2).market("far", "car", "works", every=1, quantity=1)
    table = waterfall(sketch.lane("far", "works", "car", price=400).network())
    assert table["stays_cny"].sum() == pytest.approx(2)


def test_versions_count_with_their_planned_sales(small: Path) -> None:
    """Under a dated policy: the mean of its versions; the totals are those of the multipliers, the price the car's."""
    network = build(load(small), ("buy_local",))
    assert len(versions(network)) == 2
    table = waterfall(network)
    agrees(network, table)
    assert table["stays_cny"].sum() == pytest.approx(100_000)
    before, after = (
        demand @ table.outputs(np.eye(len(demand))).sum(axis=0) for table, demand, _ in planned_sales(network)
    )
    assert min(before, after) < table.loc[table["what"] == FIRMS, "gross"].sum() < max(before, after)


@pytest.mark.parametrize("policy", ["buy_local", "motor_outage"])
def test_levels_of_stock_change_nothing(small: Path, policy: str) -> None:
    """A network whose levels do not follow the plan, made in less time, has the same waterfall to the last bit."""
    loaded = load(small, ["study.end=2024-06-01"])
    whole, quick = (build(loaded, (policy,), levels=levels) for levels in (True, False))
    assert len(quick.changes) < len(whole.changes)
    pd.testing.assert_frame_equal(waterfall(quick), waterfall(whole), check_exact=True)


def agrees(network: Network, table: pd.DataFrame) -> None:
    """Totals of the firms' rows are those of the Leontief multipliers."""
    nominal, totals = nominal_type_one(network), ring_totals(table).set_index("ring")
    for ring in ("city", "province"):
        for measure, column in (
            ("gross output", "gross"),
            ("gross output consolidated", "consolidated"),
            ("value added", "value_added"),
        ):
            assert totals.loc[ring, column] == pytest.approx(nominal[ring, measure, "total"], rel=1e-9, abs=1e-9)


@st.composite
def regions(draw: st.DrawFn) -> Network:
    """Random networks with rings, tiers, groups, sectors of sources, other inputs and local shares."""
    network = draw(networks())
    firms, feet = [], []
    for firm in network.firms:
        ring = draw(st.sampled_from(["city", "province", "nation", "abroad"]))
        sector = draw(st.sampled_from(["", *SECTORS])) if firm.kind == "outside" else ""
        group = draw(st.sampled_from(["", "A", "B"]))
        firms.append(replace(firm, ring=ring, sector=sector, group=group, tier=draw(st.integers(0, 3))))
        shares = draw(st.dictionaries(st.sampled_from(SECTORS), st.integers(0, 10), max_size=2))
        feet.append(Footprint(other_inputs=tuple((name, Fraction(n, 100)) for name, n in shares.items())))
    city, more = draw(st.integers(0, 10)), draw(st.integers(0, 10))
    local = (("city", Fraction(city, 20)), ("province", Fraction(city + more, 20)))
    return replace(network, firms=tuple(firms), footprints=tuple(feet), region=Region(local))


@given(regions())
def test_every_yuan_is_found_again(network: Network) -> None:
    """Rows add up to the yuan, firms' rows to L f and v L f; leaks are all that the table calls outside."""
    if not planned_sales(network):
        with pytest.raises(ValueError, match="no firm sells to a market"):
            waterfall(network)
        return
    table = waterfall(network)
    assert table["stays"].sum() == pytest.approx(1, abs=1e-9)
    found = table.groupby("what")["stays"].sum().to_dict()
    expected: dict[str, float] = {}
    for one, demand, share in planned_sales(network):
        leak = leaks(network, one.tick)
        assert leak.outside == pytest.approx(one.outside, abs=1e-12)
        output = one.outputs(demand)
        for what, rate in ((FIRMS, one.value_added), (FREIGHT, leak.freight), (OTHER, leak.other.sum(axis=0))):
            expected[what] = expected.get(what, 0.0) + share * float(rate @ output)
    for what, amount in expected.items():
        assert found.get(what, 0.0) == pytest.approx(amount, abs=1e-9)
    assert ring_totals(table).iloc[2:, 3:].to_numpy().sum() == pytest.approx(1, abs=1e-9)
    others = table[table["what"] == OTHER]
    assert (others["stays"] > -1e-12).all()
    if all(one.final.any() for one, _ in versions(network)):
        agrees(network, table)


@pytest.mark.parametrize("lost", ["bought", "freight", "other"])
def test_a_yuan_that_is_lost_breaks_it(monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    """A hundred-thousandth of any leak that is not booked is noticed."""

    def leaky(network: Network, tick: int) -> Leaks:
        found = leaks(network, tick)
        return replace(found, **{lost: getattr(found, lost) * (1 - 1e-5)})

    monkeypatch.setattr(module, "leaks", leaky)
    with pytest.raises(InvariantError, match="not found again"):
        waterfall(car_works())


def test_policies_side_by_side_have_the_same_rows(small: Path) -> None:
    """A row that only one of them has is 0 in the other; differences add up to nothing."""
    loaded = load(small)
    dearer = car_works(others=False)
    table = compared({"none": waterfall(car_works()), "thrifty": waterfall(dearer)})
    none, thrifty = (table[table["policy"] == name].reset_index(drop=True) for name in ("none", "thrifty"))
    keys = ["what", "tier", "ring", "sector", "becomes"]
    pd.testing.assert_frame_equal(none[keys], thrifty[keys])
    assert thrifty.loc[thrifty["what"] == OTHER, ["gross", "stays", "stays_cny"]].to_numpy().tolist() == [[0, 0, 0]]
    assert thrifty.loc[thrifty["what"] == OTHER, "difference_cny"].tolist() == pytest.approx([-7])
    assert thrifty["difference"].sum() == pytest.approx(0, abs=1e-12)
    assert (none["difference"] == 0).all()
    local = compared({name: waterfall(build(loaded, names)) for name, names in (("none", ()), ("x", ("buy_local",)))})
    change = local[(local["policy"] == "x") & (local["tier"] == "tier 1") & (local["ring"] == "city")]
    assert change["difference"].tolist()[0] > 0


def test_the_leaks_of_a_warehouse_and_of_scrap() -> None:
    """A shop's margin is value added; a works with 50 % scrap buys twice the ore."""
    sketch = (
        Sketch(100).part("car", 1000).part("ore", 100).firm("works", "chain_master").make("works", "car", 9, good="1/2")
    )
    sketch.buy("works", "ore", "car", 2, "outside", 9).warehouse("shop", "car", "works", 9)
    sketch.lane("shop", "works", "car", price=800)
    network = sketch.market("buyers", "car", "shop", every=1, quantity=1).network()
    table = waterfall(network)
    assert rows(table, FIRMS) == {("warehouses", "city"): 2, ("plant", "city"): 4}
    assert rows(table, SOURCES) == {("plant", "nation"): 4}
    assert table.loc[table["what"] == SOURCES, "becomes"].tolist() == [NOT_OPENED]
    assert ABROAD not in set(table["becomes"])
    assert compile_network(network).outside.tolist() == pytest.approx([0, 0.5])
