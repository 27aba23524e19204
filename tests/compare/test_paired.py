"""Paired comparison against scipy, textbook examples and itself."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_rel

from chainsim.compare.intervals import holm
from chainsim.compare.paired import comparison, more_runs, touched_nothing


def measures(**policies: list[float]) -> pd.DataFrame:
    """Tidy values of `fill_rate` (higher is better) and `starved` (lower is better), the same for both."""
    rows = [
        (policy, number + 1, measure, unit, value)
        for policy, values in policies.items()
        for number, value in enumerate(values)
        for measure, unit in (("fill_rate", "share"), ("starved", "days"))
    ]
    return pd.DataFrame(rows, columns=["policy", "replication", "measure", "unit", "value"])


def row(table: pd.DataFrame, policy: str, measure: str = "fill_rate") -> pd.Series:
    (found,) = (each for _, each in table.iterrows() if (each["policy"], each["measure"]) == (policy, measure))
    return found


values = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(values, values), min_size=2, max_size=30))
def test_the_interval_is_student_s_on_the_differences(pairs: list[tuple[float, float]]) -> None:
    base, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = row(comparison(measures(none=base, a=other), "none", 0.01), "a")
    differences = np.array(other) - np.array(base)
    if np.ptp(differences) < 1e-6:
        return
    expected = ttest_rel(other, base)
    interval = expected.confidence_interval(0.95)
    scale = max(1.0, abs(interval.low), abs(interval.high))
    assert found["difference"] == pytest.approx(differences.mean(), abs=1e-9 * scale)
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high), abs=1e-6 * scale)
    assert found["p"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)


def test_an_interval_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, standard error 1/sqrt(3), t(0.975, 2) = 4.303."""
    found = row(comparison(measures(none=[10, 10, 10], a=[11, 12, 13]), "none", 0.01), "a")
    assert found["difference"] == 2
    assert found["high"] - found["difference"] == pytest.approx(4.3027 / math.sqrt(3), abs=1e-4)
    assert found["relative"] == pytest.approx(0.2)


