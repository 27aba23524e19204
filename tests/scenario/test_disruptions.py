"""Disruptions that hit something: the rows they become, and what they do to a plant, calculated by hand.

The plant makes four cars for an order every ten days, one after another at one a day, as one batch: it starts on days 0
and 10 and finishes on days 4 and 14 unless something hits it.  Seats come from outside within a day.
"""

from __future__ import annotations

from math import exp
from pathlib import Path

import pytest

from chainsim.engine.draws import Draws
from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Hit, Network, Shock, Stage
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import Run, rows_of, simulate

DAY = 86_400
PLANT = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-01-31, opening: empty}
parts:
  car: {price: 100_000 CNY, needs: {seat: 1}}
  seat: {price: 1_000 CNY}
plants:
  works: {makes: car, capacity: 1/day, batch: 4, district: Lixia}
suppliers:
  seats: {makes: seat, count: {city: 1, province: 1}, share: {city: 20%, province: 10%}, capacity: 100/day}
outside:
  world: {}
markets:
  buyers: {buys: car, rate: 0.4/day, every: 10 days}
"""
ALONE = (
    PLANT.replace("needs: {seat: 1}", "unit: car")
    .replace("  seat: {price: 1_000 CNY}\n", "")
    .replace(
        "suppliers:\n  seats: {makes: seat, count: {city: 1, province: 1}, share: {city: 20%, province: 10%}, "
        "capacity: 100/day}\noutside:\n  world: {}\n",
        "",
    )
)


def network(tmp_path: Path, text: str, disruption: str, *settings: str) -> Network:
    file = tmp_path / "scenario.yaml"
    file.write_text(f"{text}disruptions:\n  blow: {{{disruption}}}\n", encoding="utf-8")
    return build(load(file, settings))


def run(tmp_path: Path, text: str, disruption: str) -> Run:
    return simulate(network(tmp_path, text, disruption))


def days(of: Run, *kinds: int) -> list[tuple[float, int]]:
    """(day, quantity) of all rows of some kinds."""
    return [(row.tick / DAY, row.quantity) for row in rows_of(of.log) if row.kind in kinds]


def hit_names(net: Network, shock: Shock) -> set[tuple[str, str, str]]:
    """(target, firm or buyer, role or supplier) of each hit."""
    found = set()
    for hit in shock.hits:
        if hit.target == "lane":
            lane = net.lanes[hit.entity]
            ends = (net.stocks[point] for point in (lane.buyer, lane.supplier))
            buyer, supplier = (net.firms[point.firm].name for point in ends)
            found.add(("lane", buyer, supplier))
            continue
        point = net.stocks[net.lines[hit.entity].stock if hit.target == "line" else hit.entity]
        found.add((hit.target, net.firms[point.firm].name, point.role))
    return found


# ---------------------------------------------------------------------------------------------- rows


def test_a_scheduled_outage_sets_in_on_its_day_and_ends_after_its_time(tmp_path: Path) -> None:
    net = network(tmp_path, ALONE, "from: 2024-01-03, lasts: 3 days, hits: {firms: [works]}")
    (shock,) = net.shocks
    assert (shock.name, shock.wait, shock.law, shock.again) == ("blow", 2 * DAY, -1, False)
    assert shock.stages == (Stage(0, 3 * DAY), Stage(WHOLE_SHARE, 0))
    made = next(index for index, point in enumerate(net.stocks) if point.role == "made")
    assert shock.hits == (Hit("line", 0), Hit("stock", made))


def test_a_random_one_draws_its_onset_and_its_duration_under_its_own_name(tmp_path: Path) -> None:
    net = network(tmp_path, ALONE, 'every: "exponential(9 days)", lasts: 2 ± 1 days, hits: {plants: [works]}')
    (shock,) = net.shocks
    assert shock.again
    assert (shock.wait, shock.between) == (0, 0)
    assert [(net.draws[law].purpose, net.draws[law].owner) for law in (shock.law, shock.stages[0].law)] == [
        ("onset", "blow"),
        ("duration", "blow"),
    ]


def test_a_recovery_takes_equal_steps_at_the_middle_of_its_curve(tmp_path: Path) -> None:
    blow = "from: 2024-01-03, loses: 80%, lasts: 1 day, hits: {firms: [works]}, recovery: "
    (shock,) = network(tmp_path, ALONE, blow + "{over: 10 days}").shocks
    levels = [(stage.level, stage.wait / DAY) for stage in shock.stages]
    assert levels == [(200_000, 1), (300_000, 2.5), (500_000, 2.5), (700_000, 2.5), (900_000, 2.5), (WHOLE_SHARE, 0)]
    (shock,) = network(tmp_path, ALONE, blow + "{over: 10 days, steps: 3, shape: exponential}").shocks
    middles = [0.2 + 0.8 * (1 - exp(-3 * t)) / (1 - exp(-3)) for t in (1 / 6, 1 / 2, 5 / 6)]
    assert [stage.level for stage in shock.stages[1:-1]] == pytest.approx([1e6 * level for level in middles], abs=0.5)
    assert sum(stage.wait for stage in shock.stages[1:]) == 10 * DAY


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ("firms: [seats city 01]", {("line", "seats city 01", "made"), ("stock", "seats city 01", "made")}),
        ("lines: [seats city 01]", {("line", "seats city 01", "made")}),
        ("districts: [Lixia]", {("line", "works", "made"), ("stock", "works", "made")}),
        ("plants: [works]", {("line", "works", "made"), ("stock", "works", "made")}),
        ("rings: [province]", {("line", "seats province 01", "made"), ("stock", "seats province 01", "made")}),
        ("outside: [world]", {("stock", "world", "outside")}),
        ("markets: [buyers]", {("market", "buyers", "sold")}),
        ("lanes: [{buyer: works, supplier: world}]", {("lane", "works", "world")}),
        (
            "suppliers: [seats]",
            {(t, f"seats {ring} 01", "made") for t in ("line", "stock") for ring in ("city", "province")},
        ),
        (
            "parts: [seat]",
            {(t, f"seats {ring} 01", "made") for t in ("line", "stock") for ring in ("city", "province")}
            | {("stock", "world", "outside")},
        ),
    ],
)
def test_what_it_hits_when_all_is_lost(tmp_path: Path, hits: str, expected: set[tuple[str, str, str]]) -> None:
    net = network(tmp_path, PLANT, f"from: 2024-01-03, lasts: 3 days, hits: {{{hits}}}")
    assert hit_names(net, net.shocks[0]) == expected


def test_a_partial_loss_slows_lines_and_the_lanes_of_outside_sources_and_closes_nothing(tmp_path: Path) -> None:
    net = network(tmp_path, PLANT, "from: 2024-01-03, loses: 40%, lasts: 3 days, hits: {parts: [seat]}")
    assert hit_names(net, net.shocks[0]) == {
        ("line", "seats city 01", "made"),
        ("line", "seats province 01", "made"),
        ("lane", "works", "world"),
    }
    assert net.shocks[0].stages[0].level == 600_000


def test_stock_is_lost_of_all_that_the_firms_keep(tmp_path: Path) -> None:
    blow = "from: 2024-01-03, lasts: 3 days, stock: lost, hits: {plants: [works]}"
    net = network(tmp_path, PLANT, blow)
    lost = {(net.stocks[hit.entity].role, hit.loses) for hit in net.shocks[0].hits if hit.target == "stock"}
    assert lost == {("made", WHOLE_SHARE), ("bought", WHOLE_SHARE)}


def test_it_changes_no_version_of_the_scenario(tmp_path: Path) -> None:
    hit = network(tmp_path, PLANT, "from: 2024-01-13, lasts: 3 days, hits: {plants: [works]}")
    calm = network(tmp_path, PLANT, "from: 2030-01-01, lasts: 3 days, hits: {plants: [works]}")
    assert hit.changes == calm.changes
    assert hit.stocks == calm.stocks


def test_a_setting_changes_it_where_no_policy_can(tmp_path: Path) -> None:
    net = network(
        tmp_path, ALONE, "from: 2024-01-03, lasts: 3 days, hits: {plants: [works]}", "disruptions.blow.loses=50%"
    )
    assert net.shocks[0].stages[0].level == 500_000


# ---------------------------------------------------------------------------------------------- runs


def test_a_batch_in_process_waits_for_the_end_of_an_outage_and_goes_on_where_it_was(tmp_path: Path) -> None:
    """Two of four days' work are done when the line stops on day 2; it goes on on day 5 and takes two more."""
    result = run(tmp_path, ALONE, "from: 2024-01-03, lasts: 3 days, hits: {firms: [works]}")
    assert days(result, state.FINISHED) == [(7, 4), (14, 4), (24, 4)]
    assert days(result, state.LINE_LEVEL) == [(2, 0), (5, WHOLE_SHARE)]
    assert days(result, state.STOCK_LEVEL) == [(2, 0), (5, WHOLE_SHARE)]


