"""Order in the compiled calendar: a heap of entries by tick, and the sorting of events of one phase.

Written in the subset of Python that Numba compiles.  In and out: arrays of int64, of which so many rows are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from chainsim.records import Columns

DIGIT: Final = 8  # bits
FEW: Final = 48  # rows that are sorted one by one


def push(heap: Columns, used: int, tick: int, entry: int) -> None:
    """Put (tick, entry) into a heap of `used` rows, each with up to four below it."""
    at = used
    while at > 0:
        above = (at - 1) >> 2
        if heap[above, 0] <= tick:
            break
        heap[at, 0] = heap[above, 0]
        heap[at, 1] = heap[above, 1]
        at = above
    heap[at, 0] = tick
    heap[at, 1] = entry


def drop(heap: Columns, used: int) -> None:
    """Take the first row out of a heap of `used` rows."""
    last = used - 1
    tick = heap[last, 0]
    entry = heap[last, 1]
    at = 0
    below = 1
    while below < last:
        least = below
        earliest = heap[below, 0]
        for other in range(below + 1, min(below + 4, last)):
            if heap[other, 0] < earliest:
                least = other
                earliest = heap[other, 0]
        if earliest >= tick:
            break
        heap[at, 0] = earliest
        heap[at, 1] = heap[least, 1]
        at = least
        below = 4 * at + 1
    heap[at, 0] = tick
    heap[at, 1] = entry


def sort(rows: Columns, spare: Columns, counts: Columns, used: int, most: int) -> None:
    """Sort rows (entity, b, sequence, a) by entity and sequence; no entity is above `most`.

    Digit by digit of the entity where they are many, then one by one, which is quick when they are nearly in order.
    spare: as long as rows.  counts: 2 ** DIGIT of them.
    """
    if used > FEW:
        shift = 0
        while most >> shift > 0:
            by_digit(rows, spare, counts, used, shift)
            by_digit(spare, rows, counts, used, shift + DIGIT)
            shift += 2 * DIGIT
    for i in range(1, used):
        entity = rows[i, 0]
        b = rows[i, 1]
        sequence = rows[i, 2]
        a = rows[i, 3]
        at = i
        while at > 0 and (rows[at - 1, 0] > entity or (rows[at - 1, 0] == entity and rows[at - 1, 2] > sequence)):
            for column in range(4):
                rows[at, column] = rows[at - 1, column]
            at -= 1
        if at < i:
            rows[at, 0] = entity
            rows[at, 1] = b
            rows[at, 2] = sequence
            rows[at, 3] = a


def by_digit(rows: Columns, into: Columns, counts: Columns, used: int, shift: int) -> None:
    """Put rows in the order of one digit of their entities; those that are alike keep theirs."""
    for digit in range(1 << DIGIT):
        counts[digit] = 0
    for i in range(used):
        counts[(rows[i, 0] >> shift) & ((1 << DIGIT) - 1)] += 1
    begin = 0
    for digit in range(1 << DIGIT):
        count = counts[digit]
        counts[digit] = begin
        begin += count
    for i in range(used):
        digit = (rows[i, 0] >> shift) & ((1 << DIGIT) - 1)
        at = counts[digit]
        counts[digit] = at + 1
        for column in range(4):
            into[at, column] = rows[i, column]
