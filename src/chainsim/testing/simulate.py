"""One run of a network for a test to judge."""

from __future__ import annotations

from chainsim.engine import simpy_engine
from chainsim.model.network import Network
from chainsim.model.state import State
from chainsim.testing.replay import Run


def simulate(network: Network, replication: int = 0) -> Run:
    """One run by the reference engine, with its state at the end."""
    end: list[State] = []
    log = simpy_engine.run(network, replication, attach=lambda _, state: end.append(state))
    return Run(network, log, replication, end[0])
