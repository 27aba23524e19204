"""How a firm makes and stocks, from YAML to rows of the network."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from chainsim.errors import ScenarioError
from chainsim.model import state
from chainsim.model.distributions import Constant, Exponential
from chainsim.model.network import UNLIMITED, Draw, Forecast, Line, Network, StockPoint
from chainsim.model.opening import opening
from chainsim.scenario.build import build
from chainsim.scenario.load import load

DAY = 86_400
BASE = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-05-01}
parts:
  car: {price: 1_000 CNY, needs: {steel: 0.5}}
  steel: {price: 100 CNY, unit: t, resolution: 0.001, lot: 2}
plants:
  plant: {makes: car, component_stock: 3 days, review: 1 day}
suppliers:
  mill: {makes: steel, lead_time: 2 days}
markets:
  buyers: {buys: car, rate: 16/day}
"""
PLANT = "component_stock: 3 days, review: 1 day"


def network(tmp_path: Path, plant: str = PLANT, *policies: str, **edits: str) -> Network:
    """The network of the base with another plant, `market`, `mill`, `study`, `parts` and what follows in `more`."""
    text = BASE.replace(PLANT, plant)
    text = text.replace("end: 2024-05-01", f"end: 2024-05-01{edits.get('study', '')}")
    text = text.replace("rate: 16/day", f"rate: 16/day{edits.get('market', '')}")
    text = text.replace("lead_time: 2 days", f"lead_time: {edits.get('lead_time', '2 days')}{edits.get('mill', '')}")
    text = text.replace("lot: 2", f"lot: 2{edits.get('parts', '')}")
    file = tmp_path / "scenario.yaml"
    file.write_text(text + edits.get("more", ""), encoding="utf-8")
    return build(load(file), policies)


def policy(change: str, begin: str = "from: 2024-03-01, ") -> str:
    return f"policies: {{later: {{{begin}change: {{{change}}}}}}}\n"


def row(net: Network, firm: str, role: str) -> StockPoint:
    return net.stocks[index(net, firm, role)]


def index(net: Network, firm: str, role: str) -> int:
    return next(i for i, s in enumerate(net.stocks) if net.firms[s.firm].name == firm and s.role == role)


def line(net: Network, firm: str = "plant") -> Line:
    return next(one for one in net.lines if net.firms[net.stocks[one.stock].firm].name == firm)