def test_holm_by_hand() -> None:
    """Holm (1979): 4 x 0.005, 3 x 0.01, 2 x 0.03; 0.04 is lifted to what the one before it got."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
    found = holm([math.nan, 0.04, 0.01])
    assert math.isnan(found[0])
    assert found[1:] == pytest.approx([0.04, 0.02])


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_is_between_no_adjustment_and_bonferroni_and_keeps_the_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(p <= a <= min(1.0, len(ps) * p) or p == a for p, a in zip(ps, adjusted, strict=True))
    order = sorted(range(len(ps)), key=lambda index: ps[index])
    assert all(adjusted[one] <= adjusted[two] for one, two in pairwise(order))


BASE = [100.0, 100.0, 100.0, 100.0]
VERDICTS = {
    "as it was": ([0, 0, 0, 0], "exactly equal", "exactly equal"),
    "shifted by 10": ([10, 10.1, 9.9, 10], "better", "worse"),
    "shifted back by 10": ([-10, -10.1, -9.9, -10], "worse", "better"),
    "the same shift each time": ([5, 5, 5, 5], "better", "worse"),
    "a hair": ([0.1, 0.2, 0.1, 0.2], "no practical difference", "no practical difference"),
    "the same hair each time": ([0.5, 0.5, 0.5, 0.5], "no practical difference", "no practical difference"),
    "noise": ([30, -30, 29, -30], "unclear: needs over 1,000 more runs", "unclear: needs over 1,000 more runs"),
    "probably up": ([6, 1, 4, -1], "unclear: needs about 5 more runs", "unclear: needs about 5 more runs"),
    "nearly there": ([2.4, 2.4, 2.4, 0.1], "unclear: needs about 1 more run", "unclear: needs about 1 more run"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts(case: str) -> None:
    """Threshold 1 % of 100; one policy, so nothing to adjust."""
    differences, higher, lower = VERDICTS[case]
    table = comparison(measures(none=BASE, a=[100 + each for each in differences]), "none", 0.01)
    assert row(table, "a")["verdict"] == higher
    assert row(table, "a", "starved")["verdict"] == lower


def test_one_replication_has_no_interval() -> None:
    found = row(comparison(measures(none=[100], a=[120]), "none", 0.01), "a")
    assert found["verdict"] == "one run: no interval"
    missing = [name for name in found.index if found[name] != found[name]]
    assert missing == ["low", "high", "low_family", "high_family", "p", "p_holm"]
    assert row(comparison(measures(none=[1], a=[1]), "none", 0.01), "a")["verdict"] == "exactly equal"


def test_more_policies_need_more_evidence() -> None:
    good = [104, 101, 105, 103]
    alone = comparison(measures(none=BASE, a=good), "none", 0.01)
    crowd = comparison(measures(none=BASE, a=good, **{f"p{n}": [101, 99, 98, 102] for n in range(9)}), "none", 0.01)
    assert row(alone, "a")["verdict"] == "better"
    assert row(crowd, "a")["verdict"].startswith("unclear: needs about")
    assert row(alone, "a")["p"] == row(crowd, "a")["p"]
    assert row(crowd, "a")["p_holm"] == pytest.approx(9 * row(crowd, "a")["p"] * 10 / 9)


@given(
    st.lists(st.floats(-10, 10), min_size=3, max_size=12),
    st.floats(0.01, 5),
    st.integers(1, 5),
)
def test_the_runs_still_needed_are_enough_and_not_one_too_many(
    differences: list[float], threshold: float, policies: int
) -> None:
    """With mean and spread as they are, that many decide and one fewer do not."""
    each = np.array(differences)
    spread, mean = each.std(ddof=1), abs(each.mean())
    if spread < 1e-9:
        return
    more = more_runs(each, threshold, policies)

    def decided(runs: int) -> bool:
        beyond = mean >= threshold
        half = t.ppf(1 - 0.05 / policies / 2, runs - 1) * spread / math.sqrt(runs)
        return bool(half < (mean if beyond else threshold - mean))

    if more is None:
        assert not decided(len(each) + 1000)
    else:
        assert decided(len(each) + more)
        assert more == 1 or not decided(len(each) + more - 1)


@given(st.lists(values, min_size=1, max_size=6))
def test_a_policy_compared_with_itself_differs_by_exactly_nothing(base: list[float]) -> None:
    table = comparison(measures(none=base, a=base), "none", 0.01)
    assert (table["difference"] == 0).all()
    assert (table["relative"] == 0).all()
    assert set(table["verdict"]) == {"exactly equal"}
    assert touched_nothing(table) == ["a"]


def test_only_a_policy_that_changed_no_measure_touched_nothing() -> None:
    table = comparison(measures(none=BASE, a=BASE, b=[*BASE[:3], 100.0001]), "none", 0.01)
    assert touched_nothing(table) == ["a"]


def test_a_difference_to_nothing_has_no_relative_size() -> None:
    found = row(comparison(measures(none=[0, 0], a=[1, 2]), "none", 0.01), "a")
    assert math.isnan(found["relative"])
    assert found["difference"] == 1.5


def test_what_does_not_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="do not pair"):
        comparison(measures(none=[1, 2], a=[1]), "none", 0.01)


def test_any_policy_can_be_the_baseline_and_the_order_is_kept() -> None:
    kpis = measures(none=[1, 2], b=[2, 4], a=[3, 6])
    assert list(dict.fromkeys(comparison(kpis, "none", 0.01)["policy"])) == ["b", "a"]
    turned = comparison(kpis, "a", 0.01)
    assert list(dict.fromkeys(turned["policy"])) == ["none", "b"]
    assert row(turned, "none")["difference"] == -row(comparison(kpis, "none", 0.01), "a")["difference"]


def test_a_policy_under_two_names_has_the_same_row() -> None:
    other = [104.0, 101.0, 105.0, 103.0]
    table = comparison(measures(none=BASE, a=other, b=other), "none", 0.01).drop(columns="policy")
    one, twin = table.iloc[:2].reset_index(drop=True), table.iloc[2:].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, twin, check_exact=True)


def test_the_intervals_of_the_family_are_wider_by_bonferroni() -> None:
    """Three policies: each interval at 1 - 0.05 / 3."""
    table = comparison(measures(none=BASE, a=[104, 101, 105, 103], b=BASE, c=[99, 100, 102, 98]), "none", 0.01)
    found = row(table, "a")
    wider = t.ppf(1 - 0.05 / 3 / 2, 3) / t.ppf(0.975, 3)
    assert found["high_family"] - found["difference"] == pytest.approx(wider * (found["high"] - found["difference"]))
    assert found["difference"] - found["low_family"] == pytest.approx(wider * (found["difference"] - found["low"]))
    alone = row(comparison(measures(none=BASE, a=[104, 101, 105, 103]), "none", 0.01), "a")
    assert (alone["low_family"], alone["high_family"]) == pytest.approx((alone["low"], alone["high"]))


@given(
    st.integers(2, 6).flatmap(
        lambda n: st.lists(st.lists(st.integers(-5, 25), min_size=n, max_size=n), min_size=1, max_size=6)
    )
)
def test_verdicts_do_not_contradict_the_intervals(policies: list[list[int]]) -> None:
    """The family's interval leaves out 0 => p of Holm below 5 % => the own interval leaves out 0.

    So who is called better or worse has an own interval without 0, and who is called unclear, though the mean is beyond
    the threshold, an interval of the family with it.  Who makes no practical difference lies within the threshold.
    """
    kpis = measures(
        none=[100.0] * len(policies[0]), **{f"p{n}": [100.0 + v for v in p] for n, p in enumerate(policies)}
    )
    for found in comparison(kpis, "none", 0.03).to_dict("records"):
        without_0 = found["low_family"] > 0 or found["high_family"] < 0
        certain = found["p_holm"] < 0.05
        own_without_0 = found["low"] > 0 or found["high"] < 0
        assert without_0 <= certain <= own_without_0
        beyond = abs(found["difference"]) >= 3
        if found["verdict"] in ("better", "worse"):
            assert own_without_0
            assert beyond
        elif found["verdict"] == "no practical difference":
            assert -3 <= found["low_family"] <= found["high_family"] <= 3
        elif found["verdict"].startswith("unclear") and beyond:
            assert found["low_family"] <= 0 <= found["high_family"]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_measure_that_is_undefined_in_a_run_has_no_verdict(bad: float) -> None:
    """Only where it is: the other policy is compared as ever, and Holm does not count the missing p."""
    other = [110.0, 110.1, 109.9, 110.0]
    table = comparison(measures(none=BASE, a=[bad, *BASE[1:]], b=other), "none", 0.01)
    assert row(table, "a")["verdict"] == "undefined in some run"
    assert not math.isfinite(row(table, "a")["mean"])
    assert math.isnan(row(table, "a")["difference"])
    assert math.isnan(row(table, "a")["p_holm"])
    assert row(table, "b")["verdict"] == "better"
    assert row(table, "b")["p_holm"] == row(table, "b")["p"]
    lost = comparison(measures(none=[bad, *BASE[1:]], b=other), "none", 0.01)
    assert set(lost["verdict"]) == {"undefined in some run"}
    assert touched_nothing(lost) == []


def test_an_unknown_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="no policy 'noone'"):
        comparison(measures(none=BASE), "noone", 0.01)


def test_equal_differences_are_certain_even_where_their_mean_rounds() -> None:
    """100.1 - 100 three times: one number, whatever the mean of three of them is."""
    found = row(comparison(measures(none=[100.0] * 3, a=[100.1] * 3), "none", 0.0001), "a")
    assert found["low"] == found["high"] == found["difference"]
    assert (found["p"], found["verdict"]) == (0.0, "better")
