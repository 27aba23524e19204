"""A real Dask scheduler and real workers over TCP: the same bytes as one process, whoever is lost on the way."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chainsim.errors import ClusterError
from chainsim.study.executors import cluster, connecting

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

ROOT = Path(__file__).parents[3]
STUDY = ("-p", "none", "-n", "14")
Outside = Callable[[Path], Any]


class Dask:
    """A scheduler and its workers, each a process of its own, started by their own commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.file = folder / "scheduler.json"
        self.start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file)
        )
        self.address = str(wait_for(lambda: json.loads(self.file.read_text())["address"]))

    def start(self, what: str, *options: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, *options]
        with (self.folder / f"{len(self.processes)}-{what}.txt").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, env={**os.environ, **(env or {})}
            )
        self.processes.append(process)
        return process

    def worker(self, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """A worker that nobody starts again when it is killed; the scheduler knows it."""
        options = (
            "--host",
            "127.0.0.1",
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(self.folder),
        )
        process = self.start("worker", self.address, *options, env=env)
        log = self.folder / f"{len(self.processes) - 1}-worker.txt"
        wait_for(lambda: process.poll() is not None or b"Registered to" in log.read_bytes())
        return process

    def close(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


def wait_for(read: Callable[[], Any], within: float = 30.0) -> Any:
    """What `read` gives, as soon as it gives something."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError, KeyError):
            if found := read():
                return found
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    folder = tmp_path / "dask"
    folder.mkdir()
    found = Dask(folder)
    yield found
    found.close()


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "tables").iterdir()}


@pytest.fixture(scope="module")
def whole(chainsim: Any, small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of the study in one process."""
    target = tmp_path_factory.mktemp("whole") / "run"
    done = chainsim("run", small, *STUDY, "-q", "-j", 1, "--out", target)
    assert done.returncode == 0, done.stderr
    return tables(target)


@pytest.fixture
def under_way(small: Path, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts the study on a cluster and waits until the first replications have ended."""
    started: list[subprocess.Popen[str]] = []

    def start(cluster: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "chainsim", "run", str(small), *STUDY, "--cluster", cluster, "--out", "run"]
        process = subprocess.Popen(
            command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )  # fmt: skip
        started.append(process)
        assert process.stderr is not None
        line = process.stderr.readline()
        assert " % of 14 runs, about " in line, line + process.stderr.read()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_two_workers_give_the_bytes_of_one_process_even_if_one_is_killed(
    dask: Dask, under_way: Any, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    workers = [dask.worker(), dask.worker()]
    process = under_way(dask.address)
    workers[0].kill()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    others = [line for line in said.splitlines() if " % of 14 runs, " not in line]
    assert all(line.startswith("the Dask worker at tcp://127.0.0.1:") for line in others), said
    assert all(line.endswith(" runs again") for line in others), said
    assert tables(tmp_path / "run") == whole
    assert json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))["jobs"] == 2


def test_without_a_worker_left_the_study_ends_and_can_be_resumed(
    dask: Dask, under_way: Any, chainsim: Any, small: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    workers = [dask.worker(), dask.worker()]
    process = under_way(dask.address)
    for worker in workers:
        worker.kill()
    begin = time.monotonic()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 5, said
    assert time.monotonic() - begin < 20
    kept = len(list((tmp_path / ".run.partial" / "shards").glob("*.shard")))
    assert 1 <= kept < 14
    *_, told, again, last = said.splitlines()
    assert told.endswith(f"; {kept} are kept, to go on:")
    assert (
        again == f"  chainsim run {small} --policy none --replications 14 --cluster {dask.address} --out run --resume"
    )
    assert last.startswith("chainsim: every worker of the Dask scheduler at ")
    assert "Traceback" not in said
    dask.worker()
    resumed = chainsim(*again.split()[1:], cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert f"reused {kept} of 14 runs" in resumed.stdout
    assert tables(tmp_path / "run") == whole


def test_ctrl_c_takes_the_tasks_back(
    dask: Dask, under_way: Any, chainsim: Any, small: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    from distributed import Client

    dask.worker()
    process = under_way(dask.address)
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130, said
    assert time.monotonic() - begin < 4
    assert said.splitlines()[-2].endswith(" are kept, to go on:")
    assert "Traceback" not in said
    with Client(dask.address, set_as_default=False) as client:
        assert wait_for(lambda: client.run_on_scheduler(lambda dask_scheduler: not dask_scheduler.tasks), within=10)
    resumed = chainsim("run", small, *STUDY, "-q", "-j", 1, "--out", "run", "--resume", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert tables(tmp_path / "run") == whole


@pytest.mark.nightly
def test_the_scheduler_may_go_and_the_study_can_be_resumed(dask: Dask, under_way: Any, tmp_path: Path) -> None:
    dask.worker()
    process = under_way(dask.address)
    dask.processes[0].kill()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 5, said
    assert said.splitlines()[-1] == f"chainsim: the connection to the Dask scheduler at {dask.address} is lost"
    assert "Traceback" not in said
    assert list((tmp_path / ".run.partial" / "shards").glob("*.shard"))


def test_a_worker_of_another_version_is_refused(dask: Dask, chainsim: Any, small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "src" / "chainsim", other / "chainsim", ignore=shutil.ignore_patterns("__pycache__"))
    rules = other / "chainsim" / "model" / "rules" / "ordering.py"
    rules.write_text(rules.read_text(encoding="utf-8") + "# another rule\n", encoding="utf-8")
    dask.worker(env={"PYTHONPATH": str(other)})
    done = chainsim("run", small, *STUDY, "--cluster", dask.address, "--out", "run", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith("chainsim: the Dask worker at tcp://127.0.0.1:")
    assert " runs on other sources of chainsim; numbers of different versions are never mixed: " in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dask", "other"]


def test_a_scheduler_without_workers_is_refused(dask: Dask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "DESERTED", 0.2)
    start = f"start some: dask worker {dask.address} --nworkers auto --nthreads 1"
    with pytest.raises(ClusterError, match=f"^the Dask scheduler at {dask.address} has no workers; {start}$"):
        cluster.Cluster.at(dask.address)


def test_an_unreachable_scheduler_is_4_and_says_what_to_do(chainsim: Any, small: Path, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        begin = time.monotonic()
        done = chainsim("run", small, *STUDY, "--cluster", address, "--out", "run", cwd=tmp_path)
    assert time.monotonic() - begin < 15
    assert done.returncode == 4
    assert done.stderr.startswith(f"chainsim: no Dask scheduler answers at {address} (")
    assert done.stderr.endswith(f"To start one: dask scheduler --port {address.rpartition(':')[2]}\n")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_listens_there_and_is_silent_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"^no Dask scheduler answers at {address} \\(timed out\\)"):
            cluster.Cluster.at(address)


def test_without_the_library_the_line_to_type_is_told(
    monkeypatch: pytest.MonkeyPatch, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from chainsim.cli.main import _run

    monkeypatch.setitem(sys.modules, "distributed", None)
    for where in ("local:2", "tcp://127.0.0.1:8786"):
        assert _run(["run", str(small), "--cluster", where, "--out", str(tmp_path / "run")], debug=False) == 4
        said = capsys.readouterr().err
        assert said == (
            "chainsim: --cluster needs Dask, which is not installed here; to install it: "
            "pip install 'chainsim[cluster]'\n"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.nightly
def test_a_cluster_of_this_machine_ends_with_ctrl_c_and_goes_on_from_there(
    under_way: Any, chainsim: Any, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    process = under_way("local:2")
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130, said
    assert time.monotonic() - begin < 5
    *others, stopped, again = said.splitlines()
    assert all(" % of 14 runs, " in line for line in others), said
    assert stopped.endswith(" are kept, to go on:")
    resumed = chainsim(*again.split()[1:], cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert all(" % of 14 runs, " in line for line in resumed.stderr.splitlines()), resumed.stderr
    assert tables(tmp_path / "run") == whole
