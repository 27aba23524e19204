"""Lots against a textbook's example, a search, and stock added up event by event."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chainsim.theory import eoq as e


def test_joes_corner_store_of_snyder_and_shen() -> None:
    # Examples 3.1 and 3.8: K = 8, h = 0.225, demand 1300 a year: Q* = 304.1, cost 68.41; with p = 5, 310.8 and 66.92.
    assert e.eoq_quantity(1300, 8, 0.225) == pytest.approx(304.05, abs=0.01)
    assert e.eoq_optimal_cost(1300, 8, 0.225) == pytest.approx(68.41, abs=0.005)
    lot = e.eoq_backorders_quantity(1300, 8, 0.225, 5)
    assert lot == pytest.approx(310.81, abs=0.01)
    waiting = lot * e.eoq_backorders_share(0.225, 5)
    best = e.eoq_backorders_cost(1300, lot, waiting, 8, 0.225, 5)
    assert best == pytest.approx(66.92, abs=0.005)
    for more, extra in [(1.01, 1.0), (0.99, 1.0), (1.0, 1.05), (1.0, 0.95)]:
        assert e.eoq_backorders_cost(1300, lot * more, waiting * extra, 8, 0.225, 5) > best


def test_a_lot_made_at_a_finite_rate_is_larger() -> None:
    lot = e.epq_quantity(1000, 4000, 20, 0.5)
    assert lot == pytest.approx(e.eoq_quantity(1000, 20, 0.5) / 0.75**0.5)
    cost = e.epq_cost(1000, 4000, lot, 20, 0.5)
    assert cost == pytest.approx(20 * 1000 / lot + 0.5 * lot * 0.75 / 2)
    assert all(e.epq_cost(1000, 4000, lot * f, 20, 0.5) > cost for f in (0.98, 1.02))
    with pytest.raises(ValueError, match="demand_rate must be below production_rate"):
        e.epq_quantity(4000, 4000, 20, 0.5)


def test_lots_of_units_have_half_a_unit_more_or_less_than_half_a_lot() -> None:
    assert e.unit_lots_on_hand(1, 0, 0, 10) == pytest.approx(5.5)
    assert e.unit_lots_on_hand(1, 0, -1, 10) == pytest.approx(4.5)
    # As good as ordering at 0 when the lead time's demand is added to the reorder point.
    assert e.unit_lots_on_hand(1, 3, 3, 10) == pytest.approx(5.5)
    assert e.unit_lots_on_hand(1, 3, 2, 10) == pytest.approx(4.5)


@pytest.mark.parametrize(
    ("lead", "reorder", "quantity"), [(Fraction(5, 2), 1, 4), (Fraction(2), 0, 3), (Fraction(7, 3), 3, 5)]
)
def test_units_and_lots_are_added_up(lead: Fraction, reorder: int, quantity: int) -> None:
    # One unit at times 0, 1, 2, ...: what arrives at an instant is there before that instant's demand.
    cycles = 40
    position, due, changes = reorder + quantity, [], []
    for time in range(cycles * quantity):
        changes.append((Fraction(time), 1, -1))
        position -= 1
        if position <= reorder:
            due.append(time + lead)
            position += quantity
    changes += [(time, 0, quantity) for time in due]
    net, last, stock, waiting = reorder + quantity, Fraction(0), Fraction(0), Fraction(0)
    begin, end = Fraction(10 * quantity), Fraction(30 * quantity)
    for time, _, change in sorted(changes):
        span = max(Fraction(0), min(time, end) - max(last, begin))
        stock += max(net, 0) * span
        waiting += max(-net, 0) * span
        net, last = net + change, time
    assert e.unit_lots_on_hand(1, float(lead), reorder, quantity) == pytest.approx(float(stock / (end - begin)))
    assert e.unit_lots_backorders(1, float(lead), reorder, quantity) == pytest.approx(float(waiting / (end - begin)))
