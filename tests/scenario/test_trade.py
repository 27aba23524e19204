"""Who buys from whom: warehouses, sourcing rules, standbys, substitutes and roads, from YAML to rows of the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.model import state
from chainsim.model.network import Lane, Network, StockPoint
from chainsim.model.sourcing import sourcings
from chainsim.scenario.build import build
from chainsim.scenario.load import load

DAY = 86_400
BASE = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-03-01}
parts:
  car: {price: 100 CNY, needs: {steel: 1}, lot: 5}
  steel: {price: 20 CNY}
plants:
  works: {makes: car, lead_time: 2 days, district: North}
outside:
  world: {lead_time: 2 days}
warehouses:
  depot: {stocks: car, from: works, stock: base_stock(60), lead_time: 1 day, price: 110 CNY, district: South}
  shop: {stocks: car, from: depot, count: 2, stock: cover(3 days), review: 1 day, price: 130 CNY, pays_after: 10 days,
         ring: province, group: Chain, priority: 2}
markets:
  buyers: {buys: car, at: shop, rate: 20/day}
"""
MILLS = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-03-01}
parts:
  car: {price: 100 CNY, needs: {steel: 1}}
  steel: {price: 20 CNY}
plants:
  works: {makes: car, sourcing: shares, district: North}
suppliers:
  near: {makes: steel, share: 30%, lead_time: 1 day, freight: 3 CNY}
  far: {makes: steel, share: 70%, lead_time: 5 days, rank: 2}
  spare: {makes: steel, standby: true, lead_time: 2 days, rank: 1}
markets:
  buyers: {buys: car, rate: 20/day}
"""


def network(tmp_path: Path, text: str = BASE, *policies: str) -> Network:
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return build(load(file), policies)


def mills(tmp_path: Path, changed: str, *policies: str, **edits: str) -> Network:
    text = MILLS.replace("sourcing: shares", changed)
    for old, new in edits.items():
        text = text.replace(f"  {old}: {{", f"  {old}: {{{new}, ")
    return network(tmp_path, text, *policies)


def point(net: Network, firm: str, role: str) -> StockPoint:
    return next(stock for stock in net.stocks if net.firms[stock.firm].name == firm and stock.role == role)


def lanes_into(net: Network, firm: str, part: str) -> dict[str, Lane]:
    """The lanes of one buyer by the supplier's name."""
    found = {}
    for lane in net.lanes:
        buyer, seller = net.stocks[lane.buyer], net.stocks[lane.supplier]
        if (net.firms[buyer.firm].name, net.parts[buyer.part].name) == (firm, part):
            found[net.firms[seller.firm].name] = lane
    return found


