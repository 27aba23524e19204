"""From a scenario to a network: units become quanta, versions become dated changes, and nothing changes unseen."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.model import state
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Network
from chainsim.scenario.build import build
from chainsim.scenario.load import load

DAY = 86_400
BASE = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-07-01}
parts:
  car: {price: 1_000 CNY, needs: {steel: 0.5}}
  steel: {price: 100 CNY, unit: t, resolution: 0.001, lot: 2}
plants:
  plant: {makes: car, capacity: 20/day, component_stock: 3 days, review: 1 day, pays_after: 30 days}
suppliers:
  mill: {makes: steel, count: {city: 2, province: 1}, share: {city: 40%, province: 30%}, lead_time: 2 days,
         capacity: 125% of plan}
outside:
  world: {lead_time: 2 days}
markets:
  buyers: {buys: car, rate: 16/day}
"""


def network(tmp_path: Path, text: str = BASE, *policies: str) -> Network:
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return build(load(file), policies)


def stock(net: Network, firm: str, role: str) -> int:
    return next(i for i, s in enumerate(net.stocks) if net.firms[s.firm].name == firm and s.role == role)


def changes(net: Network, kind: int) -> list[tuple[int, int, tuple[int, int, int]]]:
    return [(c.tick // DAY, c.entity, c.values) for c in net.changes if c.kind == kind]


def test_quantities_are_multiples_of_the_parts_resolution(tmp_path: Path) -> None:
    net = network(tmp_path)
    steel = net.stocks[stock(net, "plant", "bought")]
    assert steel.lot == 2_000
    # Cover: 16 cars a day x 0.5 t x (3 days kept + 2 days under way + 1 day of review), in kilograms.
    assert (steel.reorder_point, steel.order_up_to) == (47_999, 48_000)
    assert [need.quantity for need in net.needs] == [500]


@pytest.mark.parametrize(
    ("rule", "levels"), [("base_stock(12.5)", (12_499, 12_500)), ('"s_S(5, 12)"', (5_000, 12_000))]
)
def test_fixed_levels_are_in_units_of_the_part(tmp_path: Path, rule: str, levels: tuple[int, int]) -> None:
    net = network(tmp_path, BASE.replace("component_stock: 3 days", f"component_stock: {rule}"))
    steel = net.stocks[stock(net, "plant", "bought")]
    assert (steel.reorder_point, steel.order_up_to) == levels


def test_the_capacity_simulated_is_the_capacity_stated(tmp_path: Path) -> None:
    net = network(tmp_path, BASE.replace("capacity: 125% of plan", "capacity: 20_000/day"))
    speeds = {net.firms[net.stocks[line.stock].firm].name: line.ticks_per_quantum for line in net.lines}
    assert speeds == {
        "plant": Fraction(DAY, 20),
        **dict.fromkeys(["mill city 01", "mill city 02", "mill province 01"], Fraction(DAY, 20_000_000)),
    }


def test_a_capacity_of_plan_is_that_share_of_the_planned_rate(tmp_path: Path) -> None:
    net = network(tmp_path)
    daily = {net.firms[net.stocks[line.stock].firm].name: DAY / line.ticks_per_quantum for line in net.lines}
    assert float(daily["mill city 01"]) == pytest.approx(1.25 * 16 * 500 * 0.2)
    assert float(daily["mill province 01"]) == pytest.approx(1.25 * 16 * 500 * 0.3)


def test_a_policy_cannot_raise_a_capacity_of_plan_by_raising_the_plan(tmp_path: Path) -> None:
    text = BASE + "policies:\n  boom: {change: {markets.buyers.rate: +50%}}\n"
    assert network(tmp_path, text, "boom").lines == network(tmp_path, text).lines


def test_a_firm_that_only_a_policy_brings_has_the_capacity_of_its_own_plan(tmp_path: Path) -> None:
    text = BASE + "policies:\n  more: {change: {suppliers.mill.count.province: 2}}\n"
    net = network(tmp_path, text, "more")
    daily = {net.firms[net.stocks[line.stock].firm].name: line.servers for line in net.lines}
    assert daily["mill province 02"] == 1
    new = next(line for line in net.lines if net.firms[net.stocks[line.stock].firm].name == "mill province 02")
    assert float(DAY / new.ticks_per_quantum) == pytest.approx(1.25 * 16 * 500 * 0.15)


def test_unlimited_for_one_firm_lifts_the_limit_of_its_group(tmp_path: Path) -> None:
    net = network(tmp_path, BASE + "firms: {mill city 01: {capacity: unlimited}}\n")
    servers = {net.firms[net.stocks[line.stock].firm].name: line.servers for line in net.lines}
    assert servers["mill city 01"] == UNLIMITED
    assert servers["mill city 02"] == 1


def test_shares_are_whole_parts_per_million_that_sum_to_one_million(tmp_path: Path) -> None:
    net = network(tmp_path, BASE.replace("{city: 2, province: 1}", "{city: 7, province: 3}"))
    steel = stock(net, "plant", "bought")
    shares = [lane.share for lane in net.lanes if lane.buyer == steel]
    assert sum(shares) == WHOLE_SHARE
    assert sorted({share // 1000 for share in shares}) == [57, 100, 300]
    assert max(abs(share - 400_000 / 7) for share in shares if share < 60_000) < 1


def test_the_largest_remainder_has_the_part_per_million_that_rounding_down_leaves(tmp_path: Path) -> None:
    """1, 2 and 4 parts of 7 are 142857.14, 285714.29 and 571428.57 parts per million: one is left, for the last."""
    mills = ", ".join(f"{name}: {{share: {parts}/7, ring: city}}" for name, parts in (("A", 1), ("B", 2), ("C", 4)))
    text = BASE.replace(
        "count: {city: 2, province: 1}, share: {city: 40%, province: 30%}",
        f"firms: {{{mills}}}",
    )
    net = network(tmp_path, text)
    steel = stock(net, "plant", "bought")
    shares = {net.firms[net.stocks[lane.supplier].firm].name: lane.share for lane in net.lanes if lane.buyer == steel}
    assert shares == {"A": 142_857, "B": 285_714, "C": 571_429}


def test_named_firms_share_what_they_state_and_the_rest_is_outside(tmp_path: Path) -> None:
    text = BASE.replace(
        "count: {city: 2, province: 1}, share: {city: 40%, province: 30%}",
        "firms: {Steelworks A: {share: 30%, ring: city}, Steelworks B: {share: 10%, ring: city}}",
    )
    net = network(tmp_path, text)
    steel = stock(net, "plant", "bought")
    shares = {net.firms[net.stocks[lane.supplier].firm].name: lane.share for lane in net.lanes if lane.buyer == steel}
    assert shares == {"Steelworks A": 300_000, "Steelworks B": 100_000, "world": 600_000}


def test_a_dated_policy_changes_only_its_own_lever_and_only_from_its_date(tmp_path: Path) -> None:
    text = (
        BASE + "policies:\n  terms: {from: 2024-03-01, until: 2024-05-01, change: {plants.plant.pays_after: 10 days}}\n"
    )
    net, base = network(tmp_path, text, "terms"), network(tmp_path, text)
    assert (net.stocks, net.lanes, net.lines, net.needs) == (base.stocks, base.lanes, base.lines, base.needs)
    steel = stock(net, "plant", "bought")
    lanes = [i for i, lane in enumerate(net.lanes) if lane.buyer == steel]
    expected = [(60, i, 10 * DAY) for i in lanes] + [(121, i, 30 * DAY) for i in lanes]
    found = [(day, entity, values[0]) for day, entity, values in changes(net, state.SET_LANE_TERMS)]
    assert sorted(found) == sorted(expected)
    assert [c for c in net.changes if c.kind != state.SET_LANE_TERMS] == list(base.changes)


def test_an_outage_closes_the_line_and_opens_it_again(tmp_path: Path) -> None:
    text = (
        BASE
        + "disruptions:\n  flood: {from: 2024-02-01, until: 2024-02-11, change: {firms.mill city 01.capacity: 0/day}}\n"
    )
    net = network(tmp_path, text)
    servers = [(day, values[0]) for day, _, values in changes(net, state.SET_LINE_SPEED)]
    assert servers == [(31, 0), (41, 1)]


def test_stock_targets_follow_the_plan_month_by_month(tmp_path: Path) -> None:
    text = BASE.replace("rate: 16/day", "yearly: {2023: 3_650, 2024: 7_320}")
    net = network(tmp_path, text)
    steel = stock(net, "plant", "bought")
    levels = [(day, values[1]) for day, entity, values in changes(net, state.SET_LEVELS) if entity == steel]
    assert [day for day, _ in levels] == [31, 60, 91, 121, 152]
    targets = [net.stocks[steel].order_up_to, *(level for _, level in levels)]
    assert targets == sorted(targets)
    assert targets[0] < targets[-1]


def test_a_run_opens_at_target_with_the_pipeline_filled(tmp_path: Path) -> None:
    net = network(tmp_path)
    steel = stock(net, "plant", "bought")
    under_way = [t for t in net.transits if net.lanes[t.lane].buyer == steel]
    assert sum(t.quantity for t in under_way) == 2 * 16 * 500  # two days of use
    assert {t.tick for t in under_way} == {0, DAY}
    assert net.stocks[steel].on_hand + sum(t.quantity for t in under_way) == net.stocks[steel].order_up_to


def test_empty_opens_with_nothing(tmp_path: Path) -> None:
    net = network(tmp_path, BASE.replace("end: 2024-07-01", "end: 2024-07-01, opening: empty"))
    assert net.transits == ()
    assert {point.on_hand for point in net.stocks} == {0}


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("markets.buyers.noise", "5%", "noise of buyers"),
        ("markets.buyers.every", "2 days", "every of buyers"),
        ("plants.plant.district", "Lixia", "district of plant"),
        ("plants.plant.group", "Group", "group of plant"),
    ],
)
def test_what_cannot_change_during_a_run_is_refused_not_ignored(
    tmp_path: Path, path: str, value: str, what: str
) -> None:
    text = BASE + f"policies:\n  late: {{from: 2024-03-01, change: {{{path}: {value}}}}}\n"
    with pytest.raises(ScenarioError, match=f"{what} would change on 2024-03-01"):
        network(tmp_path, text, "late")
    network(tmp_path, text.replace("from: 2024-03-01, ", ""), "late")


def test_years_left_out_between_two_totals_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="says nothing about 2023, a year between those it states"):
        network(tmp_path, BASE.replace("rate: 16/day", "yearly: {2022: 3_650, 2024: 7_320}"))


@pytest.mark.parametrize("day", ["2024-02-01", "2024-02-10"])
def test_the_date_of_a_policy_changes_nothing_but_what_the_policy_sets(tmp_path: Path, day: str) -> None:
    """The plan rises all the time, and levels follow it month by month; a policy about one line leaves them alone."""
    text = f"""
chainsim: 1
study: {{start: 2024-01-01, end: 2024-05-01}}
parts:
  car: {{price: 1_000 CNY, needs: {{seat: 2}}}}
  seat: {{price: 100 CNY}}
plants:
  works: {{makes: car, capacity: 130% of plan, component_stock: 5 days, finished_stock: 2 days}}
suppliers:
  seat: {{share: 100%, capacity: 150% of plan, finished_stock: 4 days}}
markets:
  buyers: {{buys: car, yearly: {{2024: 36_000}}, ramp: {{from: 2024-01-01, until: 2024-12-01, start: 20%}}}}
policies:
  outage: {{from: {day}, until: 2024-02-17, change: {{suppliers.seat.capacity: 0/day}}}}
"""
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    plain, hit = build(loaded), build(loaded, ("outage",))
    assert plain.lines == hit.lines
    assert plain.stocks == hit.stocks
    assert len([change for change in plain.changes if change.kind == state.SET_LEVELS]) > 6
    more = [change for change in hit.changes if change not in plain.changes]
    assert {change.kind for change in more} == {state.SET_LINE_SPEED}
    assert len(more) == 2
    assert [change for change in plain.changes if change not in hit.changes] == []
