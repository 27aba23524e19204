"""Processes that start while a study's networks are still being built: they take as long to start as those to build.

In: processes that may be needed, the first network, how many trials there will be.  Out: nothing; where these trials
are worth processes, they have begun to start.  Whether a trial runs in them is decided later, by the bench.
"""

from __future__ import annotations

from itertools import repeat

from chainsim.engine.choice import Choice, is_little, will_load
from chainsim.model.network import Network
from chainsim.study.executors.local import LocalProcesses


def start_ahead(processes: LocalProcesses, engine: Choice, network: Network, trials: int) -> None:
    """Start processes, if so many trials of networks like this one will want them."""
    if processes.size < 2 or trials < 2:
        return
    if processes.optional and is_little(repeat(network, trials)):
        return
    processes.start(will_load(engine, repeat(network, trials)), trials)
