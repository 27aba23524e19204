"""The laws that every run is checked for: they hold with lost sales and scrap, and planted faults are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.model.network import Hit, Network, Shock, Stage
from chainsim.records import Log
from chainsim.results.checks import check
from chainsim.results.frames import frames
from chainsim.results.steps import sums
from chainsim.testing.simulate import simulate
from chainsim.testing.sketch import Sketch


def shop() -> Network:
    """3 wanted every tick, base stock 5, two ticks a batch, one in four is scrap, nobody waits, a fire at tick 20."""
    sketch = Sketch(60).make("shop", "cup", 5, time=2, servers=2, batch=3)
    network = sketch.market("people", "cup", "shop", every=1, quantity=3).network()
    made = next(index for index, row in enumerate(network.stocks) if row.role == "made")
    stocks = tuple(replace(row, backlog=0) if row.role == "made" else row for row in network.stocks)
    fire = Shock("fire", (Stage(0, 5), Stage(10**6, 0)), (Hit("stock", made, 500_000),), wait=20)
    lines = (replace(network.lines[0], good=Fraction(3, 4)),)
    return replace(network, stocks=stocks, lines=lines, shocks=(fire,))


def test_an_order_is_delivered_open_or_lost() -> None:
    """Of every order to a supplier: quantity = shipped + lost + what the engine still has open."""
    run = simulate(shop())
    tables = frames(run.network, run.log)
    check(tables)
    assert run.end is not None
    count = len(tables.orders)
    shipped, lost = (tables.of_kind(kind) for kind in (state.SHIPPED, state.LOST))
    done = sums(shipped.order, shipped.quantity, count) + sums(lost.order, lost.quantity, count)
    bought = tables.orders["lane"].to_numpy() >= 0
    left = state.outstanding(run.end)
    open_ = np.array([left[order].open if order in left else 0 for order in range(count)])
    assert (tables.orders["quantity"].to_numpy() == done + open_)[bought].all()
    assert len(lost) > 0
    assert len(tables.of_kind(state.SCRAPPED)) > 0
    assert (tables.on_hand.closing == [stock.on_hand for stock in run.end.stocks]).all()


def more(kind: int, extra: int) -> Callable[[Log], Log]:
    def plant(log: Log) -> Log:
        events = log.events.copy()
        events[np.flatnonzero(events[:, 1] == kind)[-1], 4] += extra
        return replace(log, events=events)

    return plant


def fire_takes_more_than_is_there(log: Log) -> Log:
    events = log.events.copy()
    at = int(np.flatnonzero(events[:, 1] == state.SHIPPED)[0])
    fire = [events[at, 0], state.DESTROYED, -1, events[events[:, 1] == state.FINISHED][0, 3], 10**6]
    return replace(log, events=np.insert(events, at, fire, axis=0))


@pytest.mark.parametrize(
    ("plant", "law"),
    [
        (more(state.LOST, 1), "no order is delivered more than once"),
        (more(state.SCRAPPED, 100), "no order is delivered more than once"),
        (more(state.SHIPPED, 10**6), "stock on hand is never negative"),
        (fire_takes_more_than_is_there, "stock on hand is never negative"),
    ],
)
def test_a_planted_fault_is_seen(plant: Callable[[Log], Log], law: str) -> None:
    run = simulate(shop())
    with pytest.raises(InvariantError, match=law):
        check(frames(run.network, plant(run.log)))
