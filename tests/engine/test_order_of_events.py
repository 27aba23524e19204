"""Events of one tick run in the order (round, phase, entity, sequence); the phases of a round are

    change, finish, arrive, serve backorders, demand, review, start.

What follows without delay joins the same round if its phase is still to come, else the next round.  Each test
is one consequence of that order.
"""

from __future__ import annotations

import pytest

from chainsim.model import state
from chainsim.model.state import (
    ARRIVE,
    BREAK,
    BUILT,
    CHANGE,
    DEMAND,
    DUN,
    EARLY_LEARN,
    EARLY_REVIEW,
    FINAL,
    FINISH,
    FINISHED,
    LEARN,
    MONTH,
    PAY,
    PLACED,
    QUALIFIED,
    RECEIVED,
    RELEASED,
    REPAIR,
    RESUME,
    REVIEW,
    SERVE,
    SHIPPED,
    SHOCK,
    START,
    STARTED,
    WATCH,
)
from chainsim.testing import Sketch, rows_of, simulate

Rows = list[tuple[int, int, int, int]]


def rows(sketch: Sketch, *kinds: int) -> Rows:
    """(tick, kind, entity, quantity) of the chosen kinds, in the order of the log."""
    run = simulate(sketch.network())
    return [(row.tick, row.kind, row.entity, row.quantity) for row in rows_of(run.log) if row.kind in kinds]


def plant(horizon: int, **component: int) -> Sketch:
    """One unit a day of a product that is made to order from one component from outside."""
    sketch = Sketch(horizon).make("plant", "item")
    sketch.buy("plant", "part", "item", 1, "outside", **component)
    return sketch.market("market", "item", "plant", every=1, quantity=1)


def test_phases_run_in_the_documented_order() -> None:
    phases = [CHANGE, SHOCK, REPAIR, BREAK, BUILT, QUALIFIED, MONTH, DUN, EARLY_LEARN, EARLY_REVIEW]
    phases += [FINISH, ARRIVE, SERVE, FINAL, DEMAND, LEARN, REVIEW, START, PAY, RESUME, WATCH]
    assert list(range(21)) == phases


def test_what_arrives_today_is_used_and_sold_today() -> None:
    """Arrive before start: the component of day 2 makes that day's product, round by round, in no time."""
    got = rows(plant(3, level=0, time=2), RECEIVED, STARTED, FINISHED, SHIPPED)
    today = [row for row in got if row[0] == 2]
    # Lane 0 goes to the market, lane 1 to the plant. First the order of day 0 is filled, then a new one
    # leaves.
    kinds = [kind for _, kind, entity, _ in today if kind != RECEIVED or entity == 1]
    assert kinds[:4] == [RECEIVED, STARTED, FINISHED, SHIPPED]


def test_backorders_go_before_new_demand() -> None:
    """Two units are finished on day 2, when 3 are owed from day 0 and 3 more are ordered: the old order gets
    them."""
    sketch = Sketch(3).make("plant", "item", on_hand=0, time=2, batch=2, servers=1)
    sketch.market("market", "item", "plant", every=2, quantity=3)
    run = simulate(sketch.network())
    shipped = [row for row in rows_of(run.log) if row.kind == SHIPPED]
    assert [(row.tick, row.order, row.quantity) for row in shipped] == [(2, 0, 2)]


def test_a_continuous_review_sees_the_demand_of_its_day() -> None:
    """Base stock 1, lead time 1: what is used today is ordered today and there tomorrow."""
    got = rows(plant(4, level=1, time=1), PLACED)
    assert [tick for tick, _, lane, _ in got if lane == 1] == [0, 1, 2, 3]


def test_a_periodic_review_sees_the_use_of_the_days_before_only() -> None:
    """Reviews come before the lines start: with a daily review the use of day 0 is ordered on day 1."""
    got = rows(plant(4, level=5, time=1, review=1), PLACED)
    assert [tick for tick, _, lane, _ in got if lane == 1] == [1, 2, 3]


