"""Shares as whole parts per million.

In: exact shares by buyer and supplier.  Out: integers that sum to one million for each buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from chainsim.model.terms import WHOLE_SHARE
from chainsim.scenario.network.blueprint import LaneKey, StockKey


def whole_shares(shares: Mapping[LaneKey, Fraction]) -> dict[LaneKey, int]:
    """Shares in parts per million that sum to exactly one million per buyer; the largest remainders round up."""
    by_buyer: dict[StockKey, tuple[list[LaneKey], list[Fraction]]] = {}
    for key in sorted(shares):
        keys, own = by_buyer.setdefault(key[0], ([], []))
        keys.append(key)
        own.append(shares[key])
    return {key: whole for keys, own in by_buyer.values() for key, whole in zip(keys, _whole(tuple(own)), strict=True)}


@lru_cache(maxsize=1 << 12)  # many buyers divide alike
def _whole(shares: tuple[Fraction, ...]) -> tuple[int, ...]:
    """Of one buyer; of equal remainders the first rounds up."""
    total = sum(shares, Fraction(0))
    if not total:
        return (0,) * len(shares)
    exact = [share * WHOLE_SHARE / total for share in shares]
    result = [int(value) for value in exact]
    missing = WHOLE_SHARE - sum(result)
    for number in sorted(range(len(exact)), key=lambda one: (result[one] - exact[one], one))[:missing]:
        result[number] += 1
    return tuple(result)
