"""Excel sheets beside a scenario: they mean what the same CSV means, and every fault is named by its cell."""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.cli.problems import render
from chainsim.errors import letters
from chainsim.scenario.load import Loaded
from chainsim.scenario.text.table import read_table

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]
HEADER = ["name", "ring", "district", "share", "capacity", "title", "group"]


def workbook(*rows: Sequence[Any], sheet: str = "Sheet1", forms: dict[str, str] | None = None, **more: Any) -> bytes:
    """A workbook whose first sheet has these rows.  forms: number formats by cell; more: rows of further sheets."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(list(row))
    for cell, form in (forms or {}).items():
        first[cell].number_format = form
    for name, content in more.items():
        other = book.create_sheet(name)
        for row in content:
            other.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def recalculated(data: bytes, cell: str, formula: str, value: str) -> bytes:
    """The workbook with a formula in a cell, and the value that Excel would keep beside it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = content.decode()
                begin = text.index(f'<c r="{cell}"')
                end = text.index("</c>", begin) + 4
                told = f'<c r="{cell}"><f>{formula}</f><v>{value}</v></c>'
                content = (text[:begin] + told + text[end:]).encode()
            new.writestr(name, content)
    return kept.getvalue()


def with_list(small: str, file: str = "firms.xlsx") -> str:
    return small.replace("count: 2, share: 90%", f"list: {file}, share: 90%")


def texts(data: bytes, display: str = "t.xlsx") -> list[dict[str, str]]:
    table, problems = read_table(display, data)
    assert problems == []
    return [{name: cell.text for name, cell in row.cells.items()} for row in table.rows]


MADE = workbook(["name"], ["a"])


# ------------------------------------------------------------------------------------ what cells mean


def test_a_sheet_means_the_same_as_the_csv(loaded: Load, small: str) -> None:
    rows = [HEADER, ["Seat One", "city", "Licheng", "50%", "40/day", None, "BYD"], ["NA", "province", None, "40%"]]
    csv = "\n".join(",".join(str(cell or "") for cell in [*row, *[""] * (7 - len(row))]) for row in rows)
    from_sheet = loaded(with_list(small), firms__xlsx=workbook(*rows)).scenario.suppliers["seats"]
    from_csv = loaded(with_list(small, "firms.csv"), firms__csv=csv).scenario.suppliers["seats"]
    assert from_sheet.firms == from_csv.firms
    assert list(from_sheet.firms) == ["Seat One", "NA"]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (5, "General", "5"),
        (0.1 + 0.2, "General", "0.3"),
        (1e6, "#,##0", "1000000"),
        (1.5e-7, "General", "0.00000015"),
        (0.5, "0%", "50%"),
        (0.125, "0.00%", "12.5%"),
        (1.1, "0%", "110%"),
        (0.07, "0%", "7%"),  # 0.07 * 100 is 7.000000000000001 in binary
        (40, '0 "/day"', "40/day"),
        (40, '#,##0"天"', "40天"),
        (40, '0" days"_);(0" days")', "40 days"),
        (True, "General", "true"),
        (dt.date(2024, 3, 1), "yyyy-mm-dd", "2024-03-01"),
        (dt.datetime(2024, 3, 1, 8), "yyyy-mm-dd hh:mm", "2024-03-01 08:00"),
        (dt.datetime(2024, 3, 1, 7, 59, 59, 999_900), "yyyy-mm-dd hh:mm", "2024-03-01 08:00"),
        (dt.timedelta(hours=36), "[h]:mm", "2160 min"),
        (dt.time(8, 30), "hh:mm", "08:30"),
        ("  007 ", "General", "007"),
        ("NA", "General", "NA"),
        ("１２", "General", "１２"),  # what a number may look like is for its field to say
    ],
    ids=str,
)
def test_what_excel_keeps_becomes_what_a_scenario_says(value: Any, form: str, text: str) -> None:
    assert texts(workbook(["name"], [value], forms={"A2": form})) == [{"name": text}]


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_a_number_keeps_the_digits_that_excel_shows(number: Any) -> None:
    text = texts(workbook(["name"], [float(number)]))[0]["name"]
    assert Fraction(text) == Fraction(number)


def test_a_unit_in_the_header_goes_to_plain_numbers(loaded: Load, small: str) -> None:
    rows = [
        ["名称（必填）", "产能 capacity (/day)", "份额 share (%)", "ring"],
        ["甲", 40, 50, "市"],
        ["7", "3/h", "50%", "省"],
    ]
    firms = loaded(with_list(small), firms__xlsx=workbook(*rows)).scenario.suppliers["seats"].firms
    assert [(name, firm.share, firm.ring) for name, firm in firms.items()] == [
        ("甲", Fraction(1, 2), "city"),
        ("7", Fraction(1, 2), "province"),
    ]
    inline = small.replace("count: 2, share: 90%", "share: 90%, firms: {甲: {capacity: 40/day}, '7': {capacity: 3/h}}")
    stated = loaded(inline).scenario.suppliers["seats"].firms
    assert [firm.capacity for firm in firms.values()] == [firm.capacity for firm in stated.values()]


