"""What 95 % means, counted: studies simulated by chainsim of systems whose truth is known.

A study is a shop under base stock with Poisson demand every day, or a workshop with one machine, compared over ten
replications.  Shops stand side by side in one network, each with luck of its own: a thousand shops are a thousand
studies.  The quick tests take some, the nightly ones all of them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from chainsim.compare.batches import steady_state
from chainsim.compare.common_luck import welch
from chainsim.compare.intervals import student
from chainsim.compare.paired import comparison
from chainsim.compare.ranking import ranks
from chainsim.engine import simpy_engine
from chainsim.model.arrivals import Regular
from chainsim.model.distributions import Exponential
from chainsim.model.network import Network
from chainsim.model.quantities import Poisson
from chainsim.model.state import DEMANDED, STARTED
from chainsim.results.frames import Run
from chainsim.results.stock_points import backorder_integral
from chainsim.testing import Sketch
from chainsim.theory.base_stock_periodic import periodic_base_stock_cost
from chainsim.theory.laws import poisson

Floats = NDArray[np.float64]

REPLICATIONS = 10
DEMAND, LEAD, DAYS = 4.0, 3, 13  # days 3 to 12 count: by then every order under way was placed in the run
HOLDING, BACKORDER = 1.0, 4.0
STUDIES = [pytest.param(100, id="100"), pytest.param(1000, id="1000", marks=pytest.mark.nightly)]


def shops(count: int, level: int, luck: str = "") -> Network:
    """So many shops that order up to `level` every day; `luck` renames their buyers, who then draw otherwise."""
    sketch = Sketch(DAYS, seed=11)
    for number in range(count):
        shop, item = f"shop{number:04d}", f"item{number:04d}"
        sketch.warehouse(shop, item, "outside", level, time=LEAD)
        sketch.market(f"buyers{number:04d}{luck}", item, shop, arrivals=Regular(1, sizes=Poisson(DEMAND)))
    return sketch.network()


@cache
def costs(count: int, level: int, luck: str = "") -> Floats:
    """Cost per day, float64[replications, shops]."""
    network = replace(shops(count, level, luck), warm_up=LEAD)
    kept = np.array([stock.role == "bought" for stock in network.stocks])
    found = []
    for replication in range(REPLICATIONS):
        run = Run(network, simpy_engine.run(network, replication))
        held = run.on_hand.within(LEAD, DAYS).integral[kept]
        owed = backorder_integral(run)[kept]
        found.append((HOLDING * held + BACKORDER * owed) / (DAYS - LEAD))
    return np.array(found, dtype=np.float64)


def truth(level: int) -> float:
    return periodic_base_stock_cost(poisson(DEMAND), level, LEAD, HOLDING, BACKORDER)


def study(shop: int, **policies: Floats) -> pd.DataFrame:
    """One shop's table of measures."""
    rows = [
        (policy, number + 1, "cost_per_day", "CNY", value)
        for policy, values in policies.items()
        for number, value in enumerate(values[:, shop])
    ]
    return pd.DataFrame(rows, columns=["policy", "replication", "measure", "unit", "value"])


def within(share: float, wanted: float, studies: int) -> bool:
    """Within 3 standard errors of a share of so many studies."""
    return abs(share - wanted) <= 3 * math.sqrt(wanted * (1 - wanted) / studies)


@pytest.mark.parametrize("level", [11, 16])
def test_the_shops_cost_what_theory_says_and_not_what_a_day_more_or_less_would(level: int) -> None:
    """1,000 independent values each: 4 standard errors."""
    found = student(costs(100, level).ravel())
    error = (found.high - found.mean) / 1.96
    assert abs(found.mean - truth(level)) < 4 * error
    for lead in (LEAD - 1, LEAD + 1):
        near = periodic_base_stock_cost(poisson(DEMAND), level, lead, HOLDING, BACKORDER)
        assert abs(found.mean - near) > 10 * error


@pytest.mark.parametrize("studies", STUDIES)
def test_the_paired_interval_covers_the_true_difference_in_95_percent_of_studies(studies: int) -> None:
    """Levels 13 and 14 on the same demand.  Standard error of the share: 2.2 points (100), 0.7 (1,000)."""
    base, more = costs(studies, 13), costs(studies, 14)
    wanted = truth(14) - truth(13)
    tables = [comparison(study(shop, none=base, more=more), "none", 0.01) for shop in range(studies)]
    covered = np.array([table["low"].iloc[0] <= wanted <= table["high"].iloc[0] for table in tables])
    assert within(covered.mean(), 0.95, studies)
    if studies == 1000:
        assert 0.93 <= covered.mean() <= 0.97
    # A near miss: the interval of replications that do not pair covers nearly always.
    unpaired = [abs(wanted - d.mean()) <= welch(b, m) for d, b, m in zip((more - base).T, base.T, more.T, strict=True)]
    assert np.mean(unpaired) > 0.99


