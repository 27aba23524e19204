"""What the replications of each policy look like, by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from chainsim.compare.described import COLUMNS, QUANTILES, described
from chainsim.compare.intervals import wilson

BASE = [float(value) for value in range(1, 21)]  # mean 10.5, so 10 % of it is 1.05


def kpis(measure: str = "fill_rate", **policies: list[float]) -> pd.DataFrame:
    rows = [
        (policy, number + 1, measure, "unit", value)
        for policy, values in policies.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["policy", "replication", "measure", "unit", "value"])


def row(table: pd.DataFrame, policy: str) -> pd.Series:
    (found,) = (each for _, each in table.iterrows() if each["policy"] == policy)
    return found


def test_mean_standard_error_and_quantiles_by_hand() -> None:
    """1 to 20: standard deviation sqrt(35); median-unbiased quantiles at (n + 1/3) p + 1/3 (Hyndman & Fan 1996)."""
    found = row(described(kpis(none=BASE[::-1]), "none", 0.1), "none")
    assert (found["replications"], found["mean"]) == (20, 10.5)
    assert found["error"] == pytest.approx(math.sqrt(35 / 20))
    for name, probability in QUANTILES.items():
        assert found[name] == pytest.approx((20 + 1 / 3) * probability + 1 / 3)


def test_quantiles_have_the_intervals_that_n_allows() -> None:
    """20 values: the 6th and 15th for the median, the 2nd and 10th for the quarter, none for 5 and 95 %."""
    found = row(described(kpis(none=BASE), "none", 0.1), "none")
    assert (found["q50_low"], found["q50_high"]) == (6, 15)
    assert (found["q25_low"], found["q25_high"]) == (2, 10)
    assert (found["q75_low"], found["q75_high"]) == (11, 19)
    assert all(math.isnan(found[name]) for name in ("q05_low", "q05_high", "q95_low", "q95_high"))
    few = row(described(kpis(none=BASE[:5]), "none", 0.1), "none")
    assert few["q50"] == 3
    assert math.isnan(few["q50_low"])


def test_a_policy_beats_the_baseline_in_a_share_of_the_runs() -> None:
    """Better in 12, equal in 5, worse in 3; ties are neither.  14 differences are larger than 1.05."""
    changes = [2.0] * 12 + [0.0] * 5 + [-1.06] * 2 + [-1.0]
    other = [one + change for one, change in zip(BASE, changes, strict=True)]
    found = row(described(kpis(none=BASE, a=other), "none", 0.1), "a")
    assert (found["beats"], found["loses"], found["exceeds"]) == (0.6, 0.15, 0.7)
    for name, count in (("beats", 12), ("loses", 3), ("exceeds", 14)):
        assert (found[f"{name}_low"], found[f"{name}_high"]) == wilson(count, 20)


def test_runs_pair_by_their_number() -> None:
    """Sorted, the two are alike; run by run one is ahead in the first half."""
    found = row(described(kpis(none=BASE, a=BASE[::-1]), "none", 0.1), "a")
    assert found["beats"] == 0.5
    assert found["exceeds"] == 0.9  # all but 10 against 11 and 11 against 10


def test_the_direction_is_that_of_the_measure() -> None:
    more = [one + 1 for one in BASE]
    lower = row(described(kpis("starved", none=BASE, a=more), "none", 0.1), "a")
    assert (lower["beats"], lower["loses"]) == (0, 1)
    neutral = row(described(kpis("orders", none=BASE, a=more), "none", 0.01), "a")
    assert math.isnan(neutral["beats"])
    assert math.isnan(neutral["loses"])
    assert neutral["exceeds"] == 1


def test_the_baseline_is_described_but_does_not_meet_itself() -> None:
    table = described(kpis(a=[one + 1 for one in BASE], none=BASE), "none", 0.1)
    assert list(table["policy"]) == ["a", "none"]
    assert list(table.columns) == list(COLUMNS)
    assert np.isnan(row(table, "none")[["beats", "beats_low", "exceeds"]].to_numpy(float)).all()


def test_a_policy_under_two_names_has_the_same_row() -> None:
    other = [one + 1 for one in BASE]
    table = described(kpis(none=BASE, a=other, b=other), "none", 0.1).set_index("policy")
    assert table.loc["a"].equals(table.loc["b"])
    same = row(described(kpis(none=BASE, a=BASE), "none", 0.1), "a")
    assert (same["beats"], same["loses"], same["exceeds"]) == (0, 0, 0)


def test_one_run_and_values_that_are_no_numbers() -> None:
    one = row(described(kpis(none=[4.0], a=[5.0]), "none", 0.1), "a")
    assert (one["mean"], one["q50"], one["beats"]) == (5, 5, 1)
    assert math.isnan(one["error"])
    undefined = row(described(kpis(none=BASE, a=[math.nan, *BASE[1:]]), "none", 0.1), "a")
    assert undefined.drop(["policy", "measure", "unit", "replications"]).isna().all()
