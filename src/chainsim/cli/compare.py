"""`chainsim compare`: policies of a scenario, or finished runs, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chainsim.cli.options import all_settings, number_of_jobs, study_options, warn
from chainsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd


@click.command("compare")
@click.argument("what", metavar="FILE|RUN...", nargs=-1, required=True)
@study_options
@click.option("--baseline", default="none", show_default=True, metavar="POLICY", help="What the others are compared with.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "md"]), default="table", help="How to print.")
@click.option("--all", "every", is_flag=True, help="Every measure, not the headline ones.")
def command(
    what: tuple[str, ...],
    policies: tuple[str, ...],
    settings: tuple[str, ...],
    replications: int | None,
    replication: int | None,
    seed: int | None,
    jobs: str,
    quiet: bool,
    baseline: str,
    form: str,
    every: bool,
) -> None:
    """Compare the policies of FILE (simulating them), or finished RUN folders.

    \b
    chainsim compare scenarios/byd.yaml -p buy_local -p pay_in_60_days -n 10
    chainsim compare results/byd/latest --baseline buy_local --format csv
    """
    from chainsim.report.terminal import print_comparison

    folders = [Path(item) for item in what if (Path(item) / "manifest.json").is_file()]
    if folders and len(folders) < len(what):
        raise click.UsageError("give either scenario files or run folders, not both")
    if folders:
        table, matters_if = _from_runs(folders), _matters_if(folders)
    else:
        if len(what) > 1:
            raise click.UsageError("one scenario file at a time; use -p for its policies, or compare finished runs")
        from chainsim.cli.simulate import simulate
        from chainsim.scenario.load import load
        from chainsim.study.study import plan

        loaded = load(what[0], all_settings(settings, seed))
        warn(loaded.warnings)
        numbers = (replication - 1,) if replication is not None else range(replications) if replications else None
        study = plan(loaded, policies or None, numbers)
        result = simulate(study, number_of_jobs(jobs), None, quiet, False, False, summarise=False)
        table, matters_if = result.tables["kpis"], float(loaded.scenario.study.matters_if)
    known = list(dict.fromkeys(table["policy"]))
    if baseline not in known:
        raise ScenarioError([Problem(f"no policy {baseline!r} to compare with", hint=f"there are: {', '.join(known)}")])
    from chainsim.compare.paired import comparison

    print_comparison(comparison(table, baseline, matters_if), form, every)


def _from_runs(folders: list[Path]) -> pd.DataFrame:
    """The measures of finished runs, stacked; refuses runs whose luck does not pair."""
    import pandas as pd

    from chainsim.results.store import read_manifest, read_table

    manifests = [read_manifest(folder) for folder in folders]
    for key in ("seed", "replications"):
        values = [manifest[key] for manifest in manifests]
        if any(value != values[0] for value in values):
            raise ScenarioError(
                [
                    Problem(
                        f"these runs are not paired: their {key} differ",
                        hint="run them with the same --seed and --replications to compare on the same luck",
                    )
                ]
            )
    versions = {manifest["libraries"]["chainsim"] for manifest in manifests}
    if len(versions) > 1:
        warn((Problem(f"these runs were made by different versions: {', '.join(sorted(versions))}", warning=True),))
    frames = []
    for folder, manifest in zip(folders, manifests, strict=True):
        table = read_table(folder, "kpis")
        if len(folders) > 1:
            label = f"{manifest['scenario']}/{folder.resolve().name}"
            first = folder == folders[0]
            table["policy"] = [
                name if first and name == "none" else f"{label}:{name}" for name in table["policy"]
            ]
        frames.append(table)
    return pd.concat(frames, ignore_index=True)


def _matters_if(folders: list[Path]) -> float:
    from chainsim.results.store import read_manifest

    return max(float(read_manifest(folder)["matters_if"]) for folder in folders)
