"""The decision table in a terminal, as Markdown or CSV.

In: the table `decision` and ranks.  Out: text on stdout.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping
from typing import Any, Final

import click
import pandas as pd

from chainsim.compare.decision import JUDGED
from chainsim.compare.paired import ONE_RUN
from chainsim.report.figures import scale
from chainsim.report.layout import console, print_table
from chainsim.results.store import csv_bytes

NEVER: Final = "never"
LONG: Final = 100  # years
ROOMY: Final = 100  # columns
SMALLEST: Final = 0.0005
HEADER: Final = (
    *("rank", "policy", "revenue", "value added", "±", "jobs", "tax", "cost", "per yuan", "payback", "verdict"),
)
SHORT: Final = {
    "exactly equal": "nothing",
    "no practical difference": "no difference",
    "one run: no interval": "one run",
}
NARROW: Final = ("revenue", "jobs", "per yuan", "payback")  # left out where there is no room
MONEY_NOTE: Final = (
    "tax: what the region keeps; cost: to the public; per yuan: value added per yuan of it; payback: by that tax."
)
VERDICT_NOTE: Final = (
    " verdict: of value added; +2 needs about two more runs. rank: the baseline counts, too{}; policies that are "
    "not separated at 95 % over all pairs share a range."
)


def print_decision(table: pd.DataFrame, form: str = "table", ranks: Mapping[str, str] | None = None) -> None:
    """One row a policy, differences to the baseline; money in one unit for all."""
    if form == "csv":
        click.echo(csv_bytes(table).decode("utf-8-sig"), nl=False)
        return
    money = ["revenue", "value_added", "tax", "public_cost"]
    divisor, unit = scale(float(table[money].abs().to_numpy().max(initial=0.0)), "CNY")
    rows = [_cells(row, divisor, (ranks or {}).get(str(row["policy"]))) for row in table.to_dict("records")]
    one_run = bool((table["verdict"] == ONE_RUN).all())  # no intervals, no ranks, no verdicts
    left_out = {"rank", "±", "verdict"} if one_run else set()
    width = console().width
    if form == "table" and width < ROOMY:
        left_out |= set(NARROW)
    kept = [at for at, name in enumerate(HEADER) if name not in left_out]
    header, rows = [HEADER[at] for at in kept], [[row[at] for at in kept] for row in rows]
    if form == "md":
        lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        click.echo("\n".join(lines))
        return
    print_table(header, rows, f"Decision table: the city's differences to the baseline over the study ({unit})")
    baseline = [rank for name, rank in (ranks or {}).items() if name not in set(table["policy"])]  # it has no row
    note = MONEY_NOTE + ("" if one_run else VERDICT_NOTE.format(f" ({baseline[0]})" if len(baseline) == 1 else ""))
    click.echo(textwrap.fill(note, min(width, ROOMY)) + "\n")


def standing(ranking: pd.DataFrame) -> dict[str, str]:
    """The ranks that each policy may have by the measure that the table judges, `2` or `1-3`."""
    own = ranking[(ranking["measure"] == JUDGED) & ranking["rank"].notna()]
    return {
        str(row["policy"]): str(row["rank"]) if row["rank"] == row["last"] else f"{row['rank']}-{row['last']}"
        for row in own.to_dict("records")
    }


def _cells(row: Mapping[Any, Any], divisor: float, rank: str | None) -> list[str]:
    half = (row["value_added_high"] - row["value_added_low"]) / 2
    ratio, years = row["per_fiscal_yuan"], row["payback_years"]
    return [
        rank or "",
        str(row["policy"]),
        _money(row["revenue"] / divisor),
        _money(row["value_added"] / divisor),
        "" if math.isnan(half) else _money(half / divisor, sign=""),
        f"{row['jobs']:+,.0f}" if round(row["jobs"]) else "0",
        _money(row["tax"] / divisor),
        _money(row["public_cost"] / divisor, sign=""),
        "" if math.isnan(ratio) else f"{ratio:.2f}",
        _years(years, row["public_cost"]),
        _short(str(row["verdict"])),
    ]


def _money(value: float, sign: str = "+") -> str:
    """Three decimals; what is not zero never looks like it."""
    if value == 0:
        return "0"
    return f"{value:{sign},.3f}" if abs(value) >= SMALLEST else "≈0"


def _short(verdict: str) -> str:
    """A verdict in a column: `unclear, +2` needs about two more runs."""
    more = re.search(r"about ([\d,]+) more", verdict)
    if verdict.startswith("unclear"):
        return f"unclear, +{more[1]}" if more else "unclear"
    return SHORT.get(verdict, verdict)


def _years(years: float, cost: float) -> str:
    if cost <= 0:
        return ""
    return NEVER if math.isnan(years) else f"{years:,.1f} y" if years < LONG else f">{LONG} y"
