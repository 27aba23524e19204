"""Which firms lie in a region, and which belong to one corporate group.

In: a Network.  Out: masks of firms.  Regions are rings that cumulate: the province includes the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from chainsim.model.network import Network
from chainsim.results.frames import simulated_firms

SCOPES: Final = {"city": ("city",), "province": ("city", "province")}


def firms_inside(network: Network, rings: Sequence[str]) -> np.ndarray:
    """Simulated firms in any of the rings, bool[firms]."""
    inside: np.ndarray = simulated_firms(network) & np.isin([firm.ring for firm in network.firms], list(rings))
    return inside


def same_group(network: Network, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether firms a and b belong to one corporate group; bool, of the shape of a and b broadcast."""
    names = {name: index for index, name in enumerate(sorted({firm.group for firm in network.firms if firm.group}))}
    group = np.array([names.get(firm.group, -1) for firm in network.firms], dtype=np.int64)
    same: np.ndarray = (group[a] == group[b]) & (group[a] >= 0)
    return same
