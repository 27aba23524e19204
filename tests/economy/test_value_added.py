"""Value added against final sales, imports and the stock that is there; Leontief's identity; rings and groups."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.economy.books import books
from chainsim.economy.leontief import compile_network, versions
from chainsim.economy.multipliers import final_sales
from chainsim.economy.nominal import Terms, material_costs
from chainsim.engine import simpy_engine
from chainsim.model import state
from chainsim.model.network import Firm, Lane, Network, StockPoint
from chainsim.results.frames import Run, frames
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.tabulation import tabulate
from chainsim.testing.sketch import Sketch

BYD = Path(__file__).parents[2] / "scenarios" / "byd.yaml"


def simulated(network: Network) -> np.ndarray:
    return np.array([firm.kind in ("chain_master", "supplier") for firm in network.firms])


def stock_change_at_cost(run: Run) -> tuple[Fraction, int]:
    """Change of all physical stocks at materials cost (fen), from the bare events; and the bound of its roundings.

    What is bought is worth its price and freight, on its way from a warehouse too; what is made, on a line, in store
    or on its way to the buyer, is worth the materials in it.  Invoices are in whole fen: one a delivery.  A line takes
    whole quanta: one a component whose coefficient is a fraction.  Materials sold are rounded once a firm.
    """
    network = run.network
    costs = material_costs(network, Terms.at_start(network))
    lanes, stocks = network.lanes, network.stocks
    price = {
        lane.buyer: Fraction(lane.price + lane.freight, network.parts[stocks[lane.buyer].part].per_unit)
        for lane in network.lanes
    }
    bought: dict[int, int] = {}
    made: dict[int, Fraction] = {}
    for kind, entity, quantity in run.events[["kind", "entity", "quantity"]].itertuples(index=False):
        if kind == state.CONSUMED:
            bought[entity] = bought.get(entity, 0) - quantity
        elif kind == state.STARTED:  # leaves as a component, enters as work in progress, of which a share is good
            made[entity] = made.get(entity, Fraction(0)) + quantity * network.lines[stocks[entity].line].good
        elif kind == state.RECEIVED:
            buyer, seller = lanes[entity].buyer, lanes[entity].supplier
            if stocks[buyer].role == "bought":
                bought[buyer] = bought.get(buyer, 0) + quantity
            if stocks[seller].role == "made":
                made[seller] = made.get(seller, Fraction(0)) - quantity
            elif stocks[seller].role == "bought":
                bought[seller] = bought.get(seller, 0) - quantity
    change = sum((price[stock] * quantity for stock, quantity in bought.items()), Fraction(0))
    change += sum((costs.get(stock, Fraction(0)) * quantity for stock, quantity in made.items()), Fraction(0))
    carried = sum(price[need.component] for need in network.needs if need.quantity.denominator > 1)
    return change, len(run.of_kind(state.RECEIVED)) + len(network.firms) + int(carried) + 1


def check_value_added(run: Run) -> None:
    network = run.network
    found = books(run)
    every, sums = found.deliveries, found.production
    value_added = int(sums["value_added"].sum())
    outside = ~simulated(network)
    imports = int(every["amount"][outside[every["seller"]]].sum())
    imports += int(every["freight"][~outside[every["buyer"]]].sum())
    change, roundings = stock_change_at_cost(run)
    assert abs(value_added - (final_sales(network, every) - imports + change)) <= roundings
    assert roundings < final_sales(network, every) / 1000


@pytest.fixture(scope="module")
def run(small: Path) -> Run:
    network = build(load(small))
    return frames(network, simpy_engine.run(network, 0))


def test_value_added_is_final_sales_less_imports_plus_stock(run: Run) -> None:
    check_value_added(run)


@pytest.mark.parametrize(
    "settings_",
    [
        ["study.opening=empty"],
        ["plants.works.component_stock=9 days", "suppliers.电机.batch=1"],
        ["markets.buyers.rate=25/day", "suppliers.steel.capacity=60% of plan"],
        ["parts.steel.lot=0.5", "parts.steel.price=333.33 CNY"],
    ],
)
def test_value_added_is_so_in_other_cases_too(small: Path, settings_: list[str]) -> None:
    network = build(load(small, settings_))
    check_value_added(frames(network, simpy_engine.run(network, 1)))


TRADE = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-04-01, seed: 5}
parts:
  car: {price: 90 CNY, needs: {seat: 2}}
  seat: {price: 20 CNY}
plants:
  works: {makes: car, component_stock: 3 days, finished_stock: 2 days, from: {seat: depot}, freight: 2 CNY}
outside:
  world: {lead_time: 4 ± 1 days, freight: 0.3 CNY}
warehouses:
  depot: {stocks: seat, stock: "s_S(40, 200)", price: 25 CNY, lead_time: 1 day}
  shop: {stocks: car, from: works, count: 3, stock: base_stock(12), price: 110 CNY, lead_time: 1 day, review: 1 day}
markets:
  buyers: {buys: car, at: shop, rate: 9/day, noise: 20%, freight: 5 CNY}
"""


