"""`chainsim show`: a scenario as it is in force, each value with the line that set it."""

from __future__ import annotations

import click

from chainsim.cli.options import POLICIES, SCENARIO, SETTINGS, warn


@click.command("show")
@SCENARIO
@POLICIES
@SETTINGS
@click.option("--resolved", is_flag=True, help="Every value after inheritance, policies and --set.")
@click.option("--why", is_flag=True, help="With file, line, and who set each value.")
def command(scenario: str, policies: tuple[str, ...], settings: tuple[str, ...], resolved: bool, why: bool) -> None:
    """Show FILE: a summary, or each value and where it comes from.

    \b
    chainsim show scenarios/byd.yaml -p buy_local --resolved --why
    """
    from chainsim.report.layout import print_table
    from chainsim.scenario.load import load
    from chainsim.scenario.versions import combination

    loaded = load(scenario, settings)
    warn(loaded.warnings)
    names = [name for policy in policies for name in combination(policy)]
    if resolved or why:
        rows = loaded.resolved(names)
        if why:
            print_table(
                ("value of", "is", "at", "set by", "source"),
                [(row.path, row.value, row.place, row.set_by, row.source) for row in rows],
            )
        else:
            print_table(("value of", "is"), [(row.path, row.value) for row in rows])
        return
    from chainsim.report.terminal import describe
    from chainsim.scenario.build import build

    describe(loaded, build(loaded, names))
