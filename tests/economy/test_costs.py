"""Costs and footprints: calculated by hand, against a replay of random runs, and from the scenario on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.economy.costs import KINDS, cost_table
from chainsim.errors import ScenarioError
from chainsim.model import state
from chainsim.model.network import CostRates, Footprint, Network
from chainsim.results.frames import frames
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.study import plan, run
from chainsim.study.tabulation import tabulate
from chainsim.testing.replay import replay
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks, simulate

DAY = 86_400

SHOP = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-01-11, opening: empty}
parts:
  cup: {price: 10 CNY, needs: {clay: 2}}
  clay: {price: 1 CNY, resolution: 0.5}
plants:
  shop:
    makes: cup
    finished_stock: base_stock(3)
    process_time: 1 day
    lines: 9
    costs: {holding: 2 CNY/day, holding_components: 1 CNY/day, backorder: 30 CNY/day, in_transit: 0.5 CNY/day,
            order: 7 CNY, unit: 0.1 CNY, set_up: 3 CNY, unit_made: 0.2 CNY}
    footprint: {jobs: 3, wages: 50%, tax: 20%, energy: 4, co2: 250}
outside:
  pit: {lead_time: 2 days}
markets:
  people: {buys: cup, rate: 1/day}
policies:
  cheap: {from: 2024-01-05, change: {plants.shop.costs.holding: 1 CNY/day}}
  green: {from: 2024-01-05, change: {plants.shop.footprint.co2: 100}}
  dear: {change: {plants.shop.costs.holding: +100%}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


def test_costs_and_footprint_by_hand(shop: Path) -> None:
    """Days 0 to 9, one cup wanted each midnight; clay takes 2 days to come, a cup 1 day to make.

    On day 0 one order goes to the line, 3 cups for stock and 1 for the first buyer, and one to the pit; later one each
    a day.  4 cups are started on day 2 and ready on day 3, for the buyers of days 0 to 3; from then on one a day, on
    the day it is wanted, so nothing is ever left on hand.
    """
    tables = run(plan(load(shop), [], [0]), jobs=1).tables
    costs = tables["costs"].set_index("part")
    cup, clay = costs.loc["cup"], costs.loc["clay"]
    assert cup["backorder_cny"] == pytest.approx(30 * (3 + 2 + 1))
    assert cup["holding_cny"] == 0
    assert cup["set_up_cny"] == 3 * (1 + 7)
    assert cup["unit_made_cny"] == pytest.approx(0.2 * (4 + 7))
    assert clay["order_cny"] == 7 * (1 + 9)
    assert clay["unit_cny"] == pytest.approx(0.1 * (8 + 2 * 9))
    assert clay["holding_cny"] == 0
    # 8 units of clay are under way on days 0 and 1; 2 more from each day from day 1 on, for 2 days, the last for one.
    assert clay["in_transit_cny"] == pytest.approx(0.5 * (8 * 2 + 2 * 2 * 8 + 2 * 1))
    assert cup["total_cny"] == pytest.approx(sum(cup[f"{kind}_cny"] for kind in KINDS))
    kpis = tables["kpis"].set_index("measure")["value"]
    assert kpis["cost_total"] == pytest.approx(cup["total_cny"] + clay["total_cny"])
    assert kpis["cost_per_day"] == pytest.approx(kpis["cost_total"] / 10)
    firm = tables["firms"].set_index("firm").loc["shop"]
    assert firm["revenue_cny"] == 100
    assert firm["jobs"] == pytest.approx(3 * (100 / 1e6) * 365 / 10)
    assert firm["wages_cny"] == pytest.approx(0.5 * (100 - 20))
    assert firm["production_taxes_cny"] == pytest.approx(0.2 * (100 - 20))
    assert firm["energy_kwh"] == 4 * (4 + 6)
    assert firm["co2_t"] == pytest.approx(0.25 * (4 + 6))
    assert (kpis["city_jobs"], kpis["city_co2"]) == (firm["jobs"], firm["co2_t"])


def test_costs_change_nothing_but_themselves(shop: Path) -> None:
    tables = run(plan(load(shop), ["dear"], [0]), jobs=1).tables
    changed = tables["comparison"].set_index("measure")
    assert set(changed.index[changed["verdict"] != "exactly equal"]) <= {"cost_total", "cost_per_day"}


@pytest.mark.parametrize(("policy", "key"), [("cheap", "costs"), ("green", "footprint")])
def test_neither_can_change_during_a_run(shop: Path, policy: str, key: str) -> None:
    with pytest.raises(ScenarioError, match=f"{key} of shop would change on 2024-01-05"):
        build(load(shop), [policy])


def test_rates_are_per_quantum_and_tick(shop: Path) -> None:
    network = build(load(shop, ["study.tick=1 h"]))
    by_part = {
        network.parts[p.part].name: network.costs[i] for i, p in enumerate(network.stocks) if p.role != "outside"
    }
    assert by_part["clay"].holding == Fraction(100, 24 * 2)
    assert by_part["clay"].unit == Fraction(10, 2)
    assert by_part["cup"].holding == Fraction(200, 24)
    assert network.footprints[[f.name for f in network.firms].index("shop")].jobs == Fraction(3, 10**8)


def test_without_costs_there_are_none(small: Path) -> None:
    network = build(load(small))
    assert (network.costs, network.footprints) == ((), ())
    tables = tabulate(frames(network, simulate(network).log))
    assert len(tables["costs"]) == 0
    assert tables["kpis"].set_index("measure")["value"]["cost_total"] == 0


def test_what_lost_sales_cost() -> None:
    """2 wanted a day, one there each day: one lost a day at 9 fen."""
    sketch = Sketch(5 * DAY).make("shop", "job", 1, time=DAY)
    network = sketch.market("people", "job", "shop", every=DAY, quantity=2).network()
    stocks = tuple(replace(row, backlog=0) if row.role == "made" else row for row in network.stocks)
    costs = tuple(CostRates(lost=Fraction(9)) if row.role == "made" else CostRates() for row in stocks)
    found = pd.DataFrame(
        cost_table(frames(replace(network, stocks=stocks, costs=costs), simulate(replace(network, stocks=stocks)).log))
    )
    assert found["lost_cny"].tolist() == [0.45]


@given(networks(), st.integers(0, 14))
@settings(max_examples=20)
def test_costs_are_those_of_a_replay_tick_by_tick(network: Network, warm_up: int) -> None:
    """Every rate times what the books hold after each tick, or what the rows of the log sum to."""
    rates = CostRates(Fraction(1, 3), Fraction(5, 7), Fraction(2, 9), 11, 13, Fraction(1, 2), Fraction(3), Fraction(1))
    network = replace(network, warm_up=warm_up, costs=(rates,) * len(network.stocks))
    run_ = simulate(network)
    count = len(network.stocks)
    totals = {kind: [Fraction(0)] * count for kind in KINDS}
    transit = [0] * count
    for row in network.transits:
        transit[network.lanes[row.lane].buyer] += row.quantity
    now = ([p.on_hand for p in network.stocks], [0] * count, list(transit))
    states = {}
    started: set[int] = set()
    for tick, row, books in replay(run_):
        if row is None:
            states[tick] = (list(books.on_hand), list(books.backorders), list(transit))
            continue
        if row.kind in (state.SHIPPED, state.RECEIVED):
            transit[network.lanes[row.entity].buyer] += row.quantity if row.kind == state.SHIPPED else -row.quantity
        first = row.kind == state.STARTED and row.order not in started
        started |= {row.order} if row.kind == state.STARTED else set()
        if tick < warm_up:
            continue
        if row.kind == state.PLACED:
            totals["order"][network.lanes[row.entity].buyer] += rates.order
            totals["unit"][network.lanes[row.entity].buyer] += rates.unit * row.quantity
        elif row.kind == state.LOST:
            totals["lost"][network.lanes[row.entity].supplier] += rates.lost * row.quantity
        elif row.kind == state.STARTED:
            totals["unit_made"][row.entity] += rates.unit_made * row.quantity
            totals["set_up"][row.entity] += rates.set_up * first
    for tick in range(network.horizon):
        now = states.get(tick, now)
        for p in range(count) if tick >= warm_up else ():
            for kind, level in zip(("holding", "backorder", "in_transit"), now, strict=True):
                totals[kind][p] += getattr(rates, kind) * level[p]
    table = pd.DataFrame(cost_table(frames(network, run_.log)))
    outside = [p for p, point in enumerate(network.stocks) if point.role == "outside"]
    for kind in KINDS:
        found, expected = table[f"{kind}_cny"].to_numpy(), np.array([float(fen / 100) for fen in totals[kind]])
        keep = [p for p in range(count) if p not in outside]  # an outside source holds nothing
        assert found[keep] == pytest.approx(expected[keep]), kind


def test_who_makes_nothing_is_judged_by_what_it_sends() -> None:
    sketch = Sketch(5 * DAY)
    network = sketch.market("people", "job", "outside", every=DAY, quantity=2).network()
    footprints = tuple(Footprint(energy=Fraction(3)) if row.kind == "outside" else Footprint() for row in network.firms)
    firms = tabulate(frames(replace(network, footprints=footprints), simulate(network).log))["firms"]
    assert firms.set_index("firm").loc["outside", "energy_kwh"] == 3 * 10