@pytest.mark.parametrize("opening", ["full", "empty"])
def test_trade_margins_and_freight_use_up_every_yuan_too(tmp_path: Path, opening: str) -> None:
    """Final sales less imports, freight included, plus stock: margins of warehouses are value added like any other."""
    path = tmp_path / "trade.yaml"
    path.write_text(TRADE, encoding="utf-8")
    network = build(load(path, [f"study.opening={opening}"]))
    check_value_added(frames(network, simpy_engine.run(network, 0)))
    model = compile_network(network)
    assert len(model.stocks) == 1 + 1 + 3
    inverse = np.linalg.inv(np.eye(5) - model.purchases)
    assert np.abs((model.value_added + model.outside) @ inverse - 1).max() < 1e-12
    # A car sold for 110 is bought for 90, with 2 for carriers; in it are 2 seats of 25, bought for 20.3.
    margins = {network.stock_name(stock): value for stock, value in zip(model.stocks, model.value_added, strict=True)}
    assert margins["works / car (made)"] == pytest.approx((90 - 50) / 90)
    assert margins["depot / seat (bought)"] == pytest.approx((25 - 20.3) / 25)
    assert margins["shop 02 / car (bought)"] == pytest.approx((110 - 92) / 110)


@pytest.mark.parametrize("path", ["small", "byd"])
def test_value_added_and_imports_use_up_every_yuan(small: Path, path: str) -> None:
    """v'L + m'L = 1' for every product, to 1e-12 (MODEL 6); so also for the final demand of every version."""
    loaded = load(small if path == "small" else BYD)
    for policy in ("none", *loaded.scenario.policies):
        network = build(loaded, () if policy == "none" else (policy,))
        for model, _ in versions(network):
            inverse = np.linalg.inv(np.eye(len(model.stocks)) - model.purchases)
            total = (model.value_added + model.outside) @ inverse
            assert np.abs(total - 1).max() < 1e-12
            assert abs((model.value_added + model.outside) @ model.output - 1) < 1e-12
        assert sum(part for _, part in versions(network)) == pytest.approx(1)
        if path == "byd":
            break


def test_shares_of_purchases_are_those_of_the_file(small: Path) -> None:
    """80 % materials, of which 60 % motors: 48 fen per yuan of car; 80 % of them from the four local makers."""
    network = build(load(small))
    model = compile_network(network)
    names = [network.parts[network.stocks[stock].part].name for stock in model.stocks]
    motors = [index for index, name in enumerate(names) if name == "motor"]
    cars = names.index("car")
    assert model.purchases[motors, cars].sum() == pytest.approx(0.48 * 0.8, abs=1e-9)
    assert model.outside[cars] == pytest.approx(0.48 * 0.2 + 0.32 * 0.4, abs=1e-9)


@given(
    seed=st.integers(0, 10**6),
    group=st.sampled_from(["", "Works", "Other"]),
    city=st.integers(5, 60),
    opening=st.sampled_from(["full", "empty"]),
)
@settings(max_examples=8)
def test_consolidated_is_never_more_and_the_province_never_less(
    small: Path, seed: int, group: str, city: int, opening: str
) -> None:
    changes = [f"study.seed={seed}", f"suppliers.电机.share.city={city}%", f"study.opening={opening}"]
    changes += [f"suppliers.电机.group={group}"] if group else []
    changes += ["study.end=2024-01-21"]
    network = build(load(small, changes))
    tables = tabulate(frames(network, simpy_engine.run(network, 0)))
    for column in ("simulated", "leontief"):
        found = tables["multipliers"].set_index(["ring", "measure", "group"])[column]
        for ring in ("city", "province"):
            apart, consolidated = (found[ring, "gross output", kind] for kind in ("apart", "consolidated"))
            assert consolidated <= apart + 1e-12
            if group != "Works":
                assert consolidated == pytest.approx(apart)
            elif apart:
                assert consolidated < apart
        for measure, kind in (("gross output", "apart"), ("gross output", "consolidated"), ("value added", "apart")):
            assert found["province", measure, kind] >= found["city", measure, kind] - 1e-12
    kpis = tables["kpis"].set_index("measure")["value"]
    assert kpis["city_revenue_consolidated"] <= kpis["city_revenue"] <= kpis["province_revenue"]
    assert 0 <= kpis["fill_rate"] <= 1


