"""A run folder is whole or absent, tells nothing of the machine it was made on, and reads back as it was."""

from __future__ import annotations

import getpass
import hashlib
import io
import json
import os
import re
import socket
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.cli.main import _run
from chainsim.errors import FolderError
from chainsim.report.html.library import script
from chainsim.results.store import (
    FORMULA_STARTS,
    RunFolder,
    csv_bytes,
    default_target,
    file_name,
    parquet_bytes,
    read_manifest,
    read_table,
)

TABLE = pd.DataFrame({"firm": ["电机 01", "=1+1", "a,b"], "units": [1, 2, 3], "cny": [0.1, 1e-9, 123456789.01]})


@pytest.fixture(scope="module")
def folder(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run started by an absolute path, in a folder whose name would give the user away."""
    home = tmp_path_factory.mktemp("secret-home")
    (home / "mine.yaml").write_bytes(small.read_bytes())
    target = home / "results" / "one"
    assert _run(["run", str(home / "mine.yaml"), "-q", "-n", "1", "-j", "1", "--out", str(target)], debug=False) == 0
    return target


def test_the_manifest_lists_every_other_file_with_its_hash(folder: Path) -> None:
    manifest = read_manifest(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {*manifest["outputs"], "manifest.json"}
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    (name,) = manifest["inputs"]
    assert manifest["inputs"][name] == manifest["outputs"][f"inputs/{name}"]
    assert (folder.parent / "latest").resolve() == folder.resolve()


def test_no_file_tells_of_the_machine(folder: Path) -> None:
    """The name of the machine as a word: digests hold any two letters."""
    words = ["secret-home", str(Path.home()), str(Path.cwd())]
    words += [] if getpass.getuser() in ("root", "user", "test") else [getpass.getuser()]
    host = re.compile(rb"(?<![\w+/])" + re.escape(socket.gethostname().encode()) + rb"(?![\w+/=])")
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().replace(script(), b"")
            assert [word for word in words if word.encode() in data] == [], path
            assert not (path.suffix != ".parquet" and host.search(data)), path


def test_resolved_scenarios_name_file_and_line(folder: Path) -> None:
    text = (folder / "resolved" / "pay_sooner.txt").read_text(encoding="utf-8")
    assert "plants.works.pays_after: 10 days  # mine.yaml:" in text
    assert "(policy pay_sooner)" in text
    assert {path.stem for path in (folder / "resolved").iterdir()} == {
        "none",
        *"buy_local motor_outage pay_sooner".split(),
    }


# Intervals of one run, shares of nothing, ratios that divide by 0: such cells are empty, never a number.
MAY_BE_MISSING = {
    "comparison": {"low", "high", "low_family", "high_family", "p", "p_holm", "relative"},
    "type_one": {"nominal", "realised", "realised_net"},
    "products": {"direct", "total"},
    "decision": set("value_added_low value_added_high payback_years".split())
    | {f"per_fiscal_yuan{end}" for end in ("", "_low", "_high")},
    "ranking": {"rank", "last"},
    "common_luck": {"paired", "unpaired", "ratio", "correlation", "equivalent"},
    "described": {
        "error",
        *(f"q{at}{end}" for at in ("05", "25", "50", "75", "95") for end in ("_low", "_high")),
        *(f"{what}{end}" for what in ("beats", "loses", "exceeds") for end in ("", "_low", "_high")),
    },
}


def test_csv_and_parquet_say_the_same(folder: Path) -> None:
    for path in (folder / "tables").glob("*.csv"):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        table = read_table(folder, path.stem)
        for column in table.select_dtypes(exclude="number"):  # what a spreadsheet would run is quoted
            table[column] = [f"'{text}" if str(text).startswith(FORMULA_STARTS) else text for text in table[column]]
        missing = dict.fromkeys(MAY_BE_MISSING.get(path.stem, ()), "")
        plain = pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=missing)
        pd.testing.assert_frame_equal(plain, table, check_exact=True, check_dtype=False)
        assert len(table) > 0 or path.stem == "costs"  # nobody states any


def test_numbers_are_finite_but_for_the_intervals_of_one_run(folder: Path) -> None:
    for path in (folder / "tables").glob("*.parquet"):
        numbers = read_table(folder, path.stem).select_dtypes("number")
        missing = set(numbers.columns[numbers.isna().any()])
        assert missing <= MAY_BE_MISSING.get(path.stem, set())
        assert not numbers.isin([float("inf"), float("-inf")]).to_numpy().any()


def test_a_run_is_never_overwritten(folder: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "manifest.json").read_bytes()
    assert _run(["run", str(small), "-q", "--out", str(folder)], debug=False) == 4
    assert "run folders are never overwritten" in capsys.readouterr().err
    assert (folder / "manifest.json").read_bytes() == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["latest", "one"]


@given(st.text(max_size=20))
def test_no_text_is_a_formula(text: str) -> None:
    data = csv_bytes(pd.DataFrame({"name": [text], "n": [-1]}))
    if "\x00" in text or not text.isprintable():
        return
    cell = pd.read_csv(io.BytesIO(data), encoding="utf-8-sig", keep_default_na=False, dtype=str)["name"][0]
    assert cell == (f"'{text}" if text.startswith(FORMULA_STARTS) else text)
    assert not cell.startswith(FORMULA_STARTS)


def test_negative_numbers_stay_numbers() -> None:
    assert csv_bytes(pd.DataFrame({"n": [-1.5]})).decode("utf-8-sig") == "n\n-1.5\n"


def test_tables_are_the_same_bytes_each_time() -> None:
    assert parquet_bytes(TABLE) == parquet_bytes(TABLE.copy())
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(parquet_bytes(TABLE))), TABLE)


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(143)])
def test_any_exception_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), RunFolder(tmp_path / "a" / "b" / "run") as run:  # noqa: PT012
        run.add_table("firms", TABLE)
        raise error
    assert list(tmp_path.iterdir()) == []


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError), RunFolder(tmp_path / "a" / "run"):
        raise ValueError
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_of_two_runs_into_one_folder_the_second_is_refused(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run") as first:
        with pytest.raises(FolderError, match=f"in use by process {os.getpid()} since"), RunFolder(tmp_path / "run"):
            pass
        first.add_bytes("a.txt", b"1")
        first.finish({})
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["a.txt", "manifest.json", "tables"]


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    staged = tmp_path / ".run.partial"
    (staged / "tables").mkdir(parents=True)
    (staged / ".owner").write_text("999999999 2026-01-01T00:00:00+00:00\n")
    with RunFolder(tmp_path / "run") as run:
        run.finish({})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "run"]


def test_latest_points_to_the_newest_and_spares_a_folder_of_that_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with RunFolder(tmp_path / name) as run:
            run.finish({})
        assert (tmp_path / "latest").resolve().name == name
    other = tmp_path / "other"
    (other / "latest").mkdir(parents=True)
    with RunFolder(other / "run") as run:
        run.finish({})
    assert not (other / "latest").is_symlink()


def test_names_of_folders_count_up(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 16, 4, tzinfo=UTC)
    target = default_target(tmp_path, "byd", "3f9a1cabc", now)
    assert target.relative_to(tmp_path).as_posix() == "byd/20261122T1604-3f9a1c"
    with RunFolder(target) as run:
        assert default_target(tmp_path, "byd", "3f9a1cabc", now).name == "20261122T1604-3f9a1c-2"
        run.finish({})
    assert default_target(tmp_path, "byd", "3f9a1cabc", now).name == "20261122T1604-3f9a1c-2"


@given(st.text(min_size=1, max_size=300).filter(str.isprintable))
def test_file_names_are_short_and_safe(text: str) -> None:
    name = file_name(text)
    assert len(name.encode()) <= 109
    assert not set(name) & set('/\\:*?"<>|')
    assert file_name("buy_local+more_stock") == "buy_local+more_stock"
    assert file_name(text) == text or file_name(text) != file_name(text + "?")


@pytest.mark.parametrize("content", [None, "", "[]", "{}", "{"])
def test_what_is_no_run_folder_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(FolderError, match="is not a chainsim run folder"):
        read_manifest(tmp_path)
    with pytest.raises(FolderError):
        read_table(tmp_path, "kpis")


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "kpis.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(FolderError, match="cannot read"):
        read_table(tmp_path, "kpis")


def test_the_manifest_is_json_with_chinese_as_it_is(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["policies"] == ["none", "buy_local", "motor_outage", "pay_sooner"]
    assert manifest["replications"] == [1]
    assert manifest["seed"] == 7
    assert manifest["libraries"].keys() == {"chainsim", "simpy", "numpy", "scipy", "pandas", "pyarrow"}
