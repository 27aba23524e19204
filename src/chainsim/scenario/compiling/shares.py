"""Shares as whole parts per million.

In: exact shares by buyer and supplier.  Out: integers that sum to one million for each buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from chainsim.model.terms import WHOLE_SHARE
from chainsim.scenario.network.blueprint import LaneKey, StockKey


def whole_shares(shares: Mapping[LaneKey, Fraction]) -> dict[LaneKey, int]:
    """Shares in parts per million that sum to exactly one million per buyer; the largest remainders round up."""
    by_buyer: dict[StockKey, list[tuple[LaneKey, Fraction]]] = {}
    for key, share in sorted(shares.items()):
        by_buyer.setdefault(key[0], []).append((key, share))
    result: dict[LaneKey, int] = {}
    for rows in by_buyer.values():
        total = sum((share for _, share in rows), Fraction(0))
        missing = WHOLE_SHARE if total else 0
        remainders = []
        for key, share in rows:
            value = share * WHOLE_SHARE / total if total else Fraction(0)
            whole = result[key] = int(value)
            missing -= whole
            remainders.append((whole - value, key))
        for _, key in sorted(remainders)[:missing] if missing else ():
            result[key] += 1
    return result
