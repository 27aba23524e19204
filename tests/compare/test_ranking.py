"""Ranks: 1 + how many are separated and better, with Holm over all pairs; never against a separation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t, ttest_rel

from chainsim.compare.intervals import holm
from chainsim.compare.ranking import pairs, ranking, ranks, separations


def kpis(measure: str = "fill_rate", **policies: list[float]) -> pd.DataFrame:
    rows = [
        (policy, number + 1, measure, "unit", value)
        for policy, values in policies.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["policy", "replication", "measure", "unit", "value"])


LUCK = [0.0, 3.0, -2.0, 1.0, -2.0]
LITTLE = [0.1, -0.1, 0.0, 0.1, -0.1]


def shifted(by: float, noise: list[float] = LITTLE) -> list[float]:
    return [100 + by + common + own for common, own in zip(LUCK, noise, strict=True)]


CLEAR = kpis(none=shifted(0), good=shifted(10, LITTLE[::-1]), like_none=shifted(0.01, LITTLE[1:] + LITTLE[:1]))


def test_policies_that_are_not_separated_share_a_rank() -> None:
    found = ranks(CLEAR, "fill_rate")
    assert list(found["policy"]) == ["good", "like_none", "none"]
    assert list(found["rank"]) == [1, 2, 2]
    assert list(found["last"]) == [1, 3, 3], "the worst rank that the others leave it"
    assert list(found.columns) == ["policy", "mean", "rank", "last"]
    assert found["mean"].iloc[0] == pytest.approx(110)


def test_the_best_is_the_lowest_where_lower_is_better() -> None:
    found = ranks(CLEAR.assign(measure="starved"), "starved").set_index("policy")["rank"]
    assert found.to_dict() == {"none": 1, "like_none": 1, "good": 3}


def test_luck_in_common_is_taken_out() -> None:
    """A shift of 1 under common luck of spread 2.1: separated in pairs, lost in the noise otherwise."""
    table = separations(kpis(none=shifted(0), a=shifted(1, LITTLE[::-1])), "fill_rate")
    (row,) = table.to_dict("records")
    assert row["separated"]
    assert ttest_rel(shifted(0), shifted(1, LITTLE[::-1])).pvalue == pytest.approx(row["p"])


def test_separations_are_all_pairs_with_holm_over_all_of_them() -> None:
    found = separations(CLEAR, "fill_rate")
    policies = ["none", "good", "like_none"]
    assert list(zip(found["policy"], found["other"], strict=True)) == list(combinations(policies, 2))
    values = CLEAR.pivot(index="replication", columns="policy", values="value")
    tests = [ttest_rel(values[one], values[other]) for one, other in combinations(policies, 2)]
    assert found["p"].to_numpy() == pytest.approx([each.pvalue for each in tests])
    assert found["p_holm"].to_numpy() == pytest.approx(holm([each.pvalue for each in tests]))
    for row, each in zip(found.to_dict("records"), tests, strict=True):
        assert (row["low"], row["high"]) == pytest.approx(tuple(each.confidence_interval(0.95)))
        assert (row["low_family"], row["high_family"]) == pytest.approx(tuple(each.confidence_interval(1 - 0.05 / 3)))
        assert row["difference"] == pytest.approx(values[row["policy"]].mean() - values[row["other"]].mean())


def test_not_separated_is_not_transitive_so_a_shared_rank_is_about_who_is_ahead() -> None:
    """a and b, b and c cannot be told apart, a and c can: only c has somebody ahead of it."""
    wave = [1.0, -1.0, 2.0, -2.0, 0.0]
    table = kpis(a=shifted(4), b=[each + 2 * w for each, w in zip(shifted(2), wave, strict=True)], c=shifted(0, wave))
    apart = separations(table, "fill_rate").set_index(["policy", "other"])["separated"]
    assert apart.to_dict() == {("a", "b"): False, ("b", "c"): False, ("a", "c"): True}
    assert ranks(table, "fill_rate").set_index("policy")["rank"].to_dict() == {"a": 1, "b": 1, "c": 2}


@given(arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.integers(-6, 6)), st.data())
def test_whoever_is_separated_and_better_has_the_better_rank(values: np.ndarray, data: st.DataObject) -> None:
    """Also: rank 1 is always taken, and ranks are between 1 and the number of policies."""
    shift = data.draw(st.sampled_from([0.0, 5.0, 30.0]))
    table = kpis(**{f"p{j}": list(column + shift * j) for j, column in enumerate(values.T)})
    rank = ranks(table, "fill_rate").set_index("policy")["rank"]
    assert rank.min() == 1
    assert rank.max() <= len(rank)
    for row in separations(table, "fill_rate").to_dict("records"):
        if row["separated"]:
            ahead, behind = row["policy"], row["other"]
            if row["difference"] < 0:
                ahead, behind = behind, ahead
            assert rank[ahead] < rank[behind]


def test_more_policies_need_more_evidence() -> None:
    good = [104.0, 101.0, 105.0, 103.0]
    base = [100.0] * 4
    assert list(ranks(kpis(none=base, a=good), "fill_rate")["rank"]) == [1, 2]
    crowd = {f"p{n}": [101.0 + n / 9, 99.0, 98.0, 102.0] for n in range(6)}
    assert set(ranks(kpis(none=base, a=good, **crowd), "fill_rate")["rank"]) == {1}


def test_a_policy_under_two_names_shares_mean_and_rank() -> None:
    found = ranks(kpis(none=shifted(0), a=shifted(5, LITTLE[::-1]), b=shifted(5, LITTLE[::-1])), "fill_rate")
    by_policy = found.set_index("policy")
    assert by_policy.loc["a"].equals(by_policy.loc["b"])
    twins = separations(kpis(a=LUCK, b=LUCK), "fill_rate").to_dict("records")[0]
    assert (twins["difference"], twins["low"], twins["high"], twins["p"], twins["separated"]) == (0, 0, 0, 1, False)


def test_one_replication_and_values_that_are_no_numbers_have_no_rank() -> None:
    assert ranks(kpis(a=[1.0], b=[2.0]), "fill_rate")["rank"].isna().all()
    found = ranks(kpis(a=shifted(0), b=shifted(9, LITTLE[::-1]), c=[float("nan"), *shifted(0)[1:]]), "fill_rate")
    assert list(found["policy"]) == ["b", "a", "c"]
    assert found["rank"].fillna(-1).tolist() == [1, 2, -1]


def test_the_tables_are_those_of_every_measure() -> None:
    both = pd.concat([CLEAR.assign(measure="starved"), CLEAR, CLEAR.assign(measure="orders")])
    table = ranking(both)
    assert list(table.columns) == ["policy", "measure", "unit", "mean", "rank", "last"]
    assert list(dict.fromkeys(table["measure"])) == [
        "fill_rate",
        "starved",
    ]  # declared in this order; orders are neutral
    one = table[table["measure"] == "starved"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one[["policy", "mean", "rank", "last"]], ranks(both, "starved"))
    all_pairs = pairs(both)
    assert list(dict.fromkeys(all_pairs["measure"])) == ["fill_rate", "starved", "orders"]
    assert len(all_pairs) == 9


def test_neutral_and_unknown_measures_are_refused() -> None:
    with pytest.raises(ValueError, match="no better direction"):
        ranks(CLEAR.assign(measure="orders"), "orders")
    with pytest.raises(ValueError, match="no measure 'fil_rate'"):
        ranks(CLEAR, "fil_rate")


def test_a_family_of_less_confidence_separates_more() -> None:
    """One pair with p between 5 and 20 %."""
    table = kpis(none=[0.0] * 4, a=[0.0, 1.0, 2.0, 0.5])
    p = 2 * t.sf(ttest_rel([0.0, 1.0, 2.0, 0.5], [0.0] * 4).statistic, 3)
    assert 0.05 < p < 0.2
    assert list(ranks(table, "fill_rate")["rank"]) == [1, 1]
    assert list(ranks(table, "fill_rate", family=0.8)["rank"]) == [1, 2]
