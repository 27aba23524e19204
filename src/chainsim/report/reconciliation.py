"""Analytic multipliers before a run, and the reconciliation after it, in a terminal.

In: networks, or the table `reconciliation`.  Out: text on stdout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from chainsim.economy.reconciliation.measures import measures
from chainsim.economy.type_one import nominal_type_one
from chainsim.model.network import Network
from chainsim.report.figures import BILLION, MILLION
from chainsim.report.layout import print_table

GROUPS: Final = {
    ("gross output", "apart"): "gross output",
    ("gross output", "consolidated"): "consolidated",
    ("value added", "apart"): "value added",
}


def print_analytic(networks: Mapping[str, Network]) -> None:
    """Per yuan of planned final sales, by policy: what the scenario alone says."""
    wanted = list(measures())
    rows = []
    for policy, network in networks.items():
        nominal = nominal_type_one(network)
        rows.append((policy, *(f"{nominal[one.total]:.4f}" for one in wanted)))
    header = ("policy", *(f"{one.ring}: {GROUPS[one.name, one.group]}" for one in wanted))
    print_table(header, rows, "Leontief, before the run: yuan per yuan of planned final sales")


def print_reconciliation(table: pd.DataFrame) -> None:
    """For every policy and ring: each term in yuan and per yuan of final sales, mean over replications."""
    means = table.groupby(["policy", "ring", "term", "measure", "group"], sort=False)[["cny", "per_yuan"]].mean()
    for (policy, ring), found in means.reset_index().groupby(["policy", "ring"], sort=False):
        divisor, unit = (BILLION, "bn CNY") if found["cny"].abs().max() >= BILLION else (MILLION, "m CNY")
        rows = []
        for term, cells in found.groupby("term", sort=False):
            by: dict[Any, Any] = {(row["measure"], row["group"]): row for row in cells.to_dict("records")}
            row = [str(term)]
            for key in GROUPS:
                row += [f"{by[key]['cny'] / divisor:+.4f}", f"{by[key]['per_yuan']:+.6f}"]
            rows.append(row)
        header = ["term"]
        for name in GROUPS.values():
            header += [f"{name}, {unit}", "per yuan"]
        print_table(header, rows, f"{policy}: from Leontief to what was simulated, {ring}")
