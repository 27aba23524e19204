"""How lines spent their time: busy, on offer, standing still, starved; and what waited for them.

In: a Run.  Out: int64 by line or stock point, in ticks and quanta x ticks, from the warm-up's end to the horizon.
Lines with a working calendar are measured in working time: what a batch spends closed in is neither busy nor on offer.
"""

from __future__ import annotations

import numpy as np

from chainsim.model import state
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Change, Closure
from chainsim.model.state import SET_LINE_SPEED
from chainsim.records import Columns
from chainsim.results.frames import Run
from chainsim.results.shortages import shortages
from chainsim.results.steps import Steps, integral, sums


def line_of_stock(run: Run) -> Columns:
    """The line that makes or uses each stock point, -1 if none, int64[P]."""
    return np.array([point.line for point in run.network.stocks], dtype=np.int64)


def worked(closures: tuple[Closure, ...], ticks: Columns) -> Columns:
    """Working ticks in [0, tick) under a calendar, int64."""
    if not closures:
        return ticks
    begin = np.array([closure.begin for closure in closures], dtype=np.int64)
    end = np.array([closure.end for closure in closures], dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(end - begin)])
    count = np.searchsorted(begin, ticks, side="right")
    last = np.maximum(count - 1, 0)
    inside = np.minimum(ticks, end[last]) - begin[last]
    result: Columns = ticks - np.where(count > 0, before[last] + inside, 0)
    return result


def on_the_clock(run: Run, line: Columns, ticks: Columns) -> Columns:
    """Ticks as each row's line counts them: working ticks if it keeps a calendar, int64."""
    result = ticks
    for number, closures in enumerate(run.network.calendars):
        keeps = np.array([row.calendar == number for row in run.network.lines], dtype=bool)
        chosen = keeps[line]
        if chosen.any():
            result = result.copy() if result is ticks else result
            result[chosen] = worked(closures, ticks[chosen])
    return result


def clock_ticks(run: Run) -> Columns:
    """Time from the warm-up's end to the horizon as each line counts it, int64[lines]."""
    lines = np.arange(len(run.network.lines))
    ends = (np.full(len(lines), tick, dtype=np.int64) for tick in (run.network.warm_up, run.horizon))
    begin, end = (on_the_clock(run, lines, tick) for tick in ends)
    result: Columns = end - begin
    return result


def busy_ticks(run: Run) -> Columns:
    """Server time used by line, int64[lines]; unfinished batches count until the horizon, broken down ones too."""
    line_of, count = line_of_stock(run), len(run.network.lines)
    busy, running = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for kind, sign in ((state.STARTED, -1), (state.FINISHED, 1)):
        rows = run.of_kind(kind)
        lines = line_of[rows.entity]
        np.add.at(busy, lines, sign * on_the_clock(run, lines, np.maximum(rows.tick, run.network.warm_up)))
        running -= sign * np.bincount(lines, minlength=count)
    end = on_the_clock(run, np.arange(count), np.full(count, run.horizon, dtype=np.int64))
    result: Columns = busy + running * end
    return result


def server_ticks(run: Run) -> Columns:
    """Server time on offer by line, int64[lines]; 0 while it is unlimited.

    A breakdown is on offer.  So is a server that is taken away, until it has finished its batch.
    """
    network = run.network
    count = len(network.lines)
    servers = [line.servers for line in network.lines]
    begin = [network.warm_up] * count
    spans: list[tuple[int, int, int, int]] = []  # line, servers, from, until
    for change in [*network.changes, *(Change(run.horizon, SET_LINE_SPEED, line) for line in range(count))]:
        if change.kind == SET_LINE_SPEED and change.tick <= run.horizon:
            line, until = change.entity, max(change.tick, network.warm_up)
            if servers[line] < UNLIMITED:
                spans.append((line, servers[line], begin[line], until))
            begin[line], servers[line] = until, change.values[0]
    line_, servers_, from_, until_ = np.array(spans, dtype=np.int64).reshape(len(spans), 4).T
    offered = servers_ * (on_the_clock(run, line_, until_) - on_the_clock(run, line_, from_))
    total = sums(line_, offered, count)
    fewer = {change.entity for change in network.changes if change.kind == SET_LINE_SPEED}
    for line in sorted(fewer):
        if servers[line] < UNLIMITED and network.lines[line].servers < UNLIMITED:
            total[line] += _overhang(run, line)
    return total


def _overhang(run: Run, line: int) -> int:
    """Time for which more servers of a line were busy than it still had, ticks x servers."""
    network, stock = run.network, run.network.lines[line].stock
    ticks, rises = [np.zeros(1, dtype=np.int64)], [np.array([-network.lines[line].servers])]
    for kind, rise in ((state.STARTED, 1), (state.FINISHED, -1)):
        rows = run.of_kind(kind)
        own = rows.tick[rows.entity == stock]
        ticks.append(own)
        rises.append(np.full(len(own), rise))
    servers = network.lines[line].servers
    for change in network.changes:
        if change.kind == SET_LINE_SPEED and change.entity == line and change.tick < run.horizon:
            ticks.append(np.array([change.tick]))
            rises.append(np.array([servers - change.values[0]]))
            servers = change.values[0]
    tick, rise_ = np.concatenate(ticks), np.concatenate(rises)
    order = np.argsort(tick, kind="stable")
    excess = np.maximum(np.cumsum(rise_[order]), 0)
    edges = np.maximum(np.append(tick[order], run.horizon), network.warm_up)
    clock = on_the_clock(run, np.full(len(edges), line, dtype=np.int64), edges)
    return int((excess * np.diff(clock)).sum())


def running_ticks(run: Run) -> Columns:
    """Time during which each line did not stand still, closed or not, int64[lines]."""
    rows = run.of_kind(state.LINE_LEVEL)
    line = line_of_stock(run)[rows.entity]
    order = np.argsort(line, kind="stable")
    opening = np.full(len(run.network.lines), WHOLE_SHARE, dtype=np.int64)
    levels = Steps(line[order], rows.tick[order], rows.quantity[order], opening)
    return levels.within(run.network.warm_up, run.horizon).ticks_above_zero


def queue_integral(run: Run) -> Columns:
    """Quanta released and not yet started x time, int64[lines]."""
    released, started = run.of_kind(state.RELEASED), run.of_kind(state.STARTED)
    line = line_of_stock(run)[np.concatenate([released.entity, started.entity])]
    tick = np.concatenate([released.tick, started.tick])
    rise = np.concatenate([released.quantity, -started.quantity])
    nothing = np.zeros(len(run.network.lines), dtype=np.int64)
    return integral(nothing, line, tick, rise, run.network.warm_up, run.horizon)


def starved_ticks(run: Run) -> Columns:
    """Time during which a line waited for each stock point, int64[P]: from each shortage to the next arrival."""
    found = shortages(run)
    waited = np.maximum(found.end - np.maximum(found.begin, run.network.warm_up), 0)
    return sums(found.stock, waited, len(run.network.stocks))
