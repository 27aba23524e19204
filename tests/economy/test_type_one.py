"""The tables of Type I multipliers: rows and units, nominal and realised, products, jobs, wages and taxes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainsim.economy import type_one
from chainsim.economy.books import books
from chainsim.economy.footprint import footprint_table
from chainsim.economy.leontief import Leontief, Measure, Realised, Region, compile_network, realised
from chainsim.economy.multipliers import final_sales, multipliers
from chainsim.economy.regions import SCOPES
from chainsim.economy.type_one import MEASURES, PARTS, measures, multiplier_table, nominal_type_one, product_table
from chainsim.engine import simpy_engine
from chainsim.errors import InvariantError
from chainsim.model.network import Footprint, Network
from chainsim.results.dates import days
from chainsim.results.frames import Run, deliveries, frames, simulated_firms
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing.sketch import Sketch
from chainsim.testing.tables import table_network

COLUMNS = ("nominal", "realised", "realised_net")


def counted(run: Run) -> pd.DataFrame:
    every = deliveries(run)
    return every[every["tick"].to_numpy() >= run.network.warm_up].reset_index(drop=True)


def tabled(run: Run) -> pd.DataFrame:
    every = counted(run)
    return pd.DataFrame(multiplier_table(run.network, every, books(run).production))


def of(table: pd.DataFrame, ring: str, measure: str, by: str = "part") -> pd.DataFrame:
    """The rows of one ring and measure, by part or by what else tells them apart."""
    return table[(table["ring"] == ring) & (table["measure"] == measure)].set_index(by)


def two_regions(**options: object) -> Network:
    """Firm 0 in the city, firm 1 in the province, firm 2 elsewhere; firms 0 and 1 are one group."""
    purchases = [
        [Fraction("0.2"), Fraction("0.1"), Fraction("0.4")],
        [Fraction("0.3"), Fraction("0"), Fraction("0")],
        [Fraction("0.1"), Fraction("0.2"), Fraction("0")],
    ]
    return table_network(
        purchases,
        (30, 20, 10),
        outside=[Fraction("0.1"), Fraction("0.2"), Fraction("0.2")],
        rings=("city", "province", "nation"),
        groups=("one", "one", ""),
        **options,  # type: ignore[arg-type]
    )


def with_footprints(network: Network) -> Network:
    """2, 3 and 5 jobs per million yuan of revenue a year; wages 50 %, taxes 10 % of value added; markets have none."""
    rates = {"firm0": 2, "firm1": 3, "firm2": 5}
    return replace(
        network,
        footprints=tuple(
            Footprint(Fraction(rates[firm.name], 10**8), Fraction(1, 2), Fraction(1, 10))
            if firm.name in rates
            else Footprint()
            for firm in network.firms
        ),
    )


@pytest.fixture(scope="module")
def run(small: Path) -> Run:
    return frames(network := build(load(small)), simpy_engine.run(network, 0))


def test_one_row_for_each_ring_measure_and_part(run: Run) -> None:
    table = tabled(run)
    assert list(table.columns) == ["ring", "measure", "unit", "part", *COLUMNS]
    keys = list(table[["ring", "measure", "part"]].itertuples(index=False, name=None))
    assert keys == [(r, m, p) for r in ("city", "province") for m in MEASURES for p in PARTS]
    assert of(table, "city", "jobs")["unit"].unique().tolist() == ["jobs/(million CNY/year)"]


def test_what_the_realised_table_has_is_what_was_simulated(run: Run) -> None:
    """total + stock building is revenue per yuan of final sales, for both kinds of gross output and both tables."""
    table = tabled(run)
    every = counted(run)
    simulated = pd.DataFrame(multipliers(run.network, every, books(run).production))
    for ring in SCOPES:
        for measure, group in (("gross output", "apart"), ("gross output consolidated", "consolidated")):
            expected = of(simulated, ring, "gross output", "group").loc[group]
            for column in ("realised", "realised_net"):
                found = of(table, ring, measure)[column]
                assert found["total"] + found["stock building"] == pytest.approx(expected["simulated"], rel=1e-12)
            assert of(table, ring, measure).loc["total", "nominal"] == expected["leontief"]
            assert of(table, ring, measure).loc["stock building", "nominal"] == 0
        added = of(table, ring, "value added")["realised_net"]
        assert added["total"] + added["stock building"] == pytest.approx(
            of(simulated, ring, "value added", "group").loc["apart", "simulated"], rel=1e-3
        )


def test_parts_add_up_in_every_column(run: Run) -> None:
    table = tabled(run)
    for ring in SCOPES:
        for measure in MEASURES:
            for column in COLUMNS:
                part = of(table, ring, measure)[column]
                assert part["direct"] + part["indirect"] == pytest.approx(part["total"])
                assert part["first round"] + part["further rounds"] == pytest.approx(part["indirect"])
                assert part["without feedback"] + part["feedback"] + part["spillover"] == pytest.approx(part["total"])
                if part["direct"]:
                    assert part["ratio"] == pytest.approx(1 / part["direct share"]) == part["total"] / part["direct"]
                else:
                    assert np.isnan(part["ratio"])


def test_versions_count_with_their_planned_final_sales(small: Path) -> None:
    """Each part is the mean of the versions' parts; a ratio is that of the means."""
    loaded = load(small)
    network = next(
        found
        for policy in loaded.scenario.policies
        if len(type_one.versions(found := build(loaded, (policy,)))) > 1
        and len({round(table.output.sum(), 9) for table, _ in type_one.versions(found)}) > 1
    )
    totals, weights = [], []
    for table, weight in type_one.versions(network):
        _, region = next(type_one.regions(network, table))
        totals.append(region.mix.parts(measures(network, table)[0])["total"])
        weights.append(weight)
    found = nominal_type_one(network)
    assert found["city", "gross output", "total"] == pytest.approx(np.average(totals, weights=weights))
    assert found["city", "gross output", "total"] != pytest.approx(np.mean(totals), rel=1e-9)
    assert found["city", "gross output", "ratio"] == pytest.approx(
        found["city", "gross output", "total"] / found["city", "gross output", "direct"]
    )


