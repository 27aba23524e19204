"""How a sketch names things before they have numbers."""

from __future__ import annotations

from typing import TypeAlias

from chainsim.model.distributions import Distribution
from chainsim.model.network import Role

Key: TypeAlias = tuple[str, str, Role]  # firm, part, role
Time: TypeAlias = int | Distribution
LaneKey: TypeAlias = tuple[Key, Key]  # buyer, supplier
Target: TypeAlias = tuple[str, ...]  # of a shock; see `Sketch.shock`
