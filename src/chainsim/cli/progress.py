"""Progress on stderr: a bar with the time left on a terminal, a plain line every tenth elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType


class Progress:
    """Counts finished trials and the share of the one under way."""

    def __init__(self, total: int, quiet: bool) -> None:
        self.total = total
        self.quiet = quiet
        self.ended = 0
        self.begin = time.monotonic()
        self.last_tenth = 0
        self.bar: object | None = None

    def __enter__(self) -> Progress:
        if not self.quiet and sys.stderr.isatty():
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
            self.bar.stop()  # type: ignore[attr-defined]

    def done(self, _: int) -> None:
        """One more trial has ended."""
        self.ended += 1
        self._show(float(self.ended))

    def within(self, share: float) -> None:
        """The trial under way has got this far."""
        self._show(self.ended + share)

    def _show(self, ended: float) -> None:
        if self.bar is not None:
            self.bar.update(self.task, completed=round(ended, 2))  # type: ignore[attr-defined]
            return
        tenth = int(10 * ended / self.total)
        if self.quiet or tenth <= self.last_tenth:
            return
        self.last_tenth = tenth
        left = (time.monotonic() - self.begin) * (self.total - ended) / ended
        print(f"{tenth * 10:3d} % of {self.total} runs, about {left:.0f} s left", file=sys.stderr, flush=True)
