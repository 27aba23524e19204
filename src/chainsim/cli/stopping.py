"""Ctrl-C, SIGTERM and a closed terminal: each becomes one exception that cleans up on its way out.

In: signals.  Out: `Stopped`, whose code is the exit code.
"""

from __future__ import annotations

import os
import signal
import time
from types import FrameType
from typing import Final

CODES: Final = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}
PATIENCE: Final = 2.0  # seconds in which cleaning up is not disturbed


class Stopped(SystemExit):
    """Somebody asked the program to stop."""


_first: list[float] = []


def install() -> None:
    """Answer the signals that ask a program to stop; those that the caller ignores (nohup) stay ignored."""
    for name in CODES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    """Stop at the first signal, let the cleaning up finish, and leave at once if a later signal finds it stuck."""
    code = CODES[signal.Signals(number).name]
    now = time.monotonic()
    if _first:
        if now - _first[0] > PATIENCE:
            os._exit(code)
        return
    _first.append(now)
    raise Stopped(code)


def ignore() -> None:
    """The program is over but for its exit code; nothing may change that any more."""
    for name in CODES:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)
