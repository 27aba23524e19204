"""Assemble to order against single components, an enumeration over demands, and customers followed one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from chainsim.theory import assembly as a
from chainsim.theory import base_stock_continuous as c
from chainsim.theory import laws


def test_one_component_is_base_stock() -> None:
    assert a.assembly_order_fill_rate(2, [1.5], [4]) == pytest.approx(c.base_stock_fill_rate(2, 1.5, 4))
    assert a.assembly_backorders(2, [1.5], [4]) == pytest.approx(c.base_stock_backorders(2, 1.5, 4))
    assert a.assembly_on_hand(2, [1.5], [4], 1) == pytest.approx(c.base_stock_on_hand(2, 1.5, 4))
    size = laws.discrete([1, 3], [0.5, 0.5])
    assert a.assembly_order_fill_rate(2, [1.5], [4], size) == pytest.approx(
        c.base_stock_order_fill_rate(2, 1.5, 4, size)
    )
    assert a.assembly_backorders(2, [1.5], [4], size) == pytest.approx(c.base_stock_backorders(2, 1.5, 4, size))


def test_twins_are_as_good_as_one() -> None:
    assert a.assembly_backorders(2, [1.5, 1.5], [4, 9]) == pytest.approx(c.base_stock_backorders(2, 1.5, 4))
    assert a.assembly_order_fill_rate(2, [1.5, 1.5], [4, 0]) == 0


def test_three_components_are_enumerated() -> None:
    rate, leads, levels = 1.2, [2.0, 0.5, 1.0], [4, 1, 2]
    filled = short = 0.0
    steps = [stats.poisson(rate * span).pmf(range(22)) for span in (0.5, 0.5, 1.0)]
    for x, y, z in itertools.product(range(22), repeat=3):
        chance = steps[0][x] * steps[1][y] * steps[2][z]
        waits = [x + y + z - 4, x - 1, x + y - 2]
        filled += chance * all(wait < 0 for wait in waits)
        short += chance * max(0, *waits)
    assert a.assembly_order_fill_rate(rate, leads, levels) == pytest.approx(filled)
    assert a.assembly_backorders(rate, leads, levels) == pytest.approx(short)
    assert a.assembly_delay(rate, leads, levels) == pytest.approx(short / rate)
    # Shortages go together: independent components would fill fewer orders, one more piece would fill more.
    apart = np.prod([c.base_stock_fill_rate(rate, lead, level) for lead, level in zip(leads, levels, strict=True)])
    assert apart < filled < a.assembly_order_fill_rate(rate, leads, [4, 2, 2])


def test_customers_followed_one_by_one() -> None:
    """Share served at once and mean delay of 300,000 customers, within 4 standard errors (about 1 %)."""
    rng = np.random.default_rng(5)
    rate, leads, levels = 1.2, [2.0, 0.5], [3, 1]
    times = np.cumsum(rng.exponential(1 / rate, 300_000))
    ready = times.copy()
    for lead, level in zip(leads, levels, strict=True):
        ready = np.maximum(ready, np.concatenate([np.full(level, -np.inf), times + lead])[: len(times)])
    delay = (ready - times)[1000:].reshape(230, -1)
    for means, expected, near in [
        (delay.mean(axis=1), a.assembly_delay(rate, leads, levels), a.assembly_delay(rate, leads, [4, 1])),
        (
            (delay <= 0).mean(axis=1),
            a.assembly_order_fill_rate(rate, leads, levels),
            a.assembly_order_fill_rate(rate, leads, [3, 2]),
        ),
    ]:
        error = means.std(ddof=1) / np.sqrt(230)
        assert abs(means.mean() - expected) < 4 * error
        assert abs(means.mean() - near) > 8 * error
