"""What would change the ranking of policies: numbers of a scenario, swung one at a time, on the same luck.

In: a scenario file, paths of numbers with their swings, policies, a measure.  Out: the ranking as stated and under each
swing, and whether another policy comes out best.  This module must not know terminals.

A one-at-a-time design (Saltelli et al. 2008, Global Sensitivity Analysis, section 1.2.7): it finds no interactions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.economy.kpis import MEASURES
from chainsim.model.network import Network
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.scenario.versions import combination
from chainsim.study.executors import Jobs, run_all
from chainsim.study.trial import run_trial
from chainsim.units import format_share

AS_STATED: Final = "as stated"
COLUMNS: Final = (
    "number",
    "swing",
    "rank",
    "policy",
    "difference",
    "lead",
    "lead_error",
    "order_changes",
    "top_changes",
)


@dataclass(frozen=True, slots=True)
class Swing:
    """A number's path, as in `--set`, and how far it is moved down and up (share of its value)."""

    number: str
    by: Fraction


@dataclass(frozen=True, slots=True)
class Variant:
    """The scenario with one number moved, or as stated; its networks by policy, `none` first."""

    number: str
    swing: str
    networks: dict[str, Network]


def variants(
    path: str, settings: Sequence[str], policies: Sequence[str] | None, swings: Sequence[Swing]
) -> list[Variant]:
    """As stated first, then each number down and up.  Raises ScenarioError before anything runs."""
    moved: list[tuple[str, str, tuple[str, ...]]] = [(AS_STATED, "", ())]
    for swing in swings:
        size = format_share(swing.by).replace(" ", "")
        moved += [(swing.number, sign + size, (f"{swing.number}={sign}{size}",)) for sign in ("-", "+")]
    found = []
    for number, text, more in moved:
        loaded = load(path, settings, more)  # policies change the moved number, as they change the stated one
        names = dict.fromkeys([BASELINE, *(policies or loaded.scenario.study.policies)])
        networks = {name: build(loaded, () if name == BASELINE else combination(name)) for name in names}
        found.append(Variant(number, text, networks))
    return found


def flips(
    found: Sequence[Variant],
    replications: int,
    measure: str = "city_value_added",
    jobs: Jobs = 1,
    done: Callable[[int], None] = lambda _: None,
    progress: Callable[[float], None] = lambda _: None,
) -> pd.DataFrame:
    """One row a variant and policy, best first; doing nothing (`none`) is ranked with the others.

    difference: from `none` under the same swing, mean over replications, in the measure's unit.  lead: of each policy
    over the next one, lead_error its standard error over replications (missing with one).  order_changes, top_changes:
    against the ranking as stated; policies that come out exactly equal keep the order in which they were given.
    """
    arguments = [
        (network, policy, number, measure)
        for variant in found
        for policy, network in variant.networks.items()
        for number in range(replications)
    ]
    values = iter(run_all(_value, arguments, jobs, done, progress))
    better = next(one.better for one in MEASURES if one.name == measure)
    rows: list[tuple[object, ...]] = []
    stated: list[str] = []
    for variant in found:
        runs = {policy: np.array([next(values) for _ in range(replications)]) for policy in variant.networks}
        order = ranking({policy: float((of - runs[BASELINE]).mean()) for policy, of in runs.items()}, better)
        stated = stated or order
        for rank, policy in enumerate(order):
            lead = runs[policy] - runs[order[rank + 1]] if rank + 1 < len(order) else np.full(replications, math.nan)
            error = float(lead.std(ddof=1)) / math.sqrt(replications) if replications > 1 else math.nan
            change = (order != stated, order[0] != stated[0])
            gain = float((runs[policy] - runs[BASELINE]).mean())
            rows.append((variant.number, variant.swing, rank + 1, policy, gain, float(lead.mean()), error, *change))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def ranking(differences: dict[str, float], better: str) -> list[str]:
    """Policies, best first; equals in the order given."""
    sign = 1 if better == "lower" else -1
    return sorted(differences, key=lambda policy: sign * differences[policy])


def _value(
    network: Network, policy: str, replication: int, measure: str, progress: Callable[[float], None] | None = None
) -> float:
    """One measure of one run."""
    kpis = run_trial(network, policy, replication, progress).tables["kpis"].set_index("measure")["value"]
    return float(kpis[measure])
