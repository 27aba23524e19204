"""The newsvendor against a textbook's example and a search; service levels against their definition."""

from __future__ import annotations

import pytest
from scipy import stats

from chainsim.theory import laws
from chainsim.theory import newsvendor as n


def test_the_newspapers_of_snyder_and_shen() -> None:
    # Example 4.3: normal(50, 8), h = 0.18, p = 0.70: S* = 56.6, cost 1.9976.
    demand = laws.normal(50, 8)
    assert n.newsvendor_level(demand, 0.18, 0.70) == pytest.approx(56.60, abs=0.005)
    assert n.newsvendor_optimal_cost(demand, 0.18, 0.70) == pytest.approx(1.9976, abs=5e-5)


@pytest.mark.parametrize(
    "demand", [laws.poisson(20), laws.negative_binomial(20, 60**0.5), laws.discrete([2, 9], [0.3, 0.7])]
)
def test_the_level_is_the_one_that_a_search_finds(demand: laws.Law) -> None:
    costs = [n.newsvendor_cost(demand, level, 1, 4) for level in range(80)]
    best = n.newsvendor_level(demand, 1, 4)
    assert costs[int(best)] == min(costs)
    assert n.newsvendor_optimal_cost(demand, 1, 4) == pytest.approx(min(costs))


def test_service_levels_keep_their_promise() -> None:
    level = n.level_for_cycle_service(10, 3, 4, 0.95)
    assert level == pytest.approx(40 + 1.6448536 * 6)
    assert n.safety_stock_for_cycle_service(10, 3, 4, 0.95) == pytest.approx(level - 40)
    # A lead time that varies adds mean demand squared times its variance.
    assert n.safety_stock_for_cycle_service(10, 3, 4, 0.95, 0.8) == pytest.approx(1.6448536 * 10)
    filled = n.level_for_fill_rate(10, 3, 4, 10, 0.98)
    z = (filled - 40) / 6
    short = 6 * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    assert short == pytest.approx(0.02 * 10)
    # A fill rate below what no safety stock gives needs a level below the mean.
    assert n.level_for_fill_rate(10, 3, 4, 10, 0.5) < 40