def test_jobs_wages_and_taxes_by_hand() -> None:
    """Weights times outputs, L by numpy: 2, 3, 5 jobs per million; wages are half of value added, taxes a tenth."""
    network = with_footprints(two_regions())
    a = np.array([[0.2, 0.1, 0.4], [0.3, 0, 0], [0.1, 0.2, 0]])
    f = np.array([3, 2, 1]) / 6
    x = np.linalg.inv(np.eye(3) - a) @ f
    v = 1 - a.sum(axis=0) - [0.1, 0.2, 0.2]
    jobs = np.array([2, 3, 5])
    found = nominal_type_one(network)
    for ring, count in (("city", 1), ("province", 2)):
        assert found[ring, "jobs", "total"] == pytest.approx((jobs * x)[:count].sum())
        assert found[ring, "jobs", "direct"] == pytest.approx((jobs * f)[:count].sum())
        assert found[ring, "jobs", "first round"] == pytest.approx((jobs * (a @ f))[:count].sum())
        assert found[ring, "value added", "total"] == pytest.approx((v * x)[:count].sum())
        assert found[ring, "wages", "total"] == pytest.approx((v * x)[:count].sum() / 2)
        assert found[ring, "taxes", "total"] == pytest.approx((v * x)[:count].sum() / 10)
        assert found[ring, "taxes", "ratio"] == pytest.approx((v * x)[:count].sum() / (v * f)[:count].sum())
    assert found["city", "gross output consolidated", "total"] == pytest.approx(x[0] - 0.2 * x[0] - 0.1 * x[1])
    assert found["province", "gross output consolidated", "total"] == pytest.approx(
        (x[0] - 0.2 * x[0] - 0.1 * x[1]) + (x[1] - 0.3 * x[0])
    )


