"""What follows from a network alone, worked out once for all replications that one process runs.

By identity: a network is large, so comparing two costs more than most of what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

import numpy as np

from chainsim.model.network import Network

T = TypeVar("T")

KEPT: Final = 8  # networks; a study has one a policy


def once_per_network(function: Callable[[Network], T]) -> Callable[[Network], T]:
    """Remember the results for the last few networks; they are shared, so nobody may change them; arrays refuse."""
    known: dict[int, tuple[Network, T]] = {}

    @wraps(function)
    def remembered(network: Network) -> T:
        entry = known.get(id(network))
        if entry is None:  # the network is held, so that no other gets its id
            entry = known[id(network)] = (network, function(network))
            if isinstance(entry[1], np.ndarray):
                entry[1].setflags(write=False)
            for old in list(known)[:-KEPT]:
                known.pop(old, None)
        return entry[1]

    return remembered
