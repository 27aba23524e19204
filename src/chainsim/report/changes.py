"""What policies set, in sentences: "2024-01-01: buy_local sets share.city of 6 suppliers: 15% -> 25%".

In: a loaded scenario and policies, or rows of differing inputs.  Out: text.  This module must not know networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import click
import pandas as pd

from chainsim.compare.inputs import Difference, differences
from chainsim.report.layout import print_tables
from chainsim.results.store import csv_bytes
from chainsim.scenario.load import Loaded
from chainsim.scenario.resolve.paths import parse

NAMED = 6  # names that a sentence lists
HEADER = ("value of", "was", "is", "at", "set by")


def said(loaded: Loaded, policies: Sequence[str], by: date | None = None) -> list[str]:
    """What these policies change in the scenario, dated; alike changes in one sentence.

    by: leaves out what is set later.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for row in differences(loaded.resolved(), loaded.resolved(policies)):
        kind, _, name = row.set_by.partition(" ")
        if kind != "policy":
            continue
        steps = [str(step) for step in parse(row.path)]
        key = (when(loaded, name), name, steps[0], ".".join(steps[2:]), row.old, row.new)
        groups.setdefault(key, []).append(steps[1] if len(steps) > 1 else "")
    lines = []
    for (since, policy, section, value, old, new), names in sorted(groups.items(), key=lambda item: item[0][0]):
        what = f"{value} of {len(names)} {section} ({_some(names)})" if len(names) > 1 else ""
        path = what or ".".join(part for part in (section, names[0], value) if part)
        lines.append(f"{since}: {policy} sets {path}: {old or 'nothing'} -> {new}")
    lines = [line for line in lines if by is None or line[:10] <= by.isoformat()]
    for name in policies:
        if not any(key[1] == name for key in groups):
            writes = loaded.scenario.policies[name].change or loaded.scenario.policies[name].lever is not None
            what = "nothing but what holds without it" if writes else "nothing"
            lines.append(f"{when(loaded, name)}: {name} sets {what}{_cost(loaded, name)}")
    return lines


def said_of_both(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What either side sets; what both do makes no difference, and is said once."""
    shared = [line for line in before if line in after]
    own = [line for line in (*before, *after) if line not in shared]
    return [*(f"{line} (under both)" for line in shared), *own]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def when(loaded: Loaded, policy: str) -> str:
    """From when to when a policy is in force."""
    found = loaded.scenario.policies[policy]
    study = loaded.scenario.study
    begin = found.begin or study.start
    never = begin >= study.end or (found.until is not None and found.until <= study.start)
    span = f"{begin} until {found.until}" if found.until else f"{begin}"
    return f"{span} (outside the study, never in force)" if never else span


def _cost(loaded: Loaded, policy: str) -> str:
    from chainsim.units import format_money

    cost = loaded.scenario.policies[policy].public_cost
    return f"; it only costs {format_money(cost)}" if cost else ""


def print_differences(rows: Sequence[Difference], names: tuple[str, str], form: str) -> None:
    """Values that differ, by section; as tables, CSV or Markdown."""
    if form == "csv":
        table = pd.DataFrame(rows, columns=list(Difference._fields))
        click.echo(csv_bytes(table).decode("utf-8-sig"), nl=False)
        return
    if not rows:
        click.echo(f"{names[0]} and {names[1]} set exactly the same")
        return
    click.echo(f"From {names[0]} to {names[1]}: {_counted(len(rows))}\n")
    ordered = sorted(rows, key=lambda row: list(dict.fromkeys(r.section for r in rows)).index(row.section))
    sections = [(name, list(group)) for name, group in groupby(ordered, key=lambda row: row.section)]
    if form == "md":
        for name, group in sections:
            click.echo(f"## {name}: {_counted(len(group))}\n")
            click.echo("| " + " | ".join(HEADER) + " |\n|" + " --- |" * len(HEADER))
            for row in group:
                click.echo("| " + " | ".join(cell.replace("|", "\\|") for cell in row[1:]) + " |")
            click.echo()
        return
    from rich.text import Text

    titles = [Text(f"{name}: {_counted(len(group))}", style="bold") for name, group in sections]
    tables = [[list(row[1:]) for row in group] for _, group in sections]
    print_tables(HEADER, [([title], table) for title, table in zip(titles, tables, strict=True)])


def _counted(count: int) -> str:
    return "1 value differs" if count == 1 else f"{count:,} values differ"
