"""What common luck buys, against scipy and the variance of a difference."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind, ttest_rel

from chainsim.compare.common_luck import common_luck, welch


def kpis(**policies: list[float]) -> pd.DataFrame:
    rows = [
        (policy, number + 1, "fill_rate", "share", value)
        for policy, values in policies.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["policy", "replication", "measure", "unit", "value"])


def only(table: pd.DataFrame) -> pd.Series:
    assert len(table) == 1
    return table.iloc[0]


whole = st.integers(-50, 50).map(float)


@given(st.lists(st.tuples(whole, whole), min_size=3, max_size=20))
def test_half_widths_are_those_of_the_paired_and_of_welch_s_test(runs: list[tuple[float, float]]) -> None:
    base, other = [run[0] for run in runs], [run[1] for run in runs]
    if len(set(base)) == 1 or len(set(other)) == 1 or np.ptp(np.subtract(other, base)) == 0:
        return
    found = only(common_luck(kpis(none=base, a=other), "none"))
    paired, independent = (
        test.confidence_interval(0.95) for test in (ttest_rel(other, base), ttest_ind(other, base, equal_var=False))
    )
    assert found["paired"] == pytest.approx((paired.high - paired.low) / 2)
    assert found["unpaired"] == pytest.approx((independent.high - independent.low) / 2)
    assert found["ratio"] == pytest.approx(found["paired"] / found["unpaired"])
    assert found["correlation"] == pytest.approx(np.corrcoef(base, other)[0, 1])


def test_equal_spreads_and_correlation_r_are_worth_n_over_one_minus_r() -> None:
    """s1 = s2 = s: variance of the difference 2 s^2 (1 - r), of independent runs 2 s^2.  Here r = 0.8."""
    base = [2.0, 1.0, 0.0, -1.0, -2.0]
    other = [1.0, 2.0, 0.0, -2.0, -1.0]
    found = only(common_luck(kpis(none=base, a=other), "none"))
    assert found["correlation"] == pytest.approx(0.8)
    assert found["equivalent"] == pytest.approx(5 / (1 - 0.8))
    assert found["replications"] == 5
    assert found["ratio"] < 1


def test_as_many_independent_replications_know_it_as_well() -> None:
    """The standard error of `equivalent` independent runs is the paired one, also with unlike spreads."""
    luck = np.random.default_rng(3)
    base = luck.normal(size=30)
    other = 3 * base + luck.normal(size=30)
    found = only(common_luck(kpis(none=list(base), a=list(other)), "none"))
    independent = math.sqrt((base.var(ddof=1) + other.var(ddof=1)) / found["equivalent"])
    assert independent == pytest.approx((other - base).std(ddof=1) / math.sqrt(30))


def test_luck_that_pulls_apart_costs() -> None:
    base = [1.0, 2.0, 3.0, 4.0, 5.0]
    found = only(common_luck(kpis(none=base, a=base[::-1]), "none"))
    assert found["correlation"] == pytest.approx(-1)
    assert found["ratio"] > 1
    assert found["equivalent"] == pytest.approx(2.5)


def test_where_the_difference_never_varies_no_number_is_enough() -> None:
    found = only(common_luck(kpis(none=[1.0, 2.0, 4.0], a=[2.0, 3.0, 5.0]), "none"))
    assert (found["paired"], found["ratio"]) == (0, 0)
    assert found["correlation"] == pytest.approx(1)
    assert math.isnan(found["equivalent"])


def test_where_nothing_varies_there_is_nothing_to_buy() -> None:
    found = only(common_luck(kpis(none=[0.1] * 3, a=[0.2] * 3), "none"))
    assert (found["paired"], found["unpaired"]) == (0, 0)
    assert found[["ratio", "correlation", "equivalent"]].isna().all()
    one_still = only(common_luck(kpis(none=[0.1] * 3, a=[1.0, 2.0, 3.0]), "none"))
    assert math.isnan(one_still["correlation"])
    assert one_still["equivalent"] == pytest.approx(3)


@pytest.mark.parametrize("bad", [[1.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_nothing_is_said_of_one_run_or_of_what_is_not_a_number(bad: list[float]) -> None:
    found = only(common_luck(kpis(none=[3.0, 4.0][: len(bad)], a=bad), "none"))
    assert found[["paired", "unpaired", "ratio", "correlation", "equivalent"]].isna().all()


def test_a_policy_under_two_names_has_the_same_row_and_the_order_is_kept() -> None:
    other = [2.0, 3.0, 7.0]
    table = common_luck(kpis(b=other, none=[1.0, 2.0, 4.0], a=other), "none")
    assert list(table["policy"]) == ["b", "a"]
    assert table.drop(columns="policy").iloc[0].equals(table.drop(columns="policy").iloc[1])


def test_welch_by_hand() -> None:
    """Equal samples of 3 with variance 1: 4 degrees of freedom, t = 2.776, error sqrt(2/3)."""
    assert welch(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])) == pytest.approx(2.7764 * math.sqrt(2 / 3), 1e-4)