@pytest.mark.parametrize("studies", STUDIES)
def test_all_intervals_of_a_family_cover_at_once_in_95_percent_of_studies_or_more(studies: int) -> None:
    """Four levels against a fifth; each alone covers 95 %, all four own intervals at once fewer."""
    levels = {"l11": 11, "l12": 12, "l14": 14, "l15": 15}
    values = {name: costs(studies, level) for name, level in levels.items()}
    base, wanted = costs(studies, 13), {name: truth(level) - truth(13) for name, level in levels.items()}
    at_once = {"low_family": 0, "low": 0}
    for shop in range(studies):
        table = comparison(study(shop, none=base, **values), "none", 0.01).set_index("policy")
        for low, high in (("low_family", "high_family"), ("low", "high")):
            true = pd.Series(wanted)[table.index]
            at_once[low] += bool(((table[low] <= true) & (true <= table[high])).all())
    assert at_once["low_family"] / studies >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / studies)
    assert at_once["low"] < at_once["low_family"]


@pytest.mark.parametrize("studies", STUDIES)
def test_policies_that_change_luck_only_are_seldom_called_anything(studies: int) -> None:
    """Five policies with buyers of other names, the same law on other draws, beside one that is really worse.

    In at most 5 % of studies (plus 3 standard errors: 6.5 points of 100, 2.1 of 1,000) is any of the five called better
    or worse, or separated from the baseline or another of them.  Without Holm it would be at least twice as many.
    """
    base, worse = costs(studies, 14), costs(studies, 8)
    nulls = {f"p{number}": costs(studies, 14, f" {number}") for number in range(5)}
    called = unadjusted = ranked = found = 0
    for shop in range(studies):
        kpis = study(shop, none=base, worse=worse, **nulls)
        table = comparison(kpis, "none", 0.0).set_index("policy")
        found += table["verdict"]["worse"] == "worse"
        called += bool(table["verdict"][list(nulls)].isin(["better", "worse"]).any())
        unadjusted += bool((table["p"][list(nulls)] < 0.05).any())
        ranked += bool((ranks(kpis, "cost_per_day").set_index("policy")["rank"][["none", *nulls]] != 1).any())
    limit = 0.05 + 3 * math.sqrt(0.05 * 0.95 / studies)
    assert called / studies <= limit
    assert ranked / studies <= limit
    assert unadjusted / studies > limit
    assert unadjusted >= 2 * called
    assert found / studies > 0.9


SERVICE, LOAD, CUSTOMERS = 1000, 0.3, 2400
WORKSHOPS = 50
FIRST, COUNTED = 200, 1920  # customers; the first come to an empty workshop


@cache
def waits(replications: int) -> Floats:
    """Waiting time of customers in turn, in mean service times, float64[workshops x replications, customers]."""
    sketch = Sketch(int(CUSTOMERS * SERVICE / LOAD), seed=5)
    for number in range(WORKSHOPS):
        workshop, job = f"workshop{number:03d}", f"job{number:03d}"
        sketch.make(workshop, job, time=Exponential(SERVICE), servers=1, batch=1)
        sketch.market(f"customers{number:03d}", job, workshop, rate=LOAD / SERVICE)
    network = sketch.network()  # sorted by name: lane n and line n are those of workshop n
    found = []
    for replication in range(replications):
        events = simpy_engine.run(network, replication).events
        asked, begun = (events[events[:, 1] == kind] for kind in (DEMANDED, STARTED))
        for number in range(WORKSHOPS):
            mine = asked[asked[:, 3] == number]
            arrived = np.repeat(mine[:, 0], mine[:, 4])[FIRST : FIRST + COUNTED]
            started = begun[begun[:, 3] == network.lines[number].stock][FIRST : FIRST + COUNTED, 0]
            found.append((started - arrived) / SERVICE)
    return np.array(found)


@pytest.mark.parametrize("runs", [pytest.param(1, id="50"), pytest.param(20, id="1000", marks=pytest.mark.nightly)])
def test_batch_means_cover_the_mean_wait_of_a_queue_in_95_percent_of_long_runs(runs: int) -> None:
    """M/M/1, load 0.3: mean wait 0.3 / 0.7 of a service.  Standard error: 3.1 points (50 runs), 0.7 (1,000).

    A run's mean has variance tau / n times that of a wait, tau = (2 + 5 r - 4 r^2 + r^3) / ((2 - r) (1 - r)^2) = 3.8
    (Whitt 1989); taken for independent, waits would give intervals of half the width.
    """
    series = waits(runs)
    wanted = LOAD / (1 - LOAD)
    found = [steady_state(each) for each in series]
    covered = np.mean([each.low <= wanted <= each.high for each in found])
    assert within(covered, 0.95, len(series))
    tau = (2 + 5 * LOAD - 4 * LOAD**2 + LOAD**3) / ((2 - LOAD) * (1 - LOAD) ** 2)
    assert np.mean([COUNTED / each.effective for each in found]) == pytest.approx(tau, rel=0.15)
    naive = [student(each) for each in series]
    assert np.mean([each.low <= wanted <= each.high for each in naive]) < 0.80
    assert np.mean([each.verdict == "ok" for each in found]) > 0.8
