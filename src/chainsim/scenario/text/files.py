"""Bytes to text: what may be opened at all, and which characters may stand in a scenario.

In: a path, or bytes.  Out: text in which every character is one that YAML and a terminal can show.
Nothing blocks: pipes and devices are refused before they are read, and size is judged before content.
This module must not know YAML.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from chainsim.errors import Place, Problem, ScenarioError
from chainsim.scenario.text.sources import problem, remember

LARGEST_FILE = 5_000_000
MOST_PROBLEMS = 20

MAGIC: dict[bytes, str] = {
    b"\x1f\x8b": "gzip data",
    b"\x89PNG": "a PNG picture",
    b"PK\x03\x04": "a ZIP or Excel file",
    b"PK\x05\x06": "a ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"SQLite format 3\x00": "an SQLite database",
    b"%PDF": "a PDF file",
    b"\x7fELF": "a program",
    b"MZ\x90\x00": "a program",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"PAR1": "a Parquet file",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"#!": "a script",
}
PICKLE = re.compile(rb"\x80[\x02-\x05][\x95\x28\x5d\x7d\x8c\x58\x4b\x63\x71]")
MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml|script|svg|!--)", re.IGNORECASE)
NOT_ALLOWED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def refuse(*problems: Problem) -> ScenarioError:
    """The error of these problems."""
    return ScenarioError(problems)


def read_bytes(path: Path, display: str) -> bytes:
    """The whole content of a regular file of at most 5 MB; `ScenarioError` otherwise, without blocking."""
    whole = Place(display)
    try:
        _regular(os.stat(path), display)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        with open(os.open(path, flags), "rb") as file:
            _regular(os.fstat(file.fileno()), display)
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise refuse(_unreadable(error, path, whole)) from None
    if len(data) > LARGEST_FILE:
        raise refuse(Problem(f"more than {LARGEST_FILE:,} bytes, the most a scenario may have", whole))
    return data


def _regular(status: os.stat_result, display: str) -> None:
    kind = stat.S_IFMT(status.st_mode)
    whole = Place(display)
    if kind == stat.S_IFDIR:
        raise refuse(Problem("is a folder, not a file", whole, "name the scenario file inside it"))
    if kind != stat.S_IFREG:
        raise refuse(Problem("is not a regular file (a pipe, socket or device)", whole, "save the scenario to a file"))
    if status.st_size > LARGEST_FILE:
        message = f"{status.st_size:,} bytes, limit {LARGEST_FILE:,}"
        raise refuse(
            Problem(
                message,
                whole,
                "put long lists of firms into a CSV or Excel file beside the scenario: `list: firms.csv`",
            )
        )


def _unreadable(error: OSError | ValueError, path: Path, whole: Place) -> Problem:
    if isinstance(error, FileNotFoundError):
        hint = "its link points to nothing" if path.is_symlink() else "check the spelling and the folder you are in"
        return Problem("no such file", whole, hint)
    if isinstance(error, PermissionError):
        return Problem("permission denied", whole, "make the file readable")
    reason = getattr(error, "strerror", None) or str(error) or "cannot be read"
    return Problem(f"cannot be read: {reason[:1].lower()}{reason[1:]}", whole)


def decode(data: bytes, display: str) -> str:
    """`data` as text without byte-order mark; `ScenarioError` says what else it looks like."""
    whole = Place(display)
    if len(data) > LARGEST_FILE:
        raise refuse(Problem(f"{len(data):,} bytes, limit {LARGEST_FILE:,}", whole))
    if what := _foreign(data):
        raise refuse(Problem(f"not a YAML text file: it looks like {what}", whole, "name the scenario's .yaml file"))
    if what := _wide(data):
        raise refuse(Problem(f"not UTF-8 text: it looks like {what}", Place(display, 1), "save it as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        chinese = _is_gb18030(data)
        looks = ": it looks like GBK (GB18030)" if chinese else f": byte {data[error.start]:#04x}"
        raise refuse(
            Problem(f"not UTF-8 text{looks}", Place(display, line), "save it as UTF-8 in your editor")
        ) from None
    remember(display, text)
    _characters(text, display)
    return text


def _foreign(data: bytes) -> str:
    for start, what in MAGIC.items():
        if data.startswith(start):
            return what
    if PICKLE.match(data):
        return "a Python pickle"
    return "HTML or XML" if MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")[:200]) else ""


def _wide(data: bytes) -> str:
    for mark, what in {
        b"\xff\xfe\x00\x00": "UTF-32",
        b"\x00\x00\xfe\xff": "UTF-32",
        b"\xff\xfe": "UTF-16",
        b"\xfe\xff": "UTF-16",
    }.items():
        if data.startswith(mark):
            return what
    start = data[:64]
    if len(start) >= 4 and start.count(0) * 3 >= len(start):
        return "UTF-32" if start.count(0) * 3 >= len(start) * 2 else "UTF-16"
    return ""


def _is_gb18030(data: bytes) -> bool:
    """Whether most of the text beyond ASCII is Chinese when it is read as GB18030."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    beyond = [c for c in text if not c.isascii()]
    return sum("\u4e00" <= c <= "\u9fff" or c in "，。：；（）“”" for c in beyond) * 2 > len(beyond)


def _characters(text: str, display: str) -> None:
    problems: list[Problem] = []
    line, start = 1, 0
    for found in NOT_ALLOWED.finditer(text):
        before = text[start : found.start()]
        breaks = [m.end() for m in re.finditer(r"\r\n|\r|\n", before)]
        line += len(breaks)
        start += breaks[-1] if breaks else 0
        place = Place(display, line, found.start() - start + 1)
        problems.append(problem(place, f"character U+{ord(found[0]):04X} not allowed", "delete it; it cannot be seen"))
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        raise ScenarioError(problems)
