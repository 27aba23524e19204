"""What a log adds up to: the books after each row and at the end of each tick, from the network and the log alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from chainsim.testing.books import Books
from chainsim.testing.run import Luck, Row, Run, rows_of

__all__ = ["Books", "Luck", "Row", "Run", "replay", "rows_of"]


def replay(run: Run) -> Iterator[tuple[int, Row | None, Books]]:
    """(tick, row, books) after each row, and (tick, None, books) at the end of each tick with rows or changes.

    The books are one object that moves on; copy what must stay.
    """
    books = Books(run)
    rows = deque(rows_of(run.log))
    changes = deque(change for change in run.network.changes if change.tick < run.log.horizon)
    while rows or changes:
        tick = min(waiting[0].tick for waiting in (rows, changes) if waiting)
        books.learn(tick - 1)
        while changes and changes[0].tick == tick:
            books.change(changes.popleft())
        while rows and rows[0].tick <= tick:
            row = rows.popleft()
            books.book(row)
            yield tick, row, books
        books.learn(tick)
        yield tick, None, books
    books.learn(run.log.horizon - 1)
