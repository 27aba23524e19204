"""The list of runs: newest first, and which of them can be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as group
from chainsim.results.inventory import INCOMPLETE, INVALID, PARTIAL, UNREADABLE, WHOLE, runs_in


def folder(root: Path, name: str, started: str, **more: Any) -> Path:
    path = root / "byd" / name
    (path / "tables").mkdir(parents=True)
    (path / "tables" / "kpis.csv").write_bytes(b"x" * 1000)
    facts = {
        "scenario": "byd",
        "policies": ["none", "buy_local"],
        "replications": [1, 2],
        "seed": 7,
        "started": started,
        "outputs": {"tables/kpis.csv": "0"},
        **more,
    }
    (path / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    return path


@pytest.fixture
def results(tmp_path: Path) -> Path:
    root = tmp_path / "results"
    folder(root, "a-old", "2026-01-01T10:00:00+00:00")
    (folder(root, "b-new", "2026-03-01T10:00:00+00:00") / "tables" / "kpis.csv").unlink()
    folder(root, "c.invalid", "2026-02-01T10:00:00+00:00", invalid="stock is not conserved")
    (root / "byd" / ".d.partial" / "tables").mkdir(parents=True)
    (root / "byd" / "e").mkdir()
    (root / "byd" / "e" / "manifest.json").write_text("{", encoding="utf-8")
    (root / "byd" / "notes").mkdir()
    (root / "byd" / "latest").symlink_to("a-old", target_is_directory=True)
    return root


def test_the_newest_run_is_first_and_each_says_whether_it_is_whole(results: Path) -> None:
    found = [(entry.folder.name, entry.state) for entry in runs_in(results)]
    assert found[0] == (".d.partial", PARTIAL)
    assert found[1:] == [("b-new", INCOMPLETE), ("c.invalid", INVALID), ("a-old", WHOLE), ("e", UNREADABLE)]


def test_what_is_said_of_a_run(results: Path) -> None:
    entry = next(entry for entry in runs_in(results) if entry.folder.name == "a-old")
    assert (entry.scenario, entry.policies, entry.replications, entry.seed) == ("byd", ("none", "buy_local"), 2, 7)
    assert entry.started is not None
    assert entry.started.isoformat() == "2026-01-01T10:00:00+00:00"
    assert entry.size == 1000 + (entry.folder / "manifest.json").stat().st_size


def test_no_results_are_no_runs(tmp_path: Path) -> None:
    assert runs_in(tmp_path / "results") == []


def test_the_command_lists_them(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(results.parent)
    monkeypatch.setenv("COLUMNS", "200")
    done = CliRunner().invoke(group, ["list", "runs"])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0].split() == "run policies runs seed started (UTC) size state".split()
    (old,) = [line for line in lines if "a-old" in line]
    assert old.split() == "results/byd/a-old none, buy_local 2 7 2026-01-01 10:00 1.2 kB whole".split()


def test_its_paths_are_never_broken_so_that_they_can_be_pasted(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(results.parent)
    long = results / "byd" / ("b" * 40)
    (results / "byd" / "a-old").rename(long)
    monkeypatch.setenv("COLUMNS", "80")
    output = CliRunner().invoke(group, ["list", "runs"]).output
    assert f"results/byd/{long.name}" in output.split()
