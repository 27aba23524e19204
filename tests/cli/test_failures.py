"""Every way to fail, provoked for real: the exit code, one honest line, and nothing left behind but what can go on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
posix = pytest.mark.skipif(sys.platform != "linux", reason="signals, /proc and /dev/full")

# The command with a fault planted in it; what is planted comes first.
MAIN = "\nimport sys\nfrom chainsim.cli.main import main\nsys.argv = ['chainsim', *sys.argv[1:]]\nmain()\n"
TWICE = """
from chainsim.model import state
from chainsim.records import Log
from chainsim.engine import simpy_engine
import numpy as np
true = simpy_engine.run
def run(network, replication, progress=None, sink=None):
    log = true(network, replication, progress)
    at = int(np.argmax(log.events[:, 1] == state.RECEIVED))
    log = Log(np.insert(log.events, at, log.events[at], axis=0), log.orders, log.horizon)
    if sink is not None:
        sink(log.events, log.orders)
    return log
simpy_engine.run = run
"""
LEDGER = """
import numpy as np
from chainsim.economy import accounts
true = accounts.journal
def journal(*arguments):
    return {name: np.append(column, column[:1]) for name, column in true(*arguments).items()}
accounts.journal = journal
"""
BUG = """
from chainsim.engine import simpy_engine
def run(*_): raise ValueError("secret")
simpy_engine.run = run
"""
DISK_FULL = """
import errno, os
true, calls = os.fsync, []
def fsync(descriptor):
    calls.append(descriptor)
    if len(calls) > 12: raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    true(descriptor)
