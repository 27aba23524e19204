"""The beer game against hand calculation, base stock's law, and linear filters where stock is ample."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.theory import beer_game as g

FOUR_THEN_EIGHT = [4, 4, 4, 4, 8]


def test_base_stock_passes_demand_on_unchanged() -> None:
    orders = [stage.ordered for stage in g.play(FOUR_THEN_EIGHT, 4, 40, [30] * 4, None, 1, 1, 2, 2)]
    for i, ordered in enumerate(orders):
        assert ordered == [4] * (4 + i) + [8] * (36 - i)
    assert g.beer_game_peak_order(4, FOUR_THEN_EIGHT, 4, 40, [30] * 4) == 8
    assert g.beer_game_total_orders(4, FOUR_THEN_EIGHT, 4, 40, [30] * 4) == 4 * 7 + 8 * 33


def test_two_stages_by_hand() -> None:
    # Level 4 each at 2 a period; order 1, ship 1, make 1. The retailer has 2 x 2 on order and nothing in stock
    # after each period. Demand 5 in period 0, then 2: the retailer gets 2, owes 3, orders 5 (received in period 1).
    # The maker holds 4 - 2 = 2; period 1: gets 2, is asked for 5, ships 4, owes 1, orders 5; period 2: gets 5.
    stages = g.play([5, 2], 2, 4, [4, 4], None, 1, 1, 1, 1)
    retailer, maker = stages
    assert retailer.ordered == [5, 2, 2, 2]
    assert maker.ordered == [2, 5, 2, 2]
    assert retailer.backlogs == [3, 3, 1, 0]
    assert maker.backlogs == [0, 1, 0, 0]
    assert maker.stocks == [2, 0, 2, 2]
    assert retailer.stocks == [0, 0, 0, 0]
    assert g.beer_game_peak_backlog(1, [5, 2], 2, 4, [4, 4], ship_delay=1, production_delay=1) == 3
    cost = g.beer_game_cost(0.5, 1, [5, 2], 2, 4, [4, 4], ship_delay=1, production_delay=1)
    assert cost == pytest.approx(0.5 * 6 + 8)


@pytest.mark.parametrize("order_delay", [0, 1, 2])
def test_ample_stock_makes_orders_a_linear_filter(order_delay: int) -> None:
    covers, window, periods = [4.0, 4.0, 4.0], 3, 60
    demand = np.full(periods, 10.0)
    demand[5:] = 10.5
    stages = g.play(list(demand), 10, periods, [1000] * 3, covers, window, order_delay, 2, 2)
    received = demand
    for stage, cover in zip(stages, covers, strict=True):
        before = np.concatenate([np.full(window, 10.0), received])
        mean = np.array([before[i + 1 : i + 1 + window].mean() for i in range(-1, periods)])
        orders = received + cover * np.diff(mean)
        assert stage.ordered == pytest.approx(orders.tolist())
        # An order without delay is received after its receiver's own review, so it counts there a period later.
        later = max(order_delay, 1)
        received = np.concatenate([np.full(later, 10.0), orders[:-later]])
    peaks = [max(stage.ordered) for stage in stages]
    assert peaks[0] == pytest.approx(10.5 + 4 / 3 * 0.5)
    assert peaks[0] < peaks[1] < peaks[2]


def test_material_is_conserved() -> None:
    stages = g.play([3, 9, 1, 0, 14, 2], 4, 50, [20, 22, 25, 30], [1.0, 0.5, 2.0, 0.0], 4, 1, 2, 3)
    start = [20 + 4 - 12, 22 + 2 - 12, 25 + 8 - 12, 30 - 12]
    for i, stage in enumerate(stages):
        arrived = stage.on_hand - stage.backlog - start[i]
        asked = sum(stages[i - 1].ordered[:-1]) + 4 if i else 3 + 9 + 1 + 0 + 14 + 2 * 45
        # 12 were on order at the start everywhere.
        assert arrived + asked == pytest.approx(12 + sum(stage.ordered) - stage.on_order)


def test_a_start_that_cannot_be_steady_is_refused() -> None:
    with pytest.raises(ValueError, match="stage 1 cannot start steadily"):
        g.beer_game_peak_order(1, [4], 4, 10, [11] * 4)
    with pytest.raises(ValueError, match="stage must be from 1 to 4"):
        g.beer_game_peak_order(5, [4], 4, 10, [12] * 4)
