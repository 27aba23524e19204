"""A user's own SimPy process can join a run: it reads the state, and what it changes is felt at once."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.engine import simpy_engine
from chainsim.model import rules
from chainsim.model.network import Change, Network
from chainsim.model.state import SET_LEVELS, SET_LINE_SPEED, State
from chainsim.testing import Run, Sketch, assert_every_law, networks, rows_of

Process = Generator[simpy.Event, Any, None]


def workshop(horizon: int = 40) -> Sketch:
    return (
        Sketch(horizon)
        .make("shop", "item", 2, time=1, servers=2, batch=1)
        .buy("shop", "part", "item", 1, "outside", 4, time=2)
        .market("market", "item", "shop", every=2, quantity=1)
    )


def test_a_process_sees_the_state_as_it_moves() -> None:
    seen: list[tuple[int, int]] = []

    def watch(environment: simpy.Environment, state: State) -> None:
        def every_day() -> Process:
            while True:
                yield environment.timeout(1)
                seen.append((int(environment.now), sum(stock.on_hand for stock in state.stocks if stock.role == 0)))

        environment.process(every_day())

    simpy_engine.run(workshop().network(), 0, attach=watch)
    assert [tick for tick, _ in seen] == list(range(1, 40))
    assert {on_hand for _, on_hand in seen} >= {1, 2}


def acting(change: Change) -> simpy_engine.Attach:
    """A process that makes one change on its tick."""

    def attach(environment: simpy.Environment, state: State) -> None:
        def act() -> Process:
            yield environment.timeout(change.tick)
            rules.change(state, change.kind, change.entity, *change.values)

        environment.process(act())

    return attach


@settings(max_examples=settings.default.max_examples // 2)  # type: ignore[union-attr]
@given(networks(changes=False), st.integers(1, 14), st.booleans(), st.data())
def test_a_change_by_a_process_is_the_dated_change_of_that_tick(
    network: Network, tick: int, outage: bool, data: st.DataObject
) -> None:
    """Follow-ups of the change run on its tick, not when something else happens to happen next."""
    if outage:
        line = data.draw(st.integers(0, len(network.lines) - 1))
        change = Change(tick, SET_LINE_SPEED, line, (data.draw(st.integers(0, 3)), 1, 2))
    else:
        points = [p for p, point in enumerate(network.stocks) if point.role == "bought"]
        change = Change(tick, SET_LEVELS, data.draw(st.sampled_from(points)), (14, 15, 0))
    dated = simpy_engine.run(replace(network, changes=(change,)), 0)
    acted = simpy_engine.run(network, 0, attach=acting(change))
    assert acted.events.tobytes() == dated.events.tobytes()
    assert acted.orders.tobytes() == dated.orders.tobytes()


def test_an_agent_that_reacts_to_the_run_keeps_every_law() -> None:
    """A planner who raises the level of parts whenever the shop is short of products."""
    network = replace(workshop(200).market("rush", "item", "shop", rate=0.7).network(), seed=4)
    part = next(p for p, point in enumerate(network.stocks) if point.role == "bought")
    made = next(p for p, point in enumerate(network.stocks) if point.role == "made")
    raised: list[int] = []

    def attach(environment: simpy.Environment, state: State) -> None:
        def planner() -> Process:
            while True:
                yield environment.timeout(5)
                if state.stocks[made].backorders > 0:
                    level = state.stocks[part].order_up_to + 1
                    rules.change(state, SET_LEVELS, part, level - 1, level, 0)
                    raised.append(int(environment.now))

        environment.process(planner())

    log = simpy_engine.run(network, 0, attach=attach)
    assert raised
    # Written down afterwards as dated changes, the same story can be checked like any other.
    level = network.stocks[part].order_up_to
    changes = tuple(Change(tick, SET_LEVELS, part, (level + n, level + n + 1, 0)) for n, tick in enumerate(raised))
    run = Run(replace(network, changes=changes), log)
    assert_every_law(run)
    assert rows_of(run.log)[-1].tick > raised[-1]


def test_a_process_may_act_before_the_first_event() -> None:
    network = workshop().network()
    line_stopped = Change(0, SET_LINE_SPEED, 0, (0, 0, 1))

    def attach(_environment: simpy.Environment, state: State) -> None:
        rules.change(state, line_stopped.kind, line_stopped.entity, *line_stopped.values)

    dated = simpy_engine.run(replace(network, changes=(line_stopped,)), 0)
    assert simpy_engine.run(network, 0, attach=attach).events.tobytes() == dated.events.tobytes()
