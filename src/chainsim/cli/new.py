"""`chainsim new`: a folder with a scenario that runs, to change from there, and a form for a list of suppliers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chainsim.errors import FolderError, MissingLibraryError
from chainsim.notebook import shipped

if TYPE_CHECKING:
    from chainsim.report.html.numbers import Lang

# By template, the files of the folder and where they come from; the first is to be run, `extends` needs its parents.
TEMPLATES = {
    "plant": {"plant.yaml": "templates/plant.yaml"},
    "textbook": {"textbook.yaml": "textbook/queue-mm1.yaml"},
    "byd": {name: name for name in ("byd.yaml", "byd-2025.yaml", "jinan_facts.csv")},
    "jinan": {name: name for name in ("jinan.yaml", "byd.yaml", "sinotruk.yaml", "jinan_facts.csv")},
    "sinotruk": {name: name for name in ("sinotruk.yaml", "jinan_facts.csv")},
}
IN_CHINESE = {"templates/plant.yaml": "templates/plant-zh.yaml"}
FORM = "suppliers.xlsx"
VERBS = {"textbook": "verify-model"}


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--template", type=click.Choice(sorted(TEMPLATES)), default="byd", show_default=True, help="What to start from."
)
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of the template plant and of the form's drop-downs.",
)
def command(folder: Path, template: str, lang: Lang) -> None:
    """Make the folder DIR with a scenario to start from.

    Beside it, suppliers.xlsx is a form for a list of firms that the scenario
    can read.  The template plant is a small one with two suppliers, textbook
    a case with a known answer.

    \b
    chainsim new my-city
    chainsim run my-city/byd.yaml
    chainsim new my-plant --template plant --lang zh
    """
    names = TEMPLATES[template]
    first = next(iter(names))
    taken = [name for name in (*names, FORM) if (folder / name).exists()]
    if taken:
        raise FolderError(f"{folder / taken[0]} exists; nothing was written, name another folder")
    source = shipped.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, kept in names.items():
            from_there = IN_CHINESE.get(kept, kept) if lang == "zh" else kept
            (folder / name).write_bytes((source / from_there).read_bytes())
    except OSError as error:
        raise FolderError(f"cannot write to {folder}: {error.strerror or error}") from error
    if template != "textbook":
        _add_form(folder / FORM, lang)
    click.echo(f"made {folder}; next: chainsim {VERBS.get(template, 'run')} {(folder / first).as_posix()}")


def _add_form(target: Path, lang: Lang) -> None:
    """The form; the folder is of use without it, so a library that is missing is only said."""
    from chainsim.report.excel.suppliers import write_form

    try:
        write_form(target, lang)
    except MissingLibraryError as error:
        click.echo(f"no {target.name}: {error}", err=True)
