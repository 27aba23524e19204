"""Options that several verbs share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from chainsim.cli.completion import complete_policies
from chainsim.errors import Problem

if TYPE_CHECKING:
    from chainsim.study.executors import Workers

SCENARIO = click.argument("scenario", metavar="FILE", type=click.Path(path_type=str))
SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change one value, as in plants.byd.batch=40."
)
LANG = click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of report.html."
)
POLICIES = click.option(
    "-p",
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_policies,
    help="A policy of the file; a+b combines two.",
)


def workers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--jobs` and `--cluster`: where trials run."""
    jobs = click.option("-j", "--jobs", default="auto", show_default=True, metavar="N|auto", help="Processes to use.")
    where = "Run on the Dask scheduler at this address, or on N workers of one started here."
    return jobs(click.option("--cluster", metavar="tcp://HOST:PORT|local[:N]", help=where)(command))


def study_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every verb that simulates takes."""
    for option in reversed(
        (
            POLICIES,
            SETTINGS,
            click.option("-n", "--replications", type=click.IntRange(1, 100_000), help="Runs per policy."),
            click.option(
                "--replication", type=click.IntRange(1, 100_000), help="Run this one replication alone, by its number."
            ),
            click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Root of all draws."),
            workers_options,
            click.option(
                "--engine",
                type=click.Choice(["auto", "simpy", "compiled"]),
                default="auto",
                show_default=True,
                help="The reference or the fast one; the numbers are the same.",
            ),
            click.option("-q", "--quiet", is_flag=True, help="Print no progress and no summary."),
        )
    ):
        command = option(command)
    return command


def all_settings(settings: tuple[str, ...], seed: int | None) -> tuple[str, ...]:
    """`--set` values with `--seed` as one of them."""
    return settings if seed is None else (*settings, f"study.seed={seed}")


def chosen_replications(replications: int | None, replication: int | None) -> Sequence[int] | None:
    """Numbers (from 0) of the replications asked for by `-n` or `--replication`; None for those of the file."""
    if replications is not None and replication is not None:
        raise click.UsageError("--replications and --replication exclude each other")
    if replication is not None:
        return (replication - 1,)
    return None if replications is None else range(replications)


def warn(warnings: tuple[Problem, ...], strict: bool = False) -> None:
    """Print warnings to stderr; with `strict` they end the command with exit code 2."""
    if not warnings:
        return
    from chainsim.cli.problems import report

    click.echo(report(warnings), err=True)
    if strict:
        raise click.exceptions.Exit(2)


def asked_workers(jobs: str, cluster: str | None) -> Workers:
    """The workers that `--jobs` and `--cluster` ask for; `auto` is every processor this process may use."""
    from chainsim.study.executors import Workers

    if jobs != "auto" and (not jobs.isdecimal() or int(jobs) < 1):
        raise click.UsageError(f"--jobs takes a number above 0 or 'auto', got {jobs!r}")
    return Workers(None if jobs == "auto" else int(jobs), cluster)


def say(line: str) -> None:
    """Something that whoever waits should know."""
    with contextlib.suppress(OSError):
        click.echo(line, err=True)


def command_line() -> tuple[str, ...]:
    """The command under way as it could be typed again, `--resume` apart, options in the order of its help."""
    context = click.get_current_context()
    words = ["chainsim", str(context.info_name)]
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if value is None or value is False or parameter.name == "resume" or value == parameter.get_default(context):
            continue
        values = value if isinstance(value, list | tuple) else (value,)
        if isinstance(parameter, click.Argument):
            words[2:2] = [str(one) for one in values]
        elif value is True:
            words.append(parameter.opts[-1])
        else:
            words += [word for one in values for word in (parameter.opts[-1], str(one))]
    return tuple(words)
