"""What CSV files and workbooks have in common: records of text cells that know where they stand.

In: nothing.  Out: the two shapes that readers of files fill.  This module must not know files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from chainsim.errors import Place

MOST_ROWS: Final = 20_000
SHEET: Final = re.compile(r"(.+\.xls[xm])!(.*)", re.IGNORECASE)


def split_sheet(name: str) -> tuple[str, str]:
    """The file and the sheet that a name such as `firms.xlsx!Seats` means; no sheet where it names none."""
    found = SHEET.fullmatch(name)
    return (found[1], found[2].strip()) if found else (name, "")


class Record(NamedTuple):
    """One row: its line (in a workbook the number of the row), its cells, and the column of each."""

    line: int
    cells: list[str]
    columns: list[int]


@dataclass(frozen=True, slots=True)
class Records:
    """A file's records.  whole: the place of the file, or of its sheet.  many: why a record may have too many cells."""

    whole: Place
    records: list[Record] = field(default_factory=list)
    many: str = ""

    def at(self, line: int, column: int = 1, width: int = 1) -> Place:
        """A place in it."""
        return replace(self.whole, line=line, column=column, width=max(1, width))
