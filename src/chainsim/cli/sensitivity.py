"""`chainsim sensitivity`: which numbers, if they were otherwise, would change which policy is best."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from chainsim.cli.options import POLICIES, SCENARIO, SETTINGS, all_settings, asked_workers, say, workers_options
from chainsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from chainsim.study.flips import Swing


@click.command("sensitivity")
@SCENARIO
@click.option(
    "--numbers",
    required=True,
    metavar="PATH[=SWING],...",
    help="Which numbers to move, as in plants.byd.capacity,markets.buyers.noise=50%.",
)
@click.option("--swing", default="20%", show_default=True, metavar="SHARE", help="How far, down and up.")
@click.option("--measure", default="city_value_added", show_default=True, metavar="NAME", help="What to rank by.")
@POLICIES
@SETTINGS
@click.option("-n", "--replications", default=2, show_default=True, type=click.IntRange(1, 100_000), help="Runs each.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Root of all draws.")
@workers_options
@click.option("--dry-run", is_flag=True, help="Say what it would cost, and run nothing.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", help="How to print.")
@click.option("-q", "--quiet", is_flag=True, help="Print no progress.")
def command(
    scenario: str,
    numbers: str,
    swing: str,
    measure: str,
    policies: tuple[str, ...],
    settings: tuple[str, ...],
    replications: int,
    seed: int | None,
    jobs: str,
    cluster: str | None,
    dry_run: bool,
    form: str,
    quiet: bool,
) -> None:
    """Move numbers of FILE down and up, one at a time, and rank its policies anew.

    Each path may mean many numbers, and all of them move together.  `chainsim
    list assumptions FILE` shows the numbers and what stands behind them.

    \b
    chainsim sensitivity scenarios/byd.yaml --dry-run \\
      --numbers "suppliers[tier=1].capacity,plants.byd.component_stock=50%"
    """
    from chainsim.economy.kpis import MEASURES

    workers = asked_workers(jobs, cluster)
    units = {one.name: one.unit for one in MEASURES}
    if measure not in units:
        raise ScenarioError([Problem(f"no measure {measure!r}", hint="`chainsim list measures` shows them")])
    swings = _swings(numbers, swing)

    from chainsim.cli.progress import Progress
    from chainsim.report.flips import print_flips
    from chainsim.study.flips import flips, variants

    found = variants(scenario, all_settings(settings, seed), policies or None, swings)
    many = len(found[0].networks)
    total = len(found) * many * replications
    cost = f"(1 + 2 x {len(swings)} numbers) x {many} policies x {replications} replications = {total} runs"
    if dry_run:
        click.echo(f"would run {cost}; nothing was run")
        return
    if not quiet:
        click.echo(cost, err=True)
    progress = Progress(total, quiet)
    with workers.open(say) as executor, progress:
        table = flips(found, replications, measure, executor, progress.done, progress.within)
    print_flips(table, measure, units[measure], form)


def _swings(text: str, default: str) -> list[Swing]:
    """Paths separated by commas outside brackets, each with its own swing or the default one."""
    from chainsim.study.flips import Swing
    from chainsim.units import UnitError, parse_share

    found, problems = [], []
    for part in _split(text, ","):
        path, *own = _split(part, "=")
        try:
            by: Fraction = parse_share(own[0] if own else default)
        except UnitError as error:
            problems.append(Problem(f"--numbers {part}: the swing {error}", hint=error.hint))
            continue
        if not 0 < by < 1:
            problems.append(Problem(f"--numbers {part}: a swing is above 0 % and below 100 %"))
        found.append(Swing(path, by))
    if problems:
        raise ScenarioError(problems)
    return found


def _split(text: str, mark: str) -> list[str]:
    """The parts between marks that do not stand in brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += {"[": 1, "]": -1}.get(sign, 0)
        if sign == mark and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]
