"""The cases: what is simulated, and at which size.  Knows no program and no scenario."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """days, suppliers: its size."""

    letter: str
    title: str
    days: int
    suppliers: int = 0


CASES = {
    case.letter: case
    for case in (
        Case("a", "Three stages in series, base stock, normal demand, 10,000 days (Snyder & Shen, ex. 6.1)", 10_000),
        Case("b", "One plant and 400 suppliers of one part each, an order a day to each, one year", 365, 400),
        Case("c", "1 + 400 + 1,200 firms, (s, S) everywhere, finite lines, lognormal lead times, one year", 365, 400),
    )
}
SMALL = {"a": Case("a", "small", 200), "b": Case("b", "small", 20, 20), "c": Case("c", "small", 40, 12)}
