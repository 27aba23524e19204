"""Growth: windows that expand or shrink a line, ramp-ups, and suppliers that enter, leave and move, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainsim.economy.leontief import versions
from chainsim.errors import ScenarioError
from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Growth, Network
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import Run, rows_of, simulate

DAY = 86_400
BUSY = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-03-01, opening: empty}
parts:
  car: {price: 10 CNY}
plants:
  works: {makes: car, capacity: 1/day, batch: 1, KEYS}
markets:
  buyers: {buys: car, rate: 1/day}
"""
CHAIN = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-07-01}
parts:
  car: {price: 1_000 CNY, needs: {seat: 1}}
  seat: {price: 100 CNY, needs: {foam: 1}}
  foam: {price: 10 CNY}
plants:
  works: {makes: car}
suppliers:
  seats: {makes: seat, count: {city: 1, province: 2}, share: {city: 30%, province: 40%}, capacity: 130% of plan,
          finished_stock: 2 days, component_stock: 3 days, lead_time: {city: 4 h, province: 1 day}, KEYS}
  rivals: {makes: seat, ring: city, share: 20%}
outside:
  world: {lead_time: 2 days}
markets:
  buyers: {buys: car, rate: 100/day}
"""


def network(tmp_path: Path, text: str, keys: str, *policies: str, more: str = "") -> Network:
    file = tmp_path / "scenario.yaml"
    file.write_text(text.replace("KEYS", keys) + more, encoding="utf-8")
    return build(load(file), policies)


def days(of: Run, *kinds: int) -> list[tuple[float, int]]:
    """(day, quantity) of all rows of some kinds."""
    return [(row.tick / DAY, row.quantity) for row in rows_of(of.log) if row.kind in kinds]


def shares(net: Network, buyer: str = "works") -> dict[int, dict[str, int]]:
    """By day: the suppliers of a buyer's components that get orders, and their shares; the last change of a day."""

    def name(stock: int) -> str:
        return net.firms[net.stocks[stock].firm].name

    lanes = {index: name(lane.supplier) for index, lane in enumerate(net.lanes) if name(lane.buyer) == buyer}
    now = {name: net.lanes[index].share for index, name in lanes.items()}
    found = {0: {name: share for name, share in now.items() if share}}
    for change in net.changes:
        if change.kind == state.SET_LANE_SHARE and change.entity in lanes:
            now[lanes[change.entity]] = change.values[0]
            found[change.tick // DAY] = {name: share for name, share in now.items() if share}
    return found


# ---------------------------------------------------------------------------------------------- windows


def test_each_line_that_can_be_full_has_its_windows(tmp_path: Path) -> None:
    keys = (
        "expansion: {above: 90%, for: 9 days, by: 20%, takes: 18 days, costs: 1 million CNY, most: 3}, "
        "shrinks: {below: 40%, for: 8 days, by: 25%, most: 2}"
    )
    assert network(tmp_path, BUSY, keys).growths == (
        Growth(0, 9 * DAY, 900_000, 200_000, 18 * DAY, 100_000_000, 3),
        Growth(0, 8 * DAY, 400_000, -250_000, most=2),
    )


def test_a_firm_of_the_group_without_a_limit_has_none(tmp_path: Path) -> None:
    keys = "expansion: {above: 90%, for: 9 days, by: 20%}"
    more = "firms: {seats province 01: {capacity: unlimited}}\n"
    net = network(tmp_path, CHAIN, keys, more=more)
    grown = [net.firms[net.stocks[net.lines[row.line].stock].firm].name for row in net.growths]
    assert grown == ["seats city 01", "seats province 02"]


def test_a_line_expands_when_it_was_busy_for_a_window_and_only_so_often(tmp_path: Path) -> None:
    """Always busy: decided on day 10, done on day 15; on day 20 again busy (the queue), but twice is the most."""
    keys = "expansion: {above: 90%, for: 10 days, by: 50%, takes: 5 days, costs: 100 CNY, most: 1}"
    run = simulate(network(tmp_path, BUSY, keys))
    assert days(run, state.INVESTED) == [(10, 10_000)]
    assert days(run, state.GROWN) == [(15, 1_500_000)]
    finished = [day for day, _ in days(run, state.FINISHED)]
    assert finished[:15] == list(range(1, 16))
    # The car begun on day 15 runs at once at one and a half times the speed; from then on cars wait for their orders.
    assert finished[15:18] == pytest.approx([15 + 2 / 3, 16 + 2 / 3, 17 + 2 / 3])


def test_an_expansion_waits_until_the_firm_has_the_cash(tmp_path: Path) -> None:
    """50 CNY and 10 a day: 150 after the car of day 10, 250 on day 20; 200 are needed."""
    window = "{above: 90%, for: 10 days, by: 50%, takes: 5 days, costs: 200 CNY, most: 9}"
    keys = f"cash: {{opening: 50 CNY}}, expansion: {window}"
    run = simulate(network(tmp_path, BUSY, keys))
    assert days(run, state.INVESTED) == [(20, 20_000)]
    assert days(run, state.GROWN) == [(25, 1_500_000)]
    assert run.end is not None
    assert run.end.purses[0].cash == (50 - 200 + 10 * len(days(run, state.PAID))) * 100


def test_a_line_shrinks_when_it_was_idle_for_a_window(tmp_path: Path) -> None:
    """A car every five days on a line that makes one a day: a fifth busy; at half the speed two fifths, so no more."""
    text = BUSY.replace("rate: 1/day", "rate: 0.2/day, every: 5 days")
    run = simulate(network(tmp_path, text, "shrinks: {below: 30%, for: 10 days, by: 50%, most: 5}"))
    assert days(run, state.GROWN) == [(10, 500_000)]
    assert [day for day, _ in days(run, state.FINISHED)][:4] == [1, 6, 12, 17]


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("plants.works.expansion.by", "30%", "expansion of works"),
        ("plants.works.cash.floor", "1 CNY", "cash of works"),
    ],
)
def test_windows_and_purses_cannot_change_during_a_run(tmp_path: Path, path: str, value: str, what: str) -> None:
    keys = "cash: {opening: 50 CNY}, expansion: {above: 90%, for: 10 days, by: 50%}"
    policy = f"policies:\n  late: {{from: 2024-02-01, change: {{{path}: {value}}}}}\n"
    with pytest.raises(ScenarioError, match=f"{what} would change on 2024-02-01"):
        network(tmp_path, BUSY, keys, "late", more=policy)
    network(tmp_path, BUSY, keys, "late", more=policy.replace("from: 2024-02-01, ", ""))


