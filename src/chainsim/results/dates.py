"""Ticks as days, for tables."""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.model.network import Network

DAY_SECONDS: Final = 86_400


def days(network: Network, ticks: np.ndarray) -> np.ndarray:
    """Ticks as days, float64."""
    result: np.ndarray = ticks * (float(network.tick_seconds) / DAY_SECONDS)
    return result


def whole_days(network: Network, ticks: np.ndarray) -> np.ndarray:
    """The day, counted from 0, on which each tick falls, int64; exact for every length of tick."""
    numerator, denominator = days_per_tick(network)
    result: np.ndarray = ticks * numerator // denominator
    return result


def days_per_tick(network: Network) -> tuple[int, int]:
    """The length of a tick in days: numerator and denominator."""
    seconds = network.tick_seconds
    return seconds.numerator, seconds.denominator * DAY_SECONDS
