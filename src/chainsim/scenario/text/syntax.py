"""What a YAML syntax error means to the person who typed it.

In: a parser's complaint, with its marks, and the text.  Out: one problem in our words, with the place where
the fault shows, where the open bracket or quote began, and the likely slip of the keyboard.
This module must not know YAML as a library: complaints are told apart by their words.
"""

from __future__ import annotations

import re
from typing import Any

from chainsim.errors import Place, Problem
from chainsim.scenario.text.sources import BREAK, problem

WIDE = dict(zip("：，｛｝［］“”‘’（）＂＇", ":,{}[]\"\"''()\"'", strict=True))
_NO_SPACE = re.compile(r"\s*(?:- +)?([^\s:'\"#&*!|>{}\[\],][^:'\"#{}\[\],]{0,60}):(?![\s:/\\]|$)(\S{0,40})")
_QUOTE = 'put the text in quotes if the sign belongs to it: "..."'

# Words in the complaints of libyaml and of PyYAML's own parser: our message and hint.
MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("tab character that violates indentation", "tab used for indentation", "indent with spaces"),
    (
        "could not find expected ':'",
        "expected ':' and a value after this key",
        "write `key: value`, with a space",
    ),
    (
        "mapping values are not allowed",
        "a ':' where none may stand",
        "check the indentation; quote text that contains ': '",
    ),
    ("',' or '}'", "expected ',' or '}'", "close the brace, or separate the entries with commas"),
    ("',' or ']'", "expected ',' or ']'", "close the bracket, or separate the entries with commas"),
    ("unexpected end of stream", "the file ends too early", "close the bracket or the quote"),
    ("unexpected document separator", "the document ends too early", "close the quote"),
    ("document separator", "the document ends inside a quote", "close the quote"),
    (
        "'<document start>'",
        "expected one mapping; this stands outside it",
        "check the indentation and the braces",
    ),
    ("block sequence entries", "a '-' where no list may stand", "put the list on the lines below its key"),
    ("expected '-' indicator", "expected '-' as on the lines above", "check the indentation"),
    (
        "expected key",
        "expected a key here",
        "check the indentation, brackets and quotes of this line and the one above",
    ),
    (
        "<block end>",
        "expected a key here",
        "check the indentation, brackets and quotes of this line and the one above",
    ),
    ("node content", "expected a value here", "check the commas and brackets"),
    ("undefined tag handle", "tags are not allowed", _QUOTE),
    ("tag", "tags are not allowed", _QUOTE),
    ("alphabetic or numeric character", "aliases and anchors are not supported", _QUOTE),
    (
        "Unicode character escape",
        "invalid character: half of a surrogate pair, or beyond Unicode",
        "type the character itself",
    ),
    ("unknown escape character", "unknown escape after '\\'", "write '\\\\', or use single quotes"),
    ("expected escape sequence of", "unfinished escape after '\\'", "write '\\\\', or use single quotes"),
    ("hexdecimal", "unfinished escape after '\\'", "write '\\\\', or use single quotes"),
    ("incompatible YAML", "this version of YAML is not supported", "delete the %YAML line"),
    ("directive", "directives are not supported here", "delete the line that begins with %"),
    (
        "indentation indicator",
        "wrong sign after | or >",
        "write | or > alone, and the text on the lines below",
    ),
    (
        "comment or a line break",
        "wrong sign after | or >",
        "write | or > alone, and the text on the lines below",
    ),
)
OPENED = {
    "flow mapping": "'{'",
    "flow sequence": "'['",
    "quoted scalar": "the quote",
    "simple key": "the key",
}


def missing_space(text: str) -> str:
    """A hint when `text` reads like `key:value` without the space, else nothing."""
    found = _NO_SPACE.match(text)
    return f"a space is missing after ':': write `{found[1].strip()}: {found[2]}`" if found else ""


def wide_signs(text: str) -> str:
    """A hint when `text` contains signs of a Chinese keyboard that look like YAML's own, else nothing."""
    found = [c for c in text if c in WIDE]
    if not found:
        return ""
    return f"'{found[0]}' is the full-width sign of a Chinese keyboard: type '{WIDE[found[0]]}'" + (
        " and a space" if WIDE[found[0]] in ":," else ""
    )


def explain(error: Any, display: str, text: str) -> Problem:
    """The problem that a parser's exception stands for; it may lack marks, a message or both."""
    lines = BREAK.split(text)
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    complaint = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    context = str(getattr(error, "context", None) or "")
    place = _place(mark or opened, lines, display)
    line = lines[place.line - 1]
    message, hint = _meaning(complaint, context, line[place.column - 1 : place.column])
    began = opened.line + 1 if opened else place.line
    for word, what in OPENED.items():
        if word in context and began != place.line:
            message += f"; {what} was opened on line {began}"
            break
    near = [*lines[max(0, place.line - 2) : place.line], lines[min(began, len(lines)) - 1]]
    for around in reversed(near):
        hint = wide_signs(around) or missing_space(around) or hint
    return problem(place, message, hint)


def _meaning(complaint: str, context: str, sign: str) -> tuple[str, str]:
    if "cannot start any token" in complaint:
        if sign == "\t":
            return "tab used for indentation", "indent with spaces"
        return f"a value cannot begin with '{sign}'", _QUOTE
    for words, message, hint in MEANINGS:
        if words in complaint:
            return message, hint
    if "tag" in context:
        return "tags are not allowed", _QUOTE
    return f"not YAML: {complaint}", ""


def _place(mark: Any, lines: list[str], display: str) -> Place:
    """The mark, moved back to the last line with something on it when it stands behind all text."""
    if mark is None:
        return Place(display, 1, 1)
    line, column = min(mark.line, len(lines) - 1), mark.column
    if mark.line >= len(lines) or not lines[line].strip():
        while line > 0 and not lines[line].strip():
            line -= 1
        column = len(lines[line].rstrip())
    return Place(display, line + 1, min(column, len(lines[line])) + 1)
