"""Who stages a run where: one process at a time, and what an ended one left behind.

In: a staged folder.  Out: a claim on it, or an error that names who has it.  This module must not know what is staged.
"""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chainsim.errors import FolderError

OWNER: Final = ".owner"
STOPPED: Final = "-"  # instead of a process: it ended by itself and left what can be resumed
JUST_MADE: Final = 5.0  # seconds in which a folder may be without its owner's name


def sign(staged: Path) -> None:
    """Write this process down as the owner; FileExistsError if there is one."""
    _write(staged / OWNER, str(os.getpid()))


def release(staged: Path) -> None:
    """Leave the folder to whoever resumes it."""
    temporary = staged / f"{OWNER}-{os.getpid()}"
    _write(temporary, STOPPED)
    os.replace(temporary, staged / OWNER)


def take_over(staged: Path, target: Path) -> None:
    """Become the owner of what an ended process left; FolderError while it lives, or if another is quicker."""
    refuse_used(staged, target)
    mine = staged / f"{OWNER}-{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):  # a killed process may have left no word
        os.rename(staged / OWNER, mine)  # of two processes, one finds it gone
    try:
        sign(staged)
    except FileExistsError as error:
        raise FolderError(f"{target} is in use by another process; wait, or name another one with --out") from error
    mine.unlink(missing_ok=True)


def refuse_used(staged: Path, target: Path) -> None:
    """Raise FolderError while the process that stages here lives."""
    pid, _, since = _owner(staged).partition(" ")
    if abandoned(staged):
        return
    who = f"process {pid} since {since}" if pid else "another process"
    raise FolderError(f"{target} is in use by {who}; wait, or name another one with --out")


def abandoned(staged: Path) -> bool:
    """Whether nobody works in this folder any more."""
    pid = _owner(staged).partition(" ")[0]
    if not pid:
        return time.time() - staged.stat().st_mtime >= JUST_MADE
    return not _alive(pid)


def _write(path: Path, who: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(f"{who} {datetime.now(UTC).isoformat(timespec='seconds')}\n")
        file.flush()
        os.fsync(file.fileno())


def _owner(staged: Path) -> str:
    """Process and start of the run that stages here; empty when it left no word."""
    with contextlib.suppress(OSError):
        return (staged / OWNER).read_text(encoding="utf-8").strip()
    return ""


def _alive(pid: str) -> bool:
    """Whether a process runs; taken for granted where asking might end it (Windows)."""
    if not pid.isdecimal():
        return False
    if os.name != "posix":
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
