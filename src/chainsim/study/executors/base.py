"""What a place where trials run must offer, beside the interface of `concurrent.futures`.

In: calls.  Out: futures, which raise BrokenExecutor if their worker died.  This module must not know processes,
clusters or trials.
"""

from __future__ import annotations

import concurrent.futures
from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable
from typing import ClassVar, TypeAlias

BrokenExecutor = concurrent.futures.BrokenExecutor
Future = concurrent.futures.Future


class Executor(concurrent.futures.Executor):
    """Workers that calls are submitted to; leaving its `with` block stops what it started.

    far: whether its workers may be on other machines, so that nothing passes through a folder.  tell: given a line for
    whoever waits, when a worker was lost.  optional: nobody asked for so many; little work may as well be done here.
    """

    far: ClassVar[bool] = False
    optional: bool = False
    tell: Callable[[str], None]

    @property
    def busy(self) -> bool:
        """Whether workers are there, so that nothing waits for one to start."""
        return True

    @property
    @abstractmethod
    def size(self) -> int:
        """How many trials run at the same time."""

    @property
    @abstractmethod
    def room(self) -> int:
        """How many calls may be under way, so that no worker waits for its next one."""

    def pick(self, kinds: Iterable[Hashable]) -> Hashable:
        """Of which kind the next call should be, so that its worker knows the like; the first where that is all one."""
        return next(iter(kinds))

    def check(self) -> None:
        """Called now and then while calls are under way; raises WorkerLostError if none of them can end any more."""


Jobs: TypeAlias = int | Executor  # so many processes, started for one purpose; or workers that are there
