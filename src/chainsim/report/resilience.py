"""Stops of suppliers in a terminal: how long the plant survives, what it costs, how long recovery takes.

In: the table of `study.resilience`.  Out: text on stdout.
"""

from __future__ import annotations

import math
from typing import Any

import click
import pandas as pd

from chainsim.report.figures import amount
from chainsim.report.layout import print_table
from chainsim.results.store import csv_bytes


def print_resilience(table: pd.DataFrame, outage: str, day: str, form: str) -> None:
    """One row a stop; what never happens is a dash."""
    if form == "csv":
        click.echo(csv_bytes(table).decode("utf-8-sig"), nl=False)
        return
    rows = [_cells(row) for row in table.to_dict("records")]
    header = (
        "who stops",
        "firms",
        "survives, days",
        "first wait, days",
        "hours held",
        "sales late",
        "sales lost",
        "city value added lost",
        "recovers in, days",
    )
    print_table(header, rows, f"A stop of {outage} from {day} on, against the same luck without it")
    click.echo("survives: from stocks and flows; first wait: simulated; recovers: after the restart; - is not seen")


def _cells(row: dict[Any, Any]) -> tuple[str, ...]:
    money = (amount(row[name], "CNY") for name in ("late_cny", "lost_cny", "value_added_lost_cny"))
    return (
        str(row["stop"]),
        f"{row['firms']:,}",
        _days(row["survive_days"]),
        _days(row["first_wait_days"]),
        f"{row['held_hours']:,.1f}",
        *money,
        _days(row["recover_days"]),
    )


def _days(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:,.1f}"