@pytest.mark.parametrize(("end", "starts"), [(3, [0, 3, 4]), (2, [0, 2, 3, 4])])
def test_a_change_acts_from_the_morning_of_its_day(end: int, starts: list[int]) -> None:
    """An outage from day 1 stops the start of day 1; its end on a day lets that day's work and the backlog
    start."""
    sketch = Sketch(5).make("plant", "item", batch=1)
    sketch.market("market", "item", "plant", every=1, quantity=1)
    sketch.speed_at(1, "plant", "item", 0).speed_at(end, "plant", "item", 1)
    ticks = [tick for tick, _, _, _ in rows(sketch, STARTED)]
    assert sorted(set(ticks)) == starts
    assert len(ticks) == 5


def test_a_server_that_becomes_free_today_starts_today() -> None:
    sketch = Sketch(7).make("plant", "item", time=2, servers=1, batch=1)
    sketch.market("market", "item", "plant", every=1, quantity=1)
    assert [tick for tick, _, _, _ in rows(sketch, STARTED)] == [0, 2, 4, 6]
    assert [tick for tick, _, _, _ in rows(sketch, FINISHED)] == [2, 4, 6]


def test_equals_go_by_name() -> None:
    """Stock points, lines and lanes are sorted by name, and that is the order of equal events."""
    sketch = Sketch(2)
    for firm in ("c", "a", "b"):
        sketch.make(firm, "item", 1, time=1)
        sketch.market(f"market {firm}", "item", firm, every=1, quantity=1)
    network = sketch.network()
    run = simulate(network)
    for kind in (PLACED, RELEASED, FINISHED):
        entities = [row.entity for row in rows_of(run.log) if row.kind == kind and row.tick == 1]
        assert entities == sorted(entities)
        assert len(entities) == 3


def test_who_goes_first_in_a_shortage_rotates() -> None:
    """Three markets order 1 each on the same days and 1 is in stock: another one has it every time."""
    sketch = Sketch(30).make("plant", "item", 1, time=1, servers=1, batch=1)
    for name in ("a", "b", "c"):
        sketch.market(name, "item", "plant", every=3, quantity=1)
    shipped = [row for row in rows_of(simulate(sketch.network()).log) if row.kind == SHIPPED]
    at_once = [row.entity for row in shipped if row.tick % 3 == 0]
    assert at_once[:6] == [0, 1, 2, 0, 1, 2]


def test_the_horizon_is_half_open() -> None:
    """What would happen on the last tick does not; what is under way stays under way."""
    sketch = Sketch(4).make("plant", "item", 9, time=2)
    sketch.market("market", "item", "plant", every=2, quantity=1, time=2)
    run = simulate(sketch.network())
    assert [(row.tick, row.kind) for row in rows_of(run.log) if row.kind in (RECEIVED, FINISHED)] == [
        (2, FINISHED),
        (2, RECEIVED),
    ]
    assert run.end is not None
    assert sum(stock.on_order for stock in run.end.stocks) == 2


def test_changes_of_one_day_all_act_before_anything_else() -> None:
    """Both shares change before the day's order is shared out."""
    sketch = Sketch(2).make("plant", "item").buy("plant", "part", "item", 1, {"outside1": 1_000_000, "outside2": 0}, 4)
    sketch.market("market", "item", "plant", every=1, quantity=2)
    sketch.share_at(1, "plant", "part", {"outside1": 0, "outside2": 1_000_000})
    network = sketch.network()
    names = [network.firms[network.stocks[lane.supplier].firm].name for lane in network.lanes]
    placed = [(row.tick, names[row.entity]) for row in rows_of(simulate(network).log) if row.kind == PLACED]
    assert placed == [(0, "plant"), (0, "outside1"), (1, "plant"), (1, "outside2")]


def test_what_follows_at_once_waits_for_its_phase() -> None:
    """The rounds of one tick in a chain of two firms without stock or lags: every consequence on the same
    tick."""
    sketch = Sketch(1)
    sketch.make("plant", "item").buy("plant", "part", "item", 1, "supplier").make("supplier", "part")
    sketch.market("market", "item", "plant", every=1, quantity=1)
    run = simulate(sketch.network())
    kinds = [row.kind for row in rows_of(run.log)]
    assert kinds == [
        state.DEMANDED,
        state.PLACED,
        state.RELEASED,
        state.STARVED,
        state.PLACED,
        state.RELEASED,
        state.STARTED,
        state.FINISHED,
        state.SHIPPED,
        state.RECEIVED,
        state.STARTED,
        state.CONSUMED,
        state.FINISHED,
        state.SHIPPED,
        state.RECEIVED,
    ]
