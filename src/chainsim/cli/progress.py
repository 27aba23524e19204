"""Progress on stderr: a bar with the time left on a terminal, a plain line every tenth elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Counts finished trials and the share of the one under way; a run goes on when nobody can read it.

    abreast: how many trials run at the same time.  The first ones wait for processes, imports and the like, so the time
    left is told from the pace of those that follow.
    """

    def __init__(self, total: int, quiet: bool) -> None:
        self.total = total
        self.quiet = quiet
        self.ended = 0
        self.begin = time.monotonic()
        self.abreast = 1
        self.first = 0.0  # when the first ones had ended
        self.last_tenth = 0
        self.bar: Bar | None = None

    def __enter__(self) -> Progress:
        self.begin = time.monotonic()  # workers have started by now
        if not self.quiet and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            bar = Bar(
                TextColumn("simulating"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("runs, left"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            bar.start()
            self.task = bar.add_task("run", total=self.total)
            self.bar = bar
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            with contextlib.suppress(OSError):
                self.bar.stop()

    def done(self, _: int) -> None:
        """One more trial has ended."""
        self.ended += 1
        if self.ended == self.abreast:
            self.first = time.monotonic()
        self._show(float(self.ended))

    def within(self, share: float) -> None:
        """The trial under way has got this far."""
        self._show(self.ended + share)

    def say(self, text: str, more: int) -> None:
        """A line between two batches, and how many trials the next one has."""
        self.total += more
        if self.bar is not None:
            with contextlib.suppress(OSError):
                self.bar.update(self.task, total=self.total)
                self.bar.console.print(text, highlight=False)
        elif not self.quiet and sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                print(text, file=sys.stderr, flush=True)
        self.last_tenth = int(10 * self.ended / self.total)

    def _show(self, ended: float) -> None:
        if self.bar is not None:
            with contextlib.suppress(OSError):
                self.bar.update(self.task, completed=round(ended, 2))
            return
        tenth = int(10 * ended / self.total)
        if self.quiet or sys.stderr is None or tenth <= self.last_tenth:
            return
        self.last_tenth = tenth
        now = time.monotonic()
        since, count = (self.first, ended - self.abreast) if ended > self.abreast else (self.begin, ended)
        left = (now - since) * (self.total - ended) / count
        rest = f"about {left:.0f} s left" if ended < self.total else f"{now - self.begin:.1f} s"
        with contextlib.suppress(OSError, ValueError):
            print(f"{tenth * 10:3d} % of {self.total} runs, {rest}", file=sys.stderr, flush=True)
