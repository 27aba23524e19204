"""The verdicts of `chainsim verify-model` for a terminal or as CSV.

In: verdicts.  Out: lines on stdout.  This module must not know how they were reached.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

import click

from chainsim.compare.verdict import ROUNDING, Verdict
from chainsim.report.layout import print_table

DIGITS = 5


def print_verdicts(verdicts: Sequence[Verdict], form: str) -> None:
    """One line a verdict, the sources, and a count."""
    if form == "csv":
        click.echo(_as_csv(verdicts), nl=False)
        return
    header = ("case", "quantity", "expected", "simulated", "± s.e.", "off by", "nearest miss", "verdict")
    rows = []
    before = ""
    for verdict in verdicts:
        near = "" if verdict.near is None else _short(verdict.near)
        case = "" if verdict.scenario == before else verdict.scenario
        before = verdict.scenario
        numbers = (_short(verdict.expected.value), _short(verdict.simulated), _short(verdict.error))
        rows.append((case, verdict.name, *numbers, _off(verdict), near, verdict.outcome))
    print_table(header, rows)
    click.echo("Expected values from")
    for source, served in _sources(verdicts).items():
        click.echo(f"  {source}: {', '.join(served)}")
    click.echo("")
    counts = {outcome: sum(v.outcome == outcome for v in verdicts) for outcome in ("pass", "fail", "void")}
    cases = len({verdict.scenario for verdict in verdicts})
    click.echo(f"{cases} cases, {len(verdicts)} quantities: " + ", ".join(f"{n} {name}" for name, n in counts.items()))


def _off(verdict: Verdict) -> str:
    """How far the simulated value is from the expected one: in standard errors, or relative to it without chance."""
    if verdict.error:
        return f"{verdict.deviation:+.1f} s.e."
    expected = verdict.expected.value
    if math.isclose(verdict.simulated, expected, rel_tol=ROUNDING, abs_tol=ROUNDING):
        return "exact"
    return f"{(verdict.simulated - expected) / expected:+.3%}" if expected else _short(verdict.simulated)


def _sources(verdicts: Sequence[Verdict]) -> dict[str, list[str]]:
    """The cases that each source of expected values serves."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        cases = found.setdefault(verdict.expected.source or "stated without a source", [])
        if verdict.scenario not in cases:
            cases.append(verdict.scenario)
    return found


def _short(value: float) -> str:
    return f"{value:.{DIGITS}g}"


def _as_csv(verdicts: Sequence[Verdict]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        "case quantity expected simulated standard_error margin replications nearest_miss verdict source".split()
    )
    for v in verdicts:
        near = "" if v.near is None else v.near
        numbers = (v.expected.value, v.simulated, v.error, v.margin, v.replications)
        writer.writerow([v.scenario, v.name, *numbers, near, v.outcome, v.expected.source])
    return text.getvalue()
