"""What a run depends on, and what it does not: seeds, horizons, strangers, other firms' rules, other
replications."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from chainsim.engine import simpy_engine
from chainsim.engine.draws import BLOCK, Draws
from chainsim.model import state
from chainsim.model.distributions import Exponential, Uniform
from chainsim.model.network import Change, Network
from chainsim.model.state import DEMANDED, PLACED, RECEIVED, SHIPPED
from chainsim.records import Log
from chainsim.testing import Sketch, networks

ROOT = Path(__file__).resolve().parents[2]
BY_LANE = (
    PLACED,
    SHIPPED,
    RECEIVED,
    state.LOST,
    state.LANE_LEVEL,
    state.SWITCHED,
    state.PAID,
    state.DISCOUNTED,
    state.WRITTEN_OFF,
)
BY_PURSE = (state.SPENT, state.INTEREST, state.INSOLVENT)


def same(one: Log, other: Log) -> bool:
    return one.events.tobytes() == other.events.tobytes() and one.orders.tobytes() == other.orders.tobytes()


def lively(seed: int = 1, horizon: int = 300) -> Network:
    """Two tiers, random times, shortages."""
    return (
        Sketch(horizon, seed)
        .make("plant", "car", 2, time=Uniform(1.0, 4.0), servers=2, batch=2)
        .buy("plant", "seat", "car", 2, {"east": 600_000, "west": 400_000}, 9, time=Exponential(3.0))
        .make("east", "seat", 3, time=Exponential(2.0), servers=1)
        .make("west", "seat", 3, time=2)
        .market("home", "car", "plant", rate=0.5, time=1)
        .network()
    )


@given(networks())
def test_the_same_seed_twice_gives_the_same_bytes(network: Network) -> None:
    assert same(simpy_engine.run(network, 0), simpy_engine.run(network, 0))


def test_another_seed_and_another_replication_give_another_run() -> None:
    base = simpy_engine.run(lively(), 0)
    assert not same(base, simpy_engine.run(lively(seed=2), 0))
    assert not same(base, simpy_engine.run(lively(), 1))


def test_a_replication_is_the_same_alone_in_any_order_and_in_another_process() -> None:
    together = [simpy_engine.run(lively(), r) for r in (3, 0, 2)]
    assert same(together[2], simpy_engine.run(lively(), 2))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_determinism import lively, fingerprint; "
        "print(fingerprint(lively(), 2))"
    )
    for hash_seed in ("0", "123"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "src")}
        output = subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert output.strip() == fingerprint(lively(), 2)


def fingerprint(network: Network, replication: int) -> str:
    import hashlib

    log = simpy_engine.run(network, replication)
    return hashlib.sha256(log.events.tobytes() + log.orders.tobytes()).hexdigest()


@given(networks(), st.integers(1, 60))
def test_a_longer_horizon_leaves_earlier_events_as_they_were(network: Network, more: int) -> None:
    short = simpy_engine.run(network, 0)
    long = simpy_engine.run(replace(network, horizon=network.horizon + more), 0)
    before = long.events[long.events[:, 0] < network.horizon]
    assert (before == short.events).all()
    assert (long.orders[: len(short.orders)] == short.orders).all()
    assert len(before) == len(short.events)


@given(networks())
def test_watching_a_run_changes_nothing(network: Network) -> None:
    told: list[float] = []
    watched = simpy_engine.run(network, 0, progress=told.append, attach=lambda _environment, _state: None)
    assert same(watched, simpy_engine.run(network, 0))
    assert told == sorted(told)
    assert all(0 < share <= 1 for share in told)


TABLE_OF_CHANGE = {
    state.SET_LEVELS: "stocks",
    state.SET_REVIEW: "stocks",
    state.SET_LANE_SHARE: "lanes",
    state.SET_LANE_TIME: "lanes",
    state.SET_LANE_TERMS: "lanes",
    state.SET_LINE_SPEED: "lines",
    state.SET_LINE_TIME: "lines",
    state.SET_NEED: "needs",
    state.SET_SHORTAGE: "stocks",
    state.SET_SOURCING: "stocks",
    state.SET_FORECAST: "stocks",
    state.SET_LANE_RANK: "lanes",
    state.SET_YIELD: "lines",
}
TABLE_OF_TARGET = {"line": "lines", "lane": "lanes", "stock": "stocks", "market": "stocks"}


def side_by_side(first: Network, second: Network) -> Network:
    """Two networks that have nothing to do with each other in one; the first one's rows come first in every
    table."""

    def after(table: str, index: int) -> int:
        return index if index < 0 else index + len(getattr(first, table))

    def change(row: Change) -> Change:
        a, b, c = row.values
        timed = row.kind in (state.SET_LANE_TIME, state.SET_LINE_TIME)
        return replace(
            row, entity=after(TABLE_OF_CHANGE[row.kind], row.entity), values=(a, after("draws", b) if timed else b, c)
        )

    moved: dict[str, tuple[Any, ...]] = {
        "firms": second.firms,
        "parts": second.parts,
        "stocks": tuple(
            replace(x, firm=after("firms", x.firm), part=after("parts", x.part), line=after("lines", x.line))
            for x in second.stocks
        ),
        "lanes": tuple(
            replace(x, buyer=after("stocks", x.buyer), supplier=after("stocks", x.supplier), law=after("draws", x.law))
            for x in second.lanes
        ),
        "lines": tuple(
            replace(
                x,
                stock=after("stocks", x.stock),
                law=after("draws", x.law),
                calendar=after("calendars", x.calendar),
                up_law=after("draws", x.up_law),
                repair_law=after("draws", x.repair_law),
            )
            for x in second.lines
        ),
        "calendars": second.calendars,
        "shocks": tuple(
            replace(
                x,
                law=after("draws", x.law),
                stages=tuple(replace(stage, law=after("draws", stage.law)) for stage in x.stages),
                hits=tuple(replace(hit, entity=after(TABLE_OF_TARGET[hit.target], hit.entity)) for hit in x.hits),
            )
            for x in second.shocks
        ),
        "growths": tuple(replace(x, line=after("lines", x.line)) for x in second.growths),
        "purses": tuple(replace(x, firm=after("firms", x.firm)) for x in second.purses),
        "needs": tuple(
            replace(x, made=after("stocks", x.made), component=after("stocks", x.component)) for x in second.needs
        ),
        "markets": tuple(replace(x, stock=after("stocks", x.stock)) for x in second.markets),
        "draws": second.draws,
        "transits": tuple(replace(x, lane=after("lanes", x.lane)) for x in second.transits),
        "changes": tuple(change(x) for x in second.changes),
    }
    joined = {table: getattr(first, table) + rows for table, rows in moved.items()}
    joined["changes"] = tuple(sorted(joined["changes"], key=lambda row: row.tick))
    return replace(second, **joined)


def sizes(network: Network) -> dict[str, int]:
    return {"stocks": len(network.stocks), "lanes": len(network.lanes), "purses": len(network.purses)}


def table_of(kind: int) -> str:
    """What the entities of a kind of row are."""
    return "lanes" if kind in BY_LANE else "purses" if kind in BY_PURSE else "stocks"


def story(log: Log, border: dict[str, int], second: bool = False) -> list[tuple[int, ...]]:
    """Rows of the entities before the border, or of those behind it, counted from there; orders are renumbered in the
    order in which they appear."""
    numbers: dict[int, int] = {-1: -1}
    result = []
    for tick, kind, order, entity, quantity in log.events.tolist():
        at = border[table_of(kind)]
        if (entity >= at) == second:
            numbers.setdefault(order, len(numbers) - 1)
            result.append((tick, kind, numbers[order], entity - at if second else entity, quantity))
    return result


def stranger(horizon: int) -> Network:
    """A firm that nobody buys from, with stock, a line and a lane of its own."""
    sketch = Sketch(horizon).make("a stranger", "its part", 5, time=Exponential(2.0), servers=1)
    return sketch.buy("a stranger", "its component", "its part", 1, "outside", 10, time=Exponential(3.0)).network()


@given(networks())
def test_adding_an_unused_firm_changes_no_row_of_any_other(network: Network) -> None:
    added = stranger(network.horizon)
    base = simpy_engine.run(network, 0)
    other = simpy_engine.run(side_by_side(added, network), 0)
    shifted = base.events.copy()
    shifted[:, 3] += [sizes(added)[table_of(kind)] for kind in base.events[:, 1].tolist()]
    assert (other.events == shifted).all()
    orders = base.orders.copy()
    orders[:, 0] += (orders[:, 0] >= 0) * len(added.lanes)
    orders[:, 1] += len(added.stocks)
    assert (other.orders == orders).all()


@given(networks(), networks())
def test_two_networks_in_one_run_as_they_run_alone(one: Network, two: Network) -> None:
    one = replace(
        one,
        seed=two.seed,
        reviews_first=two.reviews_first,
        horizon=two.horizon,
        draws=tuple(replace(draw, owner=f"one {draw.owner}") for draw in one.draws),
        markets=tuple(replace(market, name=f"one {market.name}") for market in one.markets),
    )
    both = side_by_side(one, two)
    log = simpy_engine.run(both, 0)
    assert story(log, sizes(one)) == story(simpy_engine.run(one, 0), sizes(both))
    assert story(log, sizes(one), second=True) == story(simpy_engine.run(two, 0), sizes(both))


def lead_times(log: Log) -> dict[tuple[int, int], int]:
    """Ticks from shipment to receipt by lane and number of the order on its lane, opening shipments aside."""
    sent: dict[int, int] = {}
    result: dict[tuple[int, int], int] = {}
    table = log.orders.tolist()
    for tick, kind, order, lane, _ in log.events.tolist():
        if kind == SHIPPED:
            sent.setdefault(order, tick)
        elif kind == RECEIVED and table[order][3] >= 0:
            result.setdefault((lane, table[order][6]), tick - sent[order])
    return result


@given(networks(changes=False, without=("in_order", "shocks", "switching", "sourcing", "purses")), st.data())
def test_changing_one_firm_s_stock_rule_changes_no_other_draw(network: Network, data: st.DataObject) -> None:
    """The n-th order of each lane keeps its lead time and final demand stays as it was, however many orders
    there are and whenever they are placed."""
    kept = [p for p, point in enumerate(network.stocks) if point.role in ("made", "bought")]
    changed = data.draw(st.sampled_from(kept))
    point = network.stocks[changed]
    level = point.order_up_to + data.draw(st.integers(1, 20))
    stocks = list(network.stocks)
    stocks[changed] = replace(point, order_up_to=level, reorder_point=level - data.draw(st.integers(1, 5)))
    one = simpy_engine.run(network, 0)
    other = simpy_engine.run(replace(network, stocks=tuple(stocks)), 0)
    before, after = lead_times(one), lead_times(other)
    common = before.keys() & after.keys()
    assume(common)
    assert all(before[k] == after[k] for k in common)
    assert (one.events[one.events[:, 1] == DEMANDED] == other.events[other.events[:, 1] == DEMANDED]).all()


def test_the_nth_draw_is_the_same_whatever_was_drawn_before() -> None:
    network = lively()
    straight, jumping = Draws(network, 4), Draws(network, 4)
    numbers = [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 7]
    ascending = {(law, n): straight.extend(law, n) for law in range(len(network.draws)) for n in numbers}
    for law in reversed(range(len(network.draws))):
        assert jumping.extend(law, numbers[-1]) == ascending[law, numbers[-1]]
        assert [jumping.values[law][n] for n in numbers] == [ascending[law, n] for n in numbers]
    assert all(isinstance(value, int) and value >= 0 for value in ascending.values())


def test_no_two_purposes_share_a_stream() -> None:
    network = lively()
    addresses = Counter((draw.purpose, draw.owner) for draw in network.draws)
    assert max(addresses.values()) == 1
    draws = Draws(network, 0)
    for law in range(len(network.draws)):
        draws.extend(law, BLOCK)
    assert len({tuple(values[:50]) for values in draws.values}) == len(network.draws)


def test_a_draw_is_rounded_to_whole_ticks_of_the_scenario() -> None:
    """3 seconds are 1 tick of 2 seconds or 2 (to even), half a tick either way, never a float."""
    from fractions import Fraction

    fine = Draws(lively(), 0)
    coarse = Draws(replace(lively(), tick_seconds=Fraction(2)), 0)
    for n in range(100):
        assert abs(2 * coarse.extend(0, n) - fine.extend(0, n)) <= 1.5


@given(networks(changes=False, without=("switching", "sourcing", "purses")), st.data())
def test_no_firm_s_capacity_moves_breakdowns_shocks_or_demand(network: Network, data: st.DataObject) -> None:
    """Hazards and final demand are drawn by number of their own, whatever happens in the network."""
    assume(network.lines)
    at = data.draw(st.integers(0, len(network.lines) - 1))
    lines = list(network.lines)
    lines[at] = replace(lines[at], fixed=lines[at].fixed + data.draw(st.integers(1, 9)))
    one = simpy_engine.run(replace(network, growths=()), 0).events
    other = simpy_engine.run(replace(network, lines=tuple(lines), growths=()), 0).events
    exogenous = (DEMANDED, state.LINE_LEVEL, state.LANE_LEVEL, state.STOCK_LEVEL, state.DEMAND_LEVEL)
    assert story_of(one, exogenous) == story_of(other, exogenous)


def story_of(events: Any, kinds: tuple[int, ...]) -> list[tuple[int, ...]]:
    return sorted((row[0], row[1], row[3], row[4]) for row in events.tolist() if row[1] in kinds)