def changes(net: Network, kind: int) -> list[tuple[int, tuple[int, int, int]]]:
    return [(change.tick // DAY, change.values) for change in net.changes if change.kind == kind]


# ------------------------------------------------------------------------------------ warehouses


def test_a_warehouse_is_a_bought_stock_point_that_lanes_start_from(tmp_path: Path) -> None:
    net = network(tmp_path)
    depot = point(net, "depot", "bought")
    assert (depot.line, depot.reorder_point, depot.order_up_to, depot.lot, depot.review) == (-1, 59, 60, 5, 0)
    lane = lanes_into(net, "depot", "car")["works"]
    assert (lane.price, lane.lead_time, lane.terms, lane.share) == (10_000, 2 * DAY, 0, 1_000_000)
    assert net.stocks[lane.supplier].role == "made"
    firm = next(firm for firm in net.firms if firm.name == "depot")
    assert (firm.kind, firm.tier, firm.category, firm.ring, firm.generated) == ("supplier", 0, "depot", "city", False)


def test_a_warehouse_stands_for_as_many_firms_as_it_counts(tmp_path: Path) -> None:
    net = network(tmp_path)
    shops = [firm for firm in net.firms if firm.category == "shop"]
    assert [(f.name, f.ring, f.group, f.generated) for f in shops] == [
        ("shop 01", "province", "Chain", True),
        ("shop 02", "province", "Chain", True),
    ]
    lane = lanes_into(net, "shop 02", "car")["depot"]
    assert (lane.price, lane.lead_time, lane.terms, lane.priority) == (11_000, DAY, 10 * DAY, 1)
    sold = lanes_into(net, "buyers", "car")
    assert {name: (lane.share, lane.price) for name, lane in sold.items()} == {
        "shop 01": (500_000, 13_000),
        "shop 02": (500_000, 13_000),
    }


def test_the_plan_the_targets_and_the_opening_flow_through_warehouses(tmp_path: Path) -> None:
    """Each shop sells 10 a day: kept for 3 days, on the way for 1, reviewed daily: 50, of which one day is under way.
    The plant's steel is not asked for less because a warehouse stands between."""
    text = BASE.replace("{makes: car,", "{makes: car, component_stock: 2 days,")
    net = network(tmp_path, text)
    shop = point(net, "shop 01", "bought")
    assert (shop.order_up_to, shop.review, shop.on_hand) == (50, DAY, 40)
    assert point(net, "works", "bought").order_up_to == 20 * (2 + 2)
    into = {
        name: index for index, lane in enumerate(net.lanes) for name in [net.firms[net.stocks[lane.buyer].firm].name]
    }
    assert [(t.tick, t.quantity) for t in net.transits if t.lane == into["shop 01"]] == [(0, 10)]
    assert sum(t.quantity for t in net.transits if t.lane == into["depot"]) == 40


def test_what_is_made_goes_to_warehouses_only_where_a_buyer_names_them(tmp_path: Path) -> None:
    net = network(tmp_path, BASE.replace("at: shop, ", ""))
    assert list(lanes_into(net, "buyers", "car")) == ["works"]


def test_a_plant_buys_a_component_through_a_warehouse_that_buys_outside(tmp_path: Path) -> None:
    text = BASE.replace("{makes: car,", "{makes: car, from: {steel: yard},")
    net = network(tmp_path, text.replace("warehouses:", "warehouses:\n  yard: {stocks: steel, stock: base_stock(9)}"))
    assert list(lanes_into(net, "works", "steel")) == ["yard"]
    assert list(lanes_into(net, "yard", "steel")) == ["world"]


def test_several_named_sellers_share_firm_by_firm(tmp_path: Path) -> None:
    net = network(tmp_path, BASE.replace("at: shop", "at: [shop 01, works, shop 02]"))
    shares = {name: lane.share for name, lane in lanes_into(net, "buyers", "car").items()}
    assert shares == {"shop 01": 333_334, "shop 02": 333_333, "works": 333_333}
    net = network(tmp_path, BASE.replace("at: shop", "at: [shop, works, depot]"))
    assert [lane.share for lane in lanes_into(net, "buyers", "car").values()] == [250_000] * 4


def test_a_firm_that_needs_what_it_makes_still_buys_from_itself(tmp_path: Path) -> None:
    text = """
chainsim: 1
allow_cycles: true
study: {start: 2024-01-01, end: 2024-02-01}
parts:
  corn: {price: 10 CNY, needs: {corn: 0.1}}
suppliers:
  farm: {makes: corn, component_stock: base_stock(50)}
markets:
  village: {buys: corn, rate: 10/day}
"""
    assert list(lanes_into(network(tmp_path, text), "farm", "corn")) == ["farm"]


def test_standbys_in_a_list_wait_for_the_others(tmp_path: Path) -> None:
    lanes = lanes_into(mills(tmp_path, "from: {steel: [spare, far]}, switching: {}"), "works", "steel")
    assert {name: (lane.share, lane.rank) for name, lane in lanes.items()} == {"far": (1_000_000, 0), "spare": (0, 1)}
    lanes = lanes_into(mills(tmp_path, "from: {steel: spare}, switching: {}"), "works", "steel")
    assert {name: lane.share for name, lane in lanes.items()} == {"spare": 1_000_000}


def test_shortage_keys_of_a_warehouse_are_in_quanta(tmp_path: Path) -> None:
    text = BASE.replace("stocks: car, from: works,", "stocks: car, from: works, backlog: 7, deliveries: complete,")
    net = network(tmp_path, text.replace("car: {price", "car: {resolution: 0.1, price"))
    depot, shop = point(net, "depot", "bought"), point(net, "shop 01", "bought")
    assert (depot.backlog, depot.complete, depot.allocation) == (70, True, "fifo")
    assert (shop.backlog, shop.complete) == (-1, False)
    text = BASE.replace("from: works,", "from: works, backlog: none, allocation: priority,")
    assert (point(network(tmp_path, text), "depot", "bought").backlog) == 0


def test_one_firm_of_a_warehouse_can_be_an_exception(tmp_path: Path) -> None:
    text = BASE + "firms: {shop 02: {stock: base_stock(7), lead_time: 3 h, pays_after: 1 day, district: West}}\n"
    net = network(tmp_path, text)
    assert [point(net, shop, "bought").order_up_to for shop in ("shop 01", "shop 02")] == [50, 7]
    assert lanes_into(net, "shop 02", "car")["depot"].terms == DAY
    assert next(firm.district for firm in net.firms if firm.name == "shop 02") == "West"


def test_a_policy_changes_stock_and_price_of_a_warehouse_from_its_date(tmp_path: Path) -> None:
    text = BASE + "policies: {more: {from: 2024-01-11, change: {warehouses.depot.stock: base_stock(80), " \
        "warehouses.depot.price: +10%}}}\n"  # fmt: skip
    net = network(tmp_path, text, "more")
    assert (10, (79, 80, 0)) in changes(net, state.SET_LEVELS)
    assert changes(net, state.SET_LANE_TERMS) == [(10, (10 * DAY, 12_100, 0))] * 2


# ------------------------------------------------------------------------------------ sourcing


@pytest.mark.parametrize(
    ("rule", "mode", "order"),
    [
        ("priority", "ranked", ["spare", "far", "near"]),
        ("cheapest", "ranked", ["far", "spare", "near"]),
        ("nearest", "ranked", ["near", "spare", "far"]),
    ],
)
def test_a_ranked_rule_asks_in_its_order_and_plans_with_the_first(
    tmp_path: Path, rule: str, mode: str, order: list[str]
) -> None:
    net = mills(tmp_path, f"sourcing: {rule}")
    assert point(net, "works", "bought").sourcing == mode
    lanes = lanes_into(net, "works", "steel")
    assert sorted(lanes, key=lambda name: lanes[name].rank) == order
    assert sorted(lane.rank for lane in lanes.values()) == [0, 1, 2]
    assert {name: lane.share for name, lane in lanes.items()} == {
        name: 1_000_000 * (name == order[0]) for name in order
    }


@pytest.mark.parametrize("rule", ["shares", "whole_orders"])
def test_shares_need_no_order_and_leave_standbys_out(tmp_path: Path, rule: str) -> None:
    net = mills(tmp_path, f"sourcing: {rule}, switching: {{}}")
    lanes = lanes_into(net, "works", "steel")
    assert {name: (lane.rank, lane.share) for name, lane in lanes.items()} == {
        "far": (0, 700_000),
        "near": (1, 300_000),
        "spare": (2, 0),
    }
    net = mills(tmp_path, f"sourcing: {rule}")
    assert sorted(lanes_into(net, "works", "steel")) == ["far", "near"]
    assert point(net, "works", "bought").sourcing == rule


def test_only_standbys_qualify_and_everybody_costs(tmp_path: Path) -> None:
    net = mills(tmp_path, "switching: {cost: 500 CNY, qualification: 30 days}")
    assert point(net, "works", "bought").switches
    lanes = lanes_into(net, "works", "steel")
    assert {name: lane.qualification for name, lane in lanes.items()} == {"far": -1, "near": -1, "spare": 30 * DAY}
    assert {lane.switching_cost for lane in lanes.values()} == {50_000}
    lanes = lanes_into(mills(tmp_path, "switching: {}"), "works", "steel")
    assert {(lane.qualification, lane.switching_cost) for lane in lanes.values()} == {(-1, 0)}


def test_whoever_is_not_asked_first_qualifies_under_a_ranked_rule(tmp_path: Path) -> None:
    net = mills(tmp_path, "sourcing: nearest, switching: {qualification: 7 days}")
    lanes = lanes_into(net, "works", "steel")
    assert {name: lane.qualification for name, lane in lanes.items()} == {"near": -1, "spare": 7 * DAY, "far": 7 * DAY}


def test_a_lane_may_state_rank_freight_priority_and_order(tmp_path: Path) -> None:
    extra = "lanes: [{buyer: works, supplier: near, rank: 1, freight: 7 CNY, crossing: false, priority: 3}]\n"
    net = network(tmp_path, MILLS.replace("sourcing: shares", "sourcing: priority") + extra)
    lanes = lanes_into(net, "works", "steel")
    assert (lanes["near"].rank, lanes["spare"].rank) == (0, 1)  # both state 1, the name decides
    assert (lanes["near"].freight, lanes["near"].in_order, lanes["near"].priority) == (700, True, 2)
    assert (lanes["far"].freight, lanes["far"].in_order, lanes["far"].priority) == (0, False, 0)


def test_dated_sourcing_ranks_and_freight_are_changes(tmp_path: Path) -> None:
    change = "{plants.works.sourcing: nearest, suppliers.near.freight: 4 CNY}"
    policy = f"policies: {{late: {{from: 2024-02-01, change: {change}}}}}\n"
    text = MILLS.replace("standby: true", "share: 0%") + policy
    net = network(tmp_path, text, "late")
    assert changes(net, state.SET_SOURCING) == [(31, (state.RANKED, 0, 0))]
    assert changes(net, state.SET_LANE_TERMS) == [(31, (0, 2_000, 400))]
    assert [(day, values[0]) for day, values in changes(net, state.SET_LANE_SHARE)] == [(31, 0), (31, 1_000_000)]
    lanes = lanes_into(net, "works", "steel")
    ranks = {c.entity: c.values[0] for c in net.changes if c.kind == state.SET_LANE_RANK}
    assert {name: ranks.get(net.lanes.index(lane), 0) for name, lane in lanes.items()} == {"near": 0, "far": 1}


def test_a_lane_that_is_not_in_force_is_never_asked(tmp_path: Path) -> None:
    text = MILLS.replace("sourcing: shares", "switching: {}").replace("near: {", "near: {standby: false, ")
    policy = "policies: {late: {from: 2024-02-01, change: {suppliers.near.share: 0%, suppliers.far.share: 100%}}}\n"
    net = network(tmp_path, text + policy, "late")
    near = net.lanes.index(lanes_into(net, "works", "steel")["near"])
    ranks = [c.values[0] for c in net.changes if c.kind == state.SET_LANE_RANK and c.entity == near]
    assert ranks == [-1]


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("plants.works.switching.cost", "2 CNY", "switching.cost of works"),
        ("plants.works.switching.qualification", "2 days", "switching.qualification of works"),
        ("suppliers.near.crossing", "false", "crossing of near to works"),
    ],
)
def test_what_of_a_lane_cannot_change_during_a_run_is_refused(tmp_path: Path, path: str, value: str, what: str) -> None:
    base = MILLS.replace("sourcing: shares", "switching: {cost: 1 CNY, qualification: 1 day}")
    text = base + f"policies:\n  late: {{from: 2024-02-01, change: {{{path}: {value}}}}}\n"
    with pytest.raises(ScenarioError, match=f"{what} would change on 2024-02-01"):
        network(tmp_path, text, "late")
    network(tmp_path, text.replace("from: 2024-02-01, ", ""), "late")


