"""A run to be judged, its rows, and the luck that was behind it; nothing of an engine is used."""

from __future__ import annotations

from typing import NamedTuple

from chainsim.model.network import Network
from chainsim.model.state import State
from chainsim.records import Log
from chainsim.streams import Stream


class Run(NamedTuple):
    """A run to be judged; `end` is the engine's state after it, where it is known."""

    network: Network
    log: Log
    replication: int = 0
    end: State | None = None


class Row(NamedTuple):
    """One event of the log."""

    tick: int
    kind: int
    order: int
    entity: int
    quantity: int


def rows_of(log: Log) -> list[Row]:
    """The events of a log in plain integers."""
    return [Row(*row) for row in log.events.tolist()]


class Luck:
    """Random times by law and number, straight from their addresses."""

    def __init__(self, run: Run) -> None:
        self._network = run.network
        self._replication = run.replication
        self._values: dict[int, list[int]] = {}

    def __call__(self, law: int, n: int) -> int:
        """The n-th value of a law in ticks, 0 if there is no law."""
        if law < 0:
            return 0
        values = self._values.get(law, [])
        if n >= len(values):
            import numpy as np

            network, draw = self._network, self._network.draws[law]
            uniforms = Stream(network.seed, self._replication, draw.purpose, draw.owner).take(2 * n + 64)
            seconds = draw.distribution.inverse(uniforms)
            ticks = np.rint(seconds / float(network.tick_seconds)).astype(np.int64)
            values = self._values[law] = np.maximum(ticks, 0).tolist()
        return values[n]
