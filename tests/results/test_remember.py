"""What is worked out once, by network; and months, one of the things that are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

import chainsim
from chainsim.model.network import Network
from chainsim.results.periods import periods
from chainsim.results.remember import KEPT, once_per_network
from chainsim.scenario.build import build

DAY = 86_400


@pytest.fixture(scope="module")
def network() -> Network:
    return build(chainsim.load("scenarios/textbook/serial.yaml"))


def test_a_result_is_remembered_for_a_network_and_for_no_equal_one(network: Network) -> None:
    asked: list[Network] = []

    @once_per_network
    def zeros(network: Network) -> np.ndarray:
        asked.append(network)
        return np.zeros(3)

    twins = [replace(network) for _ in range(KEPT)]
    assert zeros(network) is zeros(network)
    assert all(zeros(twin) is zeros(twin) for twin in twins)
    assert len(asked) == 1 + KEPT
    zeros(network)  # long ago, and forgotten
    assert len(asked) == 2 + KEPT
    with pytest.raises(ValueError, match="read-only"):
        zeros(network)[0] = 1


def test_months_begin_with_the_first_tick_that_is_not_before_them(network: Network) -> None:
    ticks = Fraction(7 * DAY)
    found = periods(replace(network, start=date(2023, 12, 30), tick_seconds=ticks, horizon=11, warm_up=6))
    assert found.edges.tolist() == [0, 1, 5, 6, 9, 11]  # the 30th of December; 6 and 3 January; 3, 10 February; 2 March
    assert found.months == ("2023-12", "2024-01", "2024-02", "2024-02", "2024-03")
    assert found.counted == 3