def test_half_the_speed_doubles_the_time_that_is_left(tmp_path: Path) -> None:
    result = run(tmp_path, ALONE, "from: 2024-01-03, loses: 50%, hits: {firms: [works]}")
    assert days(result, state.FINISHED) == [(6, 4), (18, 4), (28, 4)]
    assert days(result, state.STOCK_LEVEL) == []


def test_a_recovering_line_works_at_the_speed_of_each_step(tmp_path: Path) -> None:
    """Two days of work are left on day 2: none until day 4, half a day until 6, one and a half until 8."""
    blow = "from: 2024-01-03, lasts: 2 days, recovery: {over: 4 days, steps: 2}, hits: {firms: [works]}"
    result = run(tmp_path, ALONE, blow)
    assert days(result, state.LINE_LEVEL) == [(2, 0), (4, 250_000), (6, 750_000), (8, WHOLE_SHARE)]
    assert days(result, state.FINISHED)[0] == (8, 4)


def test_of_two_disruptions_the_worse_counts(tmp_path: Path) -> None:
    blow = (
        "from: 2024-01-03, loses: 50%, lasts: 6 days, hits: {lines: [works]}}\n"
        "  other: {from: 2024-01-04, loses: 80%, lasts: 2 days, hits: {lines: [works]}"
    )
    result = run(tmp_path, ALONE, blow)
    assert days(result, state.LINE_LEVEL) == [(2, 500_000), (3, 200_000), (5, 500_000), (8, WHOLE_SHARE)]