def test_revenue_by_ring_adds_up(run: Run) -> None:
    tables = tabulate(run)
    firms, lanes, daily = tables["firms"], tables["lanes"], tables["daily"]
    real = firms[firms["kind"].isin(["chain_master", "supplier"])]
    assert real["revenue_cny"].sum() == pytest.approx(
        lanes.loc[lanes["supplier"].isin(real["firm"]), "revenue_cny"].sum()
    )
    for ring in ("city", "province"):
        assert daily[f"revenue_{ring}_cny"].sum() == pytest.approx(real.loc[real["ring"] == ring, "revenue_cny"].sum())
    assert isinstance(tables["kpis"], pd.DataFrame)


def by_hand() -> Network:
    """100 yuan a cup, from 2 leaves at 10 yuan and 3 yuan freight; three in four cups are good; leaves from a depot.

    The depot buys leaves at 6 yuan and 1 yuan freight.
    """
    sketch = Sketch(40).part("cup", 10_000).part("leaf", 1_000)
    sketch.make("shop", "cup", time=1).buy("shop", "leaf", "cup", 2, "outside", 8, time=2)
    sketch.market("people", "cup", "shop", every=1)
    network = sketch.network()
    depot = len(network.firms)
    stocks = (*network.stocks, StockPoint(depot, 1, "bought", 19, 20, on_hand=20))
    at = {network.stock_name(index): index for index in range(len(network.stocks))}
    shop_leaf, outside_leaf = at["shop / leaf (bought)"], at["outside / leaf (outside)"]
    lanes = [
        replace(lane, supplier=len(stocks) - 1, freight=300) if lane.buyer == shop_leaf else lane
        for lane in network.lanes
    ]
    lanes.append(Lane(len(stocks) - 1, outside_leaf, lead_time=3, price=600, freight=100))
    return replace(
        network,
        firms=(*network.firms, Firm("the depot", "supplier", "city")),
        stocks=stocks,
        lanes=tuple(lanes),
        lines=(replace(network.lines[0], good=Fraction(3, 4)),),
    )


def test_freight_scrap_and_margins_by_hand() -> None:
    """A cup has 2 x 4/3 leaves at 13 yuan in it, a leaf of the depot 7: 65 1/3 and 3 yuan are added."""
    network = by_hand()
    costs = material_costs(network, Terms.at_start(network))
    shop, depot = (next(i for i, p in enumerate(network.stocks) if p.role == role and p.line == line)
                   for role, line in (("made", 0), ("bought", -1)))  # fmt: skip
    assert costs == {shop: Fraction(2600 * 4, 3), depot: Fraction(700)}
    model = compile_network(network)
    row = {stock: index for index, stock in enumerate(model.stocks)}
    assert model.purchases[row[depot], row[shop]] == pytest.approx(2 * 10 * 4 / 3 / 100)
    assert model.outside[row[shop]] == pytest.approx(2 * 3 * 4 / 3 / 100)
    assert model.outside[row[depot]] == pytest.approx(7 / 10)
    assert model.value_added[[row[shop], row[depot]]] == pytest.approx([1 - 26 * 4 / 3 / 100, 3 / 10])
    assert model.identity_error < 1e-12
    run = frames(network, simpy_engine.run(network, 0))
    found = books(run)
    every, sums = found.deliveries, found.production
    cups = int(every["quantity"][every["part"] == 0].sum())
    leaves = int(every["quantity"][every["seller"] == len(network.firms) - 1].sum())
    assert cups > 30
    shop_firm = network.stocks[shop].firm
    assert sums["value_added"][shop_firm] == 10_000 * cups - round(Fraction(2600 * 4, 3) * cups)
    assert sums["value_added"][-1] == (1000 - 700) * leaves
    check_value_added(run)
