"""What a scenario and a network say in the same words: firms, parts, roles, and what stands for all or no end.

Kept apart from `network`, whose tables nobody needs who only checks a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["made", "bought", "outside", "sold"]
Allocation = Literal["fifo", "priority", "proportional"]
Sourcing = Literal["shares", "whole_orders", "ranked"]
UNLIMITED: Final = 2**31
WHOLE_SHARE: Final = 1_000_000  # shares are parts per million


@dataclass(frozen=True, slots=True)
class Firm:
    """A company, a source outside the network, or a market."""

    name: str
    kind: Literal["chain_master", "supplier", "outside", "market"]
    ring: str
    tier: int = 0
    category: str = ""
    group: str = ""
    district: str = ""
    sector: str = ""
    chain: str = ""
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Anything made, bought or sold; `price` in fen per unit, `per_unit` quanta make one unit."""

    name: str
    price: int
    unit: str = "unit"
    per_unit: int = 1