def test_a_header_in_two_languages_must_mean_one_thing() -> None:
    words = {"名称": "name", "name": "name", "capacity": "capacity"}
    assert read_table("t.csv", "名称 name,b\nx,1\n".encode(), words)[0].header == ("name", "b")
    assert read_table("t.csv", "名称 capacity,b\nx,1\n".encode(), words)[0].header == ("名称 capacity", "b")


def test_rows_that_begin_with_a_number_sign_are_notes() -> None:
    assert texts(workbook(["name"], ["# example"], ["a"])) == [{"name": "a"}]
    assert texts(b"name\n# example\na#1\n", "t.csv") == [{"name": "a#1"}]


def test_the_first_sheet_that_can_be_seen_or_the_one_that_is_named(loaded: Load, small: str) -> None:
    data = workbook(["name"], ["a"], Others=[["name"], ["b"], ["c"]])
    text = with_list(small, "f.xlsx").replace("tier: 2, share: 50%", "tier: 2, list: f.xlsx!Others, share: 50%")
    both = loaded(text, f__xlsx=data)
    assert [list(both.scenario.suppliers[group].firms) for group in ("seats", "steel")] == [["a"], ["b", "c"]]
    assert list(both.inputs) == ["small.yaml", "f.xlsx"]
    hidden = openpyxl.load_workbook(io.BytesIO(data))
    hidden["Sheet1"].sheet_state = "hidden"
    hidden.active = 1
    kept = io.BytesIO()
    hidden.save(kept)
    assert texts(kept.getvalue()) == [{"name": "b"}, {"name": "c"}]


def test_a_trace_and_facts_may_be_sheets_too(loaded: Load, small: str) -> None:
    orders = workbook(
        ["日期", "数量"], [dt.date(2024, 1, 5), 20], [dt.datetime(2024, 2, 1, 8), 35], forms={"A3": "yyyy-m-d h:mm"}
    )
    facts = workbook(["id", "value", "source_date"], ["cap", 150, dt.date(2024, 3, 20)])
    text = small.replace("rate: 100/day", "trace: orders.xlsx").replace("study:", "facts: facts.xlsx\nstudy:")
    text = text.replace("price: 1_000 CNY", "price: {value: 1_000 CNY, source: cap}")
    result = loaded(text, orders__xlsx=orders, facts__xlsx=facts)
    assert result.scenario.markets["buyers"].listed == [(dt.datetime(2024, 1, 5), 20), (dt.datetime(2024, 2, 1, 8), 35)]
    assert result.facts["cap"].source_date == "2024-03-20"


def test_a_formula_counts_with_the_value_that_excel_kept() -> None:
    data = workbook(["name", "share"], ["a", 1])
    assert texts(recalculated(data, "B2", "1/2+0", "0.5")) == [{"name": "a", "share": "0.5"}]


# ------------------------------------------------------------------------------------ faults


def test_every_fault_is_named_by_its_cell_and_all_at_once(refused: Refused, small: str) -> None:
    rows = [
        ["name", "ring", "share", "capacity", "lead_time"],
        ["a", "cty", "50%", "40/day", 5],
        ["b", "city", 50, "40/day", "2 days"],
        ["c", "city", "50%", 40, "2 days"],
        ["a", "city", "50%", "40/day", "2 days"],
        [None, "city"],
    ]
    said = refused(with_list(small), firms__xlsx=workbook(*rows))
    for wanted in (
        "firms.xlsx!Sheet1!B2: ring must be 'city' or 'province' or 'nation' or 'abroad', got 'cty'",
        "firms.xlsx!Sheet1!E2: lead_time needs a unit, got '5'",
        "firms.xlsx!Sheet1!C3: share must be a share, 0% to 100%, got '50'",
        "firms.xlsx!Sheet1!D4: capacity needs a time, got '40'",
        "firms.xlsx!Sheet1!A5: name 'a' already stands on row 2",
        "firms.xlsx!Sheet1!A6: the name is empty",
    ):
        assert any(one.startswith(wanted) for one in said), (wanted, said)