def test_every_rule_has_a_name_and_a_meaning() -> None:
    assert list(sourcings) == ["cheapest", "nearest", "priority", "shares", "whole_orders"]
    assert all(sourcings.meaning(name).endswith(".") for name in sourcings)
    assert all(sourcings[name]().check() == "" for name in sourcings)


# ------------------------------------------------------------------------------------ transport


ROADS = "transport: [{from: North, to: South, lead_time: 8 h, freight: 2 CNY}]\n"


def times(net: Network) -> tuple[int, int]:
    lane = lanes_into(net, "depot", "car")["works"]
    return lane.lead_time // 3600, lane.freight


def test_a_lane_goes_before_a_pair_of_districts_and_that_before_the_firm(tmp_path: Path) -> None:
    base = BASE.replace("lead_time: 2 days, district", "lead_time: 2 days, freight: 9 CNY, district")
    assert times(network(tmp_path, base)) == (48, 900)
    assert times(network(tmp_path, base + ROADS)) == (8, 200)
    exception = "lanes: [{buyer: depot, supplier: works, lead_time: 3 h}]\n"
    assert times(network(tmp_path, base + ROADS + exception)) == (3, 200)
    assert times(network(tmp_path, base + ROADS + exception.replace("3 h", "3 h, freight: 1 CNY"))) == (3, 100)


