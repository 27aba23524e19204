"""How lines spent their time: busy, on offer, standing still, starved; and what waited for them.

In: a run's tally.  Out: int64 by line or stock point, in ticks and quanta x ticks, from the warm-up's end to the
horizon.  Lines with a working calendar are measured in working time: what a batch spends closed in is neither busy nor
on offer.
"""

from __future__ import annotations

import numpy as np

from chainsim.model import state
from chainsim.model.network import UNLIMITED, Network
from chainsim.records import Columns
from chainsim.results.frames import Tallied
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums
from chainsim.results.working import on_the_clock


def made_by(run: Tallied) -> Columns:
    """The stock point that each line makes, int64[lines]."""
    return _products(run.network)


@once_per_network
def _products(network: Network) -> Columns:
    return np.array([line.stock for line in network.lines], dtype=np.int64)


@once_per_network
def servers_of(network: Network) -> Columns:
    """How many servers each line has at the start, int64[lines]."""
    return np.array([line.servers for line in network.lines], dtype=np.int64)


def clock_at(run: Tallied, tick: int) -> Columns:
    """A tick as each line counts it, int64[lines]."""
    lines = np.arange(len(run.network.lines))
    return on_the_clock(run.network, lines, np.full(len(lines), tick, dtype=np.int64))


def clock_ticks(run: Tallied) -> Columns:
    """Time from the warm-up's end to the horizon as each line counts it, int64[lines]."""
    result: Columns = clock_at(run, run.horizon) - clock_at(run, run.network.warm_up)
    return result


def busy_until(run: Tallied, segment: int) -> Columns:
    """Server time used by line before a segment begins, int64[lines]; batches under way count up to there."""
    making = run.tally.making
    batches, clock = (column[:segment].sum(axis=0) for column in (making.batches, making.clock))
    result: Columns = batches * clock_at(run, int(run.tally.segments.edges[segment])) - clock
    return result


def busy_ticks(run: Tallied) -> Columns:
    """Server time used by line, int64[lines]; unfinished batches count until the horizon, broken down ones too."""
    found = run.tally.segments
    result: Columns = busy_until(run, len(found)) - busy_until(run, found.first)
    return result


def server_ticks(run: Tallied) -> Columns:
    """Server time on offer by line, int64[lines]; 0 while it is unlimited.

    A breakdown is on offer.  So is a server that is taken away, until it has finished its batch.
    """
    network = run.network
    count = len(network.lines)
    servers = servers_of(network).copy()
    begin = np.full(count, network.warm_up, dtype=np.int64)
    spans: list[tuple[int, int, int, int]] = []  # line, servers, from, until
    for change in run.tally.making.speeds:
        if change.tick <= run.horizon:
            line, until = change.entity, max(change.tick, network.warm_up)
            spans.append((line, int(servers[line]), int(begin[line]), until))
            begin[line], servers[line] = until, change.values[0]
    changed = np.array(spans, dtype=np.int64).reshape(len(spans), 4)
    end = max(run.horizon, network.warm_up)
    to_the_end = np.column_stack([np.arange(count), servers, begin, np.full(count, end)])
    line_, servers_, from_, until_ = np.concatenate([changed, to_the_end]).T
    offered = np.where(servers_ < UNLIMITED, servers_, 0)
    offered *= on_the_clock(network, line_, until_) - on_the_clock(network, line_, from_)
    making = run.tally.making
    result: Columns = sums(line_, offered, count) + np.where(making.counts_overhang, making.overhang.sums.positive, 0)
    return result


def running_ticks(run: Tallied) -> Columns:
    """Time during which each line did not stand still, closed or not, int64[lines]."""
    return run.tally.making.speed.sums.above


def queue_integral(run: Tallied) -> Columns:
    """Quanta released and not yet started x time, int64[lines]."""
    moment = run.tally.moment
    result: Columns = (moment[state.RELEASED] - moment[state.STARTED])[made_by(run)]
    return result


def starved_ticks(run: Tallied) -> Columns:
    """Time during which a line waited for each stock point, int64[P]: from each shortage to the next arrival."""
    found = run.tally.evidence
    waited = np.maximum(found.end - np.maximum(found.begin, run.network.warm_up), 0)
    return sums(found.stock, waited, len(run.network.stocks))