def test_realised_jobs_are_those_of_the_firms() -> None:
    """Jobs per million yuan of final sales a year, times final sales a year, are the jobs in the table of firms."""
    network = with_footprints(two_regions(days=20))
    network = replace(network, tick_seconds=Fraction(86_400))
    run = frames(network, simpy_engine.run(network, 0))
    every = counted(run)
    sums = books(run).production
    feet = pd.DataFrame(footprint_table(run, sums["revenue"]))
    a_year = final_sales(network, every) / 100 / 1e6 * 365 / float(days(network, np.array([run.horizon]))[0])
    table = tabled(run)
    for ring, names in (("city", ["firm0"]), ("province", ["firm0", "firm1"])):
        mine = np.isin([firm.name for firm in network.firms], names)
        jobs = of(table, ring, "jobs")["realised"]
        assert (jobs["total"] + jobs["stock building"]) * a_year == pytest.approx(feet["jobs"][mine].sum())
        wages = of(table, ring, "wages")["realised_net"]
        assert (wages["total"] + wages["stock building"]) * final_sales(network, every) / 100 == pytest.approx(
            books(run).income["wages"][mine].sum() / 100, rel=1e-6
        )


def test_products_alone_weighted_by_the_mix_are_the_mix() -> None:
    """One row for each product that markets buy: its column of L; the planned shares weigh them back together."""
    network = with_footprints(two_regions())
    products = pd.DataFrame(product_table(network))
    mix = nominal_type_one(network)
    inverse = np.linalg.inv(np.eye(3) - np.array([[0.2, 0.1, 0.4], [0.3, 0, 0], [0.1, 0.2, 0]]))
    for ring, count in (("city", 1), ("province", 2)):
        alone = of(products, ring, "gross output")
        assert alone["total"].tolist() == pytest.approx(inverse[:count].sum(axis=0))
        assert alone["direct"].tolist() == [1, int(count > 1), 0]
        for measure in MEASURES:
            rows = of(products, ring, measure)
            assert rows["final_share"].tolist() == pytest.approx([3 / 6, 2 / 6, 1 / 6])
            for column in ("direct", "total"):
                assert (rows["final_share"] * rows[column]).sum() == pytest.approx(mix[ring, measure, column])


def test_a_product_counts_in_the_versions_that_sell_it() -> None:
    """From half-time on, the market buys from the second firm only: a yuan of the first is a yuan still."""
    sketch = Sketch(100).part("car", 100).make("first", "car", 9).make("second", "car", 9)
    sketch.market("buyers", "car", {"first": 500_000, "second": 500_000}, every=1, quantity=10)
    network = sketch.share_at(50, "buyers", "car", {"first": 0, "second": 1_000_000}).network()
    found = of(pd.DataFrame(product_table(network)), "city", "gross output", "firm")
    assert found["direct"].to_dict() == pytest.approx({"first": 1, "second": 1})
    assert found["total"].to_dict() == pytest.approx({"first": 1, "second": 1})
    assert found["final_share"].to_dict() == pytest.approx({"first": 0.25, "second": 0.75})


def test_the_table_beside_the_simulated_has_the_same_totals() -> None:
    network = two_regions(days=5)
    run = frames(network, simpy_engine.run(network, 0))
    every = counted(run)
    found, nominal = pd.DataFrame(multipliers(network, every, books(run).production)), nominal_type_one(network)
    for ring in SCOPES:
        gross = of(found, ring, "gross output", "group")["leontief"]
        assert gross["apart"] == nominal[ring, "gross output", "total"]
        assert gross["consolidated"] == nominal[ring, "gross output consolidated", "total"] < gross["apart"]


