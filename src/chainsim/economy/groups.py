"""Who belongs together: corporate groups, and buyers by the category that they are of.

In: a Network.  Out: one number or name a firm.  This module must not know money.
"""

from __future__ import annotations

import numpy as np

from chainsim.model.network import Network
from chainsim.results.remember import once_per_network


@once_per_network
def corporate(network: Network) -> np.ndarray:
    """The corporate group of each firm, int64[firms]: firms of one group share a number, others have their own."""
    numbers: dict[str, int] = {}
    found = [numbers.setdefault(firm.group, at) if firm.group else at for at, firm in enumerate(network.firms)]
    return np.array(found, dtype=np.int64)


def same_group(network: Network, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether firms a and b belong to one corporate group; bool, of the shape of a and b broadcast."""
    group = corporate(network)
    same: np.ndarray = (group[a] == group[b]) & _grouped(network)[a]
    return same


@once_per_network
def _grouped(network: Network) -> np.ndarray:
    """Which firms are of a corporate group at all, bool[firms]."""
    return np.array([bool(firm.group) for firm in network.firms], dtype=bool)


def categories(network: Network) -> list[str]:
    """The category of each firm, its own name where it has none."""
    return [firm.category or firm.name for firm in network.firms]
