"""What compiled rules and their calendar lie in: tables, the places in the control row, the parts of an event's key.

All arrays are of int64.  This module must not know what is done with them.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from chainsim.records import Columns

# What `advance` asks for.
FINISHED_RUN: Final = 0  # the horizon is reached
DRAWS: Final = 1  # more draws of law control[LAW], up to number control[DRAW]
SPACE: Final = 2  # more leaves, or a longer queue
ROOM: Final = 3  # spare rows in the growing tables
FLUSH: Final = 4  # the log is to be taken away
OVERFULL: Final = 5  # nothing: an event left more follow-ups than the outbox has room for

# Places in `Calendar.control`.
NEAR_USED: Final = 0
FREE_USED: Final = 1  # of the stack of free leaves
QUEUE_USED: Final = 2
SEQUENCE: Final = 3
TICK: Final = 4
ROUND: Final = 5  # even or odd
PHASE: Final = 6
EXOGENOUS: Final = 7  # number of the next exogenous event
SCHEDULED: Final = 8  # rows of the outbox that are on the calendar already
LAW: Final = 9
DRAW: Final = 10
PAGE: Final = 11  # the open one: what it holds, and what comes onto it, is in the heap
PAGE_SHIFT: Final = 12  # a page is 2 ** so many ticks
TURN: Final = 13  # the next event of those whose turn it is
TURN_USED: Final = 14
OPENING: Final = 15  # some events of the tick may not be in the queue yet
FAR: Final = 16  # whether the state is larger than what a processor keeps near
WAITING: Final = 17  # a bit for each phase that has events in the queue; two places, of even rounds and of odd ones
CONTROLS: Final = 19

OUTBOX_WIDTH: Final = 8
LEAF: Final = 8  # entries
PHASES: Final = 32  # room for so many
ENTITY: Final = 32  # bits of it in a key


WORD: Final = 8  # bytes
LINE_WORDS: Final = 8  # of a line of a processor's cache
OFTEN: Final = {"Stock": 32, "Lane": 16, "Line": 24, "Order": 8}  # fields in front, all that most events read


def dtype_of(table: type[Any]) -> np.dtype[Any]:
    """The columns of a table of the state as a structured dtype; a long row is filled up to whole lines of a cache."""
    names = [column.name for column in dataclasses.fields(table)]
    words = len(names) if len(names) <= LINE_WORDS else -len(names) // LINE_WORDS * -LINE_WORDS
    fields: Any = {"names": names, "formats": [np.int64] * len(names), "itemsize": words * WORD}
    found: np.dtype[Any] = np.dtype(fields)
    return found


class Rows(NamedTuple):
    """A list of rows of equal width, as an array with room at its end; what does not fit is counted, not written."""

    rows: Columns  # [capacity, width]
    used: Columns  # [1]

    def append(self, row: tuple[int, ...]) -> None:
        """Add a row."""
        at = self.used[0]
        if at < len(self.rows):
            self.rows[at] = row
        self.used[0] = at + 1


class Calendar(NamedTuple):
    """All that is to come.

    pages: rows (last leaf, its entries), of stretches of time.  entries: rows (tick, key, sequence, a, b), LEAF of them
    a leaf; a key is a phase and an entity.  before: by leaf, the leaf before it on its page, or -1.  free: numbers of
    unused leaves.  near: heap of rows (tick, entry) of the open page.
    queue: rows (entity, sequence, a, b, next) of the present tick.  heads: rows (first, last) of the queue, by phase,
    of even rounds and of odd ones; of phases that have events there.
    turn: rows (entity, b, sequence, a) of one round and phase, in order: what is written one by one in one order cannot
    be loaded at once in another, for which a processor would wait.  spare, counts: for its sorting.
    exogenous: rows (tick, phase, entity, a, b), by tick.  changes: rows (kind, entity, values...).
    pool, laws: rows (first, made, asked, -): draw n of a law is pool[first + n], if n < made; asked: n + 1 of the last.
    """

    pages: Columns
    entries: Columns
    before: Columns
    free: Columns
    near: Columns
    queue: Columns
    heads: Columns
    turn: Columns
    spare: Columns
    counts: Columns
    exogenous: Columns
    changes: Columns
    pool: Columns
    laws: Columns
    control: Columns

    @classmethod
    def widths(cls) -> dict[str, int]:
        """Columns of each table."""
        narrow = ("before", "free", "counts", "pool", "control")
        wide = {"entries": 5, "queue": 5, "turn": 4, "spare": 4, "exogenous": 5, "changes": 5, "laws": 4}
        return {name: 1 if name in narrow else wide.get(name, 2) for name in cls._fields}
