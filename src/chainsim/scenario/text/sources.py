"""The lines of the files read last, so that any later layer can show the line a problem is about.

In: the text of a file, or the rows of a sheet, under the name it is shown by.  Out: excerpts, and problems that carry
them.  It is a memory for messages only: when a file is unknown the excerpt is empty and nothing else changes.
This module must not know YAML.
"""

from __future__ import annotations

import re

from chainsim.errors import Place, Problem

BREAK = re.compile(r"\r\n|\r|\n")
_REMEMBERED = 64
_lines: dict[str, list[str]] = {}


def remember(display: str, text: str) -> list[str]:
    """Keep the lines of `text` under the name `display`; returns them without their ends."""
    lines = BREAK.split(text)
    _lines.pop(display, None)
    _lines[display] = lines
    while len(_lines) > _REMEMBERED:
        del _lines[next(iter(_lines))]
    return lines


def excerpt(place: Place | None) -> str:
    """The line that `place` points to, empty when it is not known."""
    if place is None:
        return ""
    lines = _lines.get(f"{place.file}!{place.sheet}" if place.sheet else place.file, [])
    return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


def problem(place: Place | None, message: str, hint: str = "", *, warning: bool = False) -> Problem:
    """A problem with the line it is about."""
    return Problem(message, place, hint, excerpt(place), warning)
