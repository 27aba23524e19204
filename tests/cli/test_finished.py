"""What a RUN may be called: a folder, the name of one, a scenario for its latest, `latest` for the newest of all."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chainsim.cli.finished import folder_of, run_of
from chainsim.cli.main import chainsim as group
from chainsim.errors import FolderError


@pytest.fixture(scope="module")
def here(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one run of a small scenario."""
    here = tmp_path_factory.mktemp("here")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        line = ["run", str(small), "-p", "untouched", "-n", "2", "-j", "1", "-q", "--set", "study.end=2024-02-01"]
        assert CliRunner().invoke(group, line).exit_code == 0
    return here


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two scenarios with runs, empty folders but for their names."""
    for name in ("b/20240101T0900-bbbbbb", "b/20240102T0900-cccccc", "a/20240103T0900-aaaaaa"):
        (tmp_path / "results" / name).mkdir(parents=True)
    (tmp_path / "results/b/latest").symlink_to("20240102T0900-cccccc")
    (tmp_path / "results/a/latest.txt").write_text("20240103T0900-aaaaaa\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results"


@pytest.mark.parametrize(
    ("run", "folder"),
    [
        ("results/b/20240101T0900-bbbbbb", "20240101T0900-bbbbbb"),
        ("20240101T0900-bbbbbb", "20240101T0900-bbbbbb"),
        ("b", "20240102T0900-cccccc"),
        ("results/b/latest", "20240102T0900-cccccc"),
        ("a", "20240103T0900-aaaaaa"),
        ("results/a/latest", "20240103T0900-aaaaaa"),  # where links are not allowed, a file says which
        ("latest", "20240103T0900-aaaaaa"),  # the newest, whichever scenario sorts last
    ],
)
def test_a_run_goes_by_its_folder_its_name_or_its_scenario(results: Path, run: str, folder: str) -> None:
    assert folder_of(run).resolve().name == folder


@pytest.mark.parametrize("run", ["nobody", "results/my-plant/latest", "latestt"])
def test_what_is_no_run_says_that_latest_goes_by_the_scenario_and_what_there_is(results: Path, run: str) -> None:
    with pytest.raises(FolderError) as caught:
        folder_of(run)
    said = str(caught.value)
    assert said.startswith(f"no run {run!r}: ")
    assert "the latest run of a scenario goes by the name of its file: results/a/latest, results/b/latest;" in said
    assert "`chainsim list runs`" in said


def test_in_another_folder_it_is_said_where_was_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FolderError, match=r"there are none in .*/results; `chainsim run FILE` makes one"):
        folder_of("latest")


def test_a_scenario_is_no_run_whether_it_is_there_or_not(results: Path, small: Path) -> None:
    assert run_of(str(small)) is None
    assert run_of("missing.yaml") is None
    assert run_of("b") == Path("results/b/latest")


@pytest.mark.parametrize("run", ["latest", "small", "results/small/latest", ""])
@pytest.mark.parametrize("words", [["compare", "{}", "--decision"], ["diff", "{}", "none", "untouched"]])
def test_verbs_that_take_files_take_runs_by_name(
    here: Path, monkeypatch: pytest.MonkeyPatch, run: str, words: list[str]
) -> None:
    monkeypatch.chdir(here)
    monkeypatch.setenv("COLUMNS", "120")
    named = run or next(path.name for path in Path("results/small").iterdir() if path.name != "latest")
    done: Result = CliRunner().invoke(group, [word.format(named) for word in words])
    assert done.exit_code == 0, done.output
    assert "untouched" in done.output


def test_a_policy_that_touched_nothing_names_the_command_for_this_file(
    here: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also its settings, without which another study would be asked about; and the run, where only that is known.

    It is never broken into lines: it is there to be copied.
    """
    monkeypatch.chdir(here)
    monkeypatch.setenv("COLUMNS", "40")
    invoke = CliRunner().invoke
    line = ["compare", str(small), "-p", "untouched", "-n", "1", "-j", "1", "-q", "--set", "study.end=2024-02-01"]
    assert f"chainsim why {small} --set study.end=2024-02-01 none untouched tells more" in invoke(group, line).output
    assert "chainsim why results/small/latest none untouched tells more" in invoke(group, ["compare", "small"]).output
