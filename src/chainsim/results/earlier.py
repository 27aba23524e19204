"""Trials of a finished run, for a study that asks for the same ones and more.

In: a run folder.  Out: shards of its trials, cut out of its tables.  Each must come out with the very hash that it had
when it was simulated; a table that was touched, or that cannot be cut up without loss, is computed anew.  The folder
is never altered.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from chainsim.errors import FolderError
from chainsim.results.shards import Shard, Shards
from chainsim.results.store import read_manifest, read_table


class Earlier:
    """A finished run folder; FolderError if it is none.  trials: their facts by key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.trials: dict[str, dict[str, Any]] = {trial["key"]: trial for trial in self.manifest.get("trials", [])}

    def give(self, key: str, shards: Shards) -> Shard | None:
        """Put the trial of this key among `shards`, if it is here and unharmed."""
        trial = self.trials.get(key)
        if trial is None or self._groups is None:
            return None
        tables = {}
        for name, (table, rows) in self._groups.items():
            mine = rows.get((trial["policy"], trial["replication"]), [])
            tables[name] = table.iloc[mine].reset_index(drop=True)
        shard = shards.add(key, tables, trial["orders"], trial["seconds"])
        if shard.sha256 == trial["sha256"]:
            return shard
        shard.path.unlink()
        return None

    @cached_property
    def _groups(self) -> dict[str, tuple[pd.DataFrame, Any]] | None:
        """Every table that trials leave, with the rows of each policy and replication; None if one is not whole."""
        found = {}
        for name in self.manifest["trial_tables"]:
            path = f"tables/{name}.parquet"
            try:
                digest = hashlib.sha256((self.folder / path).read_bytes()).hexdigest()
                table = read_table(self.folder, name)
            except (OSError, FolderError):
                return None
            if digest != self.manifest["outputs"].get(path):
                return None
            found[name] = table, table.groupby(["policy", "replication"], sort=False).indices
        return found
