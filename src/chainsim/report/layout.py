"""Tables of text for terminals and pipes: numbers to the right, words never broken while there is room.

In: rows of cells.  Out: lines on stdout.  This module must not know what the cells mean.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE: Final = 1000  # pipes and files get room for whole lines
NUMBER: Final = re.compile(r"[+±≈-]?[\d_,]*\.?\d+( ?%|( bn| m)? CNY| days| units| orders)?")


def console() -> Console:
    """As wide as the terminal; elsewhere as wide as COLUMNS says, or as it takes."""
    found = Console(highlight=False)
    if found.is_terminal:
        return found
    columns = os.environ.get("COLUMNS", "")
    return Console(highlight=False, width=int(columns) if columns.isdecimal() and int(columns) else WIDE)


def print_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], title: str = "", whole: Collection[str] = ()
) -> None:
    """A table on stdout; names are printed as text, never as markup.  Columns of numbers stand to the right.

    whole: columns that are never broken, such as paths that people copy.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    print_tables(header, [([Text(title, style="bold")] if title else [], cells)], whole)


def print_tables(
    header: Sequence[str], sections: Sequence[tuple[Sequence[Text], list[list[str]]]], whole: Collection[str] = ()
) -> None:
    """Several tables of the same columns, equally wide, each under its titles; the header stands above the first.

    A title that must not wrap, as a command to be copied must not, is printed whole, whatever the width.
    """
    every = [row for _, rows in sections for row in rows]
    columns = list(zip(header, *every, strict=True))
    right = [len(column) > 1 and all(not cell or NUMBER.fullmatch(cell) for cell in column[1:]) for column in columns]
    target = console()
    fixed = [number or name in whole for number, name in zip(right, header, strict=True)]
    widths = _widths(columns, fixed, target.width)
    if whole:  # rather too wide than broken
        target.width = max(target.width, sum(widths) + 2 * len(widths))
    for number, (titles, rows) in enumerate(sections):
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_header=number == 0)
        for name, width, number_column in zip(header, widths, right, strict=True):
            table.add_column(name, justify="right" if number_column else "left", overflow="fold", width=width)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        with target.capture() as captured:
            for title in titles:
                target.print(title, soft_wrap=bool(title.no_wrap))
            if rows or number == 0:
                target.print(table)
        click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n")


def _widths(columns: Sequence[Sequence[str]], fixed: Sequence[bool], room: int) -> list[int]:
    """A width for each column that fits `room`: what is not fixed gives way, where it makes the fewest cells wrap."""
    widths = [max(map(cell_len, column)) for column in columns]
    least = [
        width if kept else max(cell_len(word) for cell in column for word in (*cell.split(), "-" * 8))
        for column, kept, width in zip(columns, fixed, widths, strict=True)
    ]
    while sum(widths) + 2 * len(widths) - 1 > room:
        able = [index for index, width in enumerate(widths) if width > least[index]]
        wrapped = {index: sum(cell_len(cell) >= widths[index] for cell in columns[index]) for index in able}
        if able:
            widths[min(reversed(able), key=lambda index: (wrapped[index], -widths[index]))] -= 1
            continue
        widest = max(range(len(widths)), key=lambda index: 0 if fixed[index] else widths[index])
        if fixed[widest] or widths[widest] <= 8:
            break
        widths[widest] -= 1
    return widths
