"""`chainsim why`: the first event where two policies part, and how the difference spreads."""

from __future__ import annotations

from datetime import timedelta

import click

from chainsim.cli.options import SETTINGS, all_settings, asked_workers, say, warn, workers_options


@click.command("why")
@click.argument("what", metavar="FILE|RUN")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@SETTINGS
@click.option("--replication", type=click.IntRange(1, 100_000), default=1, show_default=True, help="Whose luck.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Root of all draws.")
@workers_options
@click.option("--format", "form", type=click.Choice(["table", "json", "md"]), default="table", help="How to print.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Rows of firms at most.")
def command(
    what: str,
    before: str,
    after: str,
    settings: tuple[str, ...],
    replication: int,
    seed: int | None,
    jobs: str,
    cluster: str | None,
    form: str,
    most: int,
) -> None:
    """Explain where policies A and B of FILE part, on the same luck.

    `none` is the baseline, a+b combines two policies.  A finished RUN (a
    folder or the name of one) is simulated again from the inputs that it keeps.

    \b
    chainsim why scenarios/byd.yaml none buy_local
    chainsim why results/byd/latest none battery_outage --format md
    """
    from chainsim.cli.finished import load_any
    from chainsim.scenario.versions import combination

    workers = asked_workers(jobs, cluster)
    loaded = load_any(what, all_settings(settings, seed))
    warn(loaded.warnings)
    names = [combination(name) for name in (before, after)]
    for chosen in names:
        loaded.timeline(chosen)  # an unknown policy, or two that do not go together, before anything is built

    from chainsim.compare.consequences import by_firm, by_measure
    from chainsim.compare.divergence import diverge
    from chainsim.compare.touched import why_nothing
    from chainsim.report.changes import said, said_of_both
    from chainsim.report.why import Story, as_data, print_why
    from chainsim.scenario.build import build
    from chainsim.study.pair import run_pair

    networks = [build(loaded, chosen) for chosen in names]
    with workers.open(say) as executor:
        one, other = run_pair(networks[0], networks[1], replication - 1, executor)
    found = diverge(one.run, other.run)
    seconds = float(found.first[0].tick * networks[0].tick_seconds) if found.first else None
    by = None if seconds is None else networks[0].start + timedelta(seconds=seconds)
    story = Story(
        (before, after),
        replication,
        found,
        said_of_both(*(said(loaded, chosen, by) for chosen in names)),
        why_nothing(networks[0], networks[1], one.run) if found.same else [],
        by_firm(one.tables["firms"], other.tables["firms"]),
        by_measure(one.tables["kpis"], other.tables["kpis"]),
        most,
    )
    if form == "json":
        import json

        click.echo(json.dumps(as_data(story), ensure_ascii=False, indent=2))
    else:
        print_why(story, form)
