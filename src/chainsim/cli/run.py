"""`chainsim run`: simulate a scenario and its policies, write the run folder, end on the comparison."""

from __future__ import annotations

import time
from pathlib import Path

import click

from chainsim.cli.options import SCENARIO, all_settings, chosen_replications, number_of_jobs, study_options, warn


@click.command("run")
@SCENARIO
@study_options
@click.option("--dry-run", is_flag=True, help="Say what would run, and stop.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for this run; must not exist.")
@click.option("--log", "keep_log", is_flag=True, help="Keep every order and event as tables, too.")
@click.option("--reconcile", is_flag=True, help="Explain simulated minus Leontief; reruns each run without limits.")
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
    quiet: bool,
    dry_run: bool,
    out: Path | None,
    keep_log: bool,
    reconcile: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Simulate FILE: its baseline and policies, each with the same luck.

    \b
    chainsim run scenarios/byd.yaml
    chainsim run scenarios/byd.yaml -p buy_local -n 10 --set plants.byd.batch=40
    """
    from chainsim.scenario.load import load

    wanted, workers = chosen_replications(replications, replication), number_of_jobs(jobs)
    loaded = load(scenario, all_settings(settings, seed))
    warn(loaded.warnings, strict)

    from chainsim.study.study import plan  # from here on it takes the libraries that are slow to import

    study = plan(loaded, policies or None, wanted)
    if dry_run:
        from chainsim.report.terminal import preview

        preview(loaded, study.networks, len(study.replications))
        return
    begin = time.monotonic()

    from chainsim.cli.simulate import as_data, simulate
    from chainsim.study.trial import Extras

    if reconcile and not quiet and not as_json:
        from chainsim.report.reconciliation import print_analytic

        print_analytic(study.networks)
    result, folder = simulate(study, scenario, workers, out, quiet, Extras(keep_log, reconcile))
    if as_json:
        click.echo(as_data(result, folder))
    elif not quiet:
        from chainsim.compare.paired import BASELINE
        from chainsim.report.terminal import speed, summary

        summary(loaded, study.networks[BASELINE], result.tables, study.networks)
        if reconcile:
            from chainsim.report.reconciliation import print_reconciliation

            print_reconciliation(result.tables["reconciliation"])
        speed(len(study.trials), result.orders, result.seconds, time.monotonic() - begin)
        click.echo(f"tables: {folder.as_posix()}/tables")
