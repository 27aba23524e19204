"""Where compiled code is kept: one folder for each version of what it is compiled from.

This module must stay quick to import: whether code is there decides whether Numba is worth importing.
In: nothing but the sources and the machine.  Out: a folder that may be written, or none: then code lives as long as the
process.  The folder's name is a key of every source that goes into the code, so that a changed rule is never run from
an old file; files in it are written whole or not at all, so that several processes may compile at the same time.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from chainsim import kernels
from chainsim.cache import own_folder
from chainsim.model import rules, state

CONSTANTS: Final = ("state.py", "network.py", "terms.py")  # of the model, that rules take constants from
LOOPS: Final = ("loops.py", "halves.py", "meaning.py")  # of the kernels; fields are compiled as their places


@cache
def key() -> str:
    """Of all sources and versions that the code is made from."""
    found = hashlib.sha256()
    for path in sources():
        found.update(path.read_bytes())
    found.update(f"{platform.python_version()} {platform.machine()} {sys.platform} {version('numba')}".encode())
    return found.hexdigest()[:20]


def sources() -> list[Path]:
    """The files that go into the code."""
    folders = Path(rules.__path__[0]), Path(__file__).with_name("compiled_engine")
    found = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    model = Path(str(state.__file__)).parent
    loops = Path(kernels.__path__[0])
    return [*found, *(model / name for name in CONSTANTS), *(loops / name for name in LOOPS)]


@cache
def folder() -> Path | None:
    """The folder of this key, made if need be; None where nothing may be written."""
    return own_folder(f"compiled-{key()}")


def is_there() -> bool:
    """Whether compiled code has been kept, so that nothing needs to be compiled."""
    place = folder()
    return place is not None and next(place.rglob("*drive*.nbi"), None) is not None
