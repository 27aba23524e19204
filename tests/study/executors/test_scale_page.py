"""docs/scale.md does what it says: its commands are run, on a small scenario and with fewer replications."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed")
PAGE = Path(__file__).parents[3] / "docs" / "scale.md"
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pieces() -> Iterator[tuple[str, str]]:
    """Commands and Python blocks, in their order."""
    for language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "python":
            yield "python", text
        else:
            for line in text.splitlines():
                assert line.startswith("$ ")
                words = shlex.split(line[2:], comments=True)
                yield words[0], shlex.join(words[1:])


def answers(address: str) -> bool:
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


@pytest.mark.nightly
def test_the_page_does_what_it_says(small: Path, chainsim: Any, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    here = {
        "scenarios/byd.yaml": str(small), "tcp://10.0.0.5:8786": address, "8786": port, "-n 1000": "-n 2",
        "-n 100": "-n 2", "-n 200": "-n 2", "replications=1000": "replications=2", "local:4": "local:2", "-j 4": "-j 2",
    }  # fmt: skip
    started: list[subprocess.Popen[bytes]] = []
    ran, written = [], set()
    try:
        for what, text in pieces():
            for said, meant in here.items():
                text = text.replace(said, meant)
            if what == "pip":
                continue
            if what == "dask":
                host = ["--host", "127.0.0.1", "--no-dashboard"]
                command = [sys.executable, "-m", "dask", *shlex.split(text), *host]
                started.append(subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL))
                until = time.monotonic() + 30
                while not answers(address) and time.monotonic() < until:
                    time.sleep(0.05)
            elif what == "python":
                code = f"{text}\nprint(sorted(runs.tables), len(runs.trials))"
                done = subprocess.run(
                    [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
                )
                assert done.returncode == 0, done.stderr
                assert "'comparison'" in done.stdout
                assert done.stdout.endswith(" 8\n")
            elif "--resume" in text:
                assert chainsim(*shlex.split(text), cwd=tmp_path).returncode == 4  # nothing was interrupted
            else:
                assert what == "chainsim"
                done = chainsim(*shlex.split(text), cwd=tmp_path)
                assert done.returncode == 0, done.stderr
                ran.append(text)
        for run in (tmp_path / "results" / "small").iterdir():
            if not run.is_symlink():
                outputs = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["outputs"]
                written.add(tuple(sorted((name, digest) for name, digest in outputs.items() if "tables" in name)))
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    assert len(ran) == 5
    assert len(written) == 1, "the same bytes everywhere"
