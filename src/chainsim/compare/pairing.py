"""Values of policies replication by replication: what every paired statistic starts from.

In: tidy measures by policy and replication.  Out: for each declared measure a frame with a row a replication and a
column a policy.  This module must not know what is done with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chainsim.economy.kpis import MEASURES, Measure

ROUNDING: Final = 1e-13  # relative; what sums in another order may differ by


def by_replication(kpis: pd.DataFrame) -> Iterator[tuple[Measure, pd.DataFrame]]:
    """Each measure, in the order of their declaration, with its values: float64[replications, policies].

    kpis: tidy frame with policy, replication, measure, unit, value; policies keep its order.  ValueError when some
    policy lacks a replication or a measure, or has one twice.
    """
    wide = kpis.pivot(index=["measure", "replication"], columns="policy", values="value").astype("float64")
    if len(kpis) != wide.size:  # a value may be missing, its row may not
        raise ValueError("replications do not pair: some policy lacks a replication or a measure")
    wide = wide[list(dict.fromkeys(kpis["policy"]))]
    measures = wide.index.get_level_values("measure")
    for measure in MEASURES:
        if measure.name in measures:
            yield measure, wide[measures == measure.name].droplevel("measure")


def of_measure(kpis: pd.DataFrame, name: str) -> tuple[Measure, pd.DataFrame]:
    """One measure with its values; ValueError when there is none of that name."""
    for found in by_replication(kpis[kpis["measure"] == name]):
        return found
    raise ValueError(f"no measure {name!r}")


def others(values: pd.DataFrame, baseline: str) -> list[str]:
    """The policies that are compared with the baseline, in order; ValueError when it is not there."""
    if baseline not in values.columns:
        raise ValueError(f"no policy {baseline!r} to compare with")
    return [str(policy) for policy in values.columns if policy != baseline]


def ahead(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """one - other, float64[replications], 0 where they differ by no more than rounding: nobody is ahead by that.

    Infinite minus infinite is undefined, and says so.
    """
    with np.errstate(invalid="ignore"):
        difference = one - other
        noise = np.abs(difference) <= ROUNDING * np.maximum(np.abs(one), np.abs(other))
    return np.where(noise & np.isfinite(difference), 0.0, difference)


def by_policy(table: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """Rows that came by measure, put by policy in the order of `kpis`."""
    order = {policy: index for index, policy in enumerate(dict.fromkeys(kpis["policy"]))}
    return table.sort_values("policy", key=lambda column: column.map(order), kind="stable", ignore_index=True)
