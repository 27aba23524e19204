"""The scenario behind a file or a finished run, whose folder keeps its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainsim.errors import ChainsimError, FolderError

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


def folder_of(run: str) -> Path:
    """The folder of a RUN: a path, the name of one below results/, or a scenario's name for its latest."""
    from chainsim.cli.identity import RESULTS

    if Path(run).exists():
        return Path(run)
    named = [path for path in sorted(RESULTS.glob("*/*")) if path.name == run and not path.is_symlink()]
    latest = RESULTS / run / "latest"
    listed = latest.with_name("latest.txt")
    if not latest.is_dir() and listed.is_file():
        latest = latest.with_name(listed.read_text(encoding="utf-8").strip())
    found = [*named, *([latest] if latest.is_dir() else [])]
    if len(found) > 1:
        raise FolderError(f"{run} may be {' or '.join(path.as_posix() for path in found)}; name the folder")
    if not found:
        raise FolderError(f"no run {run!r}: neither a folder nor the name of one; `chainsim list runs` shows them")
    return found[0]


def kept_scenario(folder: Path) -> Loaded | None:
    """The scenario that a run folder keeps; None where it keeps several, or one that this version does not read."""
    try:
        return load_any(str(folder))
    except ChainsimError:
        return None


def table_names(facts: dict[str, Any]) -> list[str]:
    """The tables that a manifest lists."""
    return [Path(name).stem for name in facts["outputs"] if name.startswith("tables/") and name.endswith(".parquet")]
