"""An interrupted study loses nothing, a larger one simulates only what is new, and neither shows in the run folder."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chainsim.cli.main import _run
from chainsim.cli.progress import Progress
from chainsim.cli.stopping import Stopped
from chainsim.study import bench

TRIALS = 8  # of small.yaml: its baseline and three policies, twice
TIMES = {"started", "seconds", "jobs"}
Calls = list[tuple[str, int]]


def outside(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Every file but the manifest, and the manifest but for times."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads(files.pop("manifest.json"))
    manifest = {key: value for key, value in manifest.items() if key not in TIMES}
    for trial in manifest["trials"]:
        trial.pop("seconds")
    return files, manifest


def run(*arguments: object) -> int:
    return _run(["run", *map(str, arguments)], debug=True)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Every trial that is simulated in this process: policy and replication."""
    found: Calls = []
    true = bench.run_trial

    def spy(*arguments: Any) -> Any:
        found.append((arguments[1], arguments[2]))
        return true(*arguments)

    monkeypatch.setattr(bench, "run_trial", spy)
    return found


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs a study that is stopped as by Ctrl-C when so many trials have ended."""

    def go(after: int, *arguments: object) -> None:
        true = Progress.done

        def done(self: Progress, index: int) -> None:
            true(self, index)
            if self.ended == after:
                raise Stopped(130)

        with monkeypatch.context() as patch:
            patch.setattr(Progress, "done", done)
            assert run(*arguments) == 130

    return go


@pytest.fixture(scope="module")
def whole(small: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The study as it is when nothing interrupts it."""
    target = tmp_path_factory.mktemp("whole") / "run"
    assert run(small, "-q", "-j", 1, "--out", target) == 0
    return outside(target)


@pytest.mark.parametrize("after", [1, 5, TRIALS])
def test_a_resumed_study_is_the_uninterrupted_one(
    small: Path, tmp_path: Path, whole: Any, interrupt: Callable[..., None], calls: Calls, after: int
) -> None:
    target = tmp_path / "run"
    interrupt(after, small, "-q", "-j", 1, "--out", target)
    assert [path.name for path in tmp_path.iterdir()] == [".run.partial"]
    assert len(calls) == after
    assert run(small, "-q", "-j", 1, "--out", target, "--resume") == 0
    assert len(calls) == len(set(calls)) == TRIALS
    assert outside(target) == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "run"]


def test_interrupted_again_and_again_it_still_comes_to_its_end(
    small: Path, tmp_path: Path, whole: Any, interrupt: Callable[..., None], calls: Calls
) -> None:
    arguments = (small, "-q", "-j", 1, "--out", tmp_path / "run")
    interrupt(2, *arguments)
    for after in (3, 6, 7):
        interrupt(after, *arguments, "--resume")
    assert run(*arguments, "--resume") == 0
    assert len(calls) == TRIALS
    assert outside(tmp_path / "run") == whole


