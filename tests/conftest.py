"""Settings shared by all tests: Hypothesis profiles, the `--refresh` option, the command as people run it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# As many examples as `make test` has time for; `make nightly` and `chainsim fuzz` do the bulk.
settings.register_profile("dev", max_examples=40, deadline=None)
settings.register_profile("ci", max_examples=40, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=2000, deadline=None)
settings.register_profile("quick", max_examples=5, deadline=None, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

# Files whose tests share a slow run; with `-n`, each goes to one worker as a whole, and first.  (pytest-xdist's own
# way, `--dist=loadgroup`, has no effect with the pytest of constraints.txt.)
TOGETHER = (
    "tests/golden/test_byd.py",
    "tests/cli/test_determinism.py",
    "tests/compare/test_command.py",
    "tests/results/test_store.py",
    "tests/report/html/test_browser.py",
    "tests/model/rules/test_compile.py",
    "tests/engine/test_calendars.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return Scheduling(config, log) if config.getoption("dist") == "load" else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh",
        action="store_true",
        help="write golden files and reference tables anew instead of comparing with them",
    )


@pytest.fixture(scope="session")
def refresh(pytestconfig: pytest.Config) -> bool:
    """Whether a golden test writes its file instead of comparing with it (`make reference`)."""
    return bool(pytestconfig.getoption("--refresh"))


@pytest.fixture(scope="session")
def small() -> Path:
    """A scenario that runs in a fraction of a second."""
    return Path(__file__).parent / "data" / "small.yaml"


@pytest.fixture(scope="session")
def chainsim() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs the real command in a process of its own: `chainsim("run", path, cwd=...)`; nothing is asserted."""

    def run(*arguments: object, env: dict[str, str] | None = None, **options: object) -> object:
        command = [sys.executable, "-m", "chainsim", *map(str, arguments)]
        environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
        options = {"capture_output": True, "timeout": 100, **options}
        return subprocess.run(
            command, env=environment | (env or {}), text=True, encoding="utf-8", check=False, **options
        )

    return run
