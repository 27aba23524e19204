"""Lines under calendars, breakdowns, scrap and set-ups; lanes, markets and lost sales: calculated by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.distributions import Uniform
from chainsim.model.network import Closure, Draw, Hit, Network, Shock, Stage, Transit
from chainsim.results.frames import frames
from chainsim.results.market_table import _quantile
from chainsim.results.working import worked
from chainsim.study.tabulation import tabulate
from chainsim.testing.simulate import simulate
from chainsim.testing.sketch import Sketch

DAY = 86_400


def tables(network: Network) -> dict[str, pd.DataFrame]:
    return tabulate(frames(network, simulate(network).log))


def shop(days: int, every: int = 1, quantity: int = 1, **line: Any) -> Network:
    """One job of half a day every day, made to order on one server."""
    sketch = Sketch(days * DAY).make("shop", "job", time=DAY // 2, servers=1, batch=1)
    network = sketch.market("people", "job", "shop", every=every * DAY, quantity=quantity).network()
    return replace(network, lines=(replace(network.lines[0], **line),))


def test_closed_time_is_neither_offered_nor_used() -> None:
    """Closed in the second half of each day and all of days 5 and 6: every open tick of days 0 to 4 is busy."""
    network = shop(7, calendar=0)
    afternoons = (Closure(day * DAY + DAY // 2, (day + 1) * DAY) for day in range(5))
    closures = (*afternoons, Closure(5 * DAY, 7 * DAY))
    line = tables(replace(network, calendars=(closures,)))["lines"].iloc[0]
    assert line["utilisation"] == 1
    assert line["mean_busy"] == 1
    assert line["availability"] == 1
    assert line["good_units"] == 5
    assert line["mean_queue_units"] == pytest.approx((2 * 1 + 1 * 2 - 1) / 7)  # the jobs of days 5 and 6 wait


def test_a_batch_that_is_closed_in_counts_its_working_time_only() -> None:
    """Open from 6 to 12 and from 12 to 18 o'clock, closed at night: half a day of work fills an open day."""
    night = tuple(
        closure
        for day in range(4)
        for closure in (Closure(day * DAY, day * DAY + DAY // 4), Closure(day * DAY + 3 * DAY // 4, (day + 1) * DAY))
    )
    merged = (night[0], *(Closure(a.begin, b.end) for a, b in zip(night[1:-1:2], night[2::2], strict=True)), night[-1])
    line = tables(replace(shop(4, quantity=1, calendar=0), calendars=(merged,)))["lines"].iloc[0]
    assert (line["utilisation"], line["good_units"]) == (1, 4)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=6))
def test_working_time_counts_open_ticks(spans: list[tuple[int, int]]) -> None:
    closures, at = [], 0
    for gap, length in spans:
        closures.append(Closure(at + gap, at + gap + length))
        at += gap + length
    open_ = [not any(c.begin <= tick < c.end for c in closures) for tick in range(70)]
    ticks = np.arange(70)
    assert worked(tuple(closures), ticks).tolist() == [sum(open_[:tick]) for tick in ticks]


def test_availability_is_the_time_without_a_standstill() -> None:
    """Breaks down after 36 hours of calendar time for 12 hours, again and again: up 3/4 of the time."""
    network = shop(8, up_law=0, repair_law=1)
    law = [Draw("up", "shop", Uniform(1.5 * DAY, 1.5 * DAY + 1e-6)),
           Draw("down", "shop", Uniform(0.5 * DAY, 0.5 * DAY + 1e-6))]  # fmt: skip
    line = tables(replace(network, draws=tuple(law)))["lines"].iloc[0]
    assert line["availability"] == pytest.approx(3 / 4)
    assert line["utilisation"] == pytest.approx((0.5 + 0.5) / 2)  # the breakdowns fall into the idle halves of days