def changes(net: Network, kind: int) -> list[tuple[int, int, tuple[int, int, int]]]:
    return [(c.tick // DAY, c.entity, c.values) for c in net.changes if c.kind == kind]


# ------------------------------------------------------------------------------------- replenishment


def test_a_fixed_quantity_is_a_lot_above_the_reorder_point(tmp_path: Path) -> None:
    """r = 10 t and Q = 6 t: at or below 10 t, multiples of 6 t that lift the position above 10 t."""
    steel = row(network(tmp_path, 'component_stock: "r_Q(10, 6)"'), "plant", "bought")
    assert (steel.reorder_point, steel.order_up_to, steel.lot) == (10_000, 10_001, 6_000)
    # Full is where an order has just brought it: 16 t; as much is sent in 2 days as the plan uses: 16 t.
    assert steel.on_hand == 0


@pytest.mark.parametrize(
    ("rule", "position"),
    [
        ("base_stock(40)", 40_000),
        ('"s_S(10, 40)"', 40_000),
        ('"r_Q(10, 30)"', 40_000),
        ("lot_for_lot(16)", 40_000),  # 3 days of 8 t and 16 t
        ("2 days", 40_000),
        ('"moving_average(1 day, 5, 8)"', 40_000),  # 4 days of 8 t and 8 t
        ('"exponential_smoothing(1 day, 0.2, 8)"', 40_000),
        ('"autoregressive(8, 0.5, 16)"', 40_000),  # 3 periods of 8 t and 16 t
    ],
)
def test_full_stocks_open_where_an_order_has_just_brought_them(tmp_path: Path, rule: str, position: int) -> None:
    net = network(tmp_path, f"component_stock: {rule}, review: 1 day")
    steel = index(net, "plant", "bought")
    under_way = sum(one.quantity for one in net.transits if net.lanes[one.lane].buyer == steel)
    assert net.stocks[steel].on_hand + under_way == position
    if "r_Q" not in rule:
        assert opening(net).stocks[steel].order_up_to == position


def test_service_levels_know_the_spread_of_the_lead_time(tmp_path: Path) -> None:
    """3 days of 8 t; 1.2816 x root(3 x 1^2 + (8 x 0.5)^2) = 1.2816 x 4.3589."""
    text = 'component_stock: "safety_stock(90%, 1, 1 day)", review: 1 day'
    steel = row(network(tmp_path, text, lead_time="2 ± 0.5 days"), "plant", "bought")
    assert steel.order_up_to == pytest.approx(24_000 + 1.28155 * 4358.9, abs=1)


def test_forecasts_are_in_quanta_and_ticks(tmp_path: Path) -> None:
    net = network(tmp_path, 'component_stock: "moving_average(1 day, 5, 8)", review: 1 day')
    steel = row(net, "plant", "bought")
    assert steel.forecast == Forecast("moving_average", 5, DAY, 4 * DAY, 8_000)
    assert steel.order_up_to == 8_000
    net = network(tmp_path, 'finished_stock: "autoregressive(16, 0.5, 4)", finished_review: 1 day')
    car = row(net, "plant", "made")
    assert car.forecast == Forecast("autoregressive", 500_000, DAY, DAY, 16)
    assert (car.order_up_to, car.review, car.on_hand) == (20, DAY, 20)


def test_a_forecast_under_continuous_review_states_its_period(tmp_path: Path) -> None:
    net = network(tmp_path, 'component_stock: "exponential_smoothing(1 day, 25%, 0, 1 week)"')
    steel = row(net, "plant", "bought")
    assert steel.forecast == Forecast("exponential", 250_000, 7 * DAY, 3 * DAY, 7 * 8_000)


def test_a_fraction_of_the_echelon_is_downstream(tmp_path: Path) -> None:
    """Of 60 t in the mill's echelon, 32 t are the plant's component stock and 5 t are in 10 finished cars."""
    net = network(
        tmp_path,
        "component_stock: base_stock(32), finished_stock: base_stock(10)",
        mill=", finished_stock: echelon_base_stock(60)",
    )
    mill = row(net, "mill", "made")
    assert (mill.echelon, mill.order_up_to, mill.on_hand) == (True, 60_000, 23_000)
    assert not row(net, "plant", "bought").echelon


def test_minimum_orders_are_of_parts_and_production_lots_of_firms(tmp_path: Path) -> None:
    net = network(tmp_path, "production_lot: 8, finished_review: 2 days", parts=", minimum: 20")
    steel, car = row(net, "plant", "bought"), row(net, "plant", "made")
    assert (steel.minimum, steel.lot) == (20_000, 2_000)
    assert (car.minimum, car.lot, car.review) == (0, 8, 2 * DAY)
    assert row(net, "mill", "made").lot == 1


# ------------------------------------------------------------------------------------- shortage


def test_shortage_is_said_by_the_firm_and_ranks_by_the_buyer(tmp_path: Path) -> None:
    net = network(
        tmp_path,
        "backlog: none, deliveries: complete, allocation: priority, priority: 2",
        market=", priority: 1",
        more="lanes: [{buyer: plant, supplier: mill, priority: 3}]\n",
        mill=", backlog: 1.5, allocation: proportional",
    )
    car, steel = row(net, "plant", "made"), row(net, "mill", "made")
    assert (car.backlog, car.complete, car.allocation) == (0, True, "priority")
    assert (steel.backlog, steel.complete, steel.allocation) == (1_500, False, "proportional")
    ranks = {net.firms[net.stocks[lane.buyer].firm].name: lane.priority for lane in net.lanes}
    assert ranks == {"buyers": 0, "plant": 2}


def test_what_is_absent_waits_in_the_order_of_arrival(tmp_path: Path) -> None:
    car = row(network(tmp_path), "plant", "made")
    assert (car.backlog, car.complete, car.allocation, car.review, car.lot) == (-1, False, "fifo", 0, 1)


# ------------------------------------------------------------------------------------- production


def test_set_up_and_yield_are_of_the_line_and_make_it_one_line(tmp_path: Path) -> None:
    plant = line(network(tmp_path, "set_up: 6 h, yield: 80%"))
    assert (plant.set_up, plant.good, plant.servers) == (6 * 3600, Fraction(4, 5), 1)
    assert line(network(tmp_path, "yield: 80%")).servers == UNLIMITED


def test_the_plan_makes_up_for_what_will_be_scrap(tmp_path: Path) -> None:
    """16 good cars a day are 20 started, with 10 t of steel."""
    net = network(tmp_path, f"{PLANT}, yield: 80%, capacity: 120% of plan", mill=", capacity: 100% of plan")
    assert row(net, "plant", "bought").order_up_to == 6 * 10_000
    assert line(net).ticks_per_quantum == Fraction(DAY, 24)
    assert line(net, "mill").ticks_per_quantum == Fraction(DAY, 10_000)


def test_breakdowns_are_drawn_for_each_line(tmp_path: Path) -> None:
    net = network(tmp_path, "breakdowns: {every: exponential(10 days), repair: 4 h}")
    plant = line(net)
    assert net.draws[plant.up_law] == Draw("time between breakdowns", "plant>car", Exponential(10.0 * DAY))
    assert net.draws[plant.repair_law] == Draw("repair", "plant>car", Constant(4 * 3600.0))
    assert (line(net, "mill").up_law, line(net, "mill").repair_law) == (-1, -1)


CALENDARS = """
calendars:
  nights: {hours: {from: 22 h, until: 6 h}}
  usual: {closed: [saturday, sunday]}
  weekdays: {closed: [saturday, sunday]}
"""


def test_a_line_keeps_the_calendar_that_it_names(tmp_path: Path) -> None:
    net = network(tmp_path, "calendar: weekdays", mill=", calendar: nights", more=CALENDARS)
    assert [len(calendar) for calendar in net.calendars] == [121, 17]
    first = net.calendars[line(net).calendar][0]
    assert (first.begin, first.end) == (5 * DAY, 7 * DAY)  # 1 January 2024 is a Monday
    assert line(net, "mill").calendar == 0
    assert network(tmp_path, more=CALENDARS).calendars == ()


def test_a_firm_may_differ_from_its_group_in_how_it_makes_and_stocks(tmp_path: Path) -> None:
    own = (
        "yield: 50%, set_up: 1 h, calendar: usual, backlog: unlimited, allocation: priority, deliveries: complete, "
        "priority: 4, finished_review: 1 day, review: 2 days, production_lot: 3, "
        "breakdowns: {every: 9 days, repair: 1 h}"
    )
    net = network(
        tmp_path,
        "backlog: none, calendar: nights, review: 1 day",
        more=f"firms: {{plant: {{{own}}}}}\n{CALENDARS}",
        market=", priority: 1",
    )
    car, steel, plant = row(net, "plant", "made"), row(net, "plant", "bought"), line(net)
    assert (car.backlog, car.allocation, car.complete, car.review, car.lot) == (-1, "priority", True, DAY, 3)
    assert steel.review == 2 * DAY
    assert (plant.set_up, plant.good, plant.calendar, plant.up_law >= 0) == (3600, Fraction(1, 2), 0, True)
    assert len(net.calendars) == 1
    assert {lane.priority for lane in net.lanes} == {0, 3}


def test_tiers_say_it_for_their_groups(tmp_path: Path) -> None:
    net = network(tmp_path, more="tiers: {tier 1: {yield: 75%, backlog: 4, allocation: proportional}}\n")
    assert line(net, "mill").good == Fraction(3, 4)
    assert row(net, "mill", "made").backlog == 4_000


def test_reviews_may_come_first(tmp_path: Path) -> None:
    assert network(tmp_path, study=", sequence: reviews_first").reviews_first
    assert not network(tmp_path).reviews_first


# ------------------------------------------------------------------------------------- dated changes


@pytest.mark.parametrize(
    ("plant", "change", "kind", "values"),
    [
        ("backlog: none", "plants.plant.backlog: unlimited", state.SET_SHORTAGE, (-1, 0, 0)),
        ("backlog: none", "plants.plant.backlog: 3", state.SET_SHORTAGE, (3, 0, 0)),
        ("deliveries: partial", "plants.plant.deliveries: complete", state.SET_SHORTAGE, (-1, 1, 0)),
        ("allocation: fifo", "plants.plant.allocation: proportional", state.SET_SHORTAGE, (-1, 0, 2)),
        ("yield: 80%", "plants.plant.yield: +10 points", state.SET_YIELD, (9, 10, 0)),
        ("yield: 100%", "plants.plant.set_up: 2 h", state.SET_YIELD, (1, 1, 7200)),
        ("finished_review: 1 day", "plants.plant.finished_review: 2 days", state.SET_REVIEW, (2 * DAY, 1, 0)),
        ("priority: 1", "plants.plant.priority: 3", state.SET_LANE_RANK, (0, 2, 0)),
        ("priority: 1", "markets.buyers.priority: 2", state.SET_LANE_RANK, (0, 1, 0)),
        ("review: 1 day", "parts.steel.minimum: 20", state.SET_REVIEW, (DAY, 2_000, 20_000)),
        (
            'finished_stock: "moving_average(1 day, 5)", finished_review: 1 day',
            'plants.plant.finished_stock: "moving_average(3 days, 5)"',
            state.SET_FORECAST,
            (5, 4 * DAY, 0),
        ),
        (
            'finished_stock: "moving_average(1 day, 5)", finished_review: 1 day',
            "plants.plant.finished_stock: +2 days",
            state.SET_FORECAST,
            (5, 4 * DAY, 0),
        ),
        (
            'finished_stock: "autoregressive(16, 0.5)", finished_review: 1 day',
            'plants.plant.finished_stock: "autoregressive(16, 0.25, 3)"',
            state.SET_FORECAST,
            (250_000, DAY, 0),
        ),
    ],
)
def test_what_a_policy_changes_is_a_dated_change(
    tmp_path: Path, plant: str, change: str, kind: int, values: tuple[int, int, int]
) -> None:
    net = network(tmp_path, plant, "later", more=policy(change))
    assert [(day, of) for day, _, of in changes(net, kind)] == [(60, values)]


def test_a_change_of_the_rule_is_one_of_its_levels(tmp_path: Path) -> None:
    net = network(tmp_path, PLANT, "later", more=policy('plants.plant.component_stock: "r_Q(10, 6)"'))
    steel = index(net, "plant", "bought")
    assert (60, steel, (10_000, 10_001, 0)) in changes(net, state.SET_LEVELS)
    assert (60, steel, (DAY, 6_000, 0)) in changes(net, state.SET_REVIEW)


@pytest.mark.parametrize(
    ("plant", "change", "refused"),
    [
        ("calendar: usual", "plants.plant.calendar: nights", "calendar of plant would change on 2024-03-01"),
        (
            "breakdowns: {every: 9 days, repair: 1 h}",
            "plants.plant.breakdowns.every: 20 days",
            "breakdowns of plant would change on 2024-03-01",
        ),
        (
            "review: 1 day",
            'plants.plant.component_stock: "moving_average(1 day, 5)"',
            "kind of rule of plant would change on 2024-03-01",
        ),
        (
            'review: 1 day, component_stock: "moving_average(1 day, 5)"',
            "plants.plant.review: 2 days",
            "kind of rule of plant would change",
        ),
        (
            'review: 1 day, component_stock: "moving_average(1 day, 5)"',
            'plants.plant.component_stock: "moving_average(1 day, 6)"',
            "kind of rule of plant would change",
        ),
        (
            "review: 1 day",
            "plants.plant.component_stock: echelon_base_stock(500)",
            "kind of rule of plant would change",
        ),
        (
            "review: 1 day",
            'suppliers.mill.count: 2, suppliers.mill.finished_stock: "moving_average(1 day, 5, 0, 1 day)"',
            "mill 01 is not there from the start of the study, 2024-01-01, so it cannot forecast",
        ),
    ],
)
def test_what_cannot_change_during_a_run_is_refused_and_may_from_the_start(
    tmp_path: Path, plant: str, change: str, refused: str
) -> None:
    with pytest.raises(ScenarioError, match="start of the study") as caught:
        network(tmp_path, plant, "later", more=CALENDARS + policy(change))
    assert refused in str(caught.value)
    assert network(tmp_path, plant, "later", more=CALENDARS + policy(change, begin="")).changes is not None


def test_what_a_rule_scales_by_is_what_is_left_of_it(tmp_path: Path) -> None:
    """+50 % raises cover and safety of a forecast, not its window; a service level keeps its probability."""
    text = "component_stock: {rule: moving_average, cover: 2 days, window: 4, safety: 10}, review: 1 day"
    net = network(tmp_path, text, "later", more=policy("plants.plant.component_stock: +50%", begin=""))
    steel = row(net, "plant", "bought")
    assert steel.order_up_to == 15_000
    assert steel.forecast is not None
    assert (steel.forecast.window, steel.forecast.protect) == (4, 6 * DAY)


def test_a_mapping_that_leaves_a_default_out_keeps_what_follows_in_its_place(tmp_path: Path) -> None:
    text = "component_stock: {rule: moving_average, cover: 2 days, window: 4, period: 1 day}"
    net = network(tmp_path, text, "later", more=policy("plants.plant.component_stock: +1 day", begin=""))
    forecast: Any = row(net, "plant", "bought").forecast
    assert (forecast.window, forecast.period, forecast.protect) == (4, DAY, 5 * DAY)
