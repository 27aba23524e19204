"""The multiplier that a run measures tends to M as 1 / H.

Cumulative output stays within L n quanta of L f H (test_leontief.py), and a quantum costs one fen, so the gross
multiplier that `chainsim.economy` counts from delivered orders over H days is below M = 1'L f / 1'f by at most
    1'L n / (H 1'f).
Each doubling of H halves the room, and what is wrong by a fixed share ends up outside.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.multipliers import multipliers
from chainsim.model.network import Network
from chainsim.results.frames import deliveries, frames
from chainsim.testing import economies, simulate
from chainsim.testing.input_output import MILLER_BLAIR, Matrix, bound, economy, leontief

ALGEBRA = 1e-9  # of floating-point algebra


def asymptote(a: Matrix, f: list[int]) -> float:
    """M, the output of all firms per yuan of final sales."""
    return float((leontief(a) @ np.array(f)).sum() / sum(f))


def room(a: Matrix, f: list[int], days: int) -> float:
    """How far a multiplier measured over `days` days may be below M."""
    return float(bound(a).sum() / (days * sum(f)))


def delivered(network: Network) -> pd.DataFrame:
    return deliveries(frames(network, simulate(network).log))


def measured(network: Network, sales: pd.DataFrame) -> float:
    """The gross multiplier as every run's table has it."""
    revenue = np.bincount(sales["seller"], sales["amount"], len(network.firms))
    sums = pd.DataFrame({name: revenue for name in ("revenue", "revenue_outside_group", "value_added")})
    table = pd.DataFrame(multipliers(network, sales, sums))
    found = table.set_index(["ring", "measure", "group"])["simulated"]
    return float(found["city", "gross output", "apart"])


def agrees(multiplier: float, a: Matrix, f: list[int], days: int) -> bool:
    return -ALGEBRA <= asymptote(a, f) - multiplier <= room(a, f, days) + ALGEBRA


@given(economies(), st.integers(3, 9))
def test_the_measured_multiplier_is_within_a_room_that_halves_when_the_run_doubles(
    case: tuple[Matrix, list[int]], days: int
) -> None:
    a, f = case
    for horizon in (days, 2 * days, 4 * days, 8 * days):
        network = economy(a, f, horizon)
        assert agrees(measured(network, delivered(network)), a, f, horizon), horizon
    assert room(a, f, 8 * days) == pytest.approx(room(a, f, days) / 8)


@pytest.mark.parametrize(("supplier", "buyer"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_coefficient_off_by_a_twentieth_is_noticed_in_a_long_run(supplier: int, buyer: int) -> None:
    """Both ways: a run of the wrong economy against what is right, and the right run against what is wrong.

    At a final demand of three a day the room of one day hides it, that of 400 days does not.
    """
    f = [1, 2]
    off = [list(row) for row in MILLER_BLAIR]
    off[supplier][buyer] *= Fraction(21, 20)
    for horizon in (1, 400, 800):
        right, wrong = (economy(a, f, horizon) for a in (MILLER_BLAIR, off))
        found, missed = (measured(network, delivered(network)) for network in (right, wrong))
        assert agrees(found, MILLER_BLAIR, f, horizon)
        assert agrees(found, off, f, horizon) == (horizon == 1)
        assert agrees(missed, MILLER_BLAIR, f, horizon) == (horizon == 1)


@pytest.mark.parametrize("horizon", [25, 50, 100, 200])
def test_one_delivery_of_a_day_booked_twice_is_noticed_however_long_the_run(horizon: int) -> None:
    """It counts for 1 / H as the room does, but 375 quanta, a quarter of the builders' 1500, where the room is 6."""
    f = [600, 1500]
    network = economy(MILLER_BLAIR, f, horizon)
    sales = delivered(network)
    between_firms = sales["buyer"].isin([i for i, firm in enumerate(network.firms) if firm.kind == "supplier"])
    largest = sales[between_firms]["amount"].idxmax()
    assert sales.loc[largest, "amount"] == 375 > bound(MILLER_BLAIR).sum()
    twice = pd.concat([sales, sales.loc[[largest]]], ignore_index=True)
    assert agrees(measured(network, sales), MILLER_BLAIR, f, horizon)
    assert not agrees(measured(network, twice), MILLER_BLAIR, f, horizon)
