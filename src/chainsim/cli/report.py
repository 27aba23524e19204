"""`chainsim report`: one HTML file of a finished run, in English or Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chainsim.cli.options import LANG
from chainsim.errors import FolderError

if TYPE_CHECKING:
    import pandas as pd

    from chainsim.report.html.numbers import Lang

TABLE = click.Path(path_type=Path)


@click.command("report")
@click.argument("run", metavar="RUN")
@LANG
@click.option(
    "--sensitivity", type=TABLE, metavar="CSV", help="What `sensitivity --format csv` printed, for the tornado."
)
@click.option("--resilience", type=TABLE, metavar="CSV", help="What `resilience --format csv` printed.")
@click.option("--out", type=TABLE, metavar="FILE", help="Where to; by default report-LANG.html in the run's folder.")
def command(run: str, lang: Lang, sensitivity: Path | None, resilience: Path | None, out: Path | None) -> None:
    """Write the report of RUN.

    RUN is a folder, the name of one below results/, a scenario's name for its
    latest run, or `latest` for the newest of all.

    `chainsim run` and `compare` leave one in their folder, report.html.  This
    makes it in the other language, or with what was found out since.

    \b
    chainsim report results/byd/latest --lang zh
    chainsim report byd --sensitivity flips.csv --out byd.html
    """
    from chainsim.cli.finished import folder_of, kept_scenario, table_names
    from chainsim.report.html.source import Source
    from chainsim.report.html.written import write
    from chainsim.results.store import RunTables, read_manifest

    folder = folder_of(run)
    facts = read_manifest(folder)
    source = Source(
        facts,
        RunTables(folder, table_names(facts)),
        kept_scenario(folder),
        _table(sensitivity, "sensitivity", "number swing rank policy difference top_changes"),
        _table(resilience, "resilience", "stop survive_days first_wait_days held_hours recover_days"),
    )
    target = out or folder / f"report-{lang}.html"
    write(source, lang, target)
    click.echo(target.as_posix())


def _table(path: Path | None, verb: str, columns: str) -> pd.DataFrame | None:
    """A table that another verb printed; FolderError if it is not one."""
    if path is None:
        return None
    from chainsim.results.store import read_csv

    table = read_csv(path)
    missing = [name for name in columns.split() if name not in table.columns]
    if missing:
        raise FolderError(f"{path} is not what `chainsim {verb} --format csv` prints: it has no column {missing[0]!r}")
    return table
