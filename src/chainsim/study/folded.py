"""A replication simulated and folded at once: what the engine writes is summed up block by block.

In: a Network, a replication number, an engine.  Out: what the run came to, and how long the engine took.  The log is
never held: a second thread takes each block, and few may wait for it; or the engine waits until its block is taken,
where no processor is idle.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, Literal

from chainsim.engine import choice
from chainsim.engine.base import Engine, Sink
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.folding import Fold
from chainsim.results.frames import Folded

Block = tuple[Columns, Columns]
WAITING: Final = 4  # blocks that may wait


def run_folded(
    network: Network,
    replication: int,
    progress: Callable[[float], None] | None,
    engine: Engine,
    more: Sequence[Sink] = (),
    spare: bool = True,
) -> tuple[Folded, float]:
    """The run, and the seconds of processor time that the engine took.

    more: who else is given every block.  spare: a second processor has nothing else to do.  Raises InvariantError where
    the log breaks a law.
    """
    fold = Fold(network, kernels=choice.kernels())
    taker = Aside if spare else InTurn
    with taker([fold.take, *more]) as to:
        begin = time.thread_time()
        engine(network, replication, progress, to.put)
        seconds = time.thread_time() - begin - to.seconds
    return Folded(network, fold.finish()), seconds


class InTurn:
    """Hands blocks to sinks in the engine's own thread; seconds: of processor time that they took."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks
        self.seconds = 0.0

    def __enter__(self) -> InTurn:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def put(self, events: Columns, orders: Columns) -> None:
        """The next block."""
        begin = time.thread_time()
        for sink in self._sinks:
            sink(events, orders)
        self.seconds += time.thread_time() - begin


class Aside:
    """Hands blocks to sinks in another thread; what goes wrong there is raised here, a block later or at the end.

    seconds: of the engine's thread that the sinks took: none.
    """

    seconds = 0.0

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks
        self._blocks: queue.Queue[Block | None] = queue.Queue(WAITING)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Aside:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> Literal[False]:
        self._blocks.put(None)
        self._thread.join()
        if kind is None:
            self._raise()
        return False

    def put(self, events: Columns, orders: Columns) -> None:
        """The next block; waits while too many do."""
        self._raise()
        self._blocks.put((events, orders))

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (block := self._blocks.get()) is not None:
            if self._error is None:  # else they are let pass, so that nobody waits for ever
                try:
                    for sink in self._sinks:
                        sink(*block)
                except BaseException as error:
                    self._error = error
