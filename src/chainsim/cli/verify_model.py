"""`chainsim verify-model`: the model against theory, on the textbook gallery or on files of your own."""

from __future__ import annotations

from pathlib import Path

import click

from chainsim.cli.options import all_settings, asked_workers, say, workers_options


@click.command("verify-model")
@click.argument("what", metavar="[FILE|DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("-n", "--replications", type=click.IntRange(2, 100_000), help="Runs per case, instead of the file's.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Root of all draws, instead of the file's.")
@workers_options
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", help="How to print.")
@click.option("-q", "--quiet", is_flag=True, help="Print no progress.")
def command(
    what: tuple[Path, ...],
    replications: int | None,
    seed: int | None,
    jobs: str,
    cluster: str | None,
    form: str,
    quiet: bool,
) -> None:
    """Run scenarios that say what they are expected to give, and judge them: pass, fail or void.

    Void: too few or too short runs to tell the listed near misses apart.  Without FILE or DIR: the textbook gallery.
    Ends with exit code 1 unless everything passes.

    \b
    chainsim verify-model
    chainsim verify-model scenarios/textbook/queue-mm1.yaml -n 50
    """
    from chainsim.errors import Problem, ScenarioError
    from chainsim.notebook import shipped
    from chainsim.scenario.load import load

    workers = asked_workers(jobs, cluster)
    places = what or (shipped.folder() / "textbook",)
    files = [file for place in places for file in (sorted(place.glob("*.yaml")) if place.is_dir() else [place])]
    cases = [loaded for loaded in (load(file, all_settings((), seed)) for file in files) if loaded.scenario.expect]
    if not cases:
        message = f"nothing is expected in {', '.join(map(str, places))}"
        raise ScenarioError([Problem(message, hint="add a section `expect` to a scenario")])

    from chainsim.cli.progress import Progress
    from chainsim.report.verdicts import print_verdicts
    from chainsim.study.verification import runs_wanted, verify

    with workers.open(say) as executor, Progress(runs_wanted(cases, replications), quiet) as progress:
        verdicts = verify(cases, executor, replications, progress.done, progress.within)
    print_verdicts(verdicts, form)
    if any(verdict.outcome != "pass" for verdict in verdicts):
        raise click.exceptions.Exit(1)
