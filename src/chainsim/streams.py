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
        uniforms = _philox(self._key, counter).random(skipped + count)[skipped:]
        uniforms += HALF_STEP
        return uniforms


class _Place(threading.local):
    """This thread's Philox generator, and the state that sets it to a place; a new one would ask for entropy first."""

    def __init__(self) -> None:
        import numpy as np

        philox = np.random.Philox(key=0)
        self.counter = np.zeros(PER_COUNT, dtype=np.uint64)
        self.key = np.zeros(2, dtype=np.uint64)
        self.state = philox.state | {"state": {"counter": self.counter, "key": self.key}, "buffer_pos": PER_COUNT}
        self.bits = philox
        self.generator = np.random.Generator(philox)


_place: _Place | None = None


def _philox(words: tuple[int, int], counter: int) -> Generator:
    """The generator of this thread, at a place of a stream."""
    global _place  # noqa: PLW0603 - made when it is first wanted, so that importing this needs no numpy
    if _place is None:
        _place = _Place()
    place = _place
    place.counter[0] = counter
    place.key[0], place.key[1] = words
    place.bits.state = place.state
    return place.generator


def weight(seed: int, purpose: str, owner: str) -> float:
    """One uniform in (0, 1) that belongs to a name alone, for attributes of generated firms; needs no numpy."""
    return ((key(seed, 0, purpose, owner) >> 75) + 0.5) * 2.0**-53
