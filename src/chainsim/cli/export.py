"""`chainsim export`: the results of a finished run as an Excel workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chainsim.errors import FolderError

if TYPE_CHECKING:
    from chainsim.report.html.numbers import Lang


@click.command("export")
@click.argument("run", metavar="RUN")
@click.argument("target", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--table", "tables", multiple=True, metavar="NAME", help="A further table of the run, such as lanes.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of headers.")
def command(run: str, target: Path | None, tables: tuple[str, ...], lang: Lang) -> None:
    """Write the results of RUN as an Excel workbook with charts.

    RUN is a folder, the name of one below results/, a scenario's name for its
    latest run, or `latest` for the newest of all; FILE is results.xlsx in that
    folder if not given.

    \b
    chainsim export results/byd/latest byd.xlsx
    chainsim export byd --lang zh --table lanes
    """
    from chainsim.cli.finished import folder_of, kept_scenario, table_names
    from chainsim.report.excel.results import write
    from chainsim.report.html.source import Source
    from chainsim.results.store import RunTables, read_manifest

    folder = folder_of(run)
    facts = read_manifest(folder)
    names = table_names(facts)
    unknown = [name for name in tables if name not in names]
    if unknown:
        raise FolderError(f"{folder} has no table {unknown[0]!r}; there are: {', '.join(sorted(names))}")
    wanted = target or folder / "results.xlsx"
    if wanted.suffix.lower() != ".xlsx":
        raise click.UsageError(f"FILE must end in .xlsx, got {wanted.name!r}")
    write(Source(facts, RunTables(folder, names), kept_scenario(folder)), lang, wanted, tables)
    click.echo(wanted.as_posix())
