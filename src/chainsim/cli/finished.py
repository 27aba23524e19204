"""The scenario behind a file or a finished run, whose folder keeps its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chainsim.errors import FolderError

if TYPE_CHECKING:
    from chainsim.scenario.load import Loaded


def load_any(what: str, settings: tuple[str, ...] = ()) -> Loaded:
    """The scenario of a FILE, or of a RUN folder with the settings and the seed that it was run with."""
    from chainsim.scenario.load import load

    if not Path(what).is_dir():
        return load(what, settings)
    path, given = inputs_of(Path(what))
    return load(path, (*given, *settings))


def inputs_of(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The scenario file that a run folder keeps, and the run's settings; raises FolderError if it is not there."""
    from chainsim.results.store import read_manifest

    manifest = read_manifest(folder)
    for ending in (".yaml", ".yml"):
        path = folder / "inputs" / f"{manifest['scenario']}{ending}"
        if path.is_file():
            return path, tuple(manifest["settings"])
    raise FolderError(f"{folder} does not keep its scenario: there is no inputs/{manifest['scenario']}.yaml")
