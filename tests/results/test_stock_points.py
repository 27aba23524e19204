"""Time averages of stock points and lines: by hand on a tiny run, and against a replay of random ones tick by tick."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.engine import simpy_engine
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.results.frames import frames
from chainsim.results.line_table import line_table
from chainsim.results.stock_points import stock_table
from chainsim.testing.replay import Run, replay
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks, simulate

DAY = 86_400


def by_point(network: Network) -> pd.DataFrame:
    return pd.DataFrame(stock_table(frames(network, simpy_engine.run(network, 0)))).set_index(["firm", "part", "role"])


def shop(horizon: int, warm_up: int = 0) -> Network:
    """2 wanted every 4 days from day 0 on; (r, Q) = (1, 3) from outside in 3 days; 4 on hand at the start.

    On hand: 2 from day 0, none from 4 (3 ordered), 3 from 7, 1 from 8 (3 ordered), 4 from 11, 2 from 12 to 16.
    """
    sketch = Sketch(horizon * DAY)
    sketch.make("shop", "cup").buy(
        "shop", "leaf", "cup", 1, "outside", 2, reorder_point=1, lot=3, on_hand=4, time=3 * DAY
    )
    network = sketch.market("people", "cup", "shop", every=4 * DAY, quantity=2).network()
    return replace(network, warm_up=warm_up * DAY)


def test_averages_by_hand() -> None:
    found = by_point(shop(16)).loc["shop", "leaf", "bought"]
    assert found["mean_on_hand_units"] == pytest.approx((2 * 4 + 0 * 3 + 3 * 1 + 1 * 3 + 4 * 1 + 2 * 4) / 16)
    assert found["max_on_hand_units"] == 4
    assert found["ready_rate"] == pytest.approx(13 / 16)
    assert found["mean_on_order_units"] == pytest.approx((3 * 3 + 3 * 3) / 16)
    assert (found["orders"], found["ordered_units"], found["demanded_units"]) == (2, 6, 8)
    assert found["order_variance"] == pytest.approx(np.var([3, 3] + [0] * 14, ddof=1))
    assert found["demand_variance"] == pytest.approx(np.var([2] * 4 + [0] * 12, ddof=1))
    assert found["bullwhip"] == pytest.approx(found["order_variance"] / found["demand_variance"])


def test_averages_after_a_warm_up_by_hand() -> None:
    found = by_point(shop(16, warm_up=9)).loc["shop", "leaf", "bought"]
    assert found["mean_on_hand_units"] == pytest.approx((1 * 2 + 4 * 1 + 2 * 4) / 7)
    assert found["ready_rate"] == 1
    assert found["mean_on_order_units"] == pytest.approx(3 * 2 / 7)
    assert (found["opening_units"], found["closing_units"]) == (4, 2)
    assert (found["orders"], found["demanded_units"]) == (0, 2)
    assert found["demand_variance"] == pytest.approx(np.var([2] + [0] * 6, ddof=1))


def test_waiting_orders_are_the_jobs_in_a_workshop() -> None:
    """Jobs on days 0, 1, 2, ... of two days each: the n-th is done on day 2n + 2."""
    sketch = Sketch(6 * DAY).make("shop", "job", time=2 * DAY, servers=1, batch=1)
    network = sketch.market("people", "job", "shop", every=DAY, quantity=1).network()
    run = frames(network, simpy_engine.run(network, 0))
    made = pd.DataFrame(stock_table(run)).iloc[0]
    jobs = [1, 2, 2, 3, 3, 4]  # on each day
    assert made["mean_backorders_units"] == pytest.approx(sum(jobs) / 6)
    assert made["fill_rate"] == 0
    assert made["mean_wait_days"] == pytest.approx((2 + 3) / 2)  # done: the job of day 0 on day 2, of day 1 on day 4
    line = pd.DataFrame(line_table(run)).iloc[0]
    assert line["utilisation"] == line["mean_busy"] == 1
    assert line["mean_queue_units"] == pytest.approx((sum(jobs) - 6) / 6)
    assert line["mean_queue_days"] == pytest.approx((0 + 1 + 2) / 3)
    assert (line["batches"], line["set_ups"], line["started_units"], line["good_units"]) == (3, 3, 3, 2)


def brute_force(run: Run, warm_up: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Sums over ticks of what a replay holds after each, by stock point; and of what waits for each line."""
    network = run.network
    count = len(network.stocks)
    totals = {name: np.zeros(count) for name in ("on_hand", "on_order", "backorders", "ready", "peak")}
    queue = np.zeros(len(network.lines))
    states: dict[int, tuple[Any, ...]] = {}
    for tick, row, books in replay(run):
        if row is None:
            waiting = [sum(quantity for _, quantity in line) for line in books.queue]
            states[tick] = (list(books.on_hand), list(books.on_order), list(books.backorders), waiting)
    under_way = [0] * count
    for transit in network.transits:
        under_way[network.lanes[transit.lane].buyer] += transit.quantity
    now: tuple[Any, ...] = ([p.on_hand for p in network.stocks], under_way, [0] * count, [0] * len(network.lines))
    for tick in range(run.log.horizon):
        now = states.get(tick, now)
        if tick >= warm_up:
            on_hand = np.array(now[0])
            totals["on_hand"] += on_hand
            totals["on_order"] += now[1]
            totals["backorders"] += now[2]
            totals["ready"] += on_hand > 0
            totals["peak"] = np.maximum(totals["peak"], on_hand)
            queue += now[3]
    return totals, queue


