"""The workbook of a run: its numbers are those of the tables, its charts point at the cells that they show."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chainsim.results.store import read_table

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def run(chainsim: Command, small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("runs") / "run"
    done = chainsim("run", small, "-q", "-j", 1, "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def book(chainsim: Command, run: Path) -> Any:
    done = chainsim("export", run, "--table", "lanes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == (run / "results.xlsx").as_posix()
    return openpyxl.load_workbook(run / "results.xlsx")


def rows(sheet: Any) -> list[dict[str, Any]]:
    header, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in body]


def test_every_sheet_is_named_on_the_first(book: Any) -> None:
    first, *others = book.sheetnames
    said = [row[0].value for row in book[first].iter_rows()]
    assert [name for name in said if name in book.sheetnames] == others
    assert "lanes" in others


@pytest.mark.parametrize("name", ["comparison", "kpis", "firms", "bottlenecks", "assumptions", "lanes"])
def test_a_sheet_has_what_its_table_has(book: Any, run: Path, name: str) -> None:
    table = read_table(run, name)
    found = rows(book[name])
    assert list(found[0]) == list(table.columns)
    for column in table.columns:
        wanted = [None if value != value or value == "" else value for value in table[column].tolist()]
        kept = [row[column] for row in found]
        assert [_plain(value) for value in kept] == [_plain(value) for value in wanted], column


def _plain(value: Any) -> Any:
    """Excel keeps sixteen digits, and no empty text."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return pytest.approx(value, rel=1e-14)
    return str(value) if value not in (None, "") else None


def test_the_decision_is_in_the_unit_of_its_headers(book: Any, run: Path) -> None:
    table = read_table(run, "decision").set_index("policy")
    found = {row["policy"]: row for row in rows(book["decision"])}
    assert list(found) == list(table.index)
    local = found["buy_local"]
    assert local["value added (CNY m)"] == pytest.approx(table.loc["buy_local", "value_added"] / 1e6)
    half = (table.loc["buy_local", "value_added_high"] - table.loc["buy_local", "value_added_low"]) / 2e6
    assert local["± (CNY m)"] == pytest.approx(half)
    assert local["payback (years)"] is None
    assert found["pay_sooner"]["public cost (CNY m)"] == 1


def test_the_ramp_is_the_mean_of_the_replications_by_day(book: Any, run: Path) -> None:
    daily = read_table(run, "daily")
    means = daily.groupby(["policy", "date"])["delivered_units"].mean()
    found = rows(book["ramp"])
    assert [row["date"].date().isoformat() for row in found] == sorted(set(daily["date"]))
    at = found[30]["date"].date().isoformat()
    assert found[30]["motor_outage"] == pytest.approx(means["motor_outage", at])
    assert found[30]["baseline"] == pytest.approx(means["none", at])


def test_charts_point_at_the_cells_beside_them(book: Any, run: Path) -> None:
    assert {sheet.title: len(sheet._charts) for sheet in book if sheet._charts} == {
        "decision": 1,
        "ramp": 1,
        "waterfall": 2,
    }
    with zipfile.ZipFile(run / "results.xlsx") as packed:
        charts = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/charts/chart")]
    references = {found for chart in charts for found in re.findall(r"<c:f>'?(\w+)'?!\$(\w+)\$(\d+):?", chart)}
    assert {sheet for sheet, _, _ in references} == {"decision", "ramp", "waterfall"}
    cells = re.findall(r"<c:f>'(\w+)'!\$(\w+)\$(\d+):\$\w+\$(\d+)</c:f>", "".join(charts))
    for sheet, column, begin, end in cells:
        values = [book[sheet][f"{column}{row}"].value for row in range(int(begin), int(end) + 1)]
        assert None not in values, (sheet, column, begin, end)
    assert len(cells) >= 4 * 2 + 2 * 4  # four lines of policies and demand; two waterfalls
    assert "<c:errBars>" in "".join(charts)


def test_the_bars_of_a_waterfall_fit_together(book: Any) -> None:
    found = [row for row in rows(book["waterfall"]) if row["region"] == "city"]
    leaks = [row for row in found if row["part of the yuan"].startswith("leakage")]
    stays = next(row for row in found if row["part of the yuan"].startswith("stays"))
    assert stays["yuan per yuan"] + sum(row["yuan per yuan"] for row in leaks) == pytest.approx(1)


def test_headers_in_chinese(chainsim: Command, run: Path, tmp_path: Path) -> None:
    done = chainsim("export", run, tmp_path / "r.xlsx", "--lang", "zh")
    assert done.returncode == 0
    sheets = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert sheets.sheetnames[0] == "说明"
    assert next(sheets["decision"].iter_rows(values_only=True))[:4] == (
        "政策",
        "名次",
        "营业收入 (万元)",
        "增加值 (万元)",
    )


def test_a_comparison_of_finished_runs_as_a_workbook(chainsim: Command, run: Path, tmp_path: Path) -> None:
    done = chainsim("compare", run, "--baseline", "buy_local", "--format", "xlsx", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "comparison.xlsx\n")
    found = openpyxl.load_workbook(tmp_path / "comparison.xlsx")
    assert found.sheetnames == ["about", "decision", "comparison", "ranking", "kpis"]
    assert [row["policy"] for row in rows(found["decision"])] == ["none", "motor_outage", "pay_sooner"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 4, "no run 'nowhere'"),
        (["RUN", "r.xls"], 2, "FILE must end in .xlsx"),
        (["RUN", "--table", "lane"], 4, "has no table 'lane'; there are: assumptions"),
        (["RUN", "no/such/r.xlsx"], 4, "cannot write no/such/r.xlsx"),
    ],
)
def test_what_cannot_be_exported(
    chainsim: Command, run: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = chainsim("export", *(run if word == "RUN" else word for word in arguments), cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
