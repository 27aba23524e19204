"""The engine against the hand-written program: the same network, and how long each takes (`make bench`).

As an ordinary test this runs 30 days; `python -m benchmarks.byd_year` measures the year, in turn.
"""

from pathlib import Path

import numpy as np
import pytest

import chainsim
from chainsim.scenario.build import build

ROOT = Path(__file__).parents[2]
POLICIES = ("buy_local", "pay_in_60_days")  # from 1 January 2024


@pytest.fixture(scope="module")
def byd_year():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        from benchmarks import byd_year

        yield byd_year


@pytest.fixture(scope="module")
def programs(byd_year):
    return {"chainsim": byd_year.engine, "handwritten": byd_year.handwritten.simulate}


@pytest.fixture(scope="module")
def thirty_days(byd_year):
    return byd_year.network(days=30)


@pytest.mark.parametrize("policies", [(), POLICIES], ids=["baseline", "policies"])
def test_the_handwritten_program_writes_the_same_log_and_ledger(byd_year, programs, policies):
    days = {"study.start": "2023-12-22", "study.end": "2024-01-21"}
    network = build(chainsim.load(byd_year.SCENARIO, days), policies)
    log, orders, journal, balances = programs["chainsim"](network, 0)
    for expected, found in zip((log, orders, journal, balances), programs["handwritten"](network, 0), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert len(orders) > 1000
    assert balances.sum() == 0


def test_a_difference_would_be_seen(byd_year, programs, thirty_days):
    written = programs["chainsim"](thirty_days, 0)
    assert byd_year.differences(written, programs["handwritten"](thirty_days, 0)) == []
    other_luck = byd_year.differences(written, programs["handwritten"](thirty_days, 1))
    assert other_luck == ["log", "orders", "journal", "balances"]


@pytest.mark.parametrize("program", ["chainsim", "handwritten"])
@pytest.mark.benchmark(group="byd.yaml, 30 days, log and ledger")
def test_thirty_days(benchmark, programs, program, thirty_days):
    _, orders, _, _ = benchmark(programs[program], thirty_days, 0)
    benchmark.extra_info["orders"] = len(orders)
    assert len(orders) > 1000
