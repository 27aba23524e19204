"""Runs whose reports the tests look at, and a browser that is known to be there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chainsim.cli.finished import load_any
from chainsim.cli.main import _run
from chainsim.report.html.source import Source
from chainsim.results.store import RunTables, read_manifest

ROOT = Path(__file__).resolve().parents[3]


def source_of(folder: Path) -> Source:
    """What the report of a run folder is made from."""
    facts = read_manifest(folder)
    names = [Path(name).stem for name in facts["outputs"] if name.endswith(".parquet")]
    return Source(facts, RunTables(folder, names), load_any(str(folder)))


@pytest.fixture(scope="session")
def small_run(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant, seven suppliers with Chinese names, a policy of each kind; reconciled."""
    folder = tmp_path_factory.mktemp("report") / "run"
    assert _run(["run", str(small), "-q", "-j", "1", "--reconcile", "--out", str(folder)], debug=True) == 0
    return folder


@pytest.fixture(scope="session")
def small_source(small_run: Path) -> Source:
    return source_of(small_run)


@pytest.fixture(scope="session")
def byd_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All 399 suppliers of byd.yaml, two months of them."""
    folder = tmp_path_factory.mktemp("byd") / "run"
    arguments = ["run", str(ROOT / "scenarios" / "byd.yaml"), "-q", "-j", "1", "-n", "1", "-p", "pay_in_60_days"]
    arguments += ["--set", "study.end=2023-03-01", "--set", "policies.pay_in_60_days.from=2023-01-01"]
    assert _run([*arguments, "--out", str(folder)], debug=True) == 0
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium of the system, closed with the module: its event loop is in the way of others."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    path = next((found for found in map(shutil.which, names) if found), None)
    if path is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium fonts-noto-cjk")
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with library.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def chinese_font() -> None:
    """A font with Chinese on this machine."""
    lister = shutil.which("fc-list")
    if lister is None or not subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout:
        pytest.skip("no font with Chinese on this machine; on Debian: apt-get install fonts-noto-cjk")