os.fsync = fsync
"""


def faulty(fault: str, *arguments: object, cwd: Path, **options: Any) -> Any:
    command = [sys.executable, "-c", fault + MAIN, *map(str, arguments)]
    env = {**os.environ, "TMPDIR": str(cwd)}
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False, encoding="utf-8", **options
    )


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "Missing argument 'FILE'"),
        (["fly"], "No such command 'fly'"),
        (["run", "SMALL", "--jobs", "0"], "--jobs takes a number above 0"),
        (["run", "SMALL", "-n", "2", "--replication", "1"], "exclude each other"),
        (["run", "SMALL", "-p", "buy_locl"], "did you mean 'buy_local'"),
        (["run", "SMALL", "--set", "plants.works.bach=3"], "did you mean 'batch'"),
        (["compare", "SMALL", "--baseline", "nobody"], "no policy 'nobody' to compare with"),
        (["list", "policies"], "needs a scenario"),
        (["run", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_bad_usage_and_bad_scenarios_are_2(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], message: str,
) -> None:  # fmt: skip
    from chainsim.cli.main import _run

    monkeypatch.chdir(tmp_path)
    assert _run([str(small) if argument == "SMALL" else argument for argument in arguments], debug=False) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert files(tmp_path) == []


def test_the_real_command_returns_2(chainsim: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("chainsim: 1\nstudy: {capcity: 1}\n")
    done = chainsim("run", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.yaml:2:" in done.stderr
    assert files(tmp_path) == ["bad.yaml"]


@pytest.mark.parametrize(
    ("fault", "law"), [(TWICE, "no order is delivered more than once"), (LEDGER, "delivery 0 is sold 2 times")]
)
def test_a_broken_law_is_3_and_its_tables_are_never_results(small: Path, tmp_path: Path, fault: str, law: str) -> None:
    done = faulty(fault, "run", small, "-j", 1, "--out", "runs/one", "--seed", 5, cwd=tmp_path)
    assert done.returncode == 3
    assert "invariant broken: " in done.stderr
    assert law in done.stderr
    assert "policy none, replication 1" in done.stderr
    assert f"reproduce: chainsim run {small} --replication 1 --seed 5 --log" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["one.invalid"]
    manifest = json.loads((tmp_path / "runs/one.invalid/manifest.json").read_text(encoding="utf-8"))
    assert law in manifest["invalid"]
    assert {"tables/orders.csv", "tables/events.parquet", "tables/kpis.csv"} <= set(manifest["outputs"])
    again = faulty(fault, "run", small, "-j", 1, "--out", "runs/one", cwd=tmp_path)
    assert again.returncode == 3
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["one.invalid", "one.invalid-2"]


def test_a_bug_is_70_one_line_and_a_file(small: Path, tmp_path: Path) -> None:
    done = faulty(BUG, "run", small, "-j", 1, "-q", cwd=tmp_path)
    assert done.returncode == 70
    assert len(done.stderr.splitlines()) == 1
    assert "internal error (ValueError) in policy none, replication 1, seed 7; details in " in done.stderr
    (crash,) = tmp_path.iterdir()
    assert crash.name.startswith("chainsim-crash-")
    assert "secret" in crash.read_text(encoding="utf-8")
    shown = faulty(BUG, "run", small, "-j", 1, "-q", "--debug", cwd=tmp_path)
    assert shown.returncode == 70
    assert "Traceback" in shown.stderr
    assert list(tmp_path.iterdir()) == [crash]


def test_where_a_run_may_go_is_known_before_anything_is_simulated(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from chainsim.cli.main import _run

    monkeypatch.setattr("chainsim.study.study.run_on", lambda *_: pytest.fail("it was simulated"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text("{}")
    before = files(tmp_path)
    places = {
        tmp_path / "mine": "is not a chainsim run folder",
        tmp_path / "run": "run folders are never overwritten",
        tmp_path / "mine" / "thesis.txt" / "x": "Not a directory",
        tmp_path / ("x" * 300): "File name too long",
        Path("/proc/x"): "cannot write results to /proc/x",
    }
    for place, message in places.items():
        if sys.platform != "linux" and place.parts[0] == "/proc":
            continue
        assert _run(["run", str(small), "--out", str(place), "-j", "1"], debug=False) == 4
        assert message in capsys.readouterr().err
    assert files(tmp_path) == before


@posix
def test_a_folder_without_write_permission_is_4(small: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    done = faulty("", "run", small, "--out", tmp_path / "deep" / "run", cwd=small.parent)
    tmp_path.chmod(0o700)
    assert done.returncode == 4
    assert files(tmp_path) == []


@posix
def test_a_disk_that_takes_no_trial_is_4_and_leaves_nothing(small: Path, tmp_path: Path) -> None:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    done = faulty("", "run", small, "-j", 1, "-q", "--out", "new/deep/run", cwd=tmp_path, preexec_fn=limit)
    assert done.returncode == 4, done.stderr
    assert done.stderr == "chainsim: cannot write results to new/deep/run: File too large\n"
    assert files(tmp_path) == []


@posix
def test_a_disk_that_fills_up_is_4_and_keeps_what_has_ended(small: Path, tmp_path: Path) -> None:
    done = faulty(DISK_FULL, "run", small, "-j", 1, "-q", "--out", "new/deep/run", cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    *kept, said = done.stderr.splitlines()
    assert said == "chainsim: cannot write results to new/deep/run: No space left on device"
    assert kept[0] == "stopped after 8 of 8 runs; 8 are kept, to go on:"
    again = faulty("", *kept[1].split()[1:], cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert sorted(path.name for path in (tmp_path / "new/deep").iterdir()) == ["latest", "run"]


@posix
def test_a_stdout_that_takes_nothing_is_4_and_the_run_is_kept(small: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chainsim", "run", str(small), "-j", "1", "-n", "1", "--out", "run"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1] == "chainsim: cannot read or write standard output: No space left on device"
    assert "ignored" not in done.stderr
    assert (tmp_path / "run" / "manifest.json").is_file()


@posix
@pytest.mark.parametrize("redirection", [">&-", "2>&-", "2>/dev/full", "| head -1", "2>&1 | head -1", "<&- >&- 2>&-"])
def test_closed_and_broken_pipes_do_no_harm(small: Path, tmp_path: Path, redirection: str) -> None:
    script = f'set -o pipefail; "{sys.executable}" -m chainsim run "{small}" -j 1 -p none --out run {redirection}'
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60, encoding="utf-8"
    )
    assert done.returncode in ((0, 4) if "full" in redirection else (0,)), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "ignored" not in done.stderr
    assert (tmp_path / "run" / "manifest.json").is_file()


# What follows is done to a run that is under way.


@pytest.fixture
def under_way(small: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a run of many replications and waits until its first ones have ended."""
    started: list[subprocess.Popen[str]] = []

    def start(jobs: int, many: int = 150) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "chainsim", "run", str(small), "-n", str(many), "-p", "none", "-j", str(jobs)]
        process = subprocess.Popen(
            [*command, "--out", "new/run"], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        assert process.stderr is not None
        assert "10 %" in process.stderr.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def children(pid: int) -> list[int]:
    """Processes whose parent is `pid`, and theirs."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == pid:
            child = int(status.parent.name)
            found += [child, *children(child)]
    return found


def spawned(pid: int) -> list[int]:
    """Workers of a run."""
    found = []
    for child in children(pid):
        with contextlib.suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "tables").iterdir()}


def kept_trials(folder: Path, least: int = 15) -> int:
    """How many shards stand where the run was staged; there is nothing else but what says whose they are."""
    staged = folder / "new" / ".run.partial"
    assert files(folder)[:2] == ["new", "new/.run.partial"]
    assert {path.name for path in staged.iterdir()} <= {"shards", "tables", "study.json", ".owner"}
    names = [path.name for path in (staged / "shards").iterdir()]
    assert len(names) >= least
    return sum(name.endswith(".shard") for name in names)


def gone(pids: list[int], within: float = 3.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@posix
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("sent", "code", "to_all"), [(signal.SIGINT, 130, True), (signal.SIGTERM, 143, False), (signal.SIGHUP, 129, True)]
)
def test_an_interruption_stops_at_once_and_keeps_what_has_ended(
    under_way: Callable[[int], subprocess.Popen[str]],
    tmp_path: Path, jobs: int, sent: signal.Signals, code: int, to_all: bool,
) -> None:  # fmt: skip
    if jobs == 1 and sent == signal.SIGHUP:
        pytest.skip("like SIGINT")
    process = under_way(jobs)
    workers = children(process.pid)
    assert len(workers) >= (2 if jobs == 2 else 0)
    begin = time.monotonic()
    if to_all:
        os.killpg(process.pid, sent)  # as a terminal does
    else:
        process.send_signal(sent)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code
    assert time.monotonic() - begin < 2
    assert f"; {kept_trials(tmp_path)} are kept, to go on:\n" in said
    assert "Traceback" not in said or sent == signal.SIGHUP  # Python's resource tracker is hung up, too
    assert gone(workers)


@posix
def test_a_second_ctrl_c_does_not_disturb_the_cleaning_up(
    under_way: Callable[[int], subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = under_way(2)
    workers = children(process.pid)
    for _ in range(5):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.01)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert f"; {kept_trials(tmp_path)} are kept, to go on:\n" in said
    assert gone(workers)


@posix
def test_what_a_killed_worker_ran_runs_again(
    under_way: Callable[[int], subprocess.Popen[str]], chainsim: Command, small: Path, tmp_path: Path
) -> None:
    process = under_way(2, 12)
    os.kill(spawned(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    (told,) = [line for line in said.splitlines() if " % of " not in line]
    assert told.startswith("a worker process died (signal 9; out of memory?); policy none, replication ")
    assert told.endswith(" runs again")
    whole = chainsim("run", small, "-q", "-n", 12, "-p", "none", "-j", 1, "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0
    assert tables(tmp_path / "new" / "run") == tables(tmp_path / "whole")


@posix
def test_workers_that_are_killed_again_and_again_are_5_and_the_run_can_be_resumed(
    under_way: Callable[[int], subprocess.Popen[str]], chainsim: Command, small: Path, tmp_path: Path
) -> None:
    process = under_way(2, 12)
    killed = []
    while process.poll() is None:
        for pid in spawned(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        time.sleep(0.02)
    said = process.communicate(timeout=20)[1].splitlines()
    assert process.returncode == 5
    again = [line for line in said if line.endswith(" runs again")]
    assert 2 <= len(again) <= 4  # twice, and what the other worker ran meanwhile
    stopped, command, last = said[-3:]
    assert stopped.endswith(f"; {kept_trials(tmp_path, 2)} are kept, to go on:")
    assert last.startswith(
        "chainsim: a worker process died (signal 9; out of memory?), and so did the 2 before it that ran"
    )
    assert last.endswith("run with --jobs 1")
    assert gone(killed)
    resumed = chainsim(*command.split()[1:], cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    whole = chainsim("run", small, "-q", "-n", 12, "-p", "none", "-j", 1, "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0
    assert tables(tmp_path / "new" / "run") == tables(tmp_path / "whole")


@posix
def test_workers_end_with_a_killed_parent_and_the_next_run_clears_up(
    under_way: Callable[[int], subprocess.Popen[str]], chainsim: Command, small: Path, tmp_path: Path
) -> None:
    process = under_way(2)
    workers = children(process.pid)
    second = chainsim("run", small, "-q", "-n", 1, "-p", "none", "--out", "new/run", cwd=tmp_path)
    assert second.returncode == 4
    assert f"in use by process {process.pid} since 20" in second.stderr
    process.kill()
    process.wait()
    assert gone(workers)
    assert files(tmp_path / "new")[0] == ".run.partial"
    third = chainsim("run", small, "-q", "-n", 1, "-p", "none", "--out", "new/run", cwd=tmp_path)
    assert third.returncode == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["latest", "run"]