def test_a_batch_that_waits_for_repair_keeps_its_server_busy() -> None:
    """Down from 6 to 18 o'clock of day 0: the job of that day takes until midnight, and the next till noon."""
    shock = Shock("fire", (Stage(0, DAY // 2), Stage(1_000_000, 0)), (Hit("line", 0),), wait=DAY // 4)
    line = tables(replace(shop(2), shocks=(shock,)))["lines"].iloc[0]
    assert line["utilisation"] == pytest.approx((1 + 0.5) / 2)
    assert line["availability"] == pytest.approx(1.5 / 2)
    assert line["mean_queue_days"] == 0


def test_scrap_and_set_ups_are_counted() -> None:
    """Orders of 4 in batches of 2, of which half is good: each order makes 2, so another of 2 follows, then of 1..."""
    sketch = Sketch(3 * DAY).make("shop", "job", servers=1, batch=2)
    network = sketch.market("people", "job", "shop", every=2 * DAY, quantity=4).network()
    network = replace(network, lines=(replace(network.lines[0], good=Fraction(1, 2), set_up=0),))
    found = tables(network)
    line = found["lines"].iloc[0]
    assert line["started_units"] == line["good_units"] + line["scrapped_units"]
    assert line["good_units"] == 8
    assert line["scrapped_units"] == found["kpis"].set_index("measure")["value"]["scrap_units"] > 0
    assert line["set_ups"] == found["stocks"].iloc[0]["orders"]
    assert line["batches"] >= line["set_ups"]


def test_what_is_short_of_the_backlog_limit_is_lost() -> None:
    """3 wanted a day, base stock 2, a day to make: on day 0 two are there; whatever waits beyond 1 is lost."""
    sketch = Sketch(4 * DAY).make("shop", "job", 2, time=DAY)
    network = sketch.market("people", "job", "shop", every=DAY, quantity=3).network()
    stocks = tuple(replace(row, backlog=1) if row.role == "made" else row for row in network.stocks)
    found = tables(replace(network, stocks=stocks))
    market, stock = found["markets"].iloc[0], found["stocks"].iloc[0]
    # Day 0: 2 leave, 1 waits, 3 ordered.  Day 1: they arrive, 1 goes to whom waited, 2 leave, 1 waits; and so on.
    assert market["demanded_units"] == 12
    assert market["lost_units"] == stock["lost_units"] == 0
    assert market["waiting_units"] == 1
    assert stock["fill_rate"] == pytest.approx(8 / 12)
    stocks = tuple(replace(row, backlog=0) if row.role == "made" else row for row in network.stocks)
    found = tables(replace(network, stocks=stocks))
    market, stock = found["markets"].iloc[0], found["stocks"].iloc[0]
    assert (market["delivered_units"], market["lost_units"], market["waiting_units"]) == (8, 4, 0)
    assert found["kpis"].set_index("measure")["value"]["lost_units"] == found["daily"]["lost_units"].sum() == 4
    assert found["lanes"]["lost_units"].sum() == stock["lost_units"] == 4
    assert market["fill_rate"] == pytest.approx(8 / 12)


def test_a_fire_destroys_stock_on_hand() -> None:
    """Half of 9, rounded up, is gone on day 1; the rest is what is there."""
    sketch = Sketch(2 * DAY).make("shop", "job", 9, time=5 * DAY)
    network = sketch.market("people", "job", "shop", every=5 * DAY, quantity=0, rate=0).network()
    made = next(index for index, row in enumerate(network.stocks) if row.role == "made")
    fire = Shock("fire", (Stage(1_000_000, 0),), (Hit("stock", made, 500_000),), wait=DAY)
    stock = tables(replace(network, shocks=(fire,)))["stocks"].iloc[0]
    assert (stock["destroyed_units"], stock["closing_units"]) == (5, 4)
    assert stock["mean_on_hand_units"] == pytest.approx((9 + 4) / 2)


def test_freight_and_transit_by_hand() -> None:
    """2 leaves a day under way for 3 days, at 5 fen of freight; received on days 3 to 9 of 10."""
    sketch = Sketch(10 * DAY).part("leaf", 10)
    sketch.make("shop", "cup").buy("shop", "leaf", "cup", 2, "outside", 6, time=3 * DAY)
    network = sketch.market("people", "cup", "shop", every=DAY).network()
    lanes = tuple(replace(row, freight=5) if row.lead_time else row for row in network.lanes)
    lane = tables(replace(network, lanes=lanes))["lanes"].set_index("part").loc["leaf"]
    assert (lane["units"], lane["freight_cny"], lane["revenue_cny"]) == (14, 0.7, 1.4)
    assert lane["mean_transit_days"] == lane["order_to_receipt_days"] == 3


def test_delays_of_markets_by_hand() -> None:
    """One job a day of two days each: delays are 2, 3, 4, ... days; 95 % of ten jobs is the tenth."""
    sketch = Sketch(21 * DAY).make("shop", "job", time=2 * DAY, servers=1, batch=1)
    network = sketch.market("people", "job", "shop", every=DAY).network()
    market = tables(network)["markets"].iloc[0]
    assert market["delivered_units"] == 10
    assert market["mean_delay_days"] == pytest.approx(np.mean(range(2, 12)))
    assert market["p95_delay_days"] == 11


def test_what_is_under_way_at_the_horizon_is_waited_for_by_hand() -> None:
    """One cup a day, 3 days under way: of 5 ordered 2 have arrived; so have 4 of the 11 that were under way before."""
    sketch = Sketch(5 * DAY).make("shop", "cup", 9)
    network = sketch.market("people", "cup", "shop", every=DAY, time=3 * DAY).network()
    market = tables(network)["markets"].iloc[0]
    assert (market["demanded_units"], market["delivered_units"], market["waiting_units"]) == (5, 2, 3)
    under_way = (Transit(0, 2 * DAY, 4), Transit(0, 9 * DAY, 7))
    market = tables(replace(network, transits=under_way))["markets"].iloc[0]
    assert (market["demanded_units"], market["delivered_units"], market["waiting_units"]) == (5, 6, 3 + 7)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(1, 5)), max_size=30))
def test_the_quantile_covers_95_of_a_hundred(rows: list[tuple[int, int, int]]) -> None:
    entity, value, weight = np.array(rows, dtype=np.int64).reshape(len(rows), 3).T
    found = _quantile(entity, value, weight, 4)
    for one in range(4):
        units = sorted(v for e, v, w in rows for _ in range(w) if e == one)
        assert found[one] == (units[-(-len(units) * 95 // 100) - 1] if units else 0)


def test_a_server_that_is_taken_away_is_on_offer_until_its_batch_is_done() -> None:
    """Both servers start a job of 2 days on day 0; one is taken away on day 1: on offer are 2 + 2, then 1 a day."""
    sketch = Sketch(4 * DAY).make("shop", "job", time=2 * DAY, servers=2, batch=1)
    sketch.market("people", "job", "shop", every=4 * DAY, quantity=2).speed_at(DAY, "shop", "job", 1)
    line = tables(sketch.network())["lines"].iloc[0]
    assert line["utilisation"] == pytest.approx(4 / 6)
