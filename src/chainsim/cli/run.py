"""`chainsim run`: simulate a scenario and its policies, write the run folder, end on the comparison."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chainsim.cli.options import (
    LANG,
    SCENARIO,
    all_settings,
    asked_workers,
    chosen_replications,
    command_line,
    say,
    study_options,
    warn,
)
from chainsim.cli.precision import asked_precision

if TYPE_CHECKING:
    from chainsim.engine.choice import Choice
    from chainsim.report.html.numbers import Lang
    from chainsim.scenario.load import Loaded
    from chainsim.study.study import Plan


@click.command("run")
@SCENARIO
@study_options
@click.option("--dry-run", is_flag=True, help="Say what would run, and stop.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for this run; must not exist.")
@click.option("--log", "keep_log", is_flag=True, help="Keep every order and event as tables, too.")
@click.option("--reconcile", is_flag=True, help="Explain simulated minus Leontief; reruns each run without limits.")
@click.option("--resume", is_flag=True, help="Go on with the interrupted run of the same command.")
@click.option(
    "--reuse", type=click.Path(path_type=Path), metavar="RUN|latest", help="Take over what RUN has of the same trials."
)
@click.option("--until-precision", metavar="SHARE", help="Add replications until ± is below this share, as in 1%.")
@click.option("--precision-of", metavar="MEASURE", help="The measure meant; final_sales if not given.")
@click.option("--at-most", type=click.IntRange(1, 100_000), help="Most replications that are added; 1000 if not given.")
@LANG
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def command(
    scenario: str,
    policies: tuple[str, ...],
    settings: tuple[str, ...],
    replications: int | None,
    replication: int | None,
    seed: int | None,
    jobs: str,
    cluster: str | None,
    engine: Choice,
    quiet: bool,
    dry_run: bool,
    out: Path | None,
    keep_log: bool,
    reconcile: bool,
    resume: bool,
    reuse: Path | None,
    until_precision: str | None,
    precision_of: str | None,
    at_most: int | None,
    lang: Lang,
    strict: bool,
    as_json: bool,
) -> None:
    """Simulate FILE: its baseline and policies, each with the same luck.

    \b
    chainsim run scenarios/byd.yaml
    chainsim run scenarios/byd.yaml -p buy_local -n 10 --set plants.byd.batch=40
    chainsim run scenarios/byd.yaml --until-precision 1%
    """
    from chainsim.scenario.load import load

    if until_precision and replication:
        raise click.UsageError("--until-precision adds replications; --replication runs one alone")
    until = asked_precision(until_precision, precision_of, at_most)
    wanted, workers = chosen_replications(replications, replication), asked_workers(jobs, cluster)
    loaded = load(scenario, all_settings(settings, seed))
    warn(loaded.warnings, strict)

    from chainsim.study.ahead import start_ahead  # from here on it takes the libraries that are slow to import
    from chainsim.study.study import plan

    with workers.here(say) as here:
        ahead = not dry_run and cluster is None and not resume and reuse is None  # else there may be little left to do
        begun = partial(start_ahead, here, engine) if ahead else _nothing
        study = plan(loaded, policies or None, wanted, begun)
        if dry_run:
            from chainsim.report.terminal import preview

            preview(loaded, study.networks, len(study.replications))
            return
        begin = time.monotonic()

        from chainsim.cli.simulate import Going, as_data, simulate
        from chainsim.study.trial import Extras

        if reconcile and not quiet and not as_json:
            from chainsim.report.reconciliation import print_analytic

            print_analytic(study.networks)
        going = Going(command_line(), resume, reuse, until, engine=engine, lang=lang)
        open_workers = here if cluster is None else workers
        extras = Extras(keep_log, reconcile)
        result, folder = simulate(study, scenario, open_workers, out, quiet, extras, going)
    if as_json:
        click.echo(as_data(result, folder))
    elif not quiet:
        from chainsim.compare.paired import BASELINE
        from chainsim.report.terminal import speed, summary

        summary(loaded, study.networks[BASELINE], result.tables, study.networks)
        if reconcile:
            from chainsim.report.reconciliation import print_reconciliation

            print_reconciliation(result.tables["reconciliation"])
        speed(len(result.trials), result.orders, result.seconds, time.monotonic() - begin)
        if left := [] if policies else left_out(loaded, study):
            click.echo(
                f"not run: {', '.join(left)}; name {'it' if len(left) == 1 else 'them'} in study.policies, or with -p"
            )
        if result.reused:
            click.echo(f"reused {result.reused} of {len(result.trials)} runs")
        click.echo(f"tables: {folder.as_posix()}/tables")
        if (folder / "report.html").is_file():
            click.echo(f"report: {folder.as_posix()}/report.html")
    if not result.reached:
        click.echo(
            f"the precision was not reached within {len(result.trials) // len(study.networks)} replications", err=True
        )
        raise click.exceptions.Exit(1)


def left_out(loaded: Loaded, study: Plan) -> list[str]:
    """Policies of the file that are in no run of the study."""
    run = {name for policy in study.networks for name in study.origin(policy)[1]}
    return [name for name in loaded.scenario.policies if name not in run]


def _nothing(*_: Any) -> None:
    """Nothing starts yet."""
