"""Folders for what chainsim can make again, on this machine and for this user alone: code among it is run.

In: the name of a folder, which says of all that it is made from.  Out: a folder that may be written, or none: then what
would be kept lives as long as the process.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

VARIABLE: Final = "CHAINSIM_CACHE"  # names another place for the cache
OWN: Final = 0o700  # a folder that nobody else may write


def own_folder(name: str) -> Path | None:
    """The folder of this name, made if need be; None where nothing may be written."""
    for base in _places():
        path = base / name
        try:
            path.mkdir(mode=OWN, parents=True, exist_ok=True)
            if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
                continue  # somebody else's code is never run
            with tempfile.TemporaryFile(dir=path):
                return path
        except OSError:
            continue
    return None


def _places() -> Iterator[Path]:
    """Where the folder may be, best first."""
    named = os.environ.get(VARIABLE)
    if named:
        yield Path(named)
        return
    from platformdirs import user_cache_path

    yield user_cache_path("chainsim", appauthor=False)
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    yield Path(tempfile.gettempdir()) / f"chainsim-{user}"
