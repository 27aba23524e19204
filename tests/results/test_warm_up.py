"""MSER-5 on series whose start is known to differ; and that a warm-up only ever cuts what is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.errors import ScenarioError
from chainsim.model.network import Network
from chainsim.results.frames import frames
from chainsim.results.warm_up import Cut, mser5
from chainsim.scenario.load import load
from chainsim.study.study import RUN_TOO_SHORT, plan, run
from chainsim.study.tabulation import tabulate
from chainsim.testing.small import single_server
from chainsim.testing.strategies import networks, simulate

MM1 = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-12-31, replications: 3, warm_up: mser5, policies: [more]}
parts: {job: {price: 10 CNY}}
plants: {shop: {makes: job, process_time: exponential(1.9 h), batch: 1}}
markets: {people: {buys: job, rate: 12/day, arrivals: poisson}}
policies: {more: {change: {markets.people.rate: -10%}}}
"""


def test_a_low_start_is_cut_where_it_ends() -> None:
    """20 zeros before noise around 10: in batches of five the cut is 20."""
    noise = np.random.default_rng(1).normal(10, 1, 180)
    assert mser5(np.concatenate([np.zeros(20), noise])) == Cut(20, False)


def test_a_cut_is_a_whole_number_of_batches() -> None:
    """22 zeros end inside the fifth batch, which goes as a whole."""
    noise = np.random.default_rng(5).normal(10, 1, 178)
    assert mser5(np.concatenate([np.zeros(22), noise])) == Cut(25, False)


def test_the_statistic_is_that_of_the_paper() -> None:
    """Against its definition, sum (z - mean)^2 / n^2 over what is left, written out."""
    series = np.cumsum(np.random.default_rng(3).normal(0, 1, 203)) * np.exp(-np.arange(203) / 40)
    batches = series[:200].reshape(40, 5).mean(axis=1)
    left = [batches[d:] for d in range(36)]
    best = int(np.argmin([((z - z.mean()) ** 2).sum() / len(z) ** 2 for z in left]))
    assert mser5(series) == (Cut(0, True) if best > 20 else Cut(5 * best, False))


def test_nothing_is_cut_of_a_constant() -> None:
    assert mser5(np.full(100, 7.0)) == Cut(0, False)


def test_a_series_that_never_settles_is_too_short() -> None:
    """The rule would keep only the end of a straight rise: void."""
    assert mser5(np.arange(200.0) ** 3) == Cut(0, True)
    assert mser5(np.arange(20.0)) == Cut(0, True)


def test_exactly_half_may_be_cut() -> None:
    noise = np.random.default_rng(4).normal(10, 0.1, 100)
    assert mser5(np.concatenate([np.zeros(100), noise])) == Cut(100, False)
    assert mser5(np.concatenate([np.zeros(105), noise[:95]])) == Cut(0, True)


@given(networks(), st.integers(1, 14))
@settings(max_examples=20)
def test_a_warm_up_changes_nothing_that_happens_and_cuts_what_adds_up(network: Network, warm_up: int) -> None:
    """The log is the same; every additive measure of [0, w) and of [w, T) sums to that of [0, T)."""
    cut = replace(network, warm_up=warm_up)
    whole, later = simulate(network), simulate(cut)
    assert (whole.log.events == later.log.events).all()
    assert (whole.log.orders == later.log.orders).all()
    events = whole.log.events
    early_log = replace(whole.log, events=events[events[:, 0] < warm_up], horizon=warm_up)
    early = tabulate(frames(replace(network, horizon=warm_up), early_log))
    all_, after = tabulate(frames(network, whole.log)), tabulate(frames(cut, later.log))
    for table, columns in {
        "stocks": ["demanded_units", "lost_units", "orders", "ordered_units", "starved_days"],
        "lines": ["batches", "set_ups", "started_units", "good_units", "scrapped_units"],
        "lanes": ["orders", "units", "lost_units", "revenue_cny", "freight_cny"],
        "markets": ["demanded_units", "delivered_units", "lost_units"],
    }.items():
        for column in columns:
            total = early[table][column].to_numpy() + after[table][column].to_numpy()
            assert total == pytest.approx(all_[table][column].to_numpy(), abs=1e-9), column
    for column, span in (("mean_on_hand_units", 1), ("mean_on_order_units", 1), ("mean_backorders_units", 1)):
        parts = [
            table["stocks"][column].to_numpy() * ticks * span
            for table, ticks in ((early, warm_up), (after, network.horizon - warm_up))
        ]
        assert sum(parts) == pytest.approx(all_["stocks"][column].to_numpy() * network.horizon)


def test_every_policy_is_counted_from_where_the_baseline_settles(tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(MM1, encoding="utf-8")
    tables = run(plan(load(path)), jobs=1).tables
    table = tables["warm_up"]
    days = int(table["cut_days"].iloc[0])
    assert set(table["verdict"]) == {"cut"}
    assert set(table["series"]) == {"waiting_units"}
    base = tables["daily"][tables["daily"]["policy"] == "none"]
    waiting = base.groupby("date", sort=False)["waiting_units"].mean().to_numpy()
    assert mser5(waiting) == Cut(days, False)
    fixed = run(plan(load(path, [f"study.warm_up={days} days"])), jobs=1).tables
    pd.testing.assert_frame_equal(fixed["kpis"], tables["kpis"])
    full = run(plan(load(path, ["study.warm_up=0"])), jobs=1).tables["kpis"]
    for kpis, column in ((full, "without"), (fixed["kpis"], "with")):
        means = kpis[kpis["policy"] == "none"].groupby("measure", sort=False)["value"].mean()
        assert table.set_index("measure")[column].to_numpy() == pytest.approx(means.to_numpy())


def test_a_run_too_short_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(MM1, encoding="utf-8")
    tables = run(plan(load(path, ["study.end=2024-01-15"]), [], [0]), jobs=1).tables
    assert set(tables["warm_up"]["verdict"]) == {RUN_TOO_SHORT}
    assert (tables["warm_up"]["with"] == tables["warm_up"]["without"]).all()


def test_mser5_is_refused_for_ramps(tmp_path: Path) -> None:
    path = tmp_path / "ramp.yaml"
    path.write_text(MM1.replace("rate: 12/day, arrivals: poisson", "yearly: {2024: 4000}"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="steady-state studies"):
        load(path)


def test_the_waiting_line_of_a_queue_is_what_the_daily_table_says() -> None:
    """The last day's end is the jobs in the workshop."""
    network = single_server(86_400 * 30, mean_between=3600, service=3000, seed=3)
    tables = tabulate(frames(network, simulate(network).log))
    assert tables["daily"]["waiting_units"].iloc[-1] == tables["markets"]["waiting_units"].iloc[0]
    assert len(tables["daily"]) == 30
