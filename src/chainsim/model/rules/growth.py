"""Growth: a line that was busy for a whole window is expanded, within its firm's cash; one that was idle shrinks."""

from __future__ import annotations

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.lines import count_busy, grow
from chainsim.model.rules.working_time import worked
from chainsim.model.state import BUILT, INVESTED, WATCH, State


def watch(s: State, tick: int, index: int) -> None:
    """A window ends: decide on the line's utilisation in it, then watch the next."""
    row = s.growths[index]
    line = s.lines[row.line]
    count_busy(s, tick, row.line)
    busy = line.busy_ticks - row.busy_then
    row.busy_then = line.busy_ticks
    s.outbox.append((row.window, WATCH, index, 0, 0, -1, 0, 0))
    offered = row.window
    if line.closures_end > line.closures_begin:
        offered = worked(s, line.closures_begin, line.closures_end, tick) - worked(
            s, line.closures_begin, line.closures_end, tick - row.window
        )
    offered *= line.servers
    if offered == 0 or row.done == row.most or row.building == 1 or line.dead == 1:
        return
    usage = min(WHOLE_SHARE, busy * WHOLE_SHARE // offered)
    wanted = usage >= row.threshold if row.by > 0 else usage <= row.threshold
    if not wanted:
        return
    owner = s.stocks[line.stock].purse
    if row.cost > 0:
        if owner >= 0:
            purse = s.purses[owner]
            if purse.cash < row.cost:
                return
            purse.cash -= row.cost
        s.log.append((tick, INVESTED, -1, line.stock, row.cost))
    row.building = 1
    s.outbox.append((row.build, BUILT, index, 0, 0, -1, 0, 0))


def built(s: State, tick: int, index: int) -> None:
    """What was decided takes effect."""
    row = s.growths[index]
    row.building = 0
    row.done += 1
    grow(s, tick, row.line, row.by)
