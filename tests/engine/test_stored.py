"""Where compiled code is kept: by a key of all it is made from; somewhere else where a place cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chainsim.cache import VARIABLE
from chainsim.engine import stored

RUN = """
from chainsim.engine import compiled_engine, simpy_engine
from chainsim.testing import serial
network = serial(300, (3, 7), (2, 3), rate=2.0, seed=1)
assert compiled_engine.run(network, 0).events.tobytes() == simpy_engine.run(network, 0).events.tobytes()
from chainsim.engine import stored
print(stored.folder(), stored.is_there())
"""


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stored.folder.cache_clear()
    stored.key.cache_clear()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


def test_every_rule_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So that a changed rule is never run from what was compiled before."""
    names = {path.name for path in stored.sources()}
    assert {
        "lines.py",
        "cash.py",
        "calendar.py",
        "pointers.py",
        "state.py",
        "network.py",
        "loops.py",
        "meaning.py",
    } <= names
    before = stored.key()
    copies = []
    for number, path in enumerate(stored.sources()):
        copy = tmp_path / f"{number}-{path.name}"
        copy.write_bytes(path.read_bytes())
        copies.append(copy)
    monkeypatch.setattr(stored, "sources", lambda: copies)
    stored.key.cache_clear()
    assert stored.key() == before
    for copy in copies:
        text = copy.read_bytes()
        copy.write_bytes(text + b"\n")
        stored.key.cache_clear()
        assert stored.key() != before, copy.name
        copy.write_bytes(text)


def test_a_new_place_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    place = stored.folder()
    assert place == tmp_path / "cache" / f"compiled-{stored.key()}"
    if hasattr(os, "getuid"):
        assert place.stat().st_mode & 0o777 == 0o700
    assert not stored.is_there()
    (place / "x").mkdir()
    (place / "x" / "drive.nbi").touch()
    assert stored.is_there()


def test_where_nothing_can_be_written_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "below"))
    assert stored.folder() is None
    assert not stored.is_there()


def test_a_home_that_cannot_be_written_gives_way_to_the_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "tmp").mkdir()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "file" / "chainsim")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "tmp"))
    place = stored.folder()
    assert place is not None
    assert place.is_relative_to(tmp_path / "tmp")


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owner here")
def test_somebody_else_s_code_is_never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 987654)
    assert stored.folder() is None


@pytest.mark.nightly
def test_two_first_runs_at_once_and_one_after_give_the_same(tmp_path: Path) -> None:
    """Real processes on an empty cache; the third one finds what they left."""
    pytest.importorskip("numba")
    environment = os.environ | {VARIABLE: str(tmp_path / "cache")}
    command = [sys.executable, "-c", RUN]
    first = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=600)[0] for process in first]
    assert [process.returncode for process in first] == [0, 0]
    assert told[0] == told[1]
    assert told[0].endswith("True\n")
    files = sorted(path.name for path in (tmp_path / "cache").rglob("*.nb?"))
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout == told[0]
    assert sorted(path.name for path in (tmp_path / "cache").rglob("*.nb?")) == files
