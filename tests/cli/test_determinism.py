"""The same command gives the same bytes, whatever the machine's mood, through the real command."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Command = Callable[..., Any]


NAMES = """
    assumptions bottlenecks common_luck comparison concentration costs daily decision described effects events
    exposure firms fiscal groups kpis lanes leakage lines localisation markets multipliers orders products
    ranking stocks transactions type_one
""".split()
MAY_BE_EMPTY = ("bottlenecks", "costs", "fiscal")  # nobody waited, nobody states any


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}


@pytest.fixture(scope="module")
def reference(chainsim: Command, small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("reference") / "run"
    done = chainsim("run", small, "-q", "-j", 1, "--log", "--out", folder, env={"PYTHONHASHSEED": "0"})
    assert done.returncode == 0, done.stderr
    found = tables(folder)
    assert list(found) == [f"{name}.{form}" for name in NAMES for form in ("csv", "parquet")]
    return found


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_same_command_gives_the_same_bytes(
    chainsim: Command, small: Path, tmp_path: Path, reference: dict[str, bytes], jobs: int
) -> None:
    """Twice, under another PYTHONHASHSEED, in one process or two."""
    done = chainsim("run", small, "-q", "-j", jobs, "--log", "--out", tmp_path / "run", env={"PYTHONHASHSEED": "123"})
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "run") == reference


@pytest.mark.skipif(sys.platform == "win32", reason="umask")
def test_folder_zone_locale_and_umask_do_not_matter(
    chainsim: Command, small: Path, tmp_path: Path, reference: dict[str, bytes]
) -> None:
    env = {"TZ": "Pacific/Apia", "LC_ALL": "C", "LANG": "C", "HOME": "/nowhere", "PYTHONWARNINGS": "error"}
    done = chainsim("run", os.path.relpath(small, "/"), "-q", "-j", 1, "--log", "--out", tmp_path / "run",
                    cwd="/", env=env, umask=0o077)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "run") == reference


def test_the_order_of_supplier_groups_does_not_matter(
    chainsim: Command, small: Path, tmp_path: Path, reference: dict[str, bytes]
) -> None:
    text = small.read_text(encoding="utf-8")
    first, second = (re.search(rf"^  {name}: .*\n(?:   +.*\n)*", text, re.M) for name in ("电机", r"steel: \{tier"[:5]))
    second = re.search(r"^  steel: \{tier.*\n(?:   +.*\n)*", text, re.M)
    assert first is not None
    assert second is not None
    swapped = text.replace(first[0], "@").replace(second[0], first[0]).replace("@", second[0])
    assert swapped != text
    (tmp_path / "small.yaml").write_text(swapped, encoding="utf-8")
    done = chainsim("run", tmp_path / "small.yaml", "-q", "-j", 1, "--log", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    as_written = ("assumptions.csv", "assumptions.parquet")  # in the order of the file
    found = tables(tmp_path / "run")
    assert {name: data for name, data in found.items() if name not in as_written} == {
        name: data for name, data in reference.items() if name not in as_written
    }


def test_replication_7_alone_is_replication_7_of_10(chainsim: Command, small: Path, tmp_path: Path) -> None:
    options = ("-q", "-j", 1, "--log", "-p", "buy_local")
    for folder, which in (("ten", ("-n", 10)), ("one", ("--replication", 7))):
        done = chainsim("run", small, *options, *which, "--out", tmp_path / folder)
        assert done.returncode == 0, done.stderr
    for path in sorted((tmp_path / "one" / "tables").glob("*.parquet")):
        one = pd.read_parquet(path)
        if "replication" in one:
            ten = pd.read_parquet(tmp_path / "ten" / "tables" / path.name)
            assert set(one["replication"]) == {7} or (path.stem in MAY_BE_EMPTY and len(one) == 0)
            pd.testing.assert_frame_equal(one, ten[ten["replication"] == 7].reset_index(drop=True), check_exact=True)
