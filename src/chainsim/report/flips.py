"""What would change the ranking of policies, in a terminal.

In: the table of `study.flips`.  Out: text on stdout.
"""

from __future__ import annotations

from typing import Any

import click
import pandas as pd

from chainsim.report.figures import amount
from chainsim.report.layout import print_table
from chainsim.results.store import csv_bytes


def print_flips(table: pd.DataFrame, measure: str, unit: str, form: str) -> None:
    """The ranking as stated, then each swing with the best policy, its lead, and what became of the ranking."""
    if form == "csv":
        click.echo(csv_bytes(table).decode("utf-8-sig"), nl=False)
        return
    groups = [rows.to_dict("records") for _, rows in table.groupby(["number", "swing"], sort=False)]
    rows = [(row["rank"], row["policy"], amount(row["difference"], unit)) for row in groups[0]]
    what = measure.replace("_", " ")
    print_table(("rank", "policy", f"{what} against none"), rows, "As stated")
    print_table(
        ("number", "swing", "best", "lead", "±", "ranking"), [_cells(group, unit) for group in groups[1:]], "Swings"
    )
    top = sorted({str(group[0]["number"]) for group in groups[1:] if group[0]["top_changes"]})
    click.echo(f"another policy comes out best when this moves: {', '.join(top)}" if top else "the best one stays best")
    click.echo("± is the standard error of the lead; a change within two of it may be luck")


def _cells(group: list[dict[Any, Any]], unit: str) -> tuple[str, ...]:
    first = group[0]
    same = "another is best" if first["top_changes"] else "changes below" if first["order_changes"] else "the same"
    order = " > ".join(str(row["policy"]) for row in group)
    error = "" if pd.isna(first["lead_error"]) else amount(first["lead_error"], unit)
    lead = "" if pd.isna(first["lead"]) else amount(abs(first["lead"]), unit)
    return (
        str(first["number"]),
        str(first["swing"]),
        str(first["policy"]),
        lead,
        error,
        same if same == "the same" else f"{same}: {order}",
    )
