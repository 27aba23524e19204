"""`chainsim new`: a folder with a scenario that runs, to change from there."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from chainsim.errors import FolderError

# The first file of each is the one to run, the last its facts; `extends` needs its parents along.
TEMPLATES = {
    "byd": ("byd.yaml", "byd-2025.yaml", "jinan_facts.csv"),
    "jinan": ("jinan.yaml", "byd.yaml", "sinotruk.yaml", "jinan_facts.csv"),
    "sinotruk": ("sinotruk.yaml", "jinan_facts.csv"),
}


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--template", type=click.Choice(sorted(TEMPLATES)), default="byd", show_default=True, help="What to start from."
)
def command(folder: Path, template: str) -> None:
    """Make the folder DIR with a scenario to start from.

    \b
    chainsim new my-city
    chainsim run my-city/byd.yaml
    """
    names = TEMPLATES[template]
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise FolderError(f"{folder / taken[0]} exists; nothing was written, name another folder")
    source = shipped()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).write_bytes((source / name).read_bytes())
    except OSError as error:
        raise FolderError(f"cannot write to {folder}: {error.strerror or error}") from error
    click.echo(f"made {folder}; next: chainsim run {(folder / names[0]).as_posix()}")


def shipped() -> Traversable:
    """The scenarios inside the installed package, or those of the source tree it runs from."""
    installed = files("chainsim") / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "scenarios"
