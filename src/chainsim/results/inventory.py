"""Which run folders there are, and which of them can be trusted.

In: the folder of results.  Out: one entry a run, the newest first: whole, being written or abandoned, incomplete,
invalid.  This module must not know what is in the tables.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from chainsim.errors import FolderError
from chainsim.results.store import MANIFEST, read_manifest

WHOLE: Final = "whole"
PARTIAL: Final = "partial: being written, or abandoned"
INCOMPLETE: Final = "incomplete: files are missing"
INVALID: Final = "invalid: a run broke a law"
UNREADABLE: Final = "not readable"


class Entry(NamedTuple):
    """One run folder; what is not known is empty, 0 or None.  size: bytes of all its files."""

    folder: Path
    scenario: str
    policies: tuple[str, ...]
    replications: int
    seed: int | None
    started: datetime | None
    size: int
    state: str


def runs_in(root: Path) -> list[Entry]:
    """Every run below `root/SCENARIO/`, the newest first; links such as `latest` are left out."""
    folders = [path for path in root.glob("*/*") if path.is_dir() and not path.is_symlink()]
    folders += [path for path in root.glob("*/.*.partial") if path not in folders and path.is_dir()]
    found = [_entry(path) for path in folders if (path / MANIFEST).exists() or path.name.endswith(".partial")]
    earliest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda entry: (entry.started or earliest, entry.folder.as_posix()), reverse=True)


def _entry(folder: Path) -> Entry:
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    if not (folder / MANIFEST).exists():
        begun = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        return Entry(folder, folder.parent.name, (), 0, None, begun, size, PARTIAL)
    try:
        facts = read_manifest(folder)
        return Entry(
            folder,
            facts["scenario"],
            tuple(facts["policies"]),
            len(facts["replications"]),
            facts["seed"],
            datetime.fromisoformat(facts["started"]),
            size,
            _state(folder, facts),
        )
    except (FolderError, KeyError, TypeError, ValueError):
        return Entry(folder, "", (), 0, None, None, size, UNREADABLE)


def _state(folder: Path, facts: dict[str, Any]) -> str:
    if facts.get("invalid"):
        return INVALID
    if folder.name.endswith(".partial"):
        return PARTIAL
    return WHOLE if all((folder / name).is_file() for name in facts["outputs"]) else INCOMPLETE
