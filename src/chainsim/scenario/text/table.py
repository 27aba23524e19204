"""Tables beside a scenario, CSV files and Excel sheets: rows of cells that know where they stand.

In: bytes of a CSV or a workbook.  Out: text cells by column, with places.  All problems of the table at once.  A header
may give its unit in brackets, `capacity (/day)` or `产能（/天）`: a plain number below gets it.  Rows that begin with #
are notes.  This module must not know what the columns mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from chainsim.errors import Place, Problem
from chainsim.scenario.text.csv_records import csv_records
from chainsim.scenario.text.nodes import Scalar
from chainsim.scenario.text.record import MOST_ROWS, Record, Records, split_sheet
from chainsim.scenario.text.sheet_records import OLD, WORKBOOK, sheet_records
from chainsim.scenario.text.sources import problem
from chainsim.units import as_range, is_bare, is_unit, shown

UNIT = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its non-empty cells by column."""

    place: Place
    cells: dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns as named after translation, where each header cell stands, and the records."""

    place: Place
    header: tuple[str, ...] = ()
    header_places: tuple[Place, ...] = ()
    rows: list[Row] = field(default_factory=list)


def read_table(display: str, data: bytes, translate: Map[str, str] | None = None) -> tuple[Table, list[Problem]]:
    """The table in `data`; `translate` renames columns (by casefolded header).

    display: the name of the file, of a workbook with `!` and the name of a sheet behind it if one is asked for.
    """
    found, problems = _opened(display, data)
    if not found.records:
        return Table(found.at(1)), problems
    (line, names, columns), *body = found.records
    header, units, places = _header(found, line, names, columns, translate or {}, problems)
    table = Table(found.at(1), header, places)
    if len(body) > MOST_ROWS:
        hint = "split the list, or let the scenario generate firms"
        return table, [*problems, problem(found.at(body[MOST_ROWS].line), f"more than {MOST_ROWS:,} rows", hint)]
    for record in body:
        if not any(cell.strip() for cell in record.cells) or record.cells[0].lstrip().startswith("#"):
            continue
        if fault := _misfit(found, record, len(header)):
            problems.append(fault)
            continue
        table.rows.append(Row(found.at(record.line), _cells(found, record, header, units, problems)))
    return table, problems


def _opened(display: str, data: bytes) -> tuple[Records, list[Problem]]:
    """The records of whatever kind of file it is."""
    if data.startswith((WORKBOOK, OLD)):
        return sheet_records(*split_sheet(display), data)
    return csv_records(display, data)


def _misfit(found: Records, record: Record, width: int) -> Problem | None:
    """What is wrong with the number of cells of a record."""
    count = len(record.cells)
    if count >= width and not any(cell.strip() for cell in record.cells[width:]):
        return None
    place = found.at(record.line, record.columns[min(width, count - 1)])
    hint = found.many if count > width else "add the missing cells"
    return problem(place, f"{count} cells where the header has {width}", hint)


def _header(
    found: Records, line: int, names: list[str], columns: list[int], translate: Map[str, str], problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Place, ...]]:
    """What each column means, the unit in brackets behind it, and where it is named."""
    header: list[str] = []
    units: list[str] = []
    places: list[Place] = []
    for name, column in zip(names, columns, strict=False):
        clean = unicodedata.normalize("NFKC", name).strip().casefold()
        place = found.at(line, column, len(name))
        bracket = None if clean in translate else UNIT.match(clean)
        words, unit = (bracket[1], bracket[2].strip()) if bracket else (clean, "")
        meant = _meant(words, translate)
        if not clean:
            problems.append(problem(place, "a column has no name", "name it, or delete the column"))
        elif meant in header:
            problems.append(problem(place, f"column {shown(name)} appears twice"))
        header.append(meant)
        units.append(unit if is_unit(unit) else "")
        places.append(place)
    return tuple(header), tuple(units), tuple(places)


def _meant(words: str, translate: Map[str, str]) -> str:
    """The column that a header means: as a whole, or where each of its words means the same, as in `产能 capacity`."""
    if words in translate:
        return translate[words]
    each = {translate.get(word, "") for word in words.split()}
    return each.pop() or words if len(each) == 1 else words


def _cells(
    found: Records, record: Record, header: tuple[str, ...], units: tuple[str, ...], problems: list[Problem]
) -> dict[str, Scalar]:
    cells: dict[str, Scalar] = {}
    for column, unit, cell, at in zip(header, units, record.cells, record.columns, strict=False):
        text = cell.strip()
        place = found.at(record.line, at, len(text))
        if "\n" in text or "\r" in text:
            problems.append(problem(place, f"column '{column}' holds a line break", "write the cell on one line"))
        elif text:
            with_unit = unit and _without_unit(text)
            cells[column] = Scalar(f"{text}{_spaced(unit)}" if with_unit else text, place, quoted=True)
    return cells


def _without_unit(text: str) -> bool:
    """Whether a cell is a number, or a range of numbers, that the unit of its header is meant for."""
    ends = as_range(text)
    return is_bare(text) if ends is None else all(is_bare(end) for end in ends)


def _spaced(unit: str) -> str:
    """A unit as it stands behind a number."""
    return unit if unit.startswith(("/", "%")) else f" {unit}"
