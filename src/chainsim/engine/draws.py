"""The random times of one replication in ticks, by law and number, made in blocks.

In: a Network and a replication number.  Out: whole ticks.  A draw is a function of its address, so it does not matter
when it is made: laws that share a distribution make their first blocks together, which takes half the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.streams import Stream

if TYPE_CHECKING:
    from chainsim.model.distributions import Distribution, Floats

FIRST_BLOCK: Final = 128  # draws
BLOCK: Final = 1024


class Draws:
    """The draws of every law of a network.  values: those that `extend` has made, by law."""

    def __init__(self, network: Network, replication: int) -> None:
        self._network = network
        self._replication = replication
        self._ticks = float(network.tick_seconds)
        self._streams: list[Stream | None] = [None] * len(network.draws)
        self._size = [FIRST_BLOCK] * len(network.draws)
        self._ready: dict[int, Columns] = {}  # first blocks that nobody has asked for yet
        self._alike: dict[Distribution, list[int]] = {}
        self.values: list[list[int]] = [[] for _ in network.draws]

    def begin(self, law: int) -> tuple[Columns, Columns]:
        """First blocks of `law` and of all that share its distribution: laws, int64[k]; draws, int64[k, n]."""
        laws = self._sharing(law)
        uniforms = np.empty((len(laws), FIRST_BLOCK))
        for row, one in zip(uniforms, laws, strict=True):
            row[:] = self._stream(one).take(FIRST_BLOCK)
            self._size[one] = 2 * FIRST_BLOCK
        draws = self._in_ticks(self._network.draws[law].distribution.inverse(uniforms.reshape(-1)))
        return np.array(laws), draws.reshape(uniforms.shape)

    def block(self, law: int) -> Columns:
        """The next draws of `law`, int64[n]; each block is twice as long as the last, up to a limit."""
        if law in self._ready:
            return self._ready.pop(law)
        if self._streams[law] is None:
            laws, draws = self.begin(law)
            self._ready |= dict(zip(laws.tolist(), draws, strict=True))
            return self._ready.pop(law)
        size = self._size[law]
        self._size[law] = min(2 * size, BLOCK)
        return self._in_ticks(self._network.draws[law].distribution.inverse(self._stream(law).take(size)))

    def extend(self, law: int, n: int) -> int:
        """Make the values of `law` up to and including number n; returns the n-th."""
        values = self.values[law]
        while len(values) <= n:
            values.extend(self.block(law).tolist())
        return values[n]

    def _sharing(self, law: int) -> list[int]:
        """Laws with the distribution of this one."""
        if not self._alike:
            for number, draw in enumerate(self._network.draws):
                self._alike.setdefault(draw.distribution, []).append(number)
        return self._alike[self._network.draws[law].distribution]

    def _stream(self, law: int) -> Stream:
        stream = self._streams[law]
        if stream is None:
            draw = self._network.draws[law]
            stream = Stream(self._network.seed, self._replication, draw.purpose, draw.owner)
            self._streams[law] = stream
        return stream

    def _in_ticks(self, seconds: Floats) -> Columns:
        ticks = seconds / self._ticks
        result: Columns = np.maximum(np.rint(ticks, out=ticks), 0.0, out=ticks).astype(np.int64)
        return result
