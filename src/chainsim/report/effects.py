"""What final sales bring to each ring, line by line, in a terminal: simulated, tail, households, construction apart.

In: the table `effects` of a study.  Out: text on stdout; nothing where only simulated figures are known.
"""

from __future__ import annotations

from typing import Any, Final

import click
import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.economy.effects import CONSTRUCTION, HOUSEHOLDS, MEASURES, SIMULATED, TAIL
from chainsim.report.figures import amount
from chainsim.report.layout import print_table

NAMES: Final = {
    SIMULATED: "simulated, firm by firm",
    TAIL: "input–output tail",
    HOUSEHOLDS: "households, wages spent",
    CONSTRUCTION: "construction, in no sum",
}


def print_effects(table: pd.DataFrame, additionality: float) -> None:
    """Means of the baseline over replications; the sum of a ring leaves construction out."""
    base = table[table["policy"] == BASELINE]
    means = base.groupby(["ring", "line", "measure"], sort=False)[["cny", "per_yuan"]].mean().reset_index()
    if not means.loc[means["line"] != SIMULATED, "cny"].any():
        return
    rows: list[tuple[str, ...]] = []
    for ring, of_ring in means.groupby("ring", sort=False):
        for line, cells in of_ring.groupby("line", sort=False):
            by: dict[Any, Any] = {row["measure"]: row for row in cells.to_dict("records")}
            if any(row["cny"] for row in by.values()):
                rows.append((str(ring), NAMES[str(line)], *_cells(by)))
    header = ("ring", "line", "gross output", "per yuan", "value added", "per yuan", "wages")
    print_table(header, rows, "What final sales bring, baseline")
    value = base[(base["measure"] == "value added") & (base["line"] != CONSTRUCTION)]
    sums = value.groupby(["ring", "replication"], sort=False)["additional_cny"].sum().groupby("ring", sort=False).mean()
    said = ", ".join(f"{ring} {amount(cny, 'CNY')}" for ring, cny in sums.items())
    click.echo(
        f"Value added but for construction, additional at {additionality:.0%}: {said};\n"
        "the rest would have been sold by other firms of the region\n"
    )


def _cells(by: dict[Any, Any]) -> list[str]:
    cells = []
    for measure in MEASURES:
        cells += [amount(by[measure]["cny"], "CNY"), f"{by[measure]['per_yuan']:.4f}"]
    return cells[:-1]  # wages in yuan are enough
