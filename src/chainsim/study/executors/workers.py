"""Which workers somebody asked for: so many processes here, or a cluster.

In: what `--jobs` and `--cluster` say.  Out: an executor, started when it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chainsim.errors import Problem, ScenarioError
from chainsim.study.executors.base import Executor
from chainsim.study.executors.local import LocalProcesses, available_jobs

LOCAL = re.compile(r"local(?::([1-9]\d{0,3}))?")
SCHEDULER = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:\[\]]+):\d{1,5}")


@dataclass(frozen=True, slots=True)
class Workers:
    """jobs: processes of this machine; None for as many as it has processors.

    cluster: the address of a Dask scheduler, or `local` or `local:N` for a Dask cluster of N processes here; None for
    plain processes.
    ScenarioError where that is not a cluster, or where both are given.
    """

    jobs: int | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        if self.cluster is None:
            return
        if not LOCAL.fullmatch(self.cluster) and not SCHEDULER.fullmatch(self.cluster):
            hint = "write the scheduler's address, as in tcp://10.0.0.5:8786, or local, or local:4"
            raise ScenarioError([Problem(f"{self.cluster!r} is no cluster", hint=hint)])
        if self.jobs is not None:
            hint = "a cluster here with 4 processes is local:4; one elsewhere has as many as were started there"
            raise ScenarioError([Problem("--jobs and --cluster exclude each other", hint=hint)])

    def here(self, tell: Callable[[str], None] = lambda _: None) -> LocalProcesses:
        """Processes of this machine, whatever the cluster; none is started yet."""
        return LocalProcesses(self.jobs or available_jobs(), tell, optional=self.jobs is None)

    def open(self, tell: Callable[[str], None] = lambda _: None) -> Executor:
        """Its workers; close them with `with`.  tell: given a line when a worker was lost.

        ClusterError where the cluster cannot be used.
        """
        if self.cluster is None:
            return self.here(tell)
        from chainsim.study.executors.cluster import Cluster

        here = LOCAL.fullmatch(self.cluster)
        if here:
            return Cluster.started_here(int(here[1] or available_jobs()), tell)
        return Cluster.at(self.cluster, tell)