def test_a_fault_is_shown_in_its_row_with_a_caret_below_the_cell() -> None:
    from chainsim.errors import Problem
    from chainsim.scenario.text.sources import excerpt

    table, _ = read_table("t.xlsx", workbook(["name", "ring", "share"], ["泰安座椅", "city", 50]))
    place = table.rows[0].cells["share"].place
    shown = render(Problem("no", place, excerpt=excerpt(place))).splitlines()
    assert shown == ["t.xlsx!Sheet1!C2: no", "  2 | 泰安座椅 city 50", "    |               ^^"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (workbook(), "firms.xlsx!Sheet1!A1: the table is empty"),
        (workbook(HEADER), "firms.xlsx!Sheet1!A1: the list has no rows"),
        (workbook(["ring"], ["city"]), "firms.xlsx!Sheet1!A1: column 'name' (名称) is missing"),
        (
            workbook(["name", "shar"], ["a", "5%"]),
            "firms.xlsx!Sheet1!B1: unknown column 'shar' - did you mean 'share'?",
        ),
        (workbook(["name"], ["a", "note"]), "firms.xlsx!Sheet1!B2: 2 cells where the header has 1"),
        (workbook(["name", None, "ring"], ["a"]), "firms.xlsx!Sheet1!B1: a column has no name"),
        (workbook(["name"], ["a\nb"]), "firms.xlsx!Sheet1!A2: column 'name' holds a line break"),
        (workbook(["name"], ["a\u202eb"]), "firms.xlsx!Sheet1!A2: character U+202E not allowed"),
        (workbook(["name", "share"], ["a", "=1/2"]), "firms.xlsx!Sheet1!B2: holds a formula that was never calculated"),
        (workbook(["name"], ["=A9"]), "firms.xlsx!Sheet1!A2: holds a formula that was never calculated"),
        (workbook(["name", "share"], ["a", "#N/A"]), "firms.xlsx!Sheet1!B2: holds the error #N/A"),
        (b"PK\x03\x04" + bytes(100), "firms.xlsx: cannot be read as an Excel workbook (BadZipFile"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "firms.xlsx: is an old .xls file, or has a password"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_faults_of_a_sheet(refused: Refused, small: str, data: bytes, said: str) -> None:
    found = refused(with_list(small), firms__xlsx=data)
    assert any(one.startswith(said) for one in found), found


def test_a_zip_that_is_no_workbook_and_one_that_unpacks_to_too_much(refused: Refused, small: str) -> None:
    for content, said in ((b"x", "cannot be read as an Excel workbook"), (bytes(200_000_001), "when it is unpacked")):
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("xl/worksheets/sheet1.xml", content)
        assert any(said in one for one in refused(with_list(small), firms__xlsx=kept.getvalue()))


def test_a_sheet_that_is_not_there_is_named(refused: Refused, small: str) -> None:
    data = workbook(["name"], ["a"], sheet="Seats")
    said = refused(with_list(small, "firms.xlsx!Seat"), firms__xlsx=data)
    assert any("firms.xlsx: no sheet 'Seat' - did you mean 'Seats'?" in one for one in said)


def test_without_openpyxl_the_install_line_is_said(
    refused: Refused, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = refused(with_list(small), firms__xlsx=MADE)
    assert any("firms.xlsx: reading Excel files needs openpyxl" in one for one in said)


def test_a_source_of_a_row_stands_behind_its_numbers(loaded: Load, refused: Refused, small: str) -> None:
    head = ["name", "capacity", "交货期", "来源", "可信度"]
    rows = [head, ["a", "40/day", "2 days", "assumed: a call", "假设"], ["b", "9/day"]]
    result = loaded(with_list(small), firms__xlsx=workbook(*rows))
    behind = {row.path: row for row in result.assumptions()}
    assert behind["suppliers.seats.firms.a.capacity"].note == "a call"
    assert behind["firms.a.lead_time"].note == "a call"
    assert behind["suppliers.seats.firms.b.capacity"].note == ""
    rows[1][3:] = ["nowhere", "sure"]
    said = refused(with_list(small), firms__xlsx=workbook(*rows))
    assert any("!D2: source 'nowhere' needs a facts table" in one for one in said)
    assert any("!E2: confidence must be one of measured, derived, assumed" in one.replace("'", "") for one in said)


def test_what_the_scenario_says_of_a_firm_comes_before_its_list(loaded: Load, small: str) -> None:
    text = with_list(small) + "firms:\n  a: {lead_time: 9 days, district: Licheng}\n"
    data = workbook(["name", "lead_time", "pays_after"], ["a", "2 days", "60 days"], ["b", "3 days", None])
    firms = loaded(text, firms__xlsx=data).scenario.firms
    assert firms["a"].district == "Licheng"
    assert firms["a"].pays_after == 60 * 86_400
    assert [str(firms[name].lead_time) == str(firms["a"].lead_time) for name in ("a", "b")] == [True, False]


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (703, "AAA")])
def test_columns_have_the_names_of_a_spreadsheet(column: int, name: str) -> None:
    assert letters(column) == name
