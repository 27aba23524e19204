"""The form for suppliers: what a person fills in, the scenario reads; the form itself says everything that it takes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from chainsim.report.excel.suppliers import FIELDS, GRADES, RINGS, write_form
from chainsim.report.html.numbers import LANGUAGES, Lang
from chainsim.scenario.language.values import RINGS as KNOWN_RINGS
from chainsim.scenario.resolve.lists import COLUMNS, firms_of
from chainsim.scenario.resolve.lists import GRADES as KNOWN_GRADES
from chainsim.scenario.resolve.lists import RINGS as RING_WORDS
from chainsim.scenario.resolve.provenance import CONFIDENCES
from chainsim.scenario.text.nodes import Mapping, Scalar


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_empty_form_is_a_list_without_rows_and_without_other_faults(tmp_path: Path, lang: Lang) -> None:
    write_form(tmp_path / "s.xlsx", lang)
    _, problems = firms_of("s.xlsx", (tmp_path / "s.xlsx").read_bytes())
    assert [one.message for one in problems] == ["the list has no rows"]


def test_every_column_of_a_list_but_the_date_is_on_the_form() -> None:
    assert {field.header.split()[1] for field in FIELDS} == set(COLUMNS) - {"date"}
    assert all(field.en and field.zh for field in FIELDS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_drop_downs_offer_what_can_be_read(tmp_path: Path, lang: Lang) -> None:
    assert [RING_WORDS.get(word, word) for word in RINGS[lang]] == list(KNOWN_RINGS)
    assert [KNOWN_GRADES.get(word, word) for word in GRADES[lang]] == list(CONFIDENCES)
    write_form(tmp_path / "s.xlsx", lang)
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").worksheets[0]
    lists = {rule.formula1: str(rule.sqref) for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists == {f'"{",".join(RINGS[lang])}"': "B2:B501", f'"{",".join(GRADES[lang])}"': "K2:K501"}
    assert sheet.freeze_panes == "B2"


def test_what_a_person_fills_in_is_read_with_the_units_of_the_headers(tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    write_form(path, "zh")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    row = ["章丘电机", "市", "章丘", 0.6, 40, 1.5, "2 weeks", None, None, "assumed: a call", "假设", None]
    for column, value in enumerate(row, start=1):
        sheet.cell(3, column).value = value  # the cell keeps the form's number format
    book.save(path)
    firms, problems = firms_of("s.xlsx", path.read_bytes())
    assert problems == []
    (named,), (own,) = firms.named.entries.values(), firms.own.entries.values()
    assert isinstance(named, Mapping)
    assert isinstance(own, Mapping)
    said = {key: node.text for key, node in {**named.entries, **own.entries}.items() if isinstance(node, Scalar)}
    assert said == {
        "ring": "city",
        "district": "章丘",
        "share": "0.6",  # a form of its own keeps the per cent sign in Excel
        "capacity": "40/day",
        "lead_time": "1.5 days",
        "pays_after": "2 weeks",
    }
    assert {origin.confidence for origin in firms.origins.values()} == {"assumed"}
