"""How the lots of one stock point are shared among its suppliers.

Tijdeman's rule for the chairman assignment problem (Tijdeman 1980, Discrete Mathematics 32): the next lot goes to
the supplier with the earliest deadline among those that have not yet had their share.  At any moment each supplier
has had its share of all lots to within one lot, and no lot is ever taken back.
"""

from __future__ import annotations

from typing import Final

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.state import State

NEVER: Final = 2**62


def restart_sharing(s: State, p: int) -> None:
    """Count the lots of a stock point's suppliers from zero, at the start and when shares change."""
    stock = s.stocks[p]
    stock.lots_ordered = 0
    for index in range(stock.lanes_begin, stock.lanes_end):
        s.lanes[index].lots = -1
        give_lot(s, index)


def give_lot(s: State, index: int) -> None:
    """One more lot for a lane; from when it may have the next one, and by when it must.

    With share r of the lots, lot number j (from 1) may come once r x lots > j - 1, and must by ceil(j / r).
    """
    lane = s.lanes[index]
    lane.lots += 1
    if lane.share > 0:
        lane.opens = lane.lots * WHOLE_SHARE // lane.share + 1
        lane.deadline = ((lane.lots + 1) * WHOLE_SHARE + lane.share - 1) // lane.share
    else:
        lane.opens = NEVER
        lane.deadline = NEVER


def next_supplier(s: State, begin: int, end: int, lots_ordered: int) -> int:
    """The lane, `begin` <= lane < `end`, that gets the lot after `lots_ordered` ones; -1 if all shares are 0."""
    lanes = s.lanes
    number = lots_ordered + 1
    best = -1
    earliest = NEVER
    for index in range(begin, end):
        lane = lanes[index]
        if lane.deadline < earliest and lane.opens <= number:
            best = index
            earliest = lane.deadline
    return best
