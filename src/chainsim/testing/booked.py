"""A network simulated once, with its books."""

from __future__ import annotations

from chainsim.economy.books import Books, books
from chainsim.model.network import Network
from chainsim.results.frames import frames
from chainsim.testing.simulate import simulate


def booked(network: Network, replication: int = 0) -> Books:
    """The books of one run, audited."""
    run = simulate(network, replication)
    return books(frames(network, run.log))
