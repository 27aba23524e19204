"""`chainsim diff`: what changes before anything runs."""

from __future__ import annotations

from pathlib import Path

import click

from chainsim.cli.options import SETTINGS, warn


@click.command("diff")
@click.argument("what", metavar="A B | FILE POLICY POLICY", nargs=-1, required=True)
@SETTINGS
@click.option("--format", "form", type=click.Choice(["table", "csv", "md"]), default="table", help="How to print.")
def command(what: tuple[str, ...], settings: tuple[str, ...], form: str) -> None:
    """Show every value that differs, with the line that set it.

    A and B are scenario files or finished runs, or two policies of one of
    these (`none` is the baseline).  Nothing is simulated.

    \b
    chainsim diff scenarios/byd.yaml none buy_local
    chainsim diff scenarios/byd.yaml scenarios/byd-2025.yaml --format csv
    """
    if len(what) not in (2, 3):
        raise click.UsageError("give two files or runs, or one and two of its policies")
    from chainsim.cli.finished import load_any
    from chainsim.compare.inputs import differences

    first = load_any(what[0], settings)
    warn(first.warnings)
    if len(what) == 3:
        before, after = (first.resolved((name,)) for name in what[1:])
        names = (what[1], what[2])
    elif not Path(what[1]).exists() and what[1].split("+")[0].strip() in ("none", *first.scenario.policies):
        raise click.UsageError(f"{what[1]} is a policy: name the one to compare it with, too, as in: none {what[1]}")
    else:
        second = load_any(what[1], settings)
        warn(second.warnings)
        before, after = first.resolved(), second.resolved()
        names = (what[0], what[1])
    rows = differences(before, after)

    from chainsim.report.changes import print_differences

    print_differences(rows, names, form)