# ---------------------------------------------------------------------------------------------- ramp-ups


def speeds(net: Network) -> list[tuple[int, float]]:
    """(day, cars a day) of the only line, at the start and at each change."""
    line = net.lines[0]
    found = [(0, line.servers and DAY / float(line.ticks_per_quantum))]
    for change in net.changes:
        if change.kind == state.SET_LINE_SPEED:
            servers, ticks, per = change.values
            found.append((change.tick // DAY, servers and DAY * per / ticks))
    return found


def test_a_ramp_up_climbs_to_the_stated_capacity_in_steps(tmp_path: Path) -> None:
    """Nothing before; then 20 % and the rest of the way in steps of 7, 7 and 6 of 20 days, each at its middle."""
    text = BUSY.replace("capacity: 1/day", "capacity: 100/day")
    ramp = "ramp_up: {from: 2024-01-11, over: 20 days, start: 20%}"
    found = speeds(network(tmp_path, text, ramp))
    assert [day for day, _ in found] == [0, 10, 17, 24, 30]
    assert [speed for _, speed in found] == pytest.approx([0, 34, 62, 88, 100])


def test_a_policy_that_changes_the_capacity_climbs_from_where_the_ramp_up_is(tmp_path: Path) -> None:
    text = BUSY.replace("capacity: 1/day", "capacity: 100/day")
    ramp = "ramp_up: {over: 4 weeks}"
    more = "policies:\n  more: {from: 2024-01-11, change: {plants.works.capacity: 200/day}}\n"
    found = speeds(network(tmp_path, text, ramp, "more", more=more))
    assert [day for day, _ in found] == [0, 7, 10, 14, 21, 28]
    assert [speed for _, speed in found] == pytest.approx([12.5, 37.5, 75, 125, 175, 200])


def test_a_ramp_up_moves_nothing_but_its_line(tmp_path: Path) -> None:
    ramped = network(tmp_path, CHAIN, "ramp_up: {from: 2024-02-05, over: 60 days}")
    plain = network(tmp_path, CHAIN, "size_spread: 0%")
    assert [c for c in ramped.changes if c.kind != state.SET_LINE_SPEED] == list(plain.changes)


# ---------------------------------------------------------------------------------------------- who is there


def test_a_group_that_enters_gets_no_orders_before_it_is_qualified(tmp_path: Path) -> None:
    """70 % of seats are theirs; until then 20 and 10 % are two thirds and one third of everything."""
    net = network(tmp_path, CHAIN, "enters: {from: 2024-02-01, qualification: 90 days}")
    assert shares(net) == {
        0: {"rivals": 666_667, "world": 333_333},
        121: {
            "rivals": 200_000,
            "seats city 01": 300_000,
            "seats province 01": 200_000,
            "seats province 02": 200_000,
            "world": 100_000,
        },
    }
    run = simulate(net)
    seats = {i for i, lane in enumerate(net.lanes) if net.firms[net.stocks[lane.supplier].firm].category == "seats"}
    first = min(row.tick for row in rows_of(run.log) if row.kind == state.PLACED and row.entity in seats)
    assert first == 121 * DAY


def test_capacity_of_plan_is_that_of_the_time_in_which_a_group_is_there(tmp_path: Path) -> None:
    late = network(tmp_path, CHAIN, "enters: {from: 2024-02-01, qualification: 90 days}")
    always = network(tmp_path, CHAIN, "size_spread: 0%")
    opened = {c.entity: c.values for c in late.changes if c.kind == state.SET_LINE_SPEED and c.tick == 31 * DAY}
    for index, line in enumerate(always.lines):
        speed = line.ticks_per_quantum
        if late.lines[index] != line:
            assert late.lines[index].servers == 0
            assert opened.pop(index) == (line.servers, speed.numerator, speed.denominator)
    assert opened == {}


def test_a_group_that_enters_has_no_stock_before(tmp_path: Path) -> None:
    """It fills its base stock from the day on which it is there, before its first order."""
    text = CHAIN.replace("finished_stock: 2 days", "finished_stock: base_stock(500)")
    net = network(tmp_path, text, "enters: {from: 2024-02-01, qualification: 90 days}")
    firm = next(index for index, firm in enumerate(net.firms) if firm.name == "seats city 01")
    own = [index for index, point in enumerate(net.stocks) if point.firm == firm]
    assert [net.stocks[index].on_hand for index in own] == [0, 0]
    made = next(index for index in own if net.stocks[index].role == "made")
    released = [row for row in rows_of(simulate(net).log) if row.kind == state.RELEASED and row.entity == made]
    assert (released[0].tick // DAY, released[0].quantity) == (31, 500)


def test_a_group_that_leaves_gets_no_new_orders_and_delivers_what_it_owes(tmp_path: Path) -> None:
    net = network(tmp_path, CHAIN, "leaves: {from: 2024-03-01}")
    assert shares(net)[60] == {"rivals": 666_667, "world": 333_333}
    gone = {i for i, lane in enumerate(net.lanes) if net.firms[net.stocks[lane.supplier].firm].category == "seats"}
    kept = [c for c in net.changes if c.kind in (state.SET_LANE_TIME, state.SET_LANE_TERMS) and c.entity in gone]
    assert kept == []


def test_where_nobody_else_is_left_the_outside_takes_all(tmp_path: Path) -> None:
    text = CHAIN.replace("city: 30%, province: 40%", "city: 50%, province: 50%").replace(
        "  rivals: {makes: seat, ring: city, share: 20%}\n", ""
    )
    net = network(tmp_path, text, "leaves: {from: 2024-03-01}")
    assert shares(net)[60] == {"world": 1_000_000}


def test_a_firm_that_moves_gets_a_twin_in_the_new_ring(tmp_path: Path) -> None:
    """The firms of the province are in the city from March on, and get their orders there from April on."""
    net = network(tmp_path, CHAIN, "moves: {to: city, from: 2024-03-01, qualification: 31 days}")
    twins = {firm.name: (firm.ring, firm.category) for firm in net.firms if "(" in firm.name}
    assert twins == {f"seats province {number} (city)": ("city", "seats") for number in ("01", "02")}
    assert shares(net)[91] == {
        "rivals": 200_000,
        "seats city 01": 300_000,
        "seats province 01 (city)": 200_000,
        "seats province 02 (city)": 200_000,
        "world": 100_000,
    }
    names = [net.firms[net.stocks[line.stock].firm].name for line in net.lines]
    old, new = names.index("seats province 01"), names.index("seats province 01 (city)")
    assert net.lines[new].servers == 0
    opened = [c for c in net.changes if c.kind == state.SET_LINE_SPEED and c.entity == new]
    speed = net.lines[old].ticks_per_quantum
    assert [(c.tick // DAY, c.values) for c in opened] == [(60, (1, speed.numerator, speed.denominator))]
    times = {net.firms[net.stocks[lane.supplier].firm].name: lane.lead_time // 3600 for lane in net.lanes}
    assert (times["seats province 01"], times["seats province 01 (city)"]) == (24, 4)


def test_after_a_move_each_ring_earns_what_was_delivered_from_it(tmp_path: Path) -> None:
    net = network(tmp_path, CHAIN, "moves: {to: city, from: 2024-03-01, qualification: 31 days}")
    run = simulate(net)
    received: dict[str, list[int]] = {}
    for row in rows_of(run.log):
        if row.kind == state.RECEIVED and net.stocks[net.lanes[row.entity].supplier].role == "made":
            firm = net.firms[net.stocks[net.lanes[row.entity].supplier].firm].name
            received.setdefault(firm, []).append(row.tick // DAY)
    assert max(received["seats province 01"]) <= 93
    assert min(received["seats province 01 (city)"]) == 94  # it begins empty, and its foam takes two days
    assert max(received["seats province 01 (city)"]) == 181


def test_what_a_lane_says_of_a_firm_holds_for_its_twin(tmp_path: Path) -> None:
    more = "lanes: [{buyer: works, supplier: seats province 01, share: 50%, price: 90 CNY}]\n"
    net = network(tmp_path, CHAIN, "moves: {to: city, from: 2024-03-01}", more=more)
    after = shares(net)[60]
    assert after["seats province 01 (city)"] == 500_000
    assert sum(after.values()) == WHOLE_SHARE


@pytest.mark.parametrize("keys", ["enters: {from: 2024-03-01}", "moves: {to: city, from: 2024-03-01}"])
def test_who_is_not_there_yet_is_in_the_tables_all_the_same(tmp_path: Path, keys: str) -> None:
    net = network(tmp_path, CHAIN, keys)
    assert {lane.price for lane in net.lanes} == {1_000_00, 100_00, 10_00}
    assert all(len(model.stocks) and model.identity_error < 1e-9 for model, _ in versions(net))
