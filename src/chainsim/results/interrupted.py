"""Interrupted studies: where they are staged, what they were, and whether a command is the one that began them.

In: a folder, and what the study at hand is.  Out: where to resume, or an error that says what differs.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from chainsim.errors import FolderError
from chainsim.results import claim

STUDY: Final = "study.json"
SHARDS: Final = "shards"
LONGEST_TOLD: Final = 60


def staged_beside(target: Path) -> Path:
    """Where the run that is to stand at `target` is staged."""
    return target.with_name(f".{target.name}.partial")


def refuse_other(staged: Path, study: Mapping[str, Any]) -> None:
    """Raise FolderError unless this study, and no other, was interrupted in a staged folder."""
    try:
        begun = json.loads((staged / STUDY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(
            f"nothing to resume: there is no interrupted study in {staged}; leave out --resume"
        ) from error
    different = differences(begun, study)
    if different:
        raise FolderError(f"{staged} was begun with {different}; the same command resumes it, another starts anew")


def differences(begun: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """In words, what two studies do not have in common; empty if they are the same."""
    keys = [key for key in {**begun, **now} if begun.get(key) != now.get(key)]
    short = [key for key in keys if not isinstance(now.get(key), dict) and key != "code"]
    told = [f"{key} {begun.get(key)} (now {now.get(key)})" for key in short]
    return ", ".join([*told, *(f"other {key}" for key in keys if key not in short)])


def interrupted(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """What was interrupted in a folder and nobody works on: where it was to stand, and what it is, the newest first."""
    found = []
    for path in folder.glob(f".*.partial/{STUDY}"):
        with contextlib.suppress(OSError, ValueError):
            if claim.abandoned(path.parent):
                name = path.parent.name.removeprefix(".").removesuffix(".partial")
                study = json.loads(path.read_text(encoding="utf-8"))
                found.append((path.stat().st_mtime, path.parent.with_name(name), study))
    return [(target, study) for _, target, study in sorted(found, key=lambda one: one[0], reverse=True)]


def clear_superseded(folder: Path, study: Mapping[str, Any]) -> None:
    """Remove what earlier, interrupted attempts at a study left: it is finished by now."""
    for target, begun in interrupted(folder):
        if not differences(begun, study):
            shutil.rmtree(staged_beside(target), ignore_errors=True)
