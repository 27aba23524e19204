"""For tests of chainsim and of models built on it: small networks, Hypothesis strategies, laws of every run.

Only the strategies need hypothesis (`pip install "chainsim[dev]"`).

    from hypothesis import given
    from chainsim.testing import assert_every_law, runs

    @given(runs())
    def test_every_law(run):
        assert_every_law(run)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from chainsim.testing.chooser import Chooser, Seeded
from chainsim.testing.laws import LAWS, Law, assert_every_law
from chainsim.testing.random_networks import MECHANISMS, random_network
from chainsim.testing.replay import Books, Luck, Row, Run, replay, rows_of
from chainsim.testing.simulate import simulate
from chainsim.testing.sketch import Sketch
from chainsim.testing.small import serial, single_server

if TYPE_CHECKING:
    from chainsim.testing.strategies import distributions, economies, networks, runs, shares, times

__all__ = [
    "LAWS",
    "MECHANISMS",
    "Books",
    "Chooser",
    "Law",
    "Luck",
    "Row",
    "Run",
    "Seeded",
    "Sketch",
    "assert_every_law",
    "distributions",
    "economies",
    "networks",
    "random_network",
    "replay",
    "rows_of",
    "runs",
    "serial",
    "shares",
    "simulate",
    "single_server",
    "times",
]


def __getattr__(name: str) -> Any:
    """The strategies, once somebody asks for one."""
    if name in ("distributions", "economies", "networks", "runs", "shares", "times"):
        return getattr(importlib.import_module("chainsim.testing.strategies"), name)
    raise AttributeError(f"module 'chainsim.testing' has no attribute {name!r}")