def test_damaged_shards_are_computed_anew(
    small: Path, tmp_path: Path, whole: Any, interrupt: Callable[..., None], calls: Calls
) -> None:
    interrupt(6, small, "-q", "-j", 1, "--out", tmp_path / "run")
    first, second, third, *_ = sorted((tmp_path / ".run.partial" / "shards").iterdir())
    first.write_bytes(first.read_bytes()[:-1])
    data = bytearray(second.read_bytes())
    data[len(data) // 2] ^= 1
    second.write_bytes(bytes(data))
    third.write_bytes(b"")
    (third.parent / ".half-99").write_bytes(b"what a killed process was writing")
    calls.clear()
    assert run(small, "-q", "-j", 1, "--out", tmp_path / "run", "--resume") == 0
    assert len(calls) == TRIALS - 6 + 3
    assert outside(tmp_path / "run") == whole


def test_without_a_name_resume_finds_the_study_by_what_it_is(
    small: Path, tmp_path: Path, whole: Any, interrupt: Callable[..., None], calls: Calls,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    interrupt(3, small, "-j", 1)
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == [
        "stopped after 3 of 8 runs; 3 are kept, to go on:",
        f"  chainsim run {small} --jobs 1 --resume",
    ]
    interrupt(1, small, "-q", "-j", 1, "--seed", 8)
    assert run(small, "-j", 1, "--resume") == 0
    assert "reused 3 of 8 runs" in capsys.readouterr().out
    assert len(calls) == TRIALS + 1
    assert outside(tmp_path / "results" / "small" / "latest") == whole
    left = [path for path in (tmp_path / "results" / "small").iterdir() if path.name.endswith(".partial")]
    assert len(left) == 1  # of the other seed


def test_a_finished_study_clears_away_its_interrupted_attempts_and_no_other(
    small: Path, tmp_path: Path, interrupt: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    arguments = (small, "-j", 1, "-p", "none")
    interrupt(1, *arguments)
    interrupt(1, *arguments, "--seed", 8)
    capsys.readouterr()
    assert run(*arguments) == 0
    assert "this study was interrupted before; --resume goes on with" in capsys.readouterr().err
    left = [path for path in (tmp_path / "results" / "small").iterdir() if path.name.endswith(".partial")]
    assert [json.loads((path / "study.json").read_text(encoding="utf-8"))["seed"] for path in left] == [8]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (["--seed", 8], "seed 7 (now 8)"),
        (["--set", "plants.works.batch=10"], "settings [] (now ['plants.works.batch=10'])"),
        (["-n", 3], "replications [1, 2] (now [1, 2, 3])"),
        (["-p", "buy_local"], "policies "),
        (["--log"], "other extras"),
        (["--until-precision", "1%"], "until_precision"),
        ("scenario", "other inputs"),
        ("code", "other code"),
    ],
)
def test_another_study_is_never_resumed(
    small: Path, tmp_path: Path, interrupt: Callable[..., None], calls: Calls,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changed: Any, told: str,
) -> None:  # fmt: skip
    file = tmp_path / "small.yaml"
    file.write_bytes(small.read_bytes())
    monkeypatch.chdir(tmp_path)
    interrupt(2, file, "-q", "-j", 1, "--out", "run")
    interrupt(1, file, "-q", "-j", 1)
    staged = sorted(tmp_path.rglob("*.shard"))
    if changed == "scenario":
        file.write_text(
            file.read_text(encoding="utf-8").replace("rate: {value: 20/day", "rate: {value: 21/day"), "utf-8"
        )
    if changed == "code":
        monkeypatch.setattr("chainsim.cli.identity.code", lambda: "0" * 64)
    more = changed if isinstance(changed, list) else []
    calls.clear()
    for where in (["--out", "run"], []):
        assert run(file, "-q", "-j", 1, *where, "--resume", *more) == 4
        assert told in capsys.readouterr().err
    assert calls == []
    assert sorted(tmp_path.rglob("*.shard")) == staged


def test_where_nothing_was_interrupted_there_is_nothing_to_resume(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for where in ([], ["--out", "run"]):
        assert run(small, "--resume", *where) == 4
        assert "nothing to resume" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_is_under_way_is_not_resumed_by_another(
    small: Path, tmp_path: Path, interrupt: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    interrupt(2, small, "-q", "-j", 1, "--out", tmp_path / "run")
    owner = tmp_path / ".run.partial" / ".owner"
    owner.write_text(f"{os.getppid()} 2026-01-01T00:00:00+00:00\n", encoding="utf-8")
    assert run(small, "-q", "-j", 1, "--out", tmp_path / "run", "--resume") == 4
    assert f"in use by process {os.getppid()} since 2026" in capsys.readouterr().err
    assert owner.is_file()


# ---------------------------------------------------------------------------------------- the real thing


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("sent", "jobs"),
    [
        (signal.SIGINT, 2),
        pytest.param(signal.SIGKILL, 1, marks=pytest.mark.nightly),
        pytest.param(signal.SIGINT, 1, marks=pytest.mark.nightly),
        pytest.param(signal.SIGKILL, 2, marks=pytest.mark.nightly),
    ],
)
def test_ctrl_c_and_kill_half_way_lose_nothing(
    chainsim: Callable[..., Any], small: Path, tmp_path: Path, jobs: int, sent: signal.Signals
) -> None:
    words = ["run", str(small), "-n", "20", "-p", "none", "-j", str(jobs), "--out", "run"]
    process = subprocess.Popen(
        [sys.executable, "-m", "chainsim", *words], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )  # fmt: skip
    assert process.stderr is not None
    while " 30 %" not in process.stderr.readline():
        assert process.poll() is None
    os.killpg(process.pid, sent) if sent == signal.SIGINT else process.kill()
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if sent == signal.SIGINT else -9)
    assert sent == signal.SIGKILL or f"  chainsim {' '.join(words[:2])} " in said
    kept = len(list((tmp_path / ".run.partial" / "shards").glob("*.shard")))
    assert 6 <= kept < 20
    resumed = chainsim(*words, "--resume", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert f"reused {kept} of 20 runs" in resumed.stdout
    assert run(small, "-q", "-j", 1, "-n", 20, "-p", "none", "--out", tmp_path / "whole") == 0
    assert outside(tmp_path / "run") == outside(tmp_path / "whole")


# ---------------------------------------------------------------------------------------- finished runs


@pytest.fixture(scope="module")
def finished(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("finished") / "run"
    assert run(small, "-q", "-j", 1, "-p", "buy_local", "-n", 3, "--out", target) == 0
    return target


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("wanted", "reused", "total"),
    [
        (["-p", "buy_local", "-p", "pay_sooner", "-n", "5"], 6, 15),
        (["-p", "motor_outage", "-n", "3"], 3, 6),
        (["-p", "buy_local", "-n", "3"], 6, 6),
        (["-p", "buy_local", "-n", "2"], 4, 4),
    ],
)
def test_what_a_finished_run_has_is_not_simulated_again(
    small: Path, tmp_path: Path, finished: Path, calls: Calls, capsys: pytest.CaptureFixture[str],
    wanted: list[str], reused: int, total: int,
) -> None:  # fmt: skip
    before = digest(finished)
    assert run(small, "-j", 1, *wanted, "--reuse", finished, "--out", tmp_path / "more") == 0
    assert f"reused {reused} of {total} runs" in capsys.readouterr().out
    assert len(calls) == total - reused
    assert run(small, "-q", "-j", 1, *wanted, "--out", tmp_path / "scratch") == 0
    assert outside(tmp_path / "more") == outside(tmp_path / "scratch")
    assert digest(finished) == before


def test_a_new_policy_in_the_file_leaves_the_others_to_be_reused(
    small: Path, tmp_path: Path, finished: Path, calls: Calls
) -> None:
    text = small.read_text(encoding="utf-8")
    file = tmp_path / "small.yaml"
    file.write_text(text + "  later:\n    change: {plants.works.pays_after: 90 days}\n", encoding="utf-8")
    arguments = (file, "-q", "-j", 1, "-p", "buy_local", "-p", "later", "-n", 3)
    assert run(*arguments, "--reuse", finished, "--out", tmp_path / "run") == 0
    assert calls == [("later", 0), ("later", 1), ("later", 2)]


def test_latest_is_the_newest_run_of_the_scenario(
    small: Path, tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(small, "-q", "-j", 1, "-p", "none", "-n", 1) == 0
    assert run(small, "-q", "-j", 1, "-p", "none", "-n", 2, "--reuse", "latest") == 0
    assert calls == [("none", 0), ("none", 1)]


@pytest.mark.parametrize("harm", ["table", "gone", "hash"])
def test_what_a_touched_folder_says_is_not_believed(
    small: Path, tmp_path: Path, finished: Path, calls: Calls, harm: str
) -> None:
    import shutil

    import pandas as pd

    shutil.copytree(finished, tmp_path / "old")
    table = tmp_path / "old" / "tables" / "kpis.parquet"
    manifest = tmp_path / "old" / "manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    if harm == "gone":
        table.unlink()
    elif harm == "table":
        frame = pd.read_parquet(table)
        frame["value"] = frame["value"] * 1.01
        frame.to_parquet(table)
    else:  # a forged table whose hash the manifest does state
        frame = pd.read_parquet(table)
        frame.loc[frame["replication"] == 2, "value"] *= 1.01
        frame.to_parquet(table)
        facts["outputs"]["tables/kpis.parquet"] = hashlib.sha256(table.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(facts), encoding="utf-8")
    arguments = (small, "-q", "-j", 1, "-p", "buy_local", "-n", 3)
    assert run(*arguments, "--reuse", tmp_path / "old", "--out", tmp_path / "new") == 0
    assert len(calls) == (2 if harm == "hash" else 6)
    assert outside(tmp_path / "new") == outside(finished)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--seed", "8"], "seed 7 (now 8)"),
        (["--log"], "it kept other tables"),
        (["--set", "plants.works.batch=10"], "settings [] (now"),
        (["--replication", "9"], "ran other policies and replications"),
    ],
)
def test_a_run_with_nothing_to_take_over_is_refused_before_anything_is_simulated(
    small: Path, tmp_path: Path, finished: Path, calls: Calls, capsys: pytest.CaptureFixture[str],
    arguments: list[str], told: str,
) -> None:  # fmt: skip
    assert run(small, "-q", "-j", 1, *arguments, "--reuse", finished, "--out", tmp_path / "new") == 4
    assert told in capsys.readouterr().err
    assert calls == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_other_code_is_refused(
    small: Path, tmp_path: Path, finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("chainsim.cli.identity.code", "chainsim.study.fingerprint.code"):
        monkeypatch.setattr(name, lambda: "0" * 64)
    assert run(small, "-q", "-j", 1, "--reuse", finished, "--out", tmp_path / "new") == 4
    assert "it had other code" in capsys.readouterr().err
