"""One seed, one random network, one run, every law: what `chainsim fuzz` does for each of its seeds.

In: a seed.  Out: the laws that broke.  Must not need Hypothesis.
"""

from __future__ import annotations

from typing import NamedTuple

from chainsim.testing.chooser import Seeded
from chainsim.testing.laws import LAWS
from chainsim.testing.random_networks import random_network
from chainsim.testing.simulate import simulate


class Verdict(NamedTuple):
    """What came of a seed; `broken` has the name of each law that broke with what was seen."""

    seed: int
    rows: int
    broken: tuple[tuple[str, str], ...]


def judge(seed: int, _progress: object = None) -> Verdict:
    """Build the network of a seed, run it, and hold every law against the run.

    An error of the engine or of a law counts as broken too: nothing that a seed builds may stop either.
    """
    try:
        run = simulate(random_network(Seeded(seed)))
    except Exception as error:
        return Verdict(seed, 0, (("every_network_runs", f"{type(error).__name__}: {error}"),))
    broken = []
    for law in LAWS:
        try:
            law(run)
        except AssertionError as error:
            broken.append((law.__name__, str(error)))
        except Exception as error:
            broken.append((law.__name__, f"{type(error).__name__}: {error}"))
    return Verdict(seed, len(run.log.events), tuple(broken))
