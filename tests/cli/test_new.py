"""`chainsim new`: a folder that runs as it is, a form that its scenario reads, and nothing overwritten."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as program
from chainsim.cli.new import FORM, TEMPLATES
from chainsim.errors import FolderError
from chainsim.notebook.shipped import folder as shipped
from chainsim.scenario.load import load


def made(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(program, ["new", str(folder), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_folder_validates_and_says_what_to_type_next(tmp_path: Path, template: str, lang: str) -> None:
    output = made(tmp_path / "here", "--template", template, "--lang", lang)
    assert {path.name for path in (tmp_path / "here").iterdir()} - {FORM} == set(TEMPLATES[template])
    *_, verb, file = output.split()
    loaded = load(file)
    assert loaded.warnings == ()
    assert verb == ("verify-model" if loaded.scenario.expect else "run")


def test_the_small_plant_is_the_same_in_both_languages() -> None:
    """But for names: the same keys and values in the same order."""
    english, chinese = (load(str(shipped() / "templates" / f"plant{end}.yaml")) for end in ("", "-zh"))
    shapes = []
    for loaded in (english, chinese):
        plain = [row for row in loaded.resolved() if not row.path.endswith((".title", ".makes", ".buys", "title"))]
        shapes.append([(row.path.count("."), row.value, row.set_by) for row in plain if "policies" not in row.path])
    assert len(shapes[0]) > 100
    assert shapes[0] == shapes[1]


def test_the_small_plant_has_two_suppliers_and_a_comment_on_every_number_that_is_not_plain() -> None:
    text = (shipped() / "templates" / "plant.yaml").read_text(encoding="utf-8")
    assert len(load(str(shipped() / "templates" / "plant.yaml")).scenario.suppliers) == 2
    assert text.count("#") > 20
    assert "assumed" in text


def test_the_form_filled_in_takes_the_place_of_a_supplier(tmp_path: Path) -> None:
    made(tmp_path, "--template", "plant")
    book = openpyxl.load_workbook(tmp_path / FORM)
    for row, (name, share) in enumerate({"North Motors": 0.75, "南方电机": 0.25}.items(), start=3):
        for column, value in ((1, name), (2, "city"), (4, share), (5, 60), (6, 2)):
            book.worksheets[0].cell(row, column).value = value
    book.save(tmp_path / FORM)
    scenario = (tmp_path / "plant.yaml").read_text(encoding="utf-8")
    assert "motor:   {ring: city, share: 60%, capacity: 90/day," in scenario
    listed = scenario.replace(
        "motor:   {ring: city, share: 60%, capacity", "motor:   {list: suppliers.xlsx, share: 60%, capacity"
    )
    (tmp_path / "plant.yaml").write_text(listed, encoding="utf-8")
    found = load(tmp_path / "plant.yaml").scenario
    assert list(found.suppliers["motor"].firms) == ["North Motors", "南方电机"]
    assert set(found.firms) == {"North Motors", "南方电机"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / FORM).write_text("mine")
    done = CliRunner().invoke(program, ["new", str(tmp_path), "--template", "plant"])
    assert isinstance(done.exception, FolderError)
    assert "exists; nothing was written" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == [FORM]


def test_without_xlsxwriter_there_is_no_form_and_a_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    output = made(tmp_path, "--template", "plant")
    assert "no suppliers.xlsx: writing Excel files needs xlsxwriter: pip install 'chainsim[excel]'" in output
    assert [path.name for path in tmp_path.iterdir()] == ["plant.yaml"]
