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
        self._alike: dict[Distribution, Columns] = {}
        self.values: list[list[int]] = [[] for _ in network.draws]

    def blocks(self, laws: Columns) -> Columns:
        """The next draws of laws that share a distribution and have had as many, int64[laws, n].

        Each block of a law is twice as long as the last, up to a limit.
        """
        size = self._size[laws[0]]
        uniforms = np.empty((len(laws), size))
        for row, law in zip(uniforms, laws.tolist(), strict=True):
            row[:] = self._stream(law).take(size)
            self._size[law] = min(2 * size, BLOCK)
        distribution = self._network.draws[laws[0]].distribution
        draws: Columns = self._in_ticks(distribution.inverse(uniforms.reshape(-1))).reshape(uniforms.shape)
        return draws

    def extend(self, law: int, n: int) -> int:
        """Make the values of `law` up to and including number n; returns the n-th."""
        values = self.values[law]
        while len(values) <= n:
            values.extend(self._block(law).tolist())
        return values[n]

    def sharing(self, law: int) -> Columns:
        """Laws with the distribution of this one, int64[n]."""
        if not self._alike:
            alike: dict[Distribution, list[int]] = {}
            for number, draw in enumerate(self._network.draws):
                alike.setdefault(draw.distribution, []).append(number)
            self._alike = {distribution: np.array(laws) for distribution, laws in alike.items()}
        return self._alike[self._network.draws[law].distribution]

    def _block(self, law: int) -> Columns:
        """The next draws of one law, int64[n]; first ones are made for all that share its distribution."""
        if self._streams[law] is None:
            laws = self.sharing(law)
            self._ready |= dict(zip(laws.tolist(), self.blocks(laws), strict=True))
        if law in self._ready:
            return self._ready.pop(law)
        draws: Columns = self.blocks(np.array([law]))[0]
        return draws

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
