"""Figures as a planner writes them: yuan in millions or billions, shares in per cent, few digits."""

from __future__ import annotations

import math
from typing import Final

BILLION: Final = 1e9
MILLION: Final = 1e6
MOST_DECIMALS: Final = 6


def scale(largest: float, unit: str) -> tuple[float, str]:
    """What to divide figures by whose largest is `largest`, and the unit to print beside them."""
    if unit == "CNY":
        if largest >= BILLION:
            return BILLION, "bn CNY"
        return (MILLION, "m CNY") if largest >= MILLION / 10 else (1.0, "CNY")
    if unit == "share":
        return 0.01, "%"
    return 1.0, unit


def figure(value: float, unit: str, divisor: float) -> str:
    """A level, without its unit."""
    scaled = value / divisor
    if scaled == 0:
        return "0"
    if unit in ("units", "orders"):
        return f"{scaled:,.0f}" if float(scaled).is_integer() else f"{scaled:,.1f}"
    if unit == "share":
        return f"{scaled:.2f}"
    return f"{scaled:,.{decimals(scaled)}f}"


def step(value: float, unit: str, divisor: float, signed: bool = True) -> str:
    """A difference, or half an interval: with two digits that are not zero, however small."""
    scaled = value / divisor
    if scaled == 0:
        return "0"
    if abs(scaled) < 10.0**-MOST_DECIMALS:
        return "≈0"
    least = 2 if unit == "share" else 0 if unit in ("units", "orders") and float(scaled).is_integer() else None
    needed = min(MOST_DECIMALS, max(0, 1 - math.floor(math.log10(abs(scaled)))))
    places = max(needed, least if least is not None else min(3, decimals(scaled)))
    if unit in ("units", "orders"):
        places = 0 if float(scaled).is_integer() else 1
    return f"{scaled:{'+' if signed else ''},.{places}f}"


def decimals(scaled: float) -> int:
    """Decimals that give a figure about four digits."""
    size = abs(scaled)
    return 1 if size >= 100 else 2 if size >= 10 else 3 if size >= 1 else 4


def amount(value: float, unit: str) -> str:
    """One figure with its unit."""
    divisor, shown = scale(abs(value), unit)
    text = figure(value, unit, divisor)
    return text if unit == "CNY/CNY" else f"{text} {shown}"


def size(count: int) -> str:
    """Bytes as people read them."""
    for unit, worth in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= worth:
            return f"{count / worth:.1f} {unit}"
    return f"{count} B"