def test_stock_building_inside_a_group_is_no_sale_of_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Firm 1 sells 8 yuan into the stock of firm 0, its own group: consolidated, that is nothing."""
    network = two_regions()
    table = realised(network, deliveries(frames(network, simpy_engine.run(network, 0))))
    built = replace(table, bought=np.zeros((3, 3)), outside=np.zeros(3), stock=np.array([0, 0.08, 0]))
    monkeypatch.setattr(Realised, "reproduction_error", 0.0)
    for outside_group in (np.zeros(3), np.array([0, 0.08, 0])):
        found = type_one.realised_type_one(network, replace(built, stock_outside_group=outside_group))
        assert found["province", "gross output", "stock building"] == pytest.approx(0.08)
        assert found["city", "gross output", "stock building"] == 0
        assert found["province", "gross output consolidated", "stock building"] == pytest.approx(outside_group.sum())


def test_a_chain_master_that_sells_to_others_only_has_a_column_too() -> None:
    network = table_network([[0, Fraction(0)], [Fraction(1, 2), 0]], (4, 0))  # type: ignore[list-item]
    assert pd.DataFrame(product_table(network))["firm"].unique().tolist() == ["firm0"]
    firms = tuple(replace(firm, kind="chain_master") if firm.name == "firm1" else firm for firm in network.firms)
    found = of(pd.DataFrame(product_table(replace(network, firms=firms))), "city", "gross output", "firm")
    assert found.loc["firm0", "total"] == pytest.approx(1.5)
    assert found.loc["firm1", "total"] == pytest.approx(1)
    assert found.loc["firm1", "final_share"] == 0


def test_nothing_delivered_is_no_multiplier(run: Run) -> None:
    nothing = counted(run).iloc[:0]
    table = pd.DataFrame(
        multiplier_table(run.network, nothing, {name: 0 * column for name, column in books(run).production.items()})
    )
    assert table[["realised", "realised_net"]].isna().all(axis=None)
    assert (table.loc[table["part"] == "total", "nominal"] >= 0).all()


def test_revenue_that_the_firms_do_not_have_is_noticed(run: Run) -> None:
    """The realised table and the production account must agree: one delivery booked a hundredth too high in one breaks
    the trial."""
    every = counted(run)
    sums = books(run).production
    wrong = every.copy()
    at = int(np.flatnonzero(simulated_firms(run.network)[every["seller"].to_numpy()])[0])
    wrong.loc[at, "amount"] = wrong.loc[at, "amount"] * 101 // 100
    with pytest.raises(InvariantError, match="revenues differ"):
        pd.DataFrame(multiplier_table(run.network, wrong, sums))
    pd.DataFrame(multiplier_table(run.network, every, sums))


def test_a_table_that_breaks_an_identity_breaks_the_trial(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    every = counted(run)
    sums = books(run).production
    monkeypatch.setattr(Leontief, "identity_error", 2e-9)
    with pytest.raises(InvariantError, match="differs from 1"):
        pd.DataFrame(multiplier_table(replace(run.network), every, sums))
    monkeypatch.undo()
    monkeypatch.setattr(Region, "identity_error", 2e-9)
    with pytest.raises(InvariantError, match="of a region"):
        pd.DataFrame(multipliers(replace(run.network), every, sums))


def test_a_net_table_without_a_meaning_leaves_the_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the net table may have no inverse: then it says nothing, and the trial goes on."""
    every = counted(run)
    sums = books(run).production

    def broken(network: Network, rows: pd.DataFrame, net: bool = False) -> object:
        table = realised(network, rows, net)
        return replace(table, bought=np.eye(len(table.stocks))) if net else table

    monkeypatch.setattr(type_one, "realised", broken)
    table = pd.DataFrame(multiplier_table(run.network, every, sums))
    assert table["realised_net"].isna().all()
    assert table.loc[table["part"] == "total", "realised"].notna().all()


def test_what_follows_from_the_network_alone_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By identity: the same object is not compiled again, an equal copy is."""
    network = two_regions()
    calls: list[Network] = []
    true = type_one.versions
    monkeypatch.setattr(type_one, "versions", lambda found: calls.append(found) or true(found))
    first = nominal_type_one(network)
    assert nominal_type_one(network) is first
    assert len(calls) == 1
    assert nominal_type_one(replace(network)) == first
    assert len(calls) == 2


def test_every_measure_of_a_table_has_weights_for_its_rows() -> None:
    network = two_regions()
    table = compile_network(network)
    found = measures(network, table)
    assert [measure.name for measure in found] == list(MEASURES)
    for measure in found:
        assert isinstance(measure, Measure)
        assert measure.weights.shape == (3,)
    assert not found[3].weights.any()  # no footprint, no jobs
