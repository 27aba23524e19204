"""The scenario behind a file or a finished run, whose folder keeps its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chainsim.errors import ChainsimError, FolderError

LATEST: Final = "latest"
ENDINGS: Final = (".yaml", ".yml")
MOST: Final = 6  # runs that a message names

if TYPE_CHECKING:
    from chainsim.scenario.load import Loaded


def load_any(what: str, settings: tuple[str, ...] = ()) -> Loaded:
    """The scenario of a FILE, or of a finished RUN with the settings and the seed that it was run with."""
    from chainsim.scenario.load import load

    folder = run_of(what)
    if folder is None:
        return load(what, settings)
    path, given = inputs_of(folder)
    return load(path, (*given, *settings))


def run_of(what: str) -> Path | None:
    """The folder of what is a RUN, None for what is a FILE; FolderError for what is neither."""
    path = Path(what)
    is_file = path.is_file() or (not path.exists() and path.suffix.lower() in ENDINGS)
    return None if is_file or (path.exists() and not path.is_dir()) else folder_of(what)


def inputs_of(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The scenario file that a run folder keeps, and the run's settings; raises FolderError if it is not there."""
    from chainsim.results.store import read_manifest

    manifest = read_manifest(folder)
    for ending in ENDINGS:
        path = folder / "inputs" / f"{manifest['scenario']}{ending}"
        if path.is_file():
            return path, tuple(manifest["settings"])
    raise FolderError(f"{folder} does not keep its scenario: there is no inputs/{manifest['scenario']}.yaml")


def folder_of(run: str) -> Path:
    """The folder of a RUN: a path, the name of one below results/, or a scenario's name for its latest.

    `latest` is the newest of all.  FolderError, which says what runs there are, if it is none of these.
    """
    from chainsim.cli.identity import RESULTS

    place = Path(run)
    if place.exists():
        return place
    latest = {folder.name: path for folder in sorted(RESULTS.glob("*")) if (path := _latest(folder)) is not None}
    if run == LATEST and latest:
        return max(latest.values(), key=lambda path: path.resolve().name)  # names begin with the time
    found = [path for path in sorted(RESULTS.glob("*/*")) if path.name == run and not path.is_symlink()]
    name = place.parent.name if place.name == LATEST and place.parent.parent == RESULTS else run
    found += [latest[name]] if name in latest else []
    if len(found) > 1:
        raise FolderError(f"{run} may be {' or '.join(path.as_posix() for path in found)}; name the folder")
    if not found:
        raise FolderError(f"no run {run!r}: {_there(RESULTS, list(latest))}")
    return found[0]


def _there(results: Path, scenarios: list[str]) -> str:
    """What could have been named instead."""
    if not scenarios:
        return f"there are none in {results.absolute().as_posix()}; `chainsim run FILE` makes one"
    shown = ", ".join(f"{results.as_posix()}/{name}/{LATEST}" for name in scenarios[:MOST])
    more = f" and {len(scenarios) - MOST} more" if len(scenarios) > MOST else ""
    return (
        f"neither a folder nor the name of one below {results.as_posix()}/; the latest run of a scenario goes by the "
        f"name of its file: {shown}{more}; `chainsim list runs` shows all"
    )


def _latest(place: Path) -> Path | None:
    """The latest run of a scenario's folder: a link, or, where these are not allowed, named in a text file."""
    latest, listed = place / LATEST, place / f"{LATEST}.txt"
    if not latest.is_dir() and listed.is_file():
        latest = place / listed.read_text(encoding="utf-8").strip()
    return latest if latest.is_dir() else None


def kept_scenario(folder: Path) -> Loaded | None:
    """The scenario that a run folder keeps; None where it keeps several, or one that this version does not read."""
    try:
        return load_any(str(folder))
    except ChainsimError:
        return None


def table_names(facts: dict[str, Any]) -> list[str]:
    """The tables that a manifest lists."""
    return [Path(name).stem for name in facts["outputs"] if name.startswith("tables/") and name.endswith(".parquet")]
