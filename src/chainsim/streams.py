"""Addressed draws: a uniform is a function of (seed, replication, purpose, owner, n), never of what was drawn before.

So policies share their luck (common random numbers), an added firm changes nobody's draws, and a replication
can be run alone.  Names are hashed to 128 bits and key a Philox generator, a counter-based one whose n-th
output needs no other (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

WORD = 2**64 - 1
PER_COUNT = 4  # outputs of Philox 4x64 for each value of its counter
HALF_STEP = 2.0**-54  # moves [0, 1) to the open interval, so that every inverse distribution function is finite


def key(seed: int, replication: int, purpose: str, owner: str) -> int:
    """128-bit key of one stream; equal addresses give equal keys on every machine and in every process."""
    address = "\x1f".join((str(seed), str(replication), purpose, owner))
    return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=16).digest(), "little")


class Stream:
    """The uniforms of one address in order; `take` continues where the last call ended."""

    def __init__(self, seed: int, replication: int, purpose: str, owner: str) -> None:
        whole = key(seed, replication, purpose, owner)
        self._key = whole & WORD, whole >> 64
        self._taken = 0

    def take(self, count: int) -> NDArray[np.float64]:
        """The next `count` uniforms, float64[count], each strictly between 0 and 1."""
        counter, skipped = divmod(self._taken, PER_COUNT)
        self._taken += count
        return _philox(self._key, counter).random(skipped + count)[skipped:] + HALF_STEP


_local = threading.local()


def _philox(words: tuple[int, int], counter: int) -> Generator:
    """This thread's Philox generator, set to a place of a stream; a new one would ask the system for entropy first."""
    import numpy as np

    generator: Generator | None = getattr(_local, "generator", None)
    if generator is None:
        generator = _local.generator = np.random.Generator(np.random.Philox(key=0))
    generator.bit_generator.state = {
        "bit_generator": "Philox",
        "state": {
            "counter": np.array([counter, 0, 0, 0], dtype=np.uint64),
            "key": np.array(words, dtype=np.uint64),
        },
        "buffer": np.zeros(PER_COUNT, dtype=np.uint64),
        "buffer_pos": PER_COUNT,
        "has_uint32": 0,
        "uinteger": 0,
    }
    return generator


def weight(seed: int, purpose: str, owner: str) -> float:
    """One uniform in (0, 1) that belongs to a name alone, for attributes of generated firms; needs no numpy."""
    return ((key(seed, 0, purpose, owner) >> 75) + 0.5) * 2.0**-53
