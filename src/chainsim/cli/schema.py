"""`chainsim schema`: the JSON Schema of the scenario language, for editors that complete and check while typing."""

from __future__ import annotations

import json

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of scenario files.

    \b
    chainsim schema > chainsim.schema.json
    """
    from chainsim.scenario.json_schema import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
