"""Problems with a place, and the errors that carry them.

In: a place in a user's file (or none), a cause, a next step.  Out: exceptions that the command line
turns into text and an exit code.  This module must not know YAML, the model or the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a user's file; `line` and `column` count from 1, 0 means the whole file.

    sheet: of a workbook, in which lines are rows; such a place is written `firms.xlsx!Sheet1!C7`.
    """

    file: str
    line: int = 0
    column: int = 0
    width: int = 1
    sheet: str = ""

    @property
    def row(self) -> str:
        """The line in words, for messages about another place."""
        return f"{'row' if self.sheet else 'line'} {self.line}"

    def __str__(self) -> str:
        if self.sheet:
            cell = f"{letters(self.column)}{self.line}" if self.line else ""
            return "!".join(part for part in (self.file, self.sheet, cell) if part)
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


def letters(column: int) -> str:
    """The name of a spreadsheet's column, counted from 1: A, B, ... Z, AA."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a user should know about the input: where, what, and what to do next."""

    message: str
    place: Place | None = None
    hint: str = ""
    excerpt: str = ""
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ChainsimError(Exception):
    """Base of every error meant for a user; `exit_code` is what the command line returns."""

    exit_code: ClassVar[int] = 70


class ScenarioError(ChainsimError):
    """The scenario, the command or a list beside it is wrong; nothing has run."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        found = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        self.problems: tuple[Problem, ...] = found
        super().__init__("\n".join(str(problem) for problem in found))


class InvariantError(ChainsimError):
    """A conservation law of the model broke during or after a run."""

    exit_code: ClassVar[int] = 3


class FolderError(ChainsimError):
    """A results folder cannot be written, is in use, or is not ours."""

    exit_code: ClassVar[int] = 4


class MissingLibraryError(ChainsimError):
    """A library that this takes, and nothing else, is not installed."""

    exit_code: ClassVar[int] = 4


class EngineError(ChainsimError):
    """An engine that is asked for is not to be had here."""

    exit_code: ClassVar[int] = 2


class ClusterError(ChainsimError):
    """A cluster cannot be reached, or its workers are not fit for the study."""

    exit_code: ClassVar[int] = 4


class WorkerLostError(ChainsimError):
    """Workers died (killed, out of memory) again and again before a replication was done."""

    exit_code: ClassVar[int] = 5
