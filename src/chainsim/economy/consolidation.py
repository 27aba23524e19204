"""Sales inside one corporate group, which consolidated figures leave out.

In: a Network.  Out: masks.  A firm without a group stands for itself.
"""

from __future__ import annotations

import numpy as np

from chainsim.model.network import Network


def same_group(network: Network, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether firms a and b belong to one corporate group, bool of their common shape."""
    names = {name: index for index, name in enumerate(sorted({firm.group for firm in network.firms if firm.group}))}
    group = np.array([names.get(firm.group, -1) for firm in network.firms], dtype=np.int64)
    same: np.ndarray = (group[a] == group[b]) & (group[a] >= 0)
    return same
