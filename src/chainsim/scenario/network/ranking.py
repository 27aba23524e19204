"""In which order a buyer asks its suppliers: the sourcing rules applied to the lanes of one stock point.

In: offers by lane.  Out: ranks from 0, and the shares that the plan counts on.  This module must not know who they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from chainsim.model.sourcing import Offer, Sourcing

K = TypeVar("K")


def ranks(rule: Sourcing, offers: Mapping[K, Offer]) -> dict[K, int]:
    """The rank of every lane, 0 first; ties go by name."""
    ordered = sorted(offers, key=lambda key: (rule.key(offers[key]), offers[key].name))
    return {key: rank for rank, key in enumerate(ordered)}


def planned_shares(rule: Sourcing, ranked: Mapping[K, int], shares: Mapping[K, Fraction]) -> dict[K, Fraction]:
    """What the plan counts on: with a ranked rule that whoever is asked first delivers everything."""
    if rule.mode != "ranked":
        return dict(shares)
    return {key: Fraction(int(rank == 0)) for key, rank in ranked.items()}
