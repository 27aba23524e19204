"""`chainsim report`: where it writes, what it takes for a run, what it refuses; and the one that `run` leaves."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from chainsim.cli.main import _run


@pytest.fixture(scope="module")
def run(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "results" / "small" / "20260101T0000-abc"
    arguments = ["-q", "-j", "1", "-n", "1", "-p", "buy_local", "--lang", "zh", "--out", str(folder)]
    assert _run(["run", str(small), *arguments], debug=True) == 0
    return folder


def test_a_run_has_its_report_among_its_hashed_outputs(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    data = (run / "report.html").read_bytes()
    assert manifest["outputs"]["report.html"] == hashlib.sha256(data).hexdigest()
    assert b'<html lang="zh-CN">' in data


def test_another_is_written_beside_it_and_its_path_printed(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (run / "report.html").read_bytes()
    assert _run(["report", str(run)], debug=True) == 0
    assert capsys.readouterr().out.strip() == (run / "report-en.html").as_posix()
    assert b'<html lang="en">' in (run / "report-en.html").read_bytes()
    assert (run / "report.html").read_bytes() == before
    (run / "report-en.html").unlink()


@pytest.mark.parametrize("name", ["20260101T0000-abc", "small", "results/small/20260101T0000-abc"])
def test_a_run_is_found_by_folder_by_name_and_by_scenario(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root = run.parents[2]
    if not (run.parent / "latest").exists():
        (run.parent / "latest").symlink_to(run.name)
    monkeypatch.chdir(root)
    assert _run(["report", name, "--lang", "zh", "--out", str(tmp_path / "a.html")], debug=True) == 0
    assert (tmp_path / "a.html").read_bytes() == (run / "report.html").read_bytes()


def test_tables_of_other_verbs_are_taken_in(run: Path, tmp_path: Path) -> None:
    flips, stops = tmp_path / "flips.csv", tmp_path / "stops.csv"
    flips.write_text(
        "﻿number,swing,rank,policy,difference,lead,lead_error,order_changes,top_changes\n"
        "as stated,,1,buy_local,1000000.0,,,False,False\n"
        "plants.works.capacity,'-20%,1,buy_local,900000.0,,,False,False\n",
        encoding="utf-8",
    )
    stops.write_text(
        "stop,firms,survive_days,first_wait_days,held_hours,late_cny,lost_cny,value_added_lost_cny,recover_days\n"
        "电机 city 01,1,3.5,,12,0,0,0,9\n",
        encoding="utf-8",
    )
    options = ["--sensitivity", str(flips), "--resilience", str(stops), "--out", str(tmp_path / "a.html")]
    assert _run(["report", str(run), *options], debug=True) == 0
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'id="tornado-chart"' in page
    assert ">-20%<" in page  # without the quote against spreadsheets
    assert 'id="stops-chart"' in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "no run 'nobody'"),
        (["{here}"], "is not a chainsim run folder"),
        (["{run}", "--sensitivity", "{run}/tables/kpis.csv"], "no column 'number'"),
        (["{run}", "--resilience", "{here}/no.csv"], "cannot read"),
        (["{run}", "--out", "{here}/no/a.html"], "cannot write"),
    ],
)
def test_what_is_no_run_or_no_such_table_is_named(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    words = [word.format(run=run, here=tmp_path) for word in arguments]
    assert _run(["report", *words], debug=False) == 4
    assert said in capsys.readouterr().err
    assert list(tmp_path.rglob("*.html")) == []


def test_a_run_of_an_unreadable_scenario_still_has_a_report(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    (copy / "inputs" / "small.yaml").write_text("chainsim: 99\n", encoding="utf-8")
    assert _run(["report", str(copy)], debug=True) == 0
    assert (copy / "report-en.html").is_file()


def test_a_report_that_cannot_be_made_costs_no_run(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from chainsim.report.html import library

    library.script.cache_clear()
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda _: None)
    arguments = ["-q", "-j", "1", "-n", "1", "-p", "buy_local", "--out", str(tmp_path / "run")]
    assert _run(["run", str(small), *arguments], debug=True) == 0
    assert "no report.html: charts need the package plotly: pip install plotly" in capsys.readouterr().err
    assert (tmp_path / "run" / "manifest.json").is_file()
    assert not (tmp_path / "run" / "report.html").exists()


def test_several_scenarios_compared_have_a_report(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(small, tmp_path / "mine.yaml")
    shutil.copy(small, tmp_path / "yours.yaml")
    options = ["-q", "-j", "1", "-n", "1", "-p", "buy_local"]
    assert _run(["compare", "mine.yaml", "yours.yaml", *options], debug=True) == 0
    (page,) = tmp_path.glob("results/mine+yours/2*/report.html")
    assert "yours:" in page.read_text(encoding="utf-8")
