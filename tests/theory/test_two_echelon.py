"""A warehouse and its retailers against Axsäter's recursion, customers followed one by one, and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from chainsim.theory import base_stock_continuous as c
from chainsim.theory import two_echelon as t
from chainsim.theory.serial import serial_backorders, serial_fill_rate


def axsaeter(
    retailers: int, rate: float, lead0: float, lead: float, level0: int, level: int, h: float, b: float
) -> float:
    """Retailers' cost per time after Axsäter (1990): what one unit costs, given its delay at the warehouse."""

    def given(delay: float) -> float:
        reach = lead + delay
        early = sum((level - k) * (rate * reach) ** k / math.factorial(k) for k in range(level))
        return math.exp(-rate * reach) * (h + b) / rate * early + b * (reach - level / rate)

    if level0 == 0:
        return retailers * rate * given(lead0)
    together = retailers * rate

    def density(time: float) -> float:
        return together * (together * time) ** (level0 - 1) / math.factorial(level0 - 1) * math.exp(-together * time)

    late = quad(density, 0, lead0)[0]
    unit = quad(lambda time: density(time) * given(lead0 - time), 0, lead0)[0] + (1 - late) * given(0.0)
    return retailers * rate * unit


@pytest.mark.parametrize(("level0", "level"), [(0, 3), (1, 2), (4, 2), (8, 1), (6, 0)])
@pytest.mark.parametrize("retailers", [1, 4])
def test_axsaeters_recursion(retailers: int, level0: int, level: int) -> None:
    rate, lead0, lead, h0, h, b = 0.8, 2.0, 1.0, 1.0, 1.0, 9.0
    expected = axsaeter(retailers, rate, lead0, lead, level0, level, h, b)
    expected += h0 * c.base_stock_on_hand(retailers * rate, lead0, level0)
    cost = t.two_echelon_cost([rate] * retailers, lead0, [lead] * retailers, level0, [level] * retailers, h0, h, b)
    assert cost == pytest.approx(expected, rel=1e-8)
    assert cost != pytest.approx(axsaeter(retailers, rate, lead0, lead, level0 + 1, level, h, b), rel=1e-3)


def test_no_stock_or_much_stock_above_leaves_a_single_stage() -> None:
    for of in (t.two_echelon_retailer_backorders, t.metric_retailer_backorders, t.graves_retailer_backorders):
        assert of(4, 1, 2, 1, 0, 3) == pytest.approx(c.base_stock_backorders(1, 3, 3))
        assert of(4, 1, 2, 1, 80, 3) == pytest.approx(c.base_stock_backorders(1, 1, 3))
    # The only retailer of a warehouse is the lower stage of a series.
    assert t.two_echelon_retailer_backorders(1, 1, 2, 1, 2, 2) == pytest.approx(serial_backorders(1, [1, 2], [2, 2], 1))
    assert t.two_echelon_retailer_fill_rate(1, 1, 2, 1, 2, 2) == pytest.approx(serial_fill_rate(1, [1, 2], [2, 2]))


@pytest.mark.parametrize(("level0", "level"), [(2, 1), (4, 2), (6, 3), (7, 2)])
def test_metric_promises_too_much_and_two_moments_are_nearer(level0: int, level: int) -> None:
    policy = (4.0, 1.0, 2.0, 1.0, level0, level)
    exact = t.two_echelon_retailer_backorders(*policy)
    metric, graves = t.metric_retailer_backorders(*policy), t.graves_retailer_backorders(*policy)
    assert metric < exact
    assert abs(graves - exact) < 0.2 * (exact - metric)
    # All have the same mean pipeline, hence the same stock less backorders.
    net = t.two_echelon_retailer_on_hand(*policy) - exact
    assert t.metric_retailer_on_hand(*policy) - metric == pytest.approx(net)
    assert t.graves_retailer_on_hand(*policy) - graves == pytest.approx(net)


def test_unlike_retailers_followed_customer_by_customer() -> None:
    """Backorders at two of three unlike retailers, within 4 standard errors (about 1 %), METRIC beyond 6."""
    rng = np.random.default_rng(3)
    rates, leads, levels = np.array([0.5, 1.0, 1.5]), [1.0, 0.5, 2.0], [1, 1, 4]
    lead0, level0, count = 2.0, 4, 600_000
    times = np.cumsum(rng.exponential(1 / rates.sum(), count))
    who = rng.choice(3, count, p=rates / rates.sum())
    ordered = np.concatenate([np.full(level0, -np.inf), times])[:count]
    shipped = np.maximum(times, ordered + lead0)
    for i in (0, 1):
        mine = who == i
        arrives = np.concatenate([np.full(levels[i], -np.inf), shipped[mine] + leads[i]])[: mine.sum()]
        delay = np.maximum(arrives - times[mine], 0)[1000:]
        delay = delay[: len(delay) // 200 * 200].reshape(200, -1).mean(axis=1) * rates[i]
        error = delay.std(ddof=1) / math.sqrt(200)
        policy = (rates.sum(), float(rates[i]), lead0, leads[i], level0, levels[i])
        assert abs(delay.mean() - t.two_echelon_retailer_backorders(*policy)) < 4 * error
        assert abs(delay.mean() - t.metric_retailer_backorders(*policy)) > 6 * error


def test_costs_add_up() -> None:
    metric = t.metric_cost([1.0, 2.0], 1.5, [1.0, 0.5], 5, [2, 3], 1.0, 2.0, 9.0)
    parts = c.base_stock_on_hand(3, 1.5, 5)
    for rate, lead, level in [(1.0, 1.0, 2), (2.0, 0.5, 3)]:
        parts += 2 * t.metric_retailer_on_hand(3, rate, 1.5, lead, 5, level)
        parts += 9 * t.metric_retailer_backorders(3, rate, 1.5, lead, 5, level)
    assert metric == pytest.approx(parts)
    with pytest.raises(ValueError, match="at most warehouse_demand_rate"):
        t.metric_retailer_on_hand(1, 2, 1, 1, 1, 1)
