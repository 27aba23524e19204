"""`chainsim validate`: every problem of a scenario at once; nothing runs."""

from __future__ import annotations

import click

from chainsim.cli.options import SCENARIO, SETTINGS, warn
from chainsim.errors import ScenarioError


@click.command("validate")
@SCENARIO
@SETTINGS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print problems.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
def command(scenario: str, settings: tuple[str, ...], form: str, strict: bool) -> None:
    """Check FILE without running it.

    \b
    chainsim validate scenarios/byd.yaml
    """
    from chainsim.scenario.load import load

    if form == "json":
        _as_json(scenario, settings, strict)
        return
    loaded = load(scenario, settings)
    warn(loaded.warnings, strict)
    click.echo(f"{scenario}: valid")


def _as_json(scenario: str, settings: tuple[str, ...], strict: bool) -> None:
    import json

    from chainsim.cli.problems import as_data
    from chainsim.scenario.load import load

    code = 0
    try:
        problems = load(scenario, settings).warnings
        code = 2 if problems and strict else 0
    except ScenarioError as error:
        problems = error.problems
        code = error.exit_code
    click.echo(json.dumps([as_data(problem) for problem in problems], ensure_ascii=False, indent=2))
    raise click.exceptions.Exit(code)
