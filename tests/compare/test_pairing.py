"""Values pair by policy, measure and replication, whatever the order of the rows; what does not pair is refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from chainsim.compare.common_luck import common_luck
from chainsim.compare.described import described
from chainsim.compare.paired import comparison
from chainsim.compare.pairing import ahead, by_replication, of_measure, others
from chainsim.compare.ranking import pairs, ranking

ROWS = [
    ("b", 1, "starved", "days", 3.0),
    ("b", 2, "starved", "days", 4.0),
    ("b", 1, "fill_rate", "share", 0.5),
    ("b", 2, "fill_rate", "share", 0.6),
    ("a", 1, "starved", "days", 1.0),
    ("a", 2, "starved", "days", 2.0),
    ("a", 1, "fill_rate", "share", 0.8),
    ("a", 2, "fill_rate", "share", 0.9),
]
KPIS = pd.DataFrame(ROWS, columns=["policy", "replication", "measure", "unit", "value"])


def test_a_frame_for_each_measure_in_the_order_of_their_declaration() -> None:
    found = list(by_replication(KPIS))
    assert [measure.name for measure, _ in found] == ["fill_rate", "starved"]
    values = found[1][1]
    assert list(values.columns) == ["b", "a"]
    assert list(values.index) == [1, 2]
    assert values.to_numpy().tolist() == [[3.0, 1.0], [4.0, 2.0]]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter_but_for_that_of_policies(seed: int) -> None:
    shuffled = KPIS.sample(frac=1, random_state=seed)
    for (_, values), (_, other) in zip(by_replication(KPIS), by_replication(shuffled), strict=True):
        pd.testing.assert_frame_equal(values, other[values.columns])


def test_a_missing_row_is_refused_a_missing_value_is_not() -> None:
    with pytest.raises(ValueError, match="do not pair"):
        list(by_replication(KPIS.drop(index=1)))
    with pytest.raises(ValueError, match="duplicate"):
        list(by_replication(pd.concat([KPIS, KPIS.head(1)])))
    gap = KPIS.assign(value=[math.nan, *KPIS["value"][1:]])
    assert of_measure(gap, "starved")[1]["b"].isna().tolist() == [True, False]


def test_others_are_all_but_the_baseline() -> None:
    values = of_measure(KPIS, "starved")[1]
    assert others(values, "a") == ["b"]
    with pytest.raises(ValueError, match="no policy 'c'"):
        others(values, "c")


def test_a_baseline_alone_has_tables_without_rows_and_a_description() -> None:
    alone = KPIS[KPIS["policy"] == "a"]
    for table in (comparison(alone, "a", 0.01), common_luck(alone, "a"), pairs(alone)):
        assert len(table) == 0
        assert {"measure", "unit"} <= set(table.columns)
    assert list(ranking(alone)["rank"]) == [1, 1]
    assert list(described(alone, "a", 0.01)["mean"]) == pytest.approx([0.85, 1.5])


def test_nobody_is_ahead_by_rounding() -> None:
    """0.1 + 0.2 is not 0.3, but neither is it ahead of it; a fen in a hundred million yuan is."""
    found = ahead(np.array([0.1 + 0.2, 1e8 + 0.01, 1.0]), np.array([0.3, 1e8, 2.0]))
    assert found.tolist() == [0.0, pytest.approx(0.01, rel=1e-5), -1.0]
    assert np.isnan(ahead(np.array([math.nan, math.inf]), np.array([1.0, math.inf]))).all()
    noise = pd.DataFrame(
        [
            (policy, run, "fill_rate", "share", value)
            for policy, value in (("a", 0.1 + 0.2), ("b", 0.3))
            for run in (1, 2)
        ],
        columns=list(KPIS.columns),
    )
    assert list(ranking(noise)["rank"]) == [1, 1]
    assert described(noise, "b", 0.0).set_index("policy")["beats"]["a"] == 0
