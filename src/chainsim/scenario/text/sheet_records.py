"""The records of an Excel sheet: cells as text, each with its row and column.

In: bytes of an .xlsx workbook, and the name of a sheet or none for the first that can be seen.  Out: records; what
Excel keeps as a number, a share, a date or a time becomes the text that a scenario would have.  Formulas count with the
value that Excel kept, and one without is refused.  Nothing is run, linked or written.
This module is the only one that knows openpyxl, and must not know what a header is.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from chainsim.errors import Place, Problem
from chainsim.scenario.text.files import NOT_ALLOWED
from chainsim.scenario.text.record import MOST_ROWS, Record, Records
from chainsim.scenario.text.sources import problem, remember
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import shown

WORKBOOK: Final = b"PK\x03\x04"
OLD: Final = b"\xd0\xcf\x11\xe0"
LARGEST: Final = 200_000_000  # bytes, unpacked
DIGITS: Final = 15  # what Excel keeps and shows
INSTALL: Final = "pip install 'chainsim[excel]', or save the sheet as CSV (UTF-8)"
SAVE: Final = "open it in Excel and save it as .xlsx, or as CSV (UTF-8)"
FORMULA: Final = re.compile(rb"<f[ />]")
UNIT: Final = re.compile(r'[0#?]\s*"([^"]+)"(?:_.)*$')  # 0 "/day"


def sheet_records(file: str, sheet: str, data: bytes) -> tuple[Records, list[Problem]]:
    """What stands in a sheet, and everything that cannot be read."""
    whole = Place(file)
    if data.startswith(OLD):
        return Records(whole), [Problem("is an old .xls file, or has a password", whole, SAVE)]
    try:
        import openpyxl
    except ImportError:
        return Records(whole), [Problem("reading Excel files needs openpyxl", whole, INSTALL)]
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                return Records(whole), [Problem(f"more than {LARGEST:,} bytes when it is unpacked", whole)]
            sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
            computed = any(FORMULA.search(packed.read(name)) for name in sheets)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drop-downs, colours and the like, which are not read
            book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            name, problems = _chosen(book, sheet, whole)
            if problems:
                return Records(whole), problems
            rows = list(_rows(book[name]))
            formulas = _formulas(openpyxl, data, name) if computed else set()
    except Exception as error:  # a broken file breaks openpyxl in many ways
        why = f"{type(error).__name__}: {error}"[:100]
        return Records(whole), [Problem(f"cannot be read as an Excel workbook ({why})", whole, SAVE)]
    return _read(Place(file, sheet=name), rows, formulas)


def _chosen(book: Any, sheet: str, whole: Place) -> tuple[str, list[Problem]]:
    """The sheet that is named, or the first that can be seen."""
    names = [str(one.title) for one in book.worksheets if one.sheet_state == "visible"]
    if sheet and sheet not in book.sheetnames:
        message = f"no sheet {shown(sheet)}{did_you_mean(sheet, names)}"
        return "", [Problem(message, whole, f"there is {listed(names)}")]
    if not names:
        return "", [Problem("has no sheet that can be seen", whole, SAVE)]
    return sheet or names[0], []


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Number and cells of each row that has one; the size that the file states is not believed."""
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell.value is not None for cell in cells):
            yield number, list(cells)


def _formulas(openpyxl: Any, data: bytes, name: str) -> set[tuple[int, int]]:
    """Row and column of every formula, counted from 1."""
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
    sheet = book[name]
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(), start=1)
    return {
        (number, column)
        for number, cells in rows
        for column, cell in enumerate(cells, start=1)
        if getattr(cell, "data_type", "") == "f"
    }


def _read(
    whole: Place, rows: Iterable[tuple[int, list[Any]]], formulas: set[tuple[int, int]]
) -> tuple[Records, list[Problem]]:
    found = Records(whole, many="name the column, or delete the cell")
    problems: list[Problem] = []
    lines: list[str] = []
    wrong: list[tuple[Place, str, str]] = []
    for number, cells in rows:
        texts = [_text(cell) for cell in cells]
        for column, (cell, text) in enumerate(zip(cells, texts, strict=True), start=1):
            place = found.at(number, column, len(text))
            if getattr(cell, "data_type", "") == "e":
                wrong.append((place, f"holds the error {text}", "mend the formula, or write the value"))
            elif bad := NOT_ALLOWED.search(text):
                wrong.append((place, f"character U+{ord(bad[0]):04X} not allowed", "delete it; it cannot be seen"))
            elif not text and (number, column) in formulas:
                message = "holds a formula that was never calculated"
                wrong.append((place, message, "open the file in Excel and save it, or write the value"))
        while texts and not texts[-1]:
            texts.pop()
        lines += [""] * (number - 1 - len(lines)) + ["\t".join(" ".join(text.split()) for text in texts)]
        found.records.append(Record(number, texts, list(range(1, len(texts) + 1))))
        if len(found.records) > MOST_ROWS + 2:
            break
    seen = {number for number, _ in formulas}  # a row of nothing but such formulas has no value at all
    for number in sorted(seen.difference(record.line for record in found.records)):
        column = min(column for row, column in formulas if row == number)
        message = "holds a formula that was never calculated"
        wrong.append((found.at(number, column), message, "open the file in Excel and save it, or write the value"))
    remember(f"{whole.file}!{whole.sheet}", "\n".join(lines))
    problems += [problem(place, message, hint) for place, message, hint in wrong]
    if not found.records and not problems:
        problems.append(Problem("the table is empty", found.at(1)))
    width = len(found.records[0].cells) if found.records else 0
    for record in found.records[1:]:  # a sheet has no record that is too short
        missing = range(len(record.cells) + 1, width + 1)
        record.cells.extend("" for _ in missing)
        record.columns.extend(missing)
    return found, problems


def _text(cell: Any) -> str:
    """A cell as a scenario would say it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, dt.datetime):
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
    if isinstance(value, dt.timedelta):
        return f"{_plain(Decimal(round(value.total_seconds())) / 60)} min"
    if isinstance(value, dt.time):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    return str(value).strip()


def _number(value: float, form: str) -> str:
    """A number with what its format shows behind it: a per cent sign, or a unit in quotes."""
    digits = Decimal(f"{value:.{DIGITS}g}")  # 0.1 + 0.2 is 0.3, as Excel shows
    first = form.partition(";")[0]
    if "%" in first:
        return f"{_plain(digits * 100)}%"
    unit = UNIT.search(first)
    return _plain(digits) + (unit[1] if unit else "")


def _plain(number: Decimal) -> str:
    """Digits without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
