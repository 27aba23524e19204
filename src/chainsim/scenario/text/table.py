"""CSV files beside a scenario: rows of cells that know their line and column.

In: bytes of a CSV in UTF-8 (with or without byte-order mark) or GB18030, with commas, semicolons or tabs.
Out: text cells with places; 'NA' stays 'NA' and nothing is guessed.  All problems of the table at once.
This module must not know what the columns mean.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from chainsim.errors import Place, Problem
from chainsim.scenario.text.files import NOT_ALLOWED
from chainsim.scenario.text.nodes import Scalar
from chainsim.scenario.text.sources import problem, remember
from chainsim.units import shown

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its non-empty cells by column."""

    place: Place
    cells: dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns as named after translation, where each header cell stands, and the records."""

    header: tuple[str, ...] = ()
    header_places: tuple[Place, ...] = ()
    rows: list[Row] = field(default_factory=list)


def read_table(display: str, data: bytes, translate: Map[str, str] | None = None) -> tuple[Table, list[Problem]]:
    """The table in `data`; `translate` renames columns (by casefolded header)."""
    text, problems = _decode(display, data)
    if problems:
        return Table(), problems
    lines = remember(display, text)
    for number, content in enumerate(lines, start=1):
        if found := NOT_ALLOWED.search(content):
            place = Place(display, number, found.start() + 1)
            problems.append(
                problem(place, f"character U+{ord(found[0]):04X} not allowed", "delete it; it cannot be seen")
            )
    if problems:
        return Table(), problems
    if not any(line.strip() for line in lines):
        return Table(), [Problem("the table is empty", Place(display, 1))]
    first = next(line for line in lines if line.strip())
    delimiter = max(",;\t", key=lambda sign: (_unquoted(first, sign), sign == ","))
    records = _records(display, lines, delimiter, problems)
    if not records:
        return Table(), problems
    (line, names, columns), *body = records
    header, places = _header(display, line, names, columns, translate or {}, problems)
    table = Table(header, places)
    if len(body) > MOST_ROWS:
        place = Place(display, body[MOST_ROWS][0], 1)
        return table, [
            *problems,
            problem(place, f"more than {MOST_ROWS:,} rows", "split the list, or let the scenario generate firms"),
        ]
    for line, cells, columns in body:
        if not any(cell.strip() for cell in cells):
            continue
        place = Place(display, line, 1)
        if (len(cells) != len(header) and any(cell.strip() for cell in cells[len(header) :])) or len(cells) < len(
            header
        ):
            message = f"{len(cells)} cells where the header has {len(header)}"
            hint = (
                f"is a decimal comma or an unquoted '{delimiter}' in it?"
                if len(cells) > len(header)
                else "add the missing cells"
            )
            column = columns[min(len(header), len(columns) - 1)]
            problems.append(problem(Place(display, line, column), message, hint))
            continue
        table.rows.append(Row(place, _cells(display, line, header, cells, columns, problems)))
    return table, problems


def _decode(display: str, data: bytes) -> tuple[str, list[Problem]]:
    whole = Place(display)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "", [Problem("is a spreadsheet, not a CSV", whole, "save it as CSV (UTF-8)")]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [Problem("is UTF-16 text", whole, "save it as CSV (UTF-8)")]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            return "", [Problem("is not a text file", whole, "save it as CSV (UTF-8)")]
        return text, []
    return "", [Problem("is neither UTF-8 nor GB18030 text", whole, "save it as CSV (UTF-8)")]


def _records(
    display: str, lines: list[str], delimiter: str, problems: list[Problem]
) -> list[tuple[int, list[str], list[int]]]:
    """Line, cells and their columns of each record that has a cell."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str], list[int]]] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if cells:
                columns = _columns(lines[line - 1], delimiter, len(cells))
                records.append((line, cells, columns))
            if len(records) > MOST_ROWS + 2:
                break
    except csv.Error as error:
        end = str(error).startswith("unexpected end")
        message = "a quote is never closed" if end else f"cannot be read as CSV: {error}"
        problems.append(problem(Place(display, start if end else reader.line_num, 1), message))
    return records


def _columns(line: str, delimiter: str, count: int) -> list[int]:
    """Column of the first character of each cell, without its quote; cells after a line break get the last one."""
    starts, inside = [1], False
    for at, sign in enumerate(line, start=1):
        if sign == '"':
            inside = not inside
        elif sign == delimiter and not inside:
            starts.append(at + 1)
    starts += starts[-1:] * (count - len(starts))
    return starts


def _unquoted(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _header(
    display: str, line: int, names: list[str], columns: list[int], translate: Map[str, str], problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    header: list[str] = []
    places: list[Place] = []
    for name, column in zip(names, columns, strict=False):
        clean = unicodedata.normalize("NFKC", name).strip().casefold()
        place = Place(display, line, column, max(1, len(name)))
        meant = translate.get(clean, clean)
        if not clean:
            problems.append(problem(place, "a column has no name", "name it, or delete the column"))
        elif meant in header:
            problems.append(problem(place, f"column {shown(name)} appears twice"))
        header.append(meant)
        places.append(place)
    return tuple(header), tuple(places)


def _cells(
    display: str, line: int, header: tuple[str, ...], cells: list[str], columns: list[int], problems: list[Problem]
) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for column, cell, at in zip(header, cells, columns, strict=False):
        text = cell.strip()
        place = Place(display, line, at, max(1, len(text)))
        if "\n" in text or "\r" in text:
            problems.append(problem(place, f"column '{column}' holds a line break", "write the cell on one line"))
        elif text:
            found[column] = Scalar(text, place, quoted=True)
    return found
