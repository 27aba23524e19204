"""Addressed draws: a uniform is a function of (seed, replication, purpose, owner, n), never of what was drawn before.

So policies share their luck (common random numbers), an added firm changes nobody's draws, and a replication
can be run alone.  Names are hashed to 128 bits and key a Philox generator, a counter-based one whose n-th
output needs no other (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HALF_STEP = 2.0**-54  # moves [0, 1) to the open interval, so that every inverse distribution function is finite


def key(seed: int, replication: int, purpose: str, owner: str) -> int:
    """128-bit key of one stream; equal addresses give equal keys on every machine and in every process."""
    address = "\x1f".join((str(seed), str(replication), purpose, owner))
    return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=16).digest(), "little")


class Stream:
    """The uniforms of one address in order; `take` continues where the last call ended."""

    def __init__(self, seed: int, replication: int, purpose: str, owner: str) -> None:
        from numpy.random import Generator, Philox

        self._generator = Generator(Philox(key=key(seed, replication, purpose, owner)))

    def take(self, count: int) -> NDArray[np.float64]:
        """The next `count` uniforms, float64[count], each strictly between 0 and 1."""
        return self._generator.random(count) + HALF_STEP


def weight(seed: int, purpose: str, owner: str) -> float:
    """One uniform in (0, 1) that belongs to a name alone, for attributes of generated firms; needs no numpy."""
    return ((key(seed, 0, purpose, owner) >> 75) + 0.5) * 2.0**-53