def test_only_a_firm_that_is_hit_as_a_whole_keeps_back_its_stock(tmp_path: Path) -> None:
    text = ALONE.replace("batch: 4", "batch: 4, finished_stock: base_stock(4)").replace("opening: empty", "seed: 1")
    stopped = run(tmp_path, text, "from: 2024-01-09, lasts: 4 days, hits: {lines: [works]}")
    closed = run(tmp_path, text, "from: 2024-01-09, lasts: 4 days, hits: {firms: [works]}")
    assert days(stopped, state.SHIPPED) == [(0, 4), (10, 4), (20, 4)]
    assert days(closed, state.SHIPPED) == [(0, 4), (12, 4), (20, 4)]


def test_a_blocked_lane_keeps_what_is_owed_until_it_opens(tmp_path: Path) -> None:
    text = PLANT.replace("world: {}", "world: {lead_time: 1 day}").replace("city: 20%, province: 10%", "city: 0%")
    text = text.replace("count: {city: 1, province: 1}", "count: {city: 1}")
    lane = "hits: {lanes: [{buyer: works, supplier: world}]}"
    free = run(tmp_path, text, f"from: 2024-01-22, lasts: 1 day, {lane}")
    blocked = run(tmp_path, text, f"from: 2024-01-10, lasts: 4 days, {lane}")
    slowed = run(tmp_path, text, f"from: 2024-01-10, loses: 60%, lasts: 4 days, {lane}")
    assert days(free, state.STARTED) == [(1, 4), (11, 4), (21, 4)]
    assert days(blocked, state.STARTED) == [(1, 4), (14, 4), (21, 4)]
    assert days(slowed, state.STARTED) == [(1, 4), (12.5, 4), (21, 4)]  # a day at two fifths of the speed
    closed = run(tmp_path, text, "from: 2024-01-10, lasts: 4 days, hits: {outside: [world]}")
    assert days(closed, state.STARTED) == days(blocked, state.STARTED)
    assert days(closed, state.STOCK_LEVEL) == days(blocked, state.LANE_LEVEL)
    assert days(blocked, state.LANE_LEVEL) == [(9, 0), (13, WHOLE_SHARE)]


def test_half_a_market_is_half_of_each_order_with_its_fraction_carried(tmp_path: Path) -> None:
    text = ALONE.replace("rate: 0.4/day, every: 10 days", "rate: 3/day, every: 1 day").replace("31, op", "08, op")
    result = run(tmp_path, text, "from: 2024-01-02, loses: 50%, lasts: 5 days, hits: {markets: [buyers]}")
    assert days(result, state.DEMANDED) == [(0, 3), (1, 1), (2, 2), (3, 1), (4, 2), (5, 1), (6, 3)]


def test_destroyed_stock_is_a_share_rounded_up_and_is_made_again(tmp_path: Path) -> None:
    text = ALONE.replace("batch: 4", "finished_stock: base_stock(10)").replace("opening: empty", "seed: 1")
    blow = "from: 2024-01-07, loses: 10%, stock_lost: 25%, lasts: 1 day, hits: {firms: [works]}"
    result = run(tmp_path, text, blow)
    assert days(result, state.DESTROYED) == [(6, 3)]  # a quarter of ten
    assert days(result, state.RELEASED) == [(0, 4), (6, 3), (10, 4), (20, 4)]


def test_constant_laws_strike_at_equal_distances_from_the_end_of_one_to_the_next(tmp_path: Path) -> None:
    result = run(tmp_path, ALONE, "every: 5 days, lasts: 2 days, hits: {lines: [works]}")
    assert [day for day, level in days(result, state.LINE_LEVEL) if level == 0] == [5, 12, 19, 26]
    assert [day for day, level in days(result, state.LINE_LEVEL) if level > 0] == [7, 14, 21, 28]


def test_drawn_times_follow_each_other_from_the_first_onset_on(tmp_path: Path) -> None:
    net = network(tmp_path, ALONE, 'every: "uniform(1 day, 4 days)", lasts: 1 ± 0.5 days, hits: {lines: [works]}')
    result = simulate(net)
    shock = net.shocks[0]
    draws = Draws(net, 0)
    expected, now, number = [], 0, 0
    while True:
        now += draws.extend(shock.law, number)
        expected.append((now, 0))
        now += draws.extend(shock.stages[0].law, number)
        expected.append((now, WHOLE_SHARE))
        number += 1
        if now >= net.horizon:
            break
    found = [(row.tick, row.quantity) for row in rows_of(result.log) if row.kind == state.LINE_LEVEL]
    assert found == [row for row in expected if row[0] < net.horizon]
    assert len(found) > 8
