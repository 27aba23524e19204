"""Which firms lie in a region.

In: a Network.  Out: masks of firms.  Regions are rings that cumulate: the province includes the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from chainsim.model.network import Network
from chainsim.results.frames import simulated_firms
from chainsim.results.remember import once_per_network

SCOPES: Final = {"city": ("city",), "province": ("city", "province")}


def firms_inside(network: Network, rings: Sequence[str]) -> np.ndarray:
    """Simulated firms in any of the rings, bool[firms]."""
    inside: np.ndarray = simulated_firms(network) & np.isin(rings_of(network), list(rings))
    return inside


@once_per_network
def rings_of(network: Network) -> np.ndarray:
    """The ring of each firm, str[firms]."""
    return np.array([firm.ring for firm in network.firms])
