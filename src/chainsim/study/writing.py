"""A study's tables into its run folder, on all processors: formatting numbers takes longer than many a simulation.

In: the tables of a study, a folder, and where to work.  Out: files, and their hashes noted in the folder; the same
bytes for any number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from chainsim.results.shards import Shard
from chainsim.results.store import RunFolder, write_batches, write_table
from chainsim.study.executors import Jobs, run_all
from chainsim.study.log_files import LOG_TABLES
from chainsim.study.stacking import Stacked


def write_tables(folder: RunFolder, tables: Mapping[str, pd.DataFrame], jobs: Jobs) -> None:
    """Write every table; those of trials on disk are read where they are written, the largest first."""
    place = folder.staged / "tables"
    here = isinstance(jobs, int) or jobs.far or not jobs.busy or not isinstance(tables, Stacked)
    names = list(tables)
    if isinstance(tables, Stacked):
        names.sort(key=lambda name: -_size(tables, name))
    arguments = [(place, name, tables) for name in names]
    for hashes in run_all(_written, arguments, 1 if here else jobs, _silent, _silent, named=lambda n: names[n]):
        folder.note(hashes)


def _size(tables: Stacked, name: str) -> int:
    kept = tables.trials[0].kept
    return kept.places[name][1] if isinstance(kept, Shard) and name in kept.places else 0


def _written(
    place: Path, name: str, tables: Mapping[str, pd.DataFrame], _: Callable[[float], None] | None = None
) -> dict[str, str]:
    if name in LOG_TABLES and isinstance(tables, Stacked):
        return write_batches(place, name, tables.batches(name))
    return write_table(place, name, tables[name])


def _silent(_: Any) -> None:
    """Nobody is told."""
