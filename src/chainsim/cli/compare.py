"""`chainsim compare`: policies of a scenario, or finished runs, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chainsim.cli.options import (
    LANG,
    all_settings,
    asked_workers,
    chosen_replications,
    command_line,
    study_options,
    warn,
)
from chainsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from chainsim.engine.choice import Choice
    from chainsim.report.html.numbers import Lang
    from chainsim.study.study import Plan


@click.command("compare")
@click.argument("what", metavar="FILE|RUN...", nargs=-1, required=True)
@study_options
@click.option(
    "--baseline", default="none", show_default=True, metavar="POLICY", help="What the others are compared with."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "md", "xlsx"]), default="table", help="How to print."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("comparison.xlsx"),
    show_default=True,
    help="Where --format xlsx goes.",
)
@click.option("--resume", is_flag=True, help="Go on with the interrupted comparison of the same command.")
@LANG
@click.option("--all", "every", is_flag=True, help="Every measure, not the headline ones.")
@click.option("--decision", is_flag=True, help="The decision table alone.")
def command(
    what: tuple[str, ...],
    policies: tuple[str, ...],
    settings: tuple[str, ...],
    replications: int | None,
    replication: int | None,
    seed: int | None,
    jobs: str,
    cluster: str | None,
    engine: Choice,
    quiet: bool,
    baseline: str,
    form: str,
    out: Path,
    resume: bool,
    lang: Lang,
    every: bool,
    decision: bool,
) -> None:
    """Compare the policies of FILEs (simulating them on the same luck), or finished RUNs.

    RUN is a folder, the name of one below results/, a scenario's name for its
    latest run, or `latest` for the newest of all.

    \b
    chainsim compare scenarios/byd.yaml -p buy_local -p pay_in_60_days -n 10
    chainsim compare mine.yaml yours.yaml -n 10
    chainsim compare results/byd/latest --baseline buy_local --format csv
    """
    from chainsim.cli.finished import run_of

    folders = [folder for item in what if (folder := run_of(item)) is not None]
    if folders and len(folders) < len(what):
        raise click.UsageError("give either scenario files or run folders, not both")
    simulating = policies or settings or replications or replication or resume or seed is not None
    if folders and simulating:
        raise click.UsageError("-p, --set, -n, --replication, --seed and --resume are for files; a run is finished")
    titles: dict[str, str] = {}
    networks, why = None, ""
    if folders:
        table, matters_if = _from_runs(folders)
        why = f"chainsim why {folders[0].as_posix()}" if len(folders) == 1 else ""
        years = _years(folders[0])
    else:
        from chainsim.cli.simulate import Going, simulate
        from chainsim.study.trial import NOTHING_MORE

        wanted, workers = chosen_replications(replications, replication), asked_workers(jobs, cluster)
        study, titles, why = _planned(what, all_settings(settings, seed), policies, wanted, baseline)
        networks = study.networks
        going = Going(command_line(), resume, files=what, engine=engine, lang=lang)
        result, folder = simulate(study, what[0], workers, None, quiet, NOTHING_MORE, going)
        if not quiet:
            click.echo(f"tables: {folder.as_posix()}/tables", err=True)
        table, matters_if, years = result.tables["kpis"], study.matters_if, study.years
    _require(baseline, list(dict.fromkeys(table["policy"])))

    if form == "xlsx":
        _to_excel(table, baseline, matters_if, years, lang, out)
        return
    from chainsim.compare.decision import decision_table
    from chainsim.compare.paired import comparison
    from chainsim.compare.ranking import ranking
    from chainsim.report.decision import print_decision, standing
    from chainsim.report.terminal import print_comparison

    if decision or form == "table":  # a CSV or Markdown table stands alone
        print_decision(decision_table(table, baseline, matters_if, years), form, standing(ranking(table)))
    if decision:
        return
    print_comparison(comparison(table, baseline, matters_if), form, every, baseline, titles, networks, why)


def _to_excel(kpis: pd.DataFrame, baseline: str, matters_if: float, years: float, lang: Lang, out: Path) -> None:
    """The comparison as a workbook: what each policy brings, and every measure."""
    from importlib.metadata import version

    from chainsim.report.excel.results import write
    from chainsim.report.html.source import Source
    from chainsim.study.side_by_side import side_by_side

    facts = {
        "scenario": out.stem,
        "policies": [baseline, *(name for name in dict.fromkeys(kpis["policy"]) if name != baseline)],
        "replications": sorted(set(kpis["replication"])),
        "libraries": {"chainsim": version("chainsim")},
        "matters_if": matters_if,
    }
    write(Source(facts, {"kpis": kpis} | side_by_side(kpis, baseline, matters_if, years)), lang, out)
    click.echo(out.as_posix())


def _years(folder: Path) -> float:
    """Length of a finished run, by its days."""
    from chainsim.results.store import read_table

    return float(read_table(folder, "daily")["date"].nunique()) / 365


def _planned(
    files: Sequence[str],
    settings: tuple[str, ...],
    policies: Sequence[str],
    wanted: Sequence[int] | None,
    baseline: str,
) -> tuple[Plan, dict[str, str], str]:
    """The study of one scenario or several, the titles of its policies, and the command that tells more of two.

    Of several, each brings the policies of its own study, or those given that it has.
    """
    from chainsim.report.terminal import why_of
    from chainsim.scenario.load import load
    from chainsim.study.study import plan, together

    scenarios = [load(file, settings) for file in files]
    for loaded in scenarios:
        warn(loaded.warnings)
    known = [name for loaded in scenarios for name in loaded.scenario.policies]
    if len(files) == 1:
        _require(baseline, ["none", *known], combined=True)
        names = [*(policies or scenarios[0].scenario.study.policies), baseline]
        titles = {name: policy.title for name, policy in scenarios[0].scenario.policies.items()}
        return plan(scenarios[0], names, wanted), titles, why_of(scenarios[0])
    for name in policies:
        _require(name, ["none", *known], combined=True)
    plans, titles = {}, {}
    for label, loaded in zip(_file_labels(files), scenarios, strict=True):
        mine = {"none", *loaded.scenario.policies}
        here = [name for name in policies if {part.strip() for part in name.split("+")} <= mine]
        plans[label] = plan(loaded, here if policies else None, wanted)
        titles |= {f"{label}:{name}": policy.title for name, policy in loaded.scenario.policies.items()}
    study = together(plans)
    _require(baseline, list(study.networks))
    return study, titles, ""


def _file_labels(files: Sequence[str]) -> list[str]:
    """A name for each file: without folder and ending, and never the same twice."""
    labels: list[str] = []
    for stem in (Path(file).stem for file in files):
        again = sum(other.partition(" ")[0] == stem for other in labels)
        labels.append(f"{stem} ({again + 1})" if again else stem)
    return labels


def _require(baseline: str, known: Sequence[str], combined: bool = False) -> None:
    """Raise ScenarioError unless there is such a policy to compare with."""
    parts = baseline.split("+") if combined else [baseline]
    if any(part.strip() not in known for part in parts):
        raise ScenarioError([Problem(f"no policy {baseline!r} to compare with", hint=f"there are: {', '.join(known)}")])


def _from_runs(folders: Sequence[Path]) -> tuple[pd.DataFrame, float]:
    """The measures of finished runs, stacked, and their threshold; refuses runs whose luck does not pair.

    With several runs, policies are called FOLDER:POLICY, only the first run's baseline keeps its bare name.
    """
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
    for number, (folder, label) in enumerate(zip(folders, _labels(folders, manifests), strict=True)):
        table = read_table(folder, "kpis")
        if len(folders) > 1:
            table["policy"] = [
                name if number == 0 and name == "none" else f"{label}:{name}" for name in table["policy"]
            ]
        frames.append(table)
    return pd.concat(frames, ignore_index=True), max(float(manifest["matters_if"]) for manifest in manifests)


def _labels(folders: Sequence[Path], manifests: Sequence[dict[str, Any]]) -> list[str]:
    """A name for each run: its folder's, led by the scenario's if they differ, and never the same twice."""
    mixed = len({manifest["scenario"] for manifest in manifests}) > 1
    labels: list[str] = []
    for folder, manifest in zip(folders, manifests, strict=True):
        label = f"{manifest['scenario']}/{folder.resolve().name}" if mixed else folder.resolve().name
        again = sum(other.partition(" ")[0] == label for other in labels)
        labels.append(f"{label} ({again + 1})" if again else label)
    return labels
