"""For tests of chainsim and of models built on it: small networks, Hypothesis strategies, laws of every run.

Needs hypothesis (`pip install "chainsim[dev]"`).

    from hypothesis import given
    from chainsim.testing import assert_every_law, runs

    @given(runs())
    def test_every_law(run):
        assert_every_law(run)
"""

from chainsim.testing.laws import LAWS, Law, assert_every_law
from chainsim.testing.networks import serial, single_server
from chainsim.testing.sketch import Sketch
from chainsim.testing.replay import Books, Luck, Row, Run, replay, rows_of
from chainsim.testing.strategies import distributions, networks, runs, shares, simulate, times

__all__ = [
    "LAWS",
    "Books",
    "Law",
    "Luck",
    "Row",
    "Run",
    "Sketch",
    "assert_every_law",
    "distributions",
    "networks",
    "replay",
    "rows_of",
    "runs",
    "serial",
    "shares",
    "simulate",
    "single_server",
    "times",
]
