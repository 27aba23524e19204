"""Two policies on the same luck, with their logs kept.

In: two networks and a replication.  Out: both runs and their tables.  This module must not know scenarios or terminals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from chainsim.engine import choice
from chainsim.model.network import Network
from chainsim.records import Log
from chainsim.results import checks
from chainsim.results.frames import Run, frames
from chainsim.study.executors import Jobs, run_all
from chainsim.study.tabulation import tabulate


class Kept(NamedTuple):
    """One run with its log, and the tables of a run folder."""

    run: Run
    tables: dict[str, pd.DataFrame]


def run_pair(
    before: Network, after: Network, replication: int, jobs: Jobs, done: Callable[[int], None] = lambda _: None
) -> tuple[Kept, Kept]:
    """Both runs of one replication (counted from 0); raises InvariantError when one breaks a law."""
    networks = (before, after)
    found = run_all(_run, [(network, replication) for network in networks], jobs, done, lambda _: None)
    one, other = (Kept(frames(network, log), tables) for network, (log, tables) in zip(networks, found, strict=True))
    return one, other


def _run(
    network: Network, replication: int, progress: Callable[[float], None] | None = None
) -> tuple[Log, dict[str, pd.DataFrame]]:
    log = choice.run(network, replication, progress)
    run = frames(network, log)
    checks.check(run)
    return log, tabulate(run)
