"""What makes a trial: two trials with the same fingerprint leave the same tables, so that one may stand for the other.

In: a network, the name of its policy, a replication, what is kept of it.  Out: hexadecimal digits.  The sources of
chainsim are part of it, not only its version: whoever changes a rule must never be shown what the old one gave.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import chainsim.study as here
from chainsim.model.network import Network
from chainsim.study.trial import Extras

LAYOUT: Final = 1  # of shards; counted up when files written before can no longer be read
LIBRARIES: Final = ("chainsim", "simpy", "numpy", "scipy", "pandas", "pyarrow")
ELSEWHERE: Final = ("cli", "report", "scenarios", "testing")  # packages that have no part in a trial


@cache
def code() -> str:
    """Of the sources that a trial runs through, and the versions of what they run on."""
    root = Path(here.__path__[0]).parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        name = path.relative_to(root)
        if name.parts[0] not in ELSEWHERE:
            found.update(f"{name.as_posix()}\n".encode() + path.read_bytes())
    found.update(json.dumps([LAYOUT, *runs_on().values()]).encode())
    return found.hexdigest()


def runs_on() -> dict[str, str]:
    """Versions, by name, of what a trial runs on."""
    python = {"implementation": sys.implementation.name, "python": platform.python_version()}
    machine = {"system": sys.platform, "processor": platform.machine()}
    return {**python, **machine, **{name: version(name) for name in LIBRARIES}}


def of_network(network: Network) -> str:
    """Of everything that a network states, its seed included."""
    return hashlib.sha256(repr(network).encode()).hexdigest()


def of_trial(network: str, policy: str, replication: int, extras: Extras) -> str:
    """Of one trial; network: its own fingerprint.  40 digits: file names stay short."""
    facts = [code(), network, policy, replication, dataclasses.asdict(extras)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:40]
