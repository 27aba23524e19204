"""`chainsim fuzz`: random networks with every mechanism, each run held against every law."""

from __future__ import annotations

import click


@click.command("fuzz")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="First seed.")
@click.option("--count", type=click.IntRange(1, 10_000_000), default=100, show_default=True, help="Seeds in a row.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes to use.")
@click.option("-q", "--quiet", is_flag=True, help="Print no progress.")
def command(seed: int, count: int, jobs: int, quiet: bool) -> None:
    """Search for a network that breaks a law of the model.

    Each seed alone decides on a small random network, which is run once. Exit
    code 3 if a law broke; the command that shows it again is printed.

    \b
    chainsim fuzz --seed 1 --count 2000
    """
    from chainsim.cli.progress import Progress
    from chainsim.errors import InvariantError
    from chainsim.study.executors import run_all
    from chainsim.testing.fuzz import judge
    from chainsim.testing.laws import LAWS

    with Progress(count, quiet) as progress:
        arguments = [(number,) for number in range(seed, seed + count)]
        verdicts = run_all(judge, arguments, jobs, progress.done, progress.within)
    rows = sum(verdict.rows for verdict in verdicts)
    click.echo(f"{count} networks, {rows} events, {len(LAWS)} laws on each")
    broken = [verdict for verdict in verdicts if verdict.broken]
    for verdict in broken:
        for law, seen in verdict.broken:
            click.echo(f"seed {verdict.seed}: {law.replace('_', ' ')}: {seen}")
        click.echo(f"  chainsim fuzz --seed {verdict.seed} --count 1")
    if broken:
        raise InvariantError(f"laws broke with {len(broken)} of {count} seeds")
    click.echo("all of them hold")
