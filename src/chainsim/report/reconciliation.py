"""Analytic multipliers before a run, and the reconciliation after it, in a terminal.

In: networks, or the table `reconciliation`.  Out: text on stdout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from chainsim.economy.reconciliation.flows import DEMANDED
from chainsim.economy.reconciliation.measures import measures
from chainsim.economy.reconciliation.table import SIMULATED
from chainsim.economy.type_one import nominal_type_one
from chainsim.model.network import Network
from chainsim.report.figures import scale, step
from chainsim.report.layout import print_table

GROUPS: Final = {
    ("gross output", "apart"): "gross",
    ("gross output", "consolidated"): "consolidated",
    ("value added", "apart"): "value added",
}
SMALLEST: Final = 5e-7  # what six decimals show


def print_analytic(networks: Mapping[str, Network]) -> None:
    """Per yuan of planned final sales, by policy: what the scenario alone says."""
    wanted = list(measures())
    rows = []
    for policy, network in networks.items():
        nominal = nominal_type_one(network)
        for ring in dict.fromkeys(one.ring for one in wanted):
            rows.append((policy, ring, *(f"{nominal[one.total]:.4f}" for one in wanted if one.ring == ring)))
    header = ("policy", "ring", *GROUPS.values())
    print_table(header, rows, "Leontief, before the run: yuan per yuan of planned final sales")


def print_reconciliation(table: pd.DataFrame) -> None:
    """For every policy and ring: each term in yuan and per yuan of final sales, mean over replications."""
    means = table.groupby(["policy", "ring", "term", "measure", "group"], sort=False)[["cny", "per_yuan"]].mean()
    for (policy, ring), found in means.reset_index().groupby(["policy", "ring"], sort=False):
        divisor, unit = scale(float(found["cny"].abs().max()), "CNY")
        rows = []
        for term, cells in found.groupby("term", sort=False):
            by: dict[Any, Any] = {(row["measure"], row["group"]): row for row in cells.to_dict("records")}
            row = [str(term)]
            for key in GROUPS:
                row += _level(by[key], divisor) if term in (DEMANDED, SIMULATED) else _change(by[key], divisor)
            rows.append(row)
        header = ["term", *(name for group in GROUPS.values() for name in (group, "per yuan"))]
        print_table(
            header, rows, f"{policy}, {ring}: from Leontief to what was simulated ({unit}, per yuan of final sales)"
        )


def _level(cell: dict[str, float], divisor: float) -> list[str]:
    return [f"{cell['cny'] / divisor:.4f}", f"{cell['per_yuan']:.6f}"]


def _change(cell: dict[str, float], divisor: float) -> list[str]:
    """A term; what is not zero never looks like it."""
    per_yuan = cell["per_yuan"]
    shown = "0" if per_yuan == 0 else f"{per_yuan:+.6f}" if abs(per_yuan) >= SMALLEST else "≈0"
    return [step(cell["cny"], "CNY", divisor), shown]
