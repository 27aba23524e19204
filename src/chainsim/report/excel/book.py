"""A workbook: sheets of columns with frozen headers, number formats and widths that fit Chinese.

In: columns of values.  Out: an .xlsx file, whole or not at all, the same bytes for the same columns.  Text is written
as text, so that a name which begins with = + - or @ is never a formula.
This module must not know what the columns mean.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chainsim.errors import FolderError, MissingLibraryError, letters

INSTALL: Final = "writing Excel files needs xlsxwriter: pip install 'chainsim[excel]'"
MOST_ROWS: Final = 1_048_575  # below the header
WIDEST: Final = 60
PLAIN: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
CREATED: Final = dt.datetime(2000, 1, 1)  # always the same, so that the same run gives the same file
FORMS: Final = {
    "text": "@",
    "money": "#,##0",
    "cents": "#,##0.00",
    "whole": "#,##0",
    "decimal": "#,##0.0",
    "fine": "#,##0.000",
    "share": "0.0%",
    "per_yuan": "0.0000",
    "plain": "General",
    "date": "yyyy-mm-dd",
}
HEADER: Final = {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "valign": "top", "text_wrap": True}


@dataclass(frozen=True, slots=True)
class Column:
    """A header and the cells below.  form: one of `FORMS`, or one a cell."""

    title: str
    values: Sequence[Any]
    form: str | Sequence[str] = "plain"

    def form_of(self, row: int) -> str:
        """The form of a cell, rows counted from 0."""
        return self.form if isinstance(self.form, str) else self.form[row]


class Book:
    """A workbook that is being written."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.forms = {name: workbook.add_format({"num_format": form}) for name, form in FORMS.items()}
        self.header = workbook.add_format(HEADER)
        self.right = workbook.add_format(HEADER | {"align": "right"})
        self.note = workbook.add_format({"italic": True, "font_color": "#6B7280", "num_format": "@"})

    def sheet(self, name: str, columns: Sequence[Column], filtered: bool = True) -> Any:
        """A sheet of columns; the first row holds the headers, stays in sight and filters."""
        sheet = self.workbook.add_worksheet(name)
        rows = max((len(column.values) for column in columns), default=0)
        for at, column in enumerate(columns):
            number = any(isinstance(value, int | float) for value in column.values)
            sheet.write_string(0, at, column.title, self.right if number else self.header)
            widest = columns_of(column.title)
            for row, value in enumerate(column.values, start=1):
                form = column.form_of(row - 1)
                write(sheet, row, at, value, self.forms[form])
                widest = max(widest, columns_of(shown(value, form)))
            sheet.set_column(at, at, min(widest, WIDEST) + 2)
        sheet.freeze_panes(1, 1)
        if filtered and rows and columns:
            sheet.autofilter(0, 0, rows, len(columns) - 1)
        return sheet


def _missing(value: Any) -> bool:
    """Whether there is no value; of NA, which tables of whole numbers have, it cannot be asked whether it is itself."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def write(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    """One cell; text is never a formula, what is not a number stays empty."""
    if _missing(value):
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(row, column, value, form)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, form)
    else:
        sheet.write_string(row, column, str(value), form)


def shown(value: Any, form: str) -> str:
    """About what a cell looks like, to know how wide it is."""
    if _missing(value):
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        decimals = {"share": 3, "per_yuan": 4, "decimal": 1, "fine": 3, "cents": 2}.get(form)
        if decimals is None and form == "plain":
            return f"{value:.6g}"
        return f"{value:,.{decimals or 0}f}"
    return str(value)


def columns_of(text: str) -> int:
    """Width in columns, of the widest line; Chinese signs take two."""
    lines = text.split("\n")
    return max(sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines)


def cells(sheet: str, column: int, rows: int, first: int = 1) -> str:
    """A reference to cells of one column (counted from 0), from the row below the header on, for a chart."""
    name = letters(column + 1)
    return f"='{sheet}'!${name}${first + 1}:${name}${first + rows}"


@contextmanager
def opened(target: Path, title: str = "") -> Iterator[Book]:
    """A workbook that stands at `target` when the block has ended, and not at all when it fails.

    Raises MissingLibraryError without xlsxwriter, FolderError where it cannot be written.
    """
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import FileCreateError
    except ImportError:
        raise MissingLibraryError(INSTALL) from None
    staged = target.with_name(f".{target.name}-{os.getpid()}")
    workbook = xlsxwriter.Workbook(str(staged), PLAIN)
    workbook.set_properties({"title": title, "created": CREATED, "comments": "made by chainsim"})
    try:
        yield Book(workbook)
        workbook.close()
        staged.replace(target)
    except (OSError, FileCreateError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FolderError(f"cannot write {target}: {reason}; is it open in Excel?") from error
    finally:
        staged.unlink(missing_ok=True)
