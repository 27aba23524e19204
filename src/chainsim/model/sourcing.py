"""Sourcing rules: how a buyer shares its orders among its suppliers, or in which order it asks them.

Every rule of this family comes down to how the rulebook shares an order (`mode`) and to a ranking of the suppliers,
which decides whom a ranked rule asks first and who steps in during an outage.  This module must not know a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias

from chainsim.model.terms import Sourcing as Mode
from chainsim.registry import Registry

Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a rule may know of a supplier: its share of the plan, its stated rank (None: behind all that have one),
    price and freight (fen per unit), and mean lead time (seconds)."""

    name: str
    share: float
    rank: int | None
    cost: int
    lead_time: float


class Sourcing(Protocol):
    """A rule that says how orders are shared, and ranks the suppliers; the lowest key comes first."""

    mode: ClassVar[Mode]

    def check(self) -> str:
        """Empty when the parameters are coherent, else what is wrong with them."""
        ...

    def key(self, offer: Offer) -> Key:
        """What suppliers are ranked by; ties go by name."""
        ...


sourcings: Registry[Sourcing] = Registry("sourcing rule")


def by_share(offer: Offer) -> Key:
    """The largest share first; among those without one, by stated rank."""
    return -offer.share, *by_rank(offer)


def by_rank(offer: Offer) -> Key:
    """By stated rank, those without one last."""
    return offer.rank is None, offer.rank or 0


@sourcings.register("shares")
@dataclass(frozen=True, slots=True)
class Shares:
    """Every order is split, lot by lot, so that each supplier always has its share to within one lot."""

    mode: ClassVar[Mode] = "shares"

    def check(self) -> str:
        return ""

    def key(self, offer: Offer) -> Key:
        return by_share(offer)


@sourcings.register("whole_orders")
@dataclass(frozen=True, slots=True)
class WholeOrders:
    """Every order goes to one supplier as a whole, in turn, so that each has its share of the orders."""

    mode: ClassVar[Mode] = "whole_orders"

    def check(self) -> str:
        return ""

    def key(self, offer: Offer) -> Key:
        return by_share(offer)


@sourcings.register("priority")
@dataclass(frozen=True, slots=True)
class Priority:
    """The supplier with the lowest `rank` is asked first; what it has no room for goes to the next."""

    mode: ClassVar[Mode] = "ranked"

    def check(self) -> str:
        return ""

    def key(self, offer: Offer) -> Key:
        return by_rank(offer)


@sourcings.register("cheapest")
@dataclass(frozen=True, slots=True)
class Cheapest:
    """The supplier with the lowest price and freight is asked first; what it has no room for goes to the next."""

    mode: ClassVar[Mode] = "ranked"

    def check(self) -> str:
        return ""

    def key(self, offer: Offer) -> Key:
        return (offer.cost,)


@sourcings.register("nearest")
@dataclass(frozen=True, slots=True)
class Nearest:
    """The supplier with the shortest mean lead time is asked first; what it has no room for goes to the next."""

    mode: ClassVar[Mode] = "ranked"

    def check(self) -> str:
        return ""

    def key(self, offer: Offer) -> Key:
        return (offer.lead_time,)