@given(networks(), st.integers(0, 14))
@settings(max_examples=25)
def test_time_averages_are_those_of_a_replay_tick_by_tick(network: Network, warm_up: int) -> None:
    network = replace(network, warm_up=warm_up)
    run = simulate(network)
    totals, queue = brute_force(run, warm_up)
    span = network.horizon - warm_up
    kept = [index for index, point in enumerate(network.stocks) if point.role in ("made", "bought")]
    table = pd.DataFrame(stock_table(frames(network, run.log)))
    for column, name in (
        ("mean_on_hand_units", "on_hand"),
        ("mean_on_order_units", "on_order"),
        ("mean_backorders_units", "backorders"),
        ("ready_rate", "ready"),
    ):
        assert table[column].to_numpy() == pytest.approx(totals[name][kept] / span), column
    assert (table["max_on_hand_units"].to_numpy() == totals["peak"][kept]).all()
    assert pd.DataFrame(line_table(frames(network, run.log)))["mean_queue_units"].to_numpy() == pytest.approx(
        queue / span
    )


@given(networks(), st.integers(0, 14))
@settings(max_examples=25)
def test_flows_are_counted_row_by_row(network: Network, warm_up: int) -> None:
    """Fill rate, waiting, orders and variances from the rows themselves; a day is replaced by reviews of some ticks."""
    network = replace(network, warm_up=warm_up)
    run = simulate(network)
    table = pd.DataFrame(stock_table(frames(network, run.log)))
    kept = [index for index, point in enumerate(network.stocks) if point.role in ("made", "bought")]
    placed = run.log.orders[:, 3]
    for number, p in enumerate(kept):
        asked = at_once = shipped = waited = orders = ordered = 0
        out, into = np.zeros(network.horizon), np.zeros(network.horizon)
        for tick, kind, order, entity, quantity in run.log.events.tolist():
            if tick < warm_up:
                continue
            if kind == state.PLACED and network.lanes[entity].supplier == p:
                asked += quantity
                into[tick] += quantity
            elif kind == state.CONSUMED and entity == p:
                into[tick] += quantity
            elif kind == state.SHIPPED and network.lanes[entity].supplier == p:
                shipped += quantity
                waited += quantity * (tick - placed[order])
                at_once += quantity * (tick == placed[order])
            if (kind == state.PLACED and network.lanes[entity].buyer == p) or (kind == state.RELEASED and entity == p):
                orders += 1
                ordered += quantity
                out[tick] += quantity
        row = table.iloc[number]
        assert (row["orders"], row["ordered_units"]) == (orders, ordered)
        assert row["fill_rate"] == pytest.approx(at_once / asked if asked else 1)
        if shipped:
            assert row["mean_wait_days"] * DAY == pytest.approx(waited / shipped)
        review = network.stocks[p].review
        if review:
            ends = range(-(-warm_up // review) * review, network.horizon - review + 1, review)
            for column, series in (("order_variance", out), ("demand_variance", into)):
                sums = [series[begin : begin + review].sum() for begin in ends]
                assert row[column] == pytest.approx(np.var(sums, ddof=1) if len(sums) > 1 else 0)
