"""`chainsim run`: simulate a scenario and its policies, write the run folder, end on the comparison."""

from __future__ import annotations

from pathlib import Path

import click

from chainsim.cli.options import SCENARIO, all_settings, number_of_jobs, study_options, warn


@click.command("run")
@SCENARIO
@study_options
@click.option("--dry-run", is_flag=True, help="Say what would run, and stop.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for this run; must not exist.")
@click.option("--log", "keep_log", is_flag=True, help="Keep every order and event as tables, too.")
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
    strict: bool,
    as_json: bool,
) -> None:
    """Simulate FILE: its baseline and policies, each with the same luck.

    \b
    chainsim run scenarios/byd.yaml
    chainsim run scenarios/byd.yaml -p buy_local -n 10 --set plants.byd.batch=40
    """
    from chainsim.cli.simulate import simulate
    from chainsim.scenario.load import load
    from chainsim.study.study import plan

    if replications is not None and replication is not None:
        raise click.UsageError("--replications and --replication exclude each other")
    loaded = load(scenario, all_settings(settings, seed))
    warn(loaded.warnings, strict)
    numbers = (replication - 1,) if replication is not None else range(replications) if replications else None
    study = plan(loaded, policies or None, numbers)
    if dry_run:
        from chainsim.report.terminal import preview

        preview(study)
        return
    simulate(study, number_of_jobs(jobs), out, quiet, as_json, keep_log)
