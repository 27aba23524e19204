"""The records of a CSV: cells as text, each with its line and column.

In: bytes in UTF-8 (with or without byte-order mark) or GB18030, with commas, semicolons or tabs.  Out: records;
'NA' stays 'NA' and nothing is guessed.  This module must not know what a header is.
"""

from __future__ import annotations

import csv

from chainsim.errors import Place, Problem
from chainsim.scenario.text.files import NOT_ALLOWED
from chainsim.scenario.text.record import MOST_ROWS, Record, Records
from chainsim.scenario.text.sources import problem, remember


def csv_records(display: str, data: bytes) -> tuple[Records, list[Problem]]:
    """What stands in a CSV, and why it cannot be read."""
    nothing = Records(Place(display))
    text, problems = _decode(display, data)
    if problems:
        return nothing, problems
    lines = remember(display, text)
    for number, content in enumerate(lines, start=1):
        if found := NOT_ALLOWED.search(content):
            place = Place(display, number, found.start() + 1)
            problems.append(
                problem(place, f"character U+{ord(found[0]):04X} not allowed", "delete it; it cannot be seen")
            )
    if problems:
        return nothing, problems
    if not any(line.strip() for line in lines):
        return nothing, [Problem("the table is empty", Place(display, 1))]
    first = next(line for line in lines if line.strip())
    delimiter = max(",;\t", key=lambda sign: (_unquoted(first, sign), sign == ","))
    many = f"is a decimal comma or an unquoted '{delimiter}' in it?"
    return Records(Place(display), _records(display, lines, delimiter, problems), many), problems


def _decode(display: str, data: bytes) -> tuple[str, list[Problem]]:
    whole = Place(display)
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


def _records(display: str, lines: list[str], delimiter: str, problems: list[Problem]) -> list[Record]:
    """Line, cells and their columns of each record that has a cell."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    records: list[Record] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if cells:
                records.append(Record(line, cells, _columns(lines[line - 1], delimiter, len(cells))))
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
