"""Problems as text: place, message, the line with a caret below it, and the next step.

In: problems, in the order in which they are to be read.  Out: text for a terminal, a file or a pipe, and
plain data for `--format json`.  Nothing from a user's file reaches the terminal raw, and double-width
characters keep the caret in its place.  This module must not import anything heavy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from chainsim.errors import Problem

MOST_SHOWN = 20
WIDEST = 100
BEFORE = 60
ELLIPSIS = "..."


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: two for Chinese and emoji, none for combining marks."""
    return sum(_columns(c) for c in text)


def _columns(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def printable(text: str) -> str:
    """`text` on one line, with every character that a terminal might obey or hide replaced."""
    return "".join(c if c.isprintable() else " " if c in "\t\n\r\u00a0\u3000" else "\ufffd" for c in text)


def excerpt(problem: Problem) -> list[str]:
    """The line of the problem and the caret line below it; nothing when the line is not known."""
    place = problem.place
    if place is None or not place.line or not problem.excerpt.strip():
        return []
    line = problem.excerpt
    start, marks = max(place.column - 1, 0), place.width
    if place.sheet:  # the cells of a row, with a tab between them
        cells = line.split("\t")
        start = sum(len(cell) + 1 for cell in cells[:start])
        marks = max(1, len(cells[min(place.column, len(cells)) - 1]))
    cut = _cut(line, start) if len(line) > WIDEST or width(line) > WIDEST else 0
    shown = _fitting(line[cut:])
    prefix = ELLIPSIS if cut else ""
    tail = ELLIPSIS if cut + len(shown) < len(line) else ""
    gutter = f"  {place.line} | "
    lines = [f"{gutter}{prefix}{printable(shown)}{tail}".rstrip()]
    if place.column:
        before, marked = shown[: start - cut], shown[start - cut : start - cut + marks]
        caret = "^" * max(1, width(printable(marked)))
        lines.append(f"{' ' * (len(gutter) - 2)}| {' ' * (len(prefix) + width(printable(before)))}{caret}")
    return lines


def _cut(line: str, start: int) -> int:
    """Where a long line is cut so that what is before `start` leaves room for what comes after."""
    taken, cut = 0, start
    while cut > 0 and taken < BEFORE:
        cut -= 1
        taken += _columns(line[cut]) if cut < len(line) else 0
    return cut


def _fitting(line: str) -> str:
    """As much of the beginning of `line` as fits."""
    taken = 0
    for index, c in enumerate(line):
        taken += _columns(c)
        if taken > WIDEST:
            return line[:index]
    return line


def render(problem: Problem) -> str:
    """One problem as text of one to four lines."""
    place = f"{printable(str(problem.place))}: " if problem.place else ""
    kind = "warning: " if problem.warning else ""
    lines = [f"{place}{kind}{printable(problem.message)}", *excerpt(problem)]
    if problem.hint:
        lines.append(f"  hint: {printable(problem.hint)}")
    return "\n".join(lines)


def report(problems: Iterable[Problem], outcome: str = "nothing was run") -> str:
    """All problems, errors before warnings, at most 20 of each, and a last line that counts them."""
    found = list(dict.fromkeys(problems))
    errors = [p for p in found if not p.warning]
    warnings = [p for p in found if p.warning]
    parts = [render(p) for group in (errors, warnings) for p in group[:MOST_SHOWN]]
    counts = [_counted(errors, "problem"), _counted(warnings, "warning")]
    summary = ", ".join(count for count in counts if count)
    if errors and outcome:
        summary += f"; {outcome}"
    return "\n".join([*parts, f"{summary}."]) if found else ""


def _counted(problems: Sequence[Problem], word: str) -> str:
    if not problems:
        return ""
    more = f" (the first {MOST_SHOWN} are shown)" if len(problems) > MOST_SHOWN else ""
    return f"{len(problems)} {word}{'s' if len(problems) != 1 else ''}{more}"


def as_data(problem: Problem) -> dict[str, Any]:
    """One problem as plain data, for `--format json`; texts are as they are, not made printable."""
    place = problem.place
    return {
        "file": place.file if place else None,
        "sheet": place.sheet or None if place else None,
        "line": place.line or None if place else None,
        "column": place.column or None if place else None,
        "message": problem.message,
        "hint": problem.hint or None,
        "severity": "warning" if problem.warning else "error",
    }