def test_a_pair_holds_both_ways_unless_it_says_so(tmp_path: Path) -> None:
    back = ROADS.replace("North, to: South", "South, to: North")
    assert times(network(tmp_path, BASE + back)) == (8, 200)
    assert times(network(tmp_path, BASE + back.replace("freight: 2 CNY", "one_way: true"))) == (48, 0)


def test_markets_have_districts_and_travel_as_they_say(tmp_path: Path) -> None:
    text = BASE.replace("at: shop,", "at: depot, lead_time: 6 h, freight: 4 CNY, crossing: false, district: North,")
    lane = lanes_into(network(tmp_path, text), "buyers", "car")["depot"]
    assert (lane.lead_time, lane.freight, lane.in_order) == (6 * 3600, 400, True)
    lane = lanes_into(network(tmp_path, text + ROADS), "buyers", "car")["depot"]
    assert (lane.lead_time, lane.freight) == (8 * 3600, 200)


def test_a_table_adds_pairs_and_the_scenario_wins(tmp_path: Path) -> None:
    rows = "起点,终点,运输时间,运费,单程\nSouth,North,5 h,3 CNY,\nNorth,West,1 h,,true\n"
    (tmp_path / "roads.csv").write_text(rows, "utf-8")
    table = "transport_table: roads.csv\n"
    assert times(network(tmp_path, BASE.replace("count: 2", "district: West") + table)) == (5, 300)
    assert times(network(tmp_path, BASE.replace("count: 2", "district: West") + table + ROADS)) == (8, 200)


def test_a_policy_builds_a_road(tmp_path: Path) -> None:
    text = BASE + ROADS + "policies: {road: {from: 2024-02-01, change: {transport.0.lead_time: 4 h}}}\n"
    assert changes(network(tmp_path, text, "road"), state.SET_LANE_TIME) == [(31, (4 * 3600, -1, 0))]
