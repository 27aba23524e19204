"""The decision table in a terminal, as Markdown or CSV.

In: the table `decision` and ranks.  Out: text on stdout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import click
import pandas as pd

from chainsim.report.figures import scale, step
from chainsim.report.layout import print_table
from chainsim.results.store import csv_bytes

NEVER: Final = "never"
HEADER: Final = (
    *("rank", "policy", "city revenue", "value added", "±", "jobs", "local tax", "public cost"),
    *("per fiscal yuan", "payback", "verdict"),
)


def print_decision(table: pd.DataFrame, form: str = "table", ranks: Mapping[str, int] | None = None) -> None:
    """One row a policy, differences to the baseline; money in one unit for all."""
    if form == "csv":
        click.echo(csv_bytes(table).decode("utf-8-sig"), nl=False)
        return
    money = ["revenue", "value_added", "tax", "public_cost"]
    divisor, unit = scale(float(table[money].abs().to_numpy().max(initial=0.0)), "CNY")
    rows = [_cells(row, divisor, (ranks or {}).get(str(row["policy"]))) for row in table.to_dict("records")]
    if form == "md":
        lines = ["| " + " | ".join(HEADER) + " |", "|" + " --- |" * len(HEADER)]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        click.echo("\n".join(lines))
        return
    print_table(
        HEADER, rows, f"Decision table: differences to the baseline over the study ({unit}; ± is half an interval)"
    )


def _cells(row: Mapping[Any, Any], divisor: float, rank: int | None) -> list[str]:
    half = (row["value_added_high"] - row["value_added_low"]) / 2
    ratio, years = row["per_fiscal_yuan"], row["payback_years"]
    return [
        "" if rank is None else str(rank),
        str(row["policy"]),
        step(row["revenue"], "CNY", divisor),
        step(row["value_added"], "CNY", divisor),
        "" if math.isnan(half) else step(half, "CNY", divisor, signed=False),
        f"{row['jobs']:+,.0f}" if row["jobs"] else "0",
        step(row["tax"], "CNY", divisor),
        step(row["public_cost"], "CNY", divisor, signed=False),
        "" if math.isnan(ratio) else f"{ratio:.2f}",
        _years(years, row["public_cost"]),
        str(row["verdict"]),
    ]


def _years(years: float, cost: float) -> str:
    if cost <= 0:
        return ""
    return NEVER if math.isinf(years) else f"{years:.1f} years"
