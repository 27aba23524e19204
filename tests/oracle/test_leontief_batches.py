"""Closed form (e): order batches leave means unchanged, in the economies of test_leontief.py.

A stock point of lot q orders multiples of q.  So what it has ordered by the end of a day is ahead of what was used of
it by 0 to q - 1 quanta, or behind by as much where it waits until a lot is used up.  With g_j for how far all that
order part j are ahead, its maker's own production orders included,
    Q = L (F - e + g),    0 <= e_j < n_j,    |g_j| <= G_j, the sum of q - 1 over those stock points,
so cumulative output stays within L (n + G) of L F however long the run, and output per day tends to L f.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.network import Network
from chainsim.model.state import RELEASED
from chainsim.records import Log
from chainsim.testing import economies, simulate
from chainsim.testing.input_output import (
    AMPLE,
    MILLER_BLAIR,
    Matrix,
    Options,
    Reals,
    bound,
    economy,
    leontief,
    output,
)

SLACK = 1e-6  # of floating-point algebra on the right-hand sides
DAYS = (1, 5, 20, 40)

Lots = list[list[int]]  # firm i's lot of component j at [j][i]


def in_lots(lot: int, waits: bool) -> Options:
    """Orders at once, rounded up to whole lots; or once a whole lot is used up."""
    return {"lot": lot, "reorder_point": AMPLE - (lot if waits else 1)}


def batched(a: Matrix, f: list[int], components: Lots, production: list[int], waits: bool, days: int) -> Network:
    return economy(
        a,
        f,
        days,
        buying=lambda j, i: in_lots(components[j][i], waits),
        making=lambda i: in_lots(production[i], waits),
    )


def ahead(a: Matrix, components: Lots, production: list[int]) -> Reals:
    """L G, quanta: how far lots can put cumulative output ahead, or hold it back."""
    own = [lot - 1 for lot in production]
    bought = [sum(lot - 1 for lot, x in zip(*rows, strict=True) if x > 0) for rows in zip(components, a, strict=True)]
    return leontief(a) @ np.array([sum(both) for both in zip(own, bought, strict=True)], dtype=float)


def surplus(a: Matrix, f: list[int], network: Network, log: Log, day: int) -> Reals:
    """Q - L F at the end of a day."""
    return output(network, log, RELEASED, day) - leontief(a) @ np.array(f) * day


@st.composite
def lots(draw: st.DrawFn, n: int) -> tuple[Lots, list[int]]:
    row = st.lists(st.integers(1, 60), min_size=n, max_size=n)
    return draw(st.lists(row, min_size=n, max_size=n)), draw(row)


@given(st.data(), economies(), st.booleans())
def test_lots_move_cumulative_output_by_less_than_a_bound_that_does_not_grow(
    data: st.DataObject, case: tuple[Matrix, list[int]], waits: bool
) -> None:
    a, f = case
    components, production = data.draw(lots(len(a)))
    network = batched(a, f, components, production, waits, DAYS[-1])
    log = simulate(network).log
    released = log.orders[log.orders[:, 0] == -1]
    own = np.array([production[point.part] for point in network.stocks])
    assert (released[:, 2] % own[released[:, 1]] == 0).all(), "production orders are whole lots"
    late, early = bound(a), ahead(a, components, production)
    for day in DAYS:
        found = surplus(a, f, network, log, day)
        assert (found >= -late - (early if waits else 0) - SLACK).all(), day
        assert (found <= early + SLACK).all(), day


@pytest.mark.parametrize("waits", [False, True])
def test_the_bound_notices_one_coefficient_off_by_a_twentieth_and_one_demand_off_by_a_hundredth(waits: bool) -> None:
    """Miller & Blair's economy in lots of up to two days' use: what is wrong grows with time and leaves the bound."""
    f, days = [600, 1500], 1000
    components, production = [[500, 700], [900, 300]], [2000, 1000]
    network = batched(MILLER_BLAIR, f, components, production, waits, days)
    log = simulate(network).log
    room = bound(MILLER_BLAIR) + ahead(MILLER_BLAIR, components, production) + SLACK
    off = [list(row) for row in MILLER_BLAIR]
    off[0][1] += Fraction(1, 20)
    for day in (1, days):
        assert (np.abs(surplus(MILLER_BLAIR, f, network, log, day)) <= room).all()
        for near_miss in (
            surplus(off, f, network, log, day),
            surplus(MILLER_BLAIR, [600, 1515], network, log, day),
        ):
            assert (np.abs(near_miss) <= room).all() == (day == 1)
