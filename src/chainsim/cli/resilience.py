"""`chainsim resilience`: how long a plant survives when a supplier stops, and how long recovery takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from chainsim.cli.completion import complete_policies
from chainsim.cli.options import SCENARIO, SETTINGS, all_settings, asked_workers, say, warn, workers_options
from chainsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from chainsim.model.network import Network
    from chainsim.study.resilience import Stop


@click.command("resilience")
@SCENARIO
@click.option("--supplier", "suppliers", multiple=True, metavar="NAME", help="A firm that stops.")
@click.option("--category", "categories", multiple=True, metavar="NAME", help="A supplier group; all of it stops.")
@click.option("--outage", default="7 days", show_default=True, metavar="TIME", help="How long it stands still.")
@click.option("--at", "at", metavar="DATE", help="When it stops; by default a quarter into the study.")
@click.option("--follow", default="30 days", show_default=True, metavar="TIME", help="How long to watch afterwards.")
@click.option(
    "-p",
    "--policy",
    metavar="NAME",
    default="none",
    shell_complete=complete_policies,
    help="With this policy in force.",
)
@SETTINGS
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Root of all draws.")
@workers_options
@click.option("-q", "--quiet", is_flag=True, help="Print no progress.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", help="How to print.")
def command(
    scenario: str,
    suppliers: tuple[str, ...],
    categories: tuple[str, ...],
    outage: str,
    at: str | None,
    follow: str,
    policy: str,
    settings: tuple[str, ...],
    seed: int | None,
    jobs: str,
    cluster: str | None,
    quiet: bool,
    form: str,
) -> None:
    """Stop suppliers of FILE for a while, each on its own, on the same luck.

    Without --supplier or --category: the largest firm of every category, and
    every category as a whole.

    \b
    chainsim resilience scenarios/byd.yaml --supplier battery
    chainsim resilience scenarios/byd.yaml --category motor --outage "14 days"
    """
    from chainsim.scenario.language.values import date, duration
    from chainsim.scenario.load import load
    from chainsim.scenario.versions import combination
    from chainsim.units import UnitError

    workers = asked_workers(jobs, cluster)
    loaded = load(scenario, all_settings(settings, seed))
    warn(loaded.warnings)
    study = loaded.scenario.study
    problems = []
    found: dict[str, Any] = {}
    readers: dict[str, tuple[Callable[..., Any], str | None]] = {
        "--outage": (partial(duration, strictly=True), outage),
        "--follow": (duration, follow),
        "--at": (date, at),
    }
    for option, (read, text) in readers.items():
        try:
            found[option] = read(text) if text else study.start + (study.end - study.start) / 4
        except UnitError as error:
            problems.append(Problem(f"{option} {error}", hint=error.hint))
    if problems:
        raise ScenarioError(problems)
    long, after, day = found["--outage"], found["--follow"], found["--at"]
    if not study.start < day < study.end:
        raise ScenarioError([Problem(f"--at {day} is not within the study, {study.start} to {study.end}")])

    from chainsim.cli.progress import Progress
    from chainsim.report.resilience import print_resilience
    from chainsim.scenario.build import build
    from chainsim.study.resilience import resilience

    network = build(loaded, () if policy == "none" else combination(policy))
    stops = _stops(network, suppliers, categories)
    tick, ticks, rest = (
        round(seconds / network.tick_seconds) for seconds in ((day - study.start).days * 86_400, long, after)
    )
    progress = Progress(len(stops) + 1, quiet)
    with workers.open(say) as executor, progress:
        table: pd.DataFrame = resilience(
            network, stops, tick, ticks, rest, executor, done=progress.done, progress=progress.within
        )
    print_resilience(table, outage, day.isoformat(), form)


def _stops(network: Network, suppliers: tuple[str, ...], categories: tuple[str, ...]) -> list[Stop]:
    """What was asked for, or the largest firm of each category and each as a whole; a category of one firm once."""
    from chainsim.study.resilience import Stop

    firms = {firm.name: index for index, firm in enumerate(network.firms) if firm.kind in ("supplier", "chain_master")}
    groups: dict[str, list[int]] = {}
    for index, firm in enumerate(network.firms):
        if firm.kind == "supplier" and firm.category:
            groups.setdefault(firm.category, []).append(index)
    problems = [
        Problem(f"no {what} {name!r}", hint=f"there is {', '.join(list(known)[:8])}")
        for what, names, known in (("supplier", suppliers, firms), ("category", categories, groups))
        for name in names
        if name not in known
    ]
    if problems:
        raise ScenarioError(problems)
    if suppliers or categories:
        chosen = [Stop(name, (firms[name],)) for name in suppliers]
        return chosen + [Stop(f"all {name}", tuple(groups[name])) for name in categories]
    size = dict.fromkeys(range(len(network.firms)), 0)
    for lane in network.lanes:
        size[network.stocks[lane.supplier].firm] += lane.share
    stops = []
    for name, members in groups.items():
        largest = max(members, key=lambda index: size[index])
        stops.append(Stop(network.firms[largest].name, (largest,)))
        if len(members) > 1:
            stops.append(Stop(f"all {name}", tuple(members)))
    return stops
