"""The decision table: differences on the same luck, value added per fiscal yuan, payback; by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.compare.decision import OUTCOMES, decision_table, payback


def measured(**by_policy: dict[str, list[float]]) -> pd.DataFrame:
    """Tidy measures: by policy, by measure, one value a replication."""
    rows = [
        (policy, number + 1, measure, "CNY", value)
        for policy, measures in by_policy.items()
        for measure, values in measures.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["policy", "replication", "measure", "unit", "value"])


BASE = {
    "city_revenue": [100.0, 110.0, 90.0],
    "city_value_added": [50.0, 55.0, 45.0],
    "city_jobs": [10.0, 10.0, 10.0],
    "city_tax": [5.0, 5.0, 5.0],
    "public_cost": [0.0, 0.0, 0.0],
}


def test_by_hand() -> None:
    fund = {
        "city_revenue": [120.0, 132.0, 108.0],
        "city_value_added": [60.0, 66.0, 54.0],
        "city_jobs": [12.0, 12.0, 12.0],
        "city_tax": [6.0, 6.0, 6.0],
        "public_cost": [4.0, 4.0, 4.0],
    }
    row = decision_table(measured(none=BASE, fund=fund), "none", 0.01, years=2.0).iloc[0]
    assert row[list(OUTCOMES)].tolist() == [20.0, 10.0, 2.0, 1.0, 4.0]
    assert row["per_fiscal_yuan"] == 10 / 4
    assert row["payback_years"] == 4 / (1 / 2), "half a yuan of tax a year repays four in eight years"
    assert row["verdict"] == "better"
    # Differences 10, 11, 9 with a certain cost: half an interval is t(2) x 1 / sqrt(3), and a quarter of that per yuan.
    half = 4.302652729749464 / math.sqrt(3)
    assert row["value_added_high"] - row["value_added_low"] == pytest.approx(2 * half)
    assert row["per_fiscal_yuan_high"] - row["per_fiscal_yuan_low"] == pytest.approx(2 * half / 4)


def test_a_policy_that_costs_nothing_has_no_ratio_and_nothing_to_pay_back() -> None:
    row = decision_table(measured(none=BASE, same=BASE), "none", 0.01, 1.0).iloc[0]
    assert math.isnan(row["per_fiscal_yuan"])
    assert row["payback_years"] == 0
    assert row["verdict"] == "exactly equal"
    assert row[list(OUTCOMES)].tolist() == [0.0] * 5


def test_what_brings_no_tax_never_pays_back() -> None:
    assert payback(4.0, 0.0) == math.inf
    assert payback(4.0, -1.0) == math.inf
    assert payback(4.0, 2.0) == 2.0


def test_a_study_without_a_measure_has_0_there() -> None:
    few = {name: values for name, values in BASE.items() if name not in ("public_cost", "city_jobs")}
    row = decision_table(measured(none=few, same=few), "none", 0.01, 1.0).iloc[0]
    assert row["jobs"] == row["public_cost"] == 0


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(1, 9)), min_size=3, max_size=9))
def test_the_jackknife_interval_holds_the_ratio_and_is_exact_for_a_certain_cost(
    pairs: list[tuple[float, float]],
) -> None:
    gains, costs = np.array(pairs).T
    base = {name: [0.0] * len(pairs) for name in OUTCOMES.values()}
    policy = base | {"city_value_added": gains.tolist(), "public_cost": costs.tolist()}
    row = decision_table(measured(none=base, policy=policy), "none", 0.01, 1.0).iloc[0]
    assert row["per_fiscal_yuan"] == pytest.approx(gains.sum() / costs.sum())
    assert row["per_fiscal_yuan_low"] <= row["per_fiscal_yuan_high"]
    certain = policy | {"public_cost": [3.0] * len(pairs)}
    row = decision_table(measured(none=base, policy=certain), "none", 0.01, 1.0).iloc[0]
    assert row["per_fiscal_yuan_low"] == pytest.approx(row["value_added_low"] / 3, abs=1e-9)
