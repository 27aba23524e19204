"""Workbooks: text stays text, nothing is guessed, columns fit, and a file is whole or not there."""

from __future__ import annotations

import datetime as dt
import math
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from chainsim.errors import FolderError, MissingLibraryError
from chainsim.report.excel.book import Column, cells, columns_of, opened
from chainsim.report.excel.tables import columns

DANGEROUS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://example.org", "{=A1}", "007", "1e3", "NA"]


def written(path: Path, *made: Column) -> Any:
    with opened(path) as book:
        book.sheet("s", made)
    return openpyxl.load_workbook(path)["s"]


def test_text_is_never_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    sheet = written(tmp_path / "b.xlsx", Column("=title", DANGEROUS, "text"))
    assert [cell.value for cell in sheet["A"]] == ["=title", *DANGEROUS]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    with zipfile.ZipFile(tmp_path / "b.xlsx") as packed:
        xml = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml


def test_what_is_no_number_stays_empty_and_infinity_is_said(tmp_path: Path) -> None:
    sheet = written(tmp_path / "b.xlsx", Column("a", [1.5, math.nan, None, math.inf, True, pd.NA, 2]))
    assert [cell.value for cell in sheet["A"]][1:] == [1.5, None, None, "inf", True, None, 2]


def test_headers_are_frozen_and_columns_are_as_wide_as_what_they_show(tmp_path: Path) -> None:
    sheet = written(
        tmp_path / "b.xlsx", Column("名称", ["泰安座椅厂"], "text"), Column("money", [1234567.891], "money")
    )
    assert sheet.freeze_panes == "B2"
    widths = [sheet.column_dimensions[name].width for name in "AB"]
    assert widths == [pytest.approx(columns_of("泰安座椅厂") + 2, abs=1), pytest.approx(len("1,234,568") + 2, abs=1)]
    assert columns_of("泰安座椅厂") == 10


def test_the_same_columns_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.xlsx", Column("x", [1, 2]))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_is_whole_or_absent(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened(tmp_path / "b.xlsx") as book:
        book.sheet("s", [Column("x", [1 / 0])])
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FolderError, match="cannot write"), opened(tmp_path / "no" / "b.xlsx") as book:
        book.sheet("s", [])
    (tmp_path / "taken.xlsx").mkdir()
    with pytest.raises(FolderError, match="cannot write"), opened(tmp_path / "taken.xlsx") as book:
        book.sheet("s", [])
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]


def test_without_xlsxwriter_the_install_line_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'chainsim\[excel\]'"), opened(tmp_path / "b.xlsx"):
        pass


def test_a_reference_to_cells() -> None:
    assert cells("s", 0, 3) == "='s'!$A$2:$A$4"
    assert cells("s", 27, 2, 5) == "='s'!$AB$6:$AB$7"


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [
        ("revenue_cny", 1.0, "money"),
        ("fill_rate", 0.5, "share"),
        ("utilisation", 0.5, "share"),
        ("per_yuan", 0.25, "per_yuan"),
        ("mean_transit_days", 2.5, "decimal"),
        ("delivered_units", 2.5, "decimal"),
        ("date", "2024-01-01", "date"),
        ("firm", "works", "text"),
        ("replication", 1, "plain"),
    ],
)
def test_columns_look_as_planners_write_them(name: str, value: object, form: str) -> None:
    (column,) = columns(pd.DataFrame({name: [value]}))
    assert column.form == form


def test_a_day_becomes_a_date_and_a_unit_decides_what_its_value_looks_like() -> None:
    table = pd.DataFrame({"day": ["2024-01-31"], "unit": ["share"], "value": [0.5], "relative": [0.1]})
    day, _, value, relative = columns(table)
    assert day.values == [dt.date(2024, 1, 31)]
    assert value.form_of(0) == "share"
    assert relative.form_of(0) == "share"
