"""Who held whom, by hand: hours, the component that is there last, the root of a chain, output that was held."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given

from chainsim.economy.bottlenecks import bottlenecks
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.results.bound import bound_since
from chainsim.results.frames import frames
from chainsim.results.shortages import waits
from chainsim.testing.replay import Run
from chainsim.testing.simulate import simulate
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import runs

HOUR = 3600
FIRMS = ["firm", "component", "supplier", "root", "cause"]


def table(network: Network) -> pd.DataFrame:
    return pd.DataFrame(bottlenecks(frames(network, simulate(network).log)))


def found(network: Network, firm: str = "plant") -> dict[tuple[str, ...], float]:
    """Hours by component, supplier, root and cause of one firm's line."""
    rows = table(network)
    rows = rows[rows["firm"] == firm]
    return {tuple(row[FIRMS[1:]]): row["hours"] for _, row in rows.iterrows()}


def plant(hours: int = 40, at_release: bool = False, **time: int) -> Sketch:
    """One car an hour from one server; a component's time is its lead time from outside, in hours."""
    sketch = Sketch(hours * HOUR).firm("plant", "chain_master").part("car", 500)
    sketch.make("plant", "car", time=HOUR // 2, servers=1, batch=1, calls_off_at_release=at_release)
    for part, lead in time.items():
        sketch.buy("plant", part, "car", 1, "outside", 0, time=lead * HOUR)
    return sketch.market("people", "car", "plant", every=1000 * HOUR, quantity=1)


def test_what_is_ordered_when_called_off_holds_the_line_for_its_lead_time() -> None:
    assert found(plant(seat=3).network()) == {("seat", "outside", "outside", "under way"): 3.0}


def test_of_two_that_are_missing_the_one_that_is_there_last_counts() -> None:
    """Both are ordered at 0; the seat comes at 3 and the engine at 5: all five hours are the engine's."""
    assert found(plant(seat=3, engine=5).network()) == {("engine", "outside", "outside", "under way"): 5.0}


def test_a_component_that_runs_out_later_counts_from_where_it_is_the_last() -> None:
    """Two cars at 0, one seat.  The first car waits for an engine until 2; then, at 2.5, both are ordered again."""
    sketch = plant(engine=2).buy("plant", "seat", "car", 1, "outside", 0, time=6 * HOUR, on_hand=1)
    sketch.market("people", "car", "plant", every=1000 * HOUR, quantity=2)
    assert found(sketch.network()) == {
        ("engine", "outside", "outside", "under way"): 2.0,
        ("seat", "outside", "outside", "under way"): 6.0,  # to 8.5; the engine is there at 4.5
    }


def chain(**stop: int) -> Sketch:
    """A plant that buys seats made to order from a seat maker, who buys foam made to order; 1 hour on each road."""
    sketch = Sketch(100 * HOUR).firm("plant", "chain_master").part("car", 500)
    sketch.make("plant", "car", time=HOUR, servers=1, batch=1)
    sketch.make("seats", "seat", time=HOUR, servers=1, batch=1)
    sketch.make("foams", "foam", time=HOUR, servers=1, batch=1)
    sketch.buy("plant", "seat", "car", 1, "seats", 0, time=HOUR)
    sketch.buy("seats", "foam", "seat", 1, "foams", 0, time=HOUR)
    for firm, until in stop.items():
        sketch.shock("stop", [(firm, firm[:-1])], [(0, until * HOUR)])
    return sketch.market("people", "car", "plant", every=1000 * HOUR, quantity=1)


def test_a_chain_is_traced_up_to_the_firm_at_its_end() -> None:
    """Ordered at 0.  Foam is made by 1 and there at 2, the seat made by 3 and there at 4."""
    assert found(chain().network()) == {
        ("seat", "seats", "seats", "under way"): pytest.approx(1 + 1),  # 0 to 1: not overdue yet; 3 to 4: sent
        ("seat", "seats", "foams", "under way"): pytest.approx(1),
        ("seat", "seats", "seats", "at capacity"): pytest.approx(1),
    }


def test_a_standstill_two_tiers_up_is_the_root() -> None:
    """The foam line stands still until 10, so that all is 10 hours later; in the first hour no seat is overdue yet."""
    hours = found(chain(foams=10).network())
    assert hours == {
        ("seat", "seats", "seats", "under way"): pytest.approx(2),
        ("seat", "seats", "foams", "standing still"): pytest.approx(9),  # 1 to 10
        ("seat", "seats", "foams", "at capacity"): pytest.approx(1),  # 10 to 11
        ("seat", "seats", "foams", "under way"): pytest.approx(1),
        ("seat", "seats", "seats", "at capacity"): pytest.approx(1),
    }
    assert sum(hours.values()) == pytest.approx(14)


def test_a_standstill_next_door_is_not_blamed_on_those_behind_it() -> None:
    hours = found(chain(seats=10).network())
    assert hours["seat", "seats", "seats", "standing still"] == pytest.approx(9)
    assert not any(root == "foams" and cause == "standing still" for _, _, root, cause in hours)


def test_two_suppliers_share_by_what_is_overdue() -> None:
    """Of every four seats one comes from a maker that stands still all day, three from one that does as well."""
    sketch = Sketch(24 * HOUR).firm("plant", "chain_master")
    sketch.make("plant", "car", servers=1, batch=4, time=HOUR)
    for firm in ("east", "west"):
        sketch.make(firm, "seat", time=HOUR, servers=1, batch=1)
        sketch.shock(f"stop {firm}", [(firm, "seat")], [(0, 1000 * HOUR)])
    sketch.buy("plant", "seat", "car", 1, {"east": 250_000, "west": 750_000}, 0)
    sketch.market("people", "car", "plant", every=1000 * HOUR, quantity=4)
    assert found(sketch.network()) == {
        ("seat", "west", "west", "standing still"): pytest.approx(18),
        ("seat", "east", "east", "standing still"): pytest.approx(6),
    }


def test_held_output_is_pace_times_time_but_no_more_than_waits() -> None:
    """A car in half an hour: ten hours hold twenty cars, of which there is work for as many as were ordered."""

    def held(cars: int) -> pd.Series:
        sketch = plant(at_release=True, seat=10)
        sketch.market("people", "car", "plant", every=1000 * HOUR, quantity=cars)
        return table(sketch.network()).iloc[0]

    few, many = held(3), held(50)
    assert (few["held_units"], few["late_units"], few["held_revenue_cny"]) == (3, 3, 15.0)  # 500 fen each
    assert (many["held_units"], many["spells"]) == (20, 1)


def test_no_final_demand_is_late_while_there_are_cars_in_stock() -> None:
    sketch = Sketch(40 * HOUR).make("plant", "car", 5, time=HOUR, servers=1, batch=1, calls_off_at_release=True)
    sketch.buy("plant", "seat", "car", 1, "outside", 0, time=10 * HOUR)
    sketch.market("people", "car", "plant", every=1000 * HOUR, quantity=2)
    row = table(sketch.network()).iloc[0]
    assert (row["hours"], row["held_units"], row["late_units"]) == (10, 2, 0)


def test_what_was_waited_for_before_the_warm_up_ends_does_not_count() -> None:
    network = replace(plant(seat=10).network(), warm_up=4 * HOUR)
    assert found(network) == {("seat", "outside", "outside", "under way"): 6.0}


def test_a_line_is_bound_since_the_first_month_from_which_it_is_always_full() -> None:
    """Two jobs a day until day 40, then four; the server can do three and never catches up."""
    day = 24 * HOUR
    sketch = Sketch(120 * day).make("shop", "job", time=8 * HOUR, servers=1, batch=1)
    plan = ((0, 0.0), (40 * day, 80.0), (400 * day, 80.0 + 4 * 360))
    network = sketch.market("people", "job", "shop", every=day, plan=plan).network()
    assert network.start.isoformat() == "2024-01-01"
    run = frames(network, simulate(network).log)
    assert bound_since(run) == ["2024-03"]  # full from 10 February on, so not all of February
    slower = replace(network, lines=(replace(network.lines[0], servers=2),))
    assert bound_since(frames(slower, simulate(slower).log)) == [""]


def waiting_ticks(run: Run) -> dict[int, int]:
    """Time with any component lacking by line, replayed tick by tick from the log alone."""
    network = run.network
    lacking: dict[int, set[int]] = {}
    since: dict[int, int] = {}
    total = dict.fromkeys(range(len(network.lines)), 0)

    def settle(line: int, tick: int, now: set[int]) -> None:
        if lacking.get(line):
            total[line] += tick - since[line]
        lacking[line], since[line] = now, tick

    for tick, kind, _, entity, _ in run.log.events.tolist():
        if kind == state.STARVED:
            line = network.stocks[entity].line
            settle(line, tick, lacking.get(line, set()) | {entity})
        elif kind == state.RECEIVED:
            stock = network.lanes[entity].buyer
            line = network.stocks[stock].line
            if stock in lacking.get(line, ()):
                settle(line, tick, lacking[line] - {stock})
        elif kind == state.STARTED:
            line = network.stocks[entity].line
            settle(line, tick, set())
    for line in list(lacking):
        settle(line, run.log.horizon, set())
    return total


@given(runs())
def test_hours_by_supplier_sum_to_the_time_that_each_line_waited(run: Run) -> None:
    network = run.network
    waited = waiting_ticks(run)
    columns = waits(frames(network, run.log))
    by_line = dict.fromkeys(waited, 0)
    for line, begin, end in zip(columns.line.tolist(), columns.begin.tolist(), columns.end.tolist(), strict=True):
        by_line[line] += end - begin
    assert by_line == waited
    hours = (
        pd.DataFrame(bottlenecks(frames(replace(network, warm_up=0), run.log))).groupby(["firm", "part"])["hours"].sum()
    )
    for line, ticks in waited.items():
        point = network.stocks[network.lines[line].stock]
        key = network.firms[point.firm].name, network.parts[point.part].name
        expected = float(ticks * network.tick_seconds / HOUR)
        assert hours.get(key, 0.0) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(runs())
def test_no_more_is_late_than_held_and_no_more_held_than_released(run: Run) -> None:
    rows = pd.DataFrame(bottlenecks(frames(run.network, run.log)))
    assert (rows["late_units"] <= rows["held_units"] + 1e-9).all()
    assert (rows[["hours", "held_units", "late_units"]] >= 0).all(axis=None)
