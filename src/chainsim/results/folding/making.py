"""What lines did: batches, how long work waited, how long servers were busy by the clock of the line.

In: blocks.  Out: int64 sums by line, and by segment and line.  This module must not know what waited for what.
"""

from __future__ import annotations

import numpy as np

from chainsim.kernels import Kernels, arrays
from chainsim.model import state
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Network
from chainsim.model.state import SET_LINE_SPEED
from chainsim.results.columns import line_of_stock
from chainsim.results.folding.block import Block
from chainsim.results.folding.levels import Levels
from chainsim.results.folding.segments import Segments
from chainsim.results.working import on_the_clock


class Making:
    """waited: quanta started x ticks since the order; set_ups: first batches of orders; since the warm-up, by line.

    batches, clock: started less finished, and by the clock, the sum of when, int64[S, lines]: so many servers were busy
    at a tick t as batches began before and had not ended, and for clock(t) x batches - clock ticks in all.
    speeds: dated changes of servers.  speed: levels of lines.  overhang: of lines whose servers change, how many more
    were busy than there still were.
    """

    def __init__(self, network: Network, segments: Segments, kernels: Kernels = arrays) -> None:
        count = len(network.lines)
        self._kernels = kernels
        self._network, self._segments = network, segments
        self._line = line_of_stock(network)
        self.waited, self.set_ups = (np.zeros(count, dtype=np.int64) for _ in range(2))
        self.batches, self.clock = (np.zeros((len(segments), count), dtype=np.int64) for _ in range(2))
        self.speed = Levels(np.full(count, WHOLE_SHARE, dtype=np.int64), segments.warm_up, kernels=kernels)
        servers = [line.servers for line in network.lines]
        self.overhang = Levels(
            -np.array(servers, dtype=np.int64),
            segments.warm_up,
            lambda line, tick: on_the_clock(network, line, tick),
            kernels,
        )
        self._changes: list[tuple[int, int, int]] = []  # tick, line, rise of busy less servers
        self.speeds = [change for change in network.changes if change.kind == SET_LINE_SPEED]
        for change in self.speeds:
            if change.tick < network.horizon:
                self._changes.append((change.tick, change.entity, servers[change.entity] - change.values[0]))
                servers[change.entity] = change.values[0]
        self.servers = np.array(servers, dtype=np.int64)
        self.changing = np.zeros(count, dtype=bool)
        self.changing[[change.entity for change in self.speeds]] = True
        self._done = 0

    def take(self, block: Block) -> None:
        """Add one block."""
        started, at, hand = block.rows[state.STARTED], block.at(state.STARTED), block.hand
        number = np.arange(len(started))
        earliest = np.zeros(len(hand), dtype=np.int64)
        earliest[at[::-1]] = number[::-1]  # of several rows of an order the first one stays
        first = (earliest[at] == number) & (hand["started"][at] == 0)
        counted = started.tick >= self._segments.warm_up
        line = self._line[started.entity]
        self.set_ups += np.bincount(line[first & counted], minlength=len(self.set_ups))
        waited = started.quantity * (started.tick - hand["placed"][at])
        np.add.at(self.waited, line[counted], waited[counted])
        hand.add("started", at, started.quantity)
        for kind in (state.FINISHED, state.SCRAPPED):
            hand.add("ended", block.at(kind), block.rows[kind].quantity)
        for kind, sign in ((state.STARTED, 1), (state.FINISHED, -1)):
            rows = block.rows[kind]
            own = self._line[rows.entity]
            signs, clock = np.full(len(rows), sign, dtype=np.int64), on_the_clock(self._network, own, rows.tick)
            for value, cells in ((signs, self.batches), (sign * clock, self.clock)):
                self._kernels.add_cells(rows.tick, own, value, self._segments.edges, cells)
        levels = block.rows[state.LINE_LEVEL]
        self.speed.take_settings(self._line[levels.entity], levels.tick, levels.quantity)
        if self.changing.any():
            self._take_busy(block)

    def _take_busy(self, block: Block) -> None:
        """The servers of lines that get others."""
        lines, ticks, rises = [], [], []
        for kind, sign in ((state.STARTED, 1), (state.FINISHED, -1)):
            rows = block.rows[kind]
            own = self._line[rows.entity]
            chosen = self.changing[own]
            lines.append(own[chosen])
            ticks.append(rows.tick[chosen])
            rises.append(np.full(len(lines[-1]), sign, dtype=np.int64))
        due = [change for change in self._changes[self._done :] if change[0] < block.until]
        self._done += len(due)
        tick, line, rise = np.array(due, dtype=np.int64).reshape(len(due), 3).T
        every = np.concatenate([*ticks, tick])
        order = np.argsort(every, kind="stable")
        self.overhang.take(np.concatenate([*lines, line])[order], every[order], np.concatenate([*rises, rise])[order])

    def finish(self, horizon: int) -> None:
        """Let what holds last to the horizon."""
        self.speed.finish(horizon)
        self.overhang.finish(horizon)

    @property
    def counts_overhang(self) -> np.ndarray:
        """Lines whose servers change and are limited at the start and at the end, bool[lines]."""
        opening = np.array([line.servers for line in self._network.lines], dtype=np.int64)
        result: np.ndarray = self.changing & (opening < UNLIMITED) & (self.servers < UNLIMITED)
        return result
