"""A run folder: tables as Parquet and CSV, inputs, resolved scenarios, and a manifest written last.

In: tables and bytes.  Out: a folder that is whole or absent: everything is staged beside the target and renamed when
complete.  A run folder is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd

from chainsim.errors import FolderError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class RunFolder:
    """Stages a run beside its target; `finish` puts it in place, anything else leaves no trace."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.staged = target.parent / f".{target.name}.partial-{os.getpid()}"
        self._hashes: dict[str, str] = {}

    def __enter__(self) -> RunFolder:
        """Make the staging folder, so that a folder that cannot be written is known before anything is simulated."""
        if self.target.exists() or self.target.is_symlink():
            raise FolderError(f"{self.target} exists; run folders are never overwritten, name another one with --out")
        try:
            self.staged.mkdir(parents=True)
        except OSError as error:
            raise FolderError(f"cannot write results to {self.target}: {error.strerror or error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.staged, ignore_errors=True)
        if isinstance(error, OSError):
            raise FolderError(f"cannot write results to {self.target}: {error.strerror or error}") from error

    def add_bytes(self, name: str, data: bytes) -> None:
        """Write one file; `name` is relative to the run folder and uses `/`."""
        path = self.staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self._hashes[name] = hashlib.sha256(data).hexdigest()

    def add_table(self, name: str, table: pd.DataFrame) -> None:
        """Write one table as `tables/NAME.parquet` and `tables/NAME.csv`."""
        path = self.staged / "tables" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, engine="pyarrow", compression="zstd", index=False)
        self._hashes[f"tables/{name}.parquet"] = hashlib.sha256(path.read_bytes()).hexdigest()
        self.add_bytes(f"tables/{name}.csv", csv_bytes(table))

    def finish(self, manifest: Mapping[str, Any]) -> Path:
        """Write the manifest, move the folder to its target, and point `latest` to it."""
        whole = {**manifest, "outputs": dict(sorted(self._hashes.items()))}
        with (self.staged / "manifest.json").open("w", encoding="utf-8") as file:
            json.dump(whole, file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        self.staged.rename(self.target)
        _point_latest(self.target)
        return self.target


def csv_bytes(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets expect; text that a spreadsheet would run as a formula is quoted."""
    safe = table.copy(deep=False)
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = [f"'{v}" if isinstance(v, str) and v.startswith(FORMULA_STARTS) else v for v in safe[name]]
    text = safe.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")


def default_target(root: Path, scenario: str, fingerprint: str, now: datetime | None = None) -> Path:
    """`root/scenario/20261122T1604-3f9a1c`, with a number behind it if that is taken."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M")
    base = root / scenario / f"{stamp}-{fingerprint[:6]}"
    target, number = base, 1
    while target.exists():
        number += 1
        target = base.with_name(f"{base.name}-{number}")
    return target


def _point_latest(target: Path) -> None:
    """Make `latest` beside the run point to it; where links are not allowed, a text file of that name holds the name."""
    latest = target.parent / "latest"
    temporary = target.parent / f".latest-{os.getpid()}"
    try:
        temporary.symlink_to(target.name, target_is_directory=True)
        if latest.is_dir() and not latest.is_symlink():
            temporary.unlink()
            return
        temporary.replace(latest)
    except OSError:
        temporary.unlink(missing_ok=True)
        (target.parent / "latest.txt").write_text(target.name + "\n", encoding="utf-8")


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """One table of a run folder; raises FolderError if it is not there."""
    path = folder / "tables" / f"{name}.parquet"
    if not path.is_file():
        raise FolderError(f"{folder} has no table {name}; is it a chainsim run folder?")
    return pd.read_parquet(path)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder; raises FolderError if it is missing or broken."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{folder} is not a chainsim run folder: {error}") from error
    return manifest
