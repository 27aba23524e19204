"""Where trials run: this process, other processes of this machine, or a cluster; the numbers are the same everywhere.

The one door to process pools and clusters.  All of them are executors of `concurrent.futures`; `run_all` gives them
work, puts the results in order, and runs again what a lost worker had.
"""

from __future__ import annotations

from chainsim.study.executors.base import Executor, Jobs
from chainsim.study.executors.local import available_jobs
from chainsim.study.executors.ordered import run_all
from chainsim.study.executors.workers import Workers

__all__ = ["Executor", "Jobs", "Workers", "available_jobs", "run_all"]
