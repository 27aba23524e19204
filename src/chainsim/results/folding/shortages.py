"""When lines lacked a component: from each shortage to the next arrival, or to the line's next start.

In: blocks.  Out: spans by stock point; those that follow on each other are one.  This module must not know why.
"""

from __future__ import annotations

import numpy as np

from chainsim.model.network import Network
from chainsim.model.state import RECEIVED, STARTED, STARVED
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, line_of_stock
from chainsim.results.folding.block import Block


class Spans:
    """Shortages so far.  short: stock points that lacked something at some time of the block at hand, bool[P]."""

    def __init__(self, network: Network, lanes: LaneColumns) -> None:
        count = len(network.stocks)
        self._line, self._buyer = line_of_stock(network), lanes.buyer_stock
        self._since = np.full(count, -1, dtype=np.int64)
        self._ended: list[tuple[Columns, Columns, Columns]] = []
        self.short = np.zeros(count, dtype=bool)

    def take(self, block: Block) -> None:
        """Add one block."""
        starved = block.rows[STARVED]
        lacking = np.flatnonzero(self._since >= 0)
        self.short = np.zeros(len(self._since), dtype=bool)
        self.short[lacking] = True
        self.short[starved.entity] = True
        if not self.short.any():
            return
        stock = np.concatenate([lacking, starved.entity])
        begin = np.concatenate([self._since[lacking], starved.tick])
        at = np.concatenate([np.full(len(lacking), -1), block.position[STARVED]])
        received, started = block.rows[RECEIVED], block.rows[STARTED]
        to, by = self._buyer[received.entity], self._line[started.entity]
        waits = np.zeros(int(self._line.max(initial=-1)) + 2, dtype=bool)
        waits[self._line[self.short]] = True
        came, began = self.short[to], waits[by]
        no = block.count
        first = _next(at, stock, block.position[RECEIVED][came], to[came], no)
        second = _next(at, self._line[stock], block.position[STARTED][began], by[began], no)
        end = np.full(len(stock), -1, dtype=np.int64)
        ticks = np.full(no + 1, -1, dtype=np.int64)
        ticks[block.position[RECEIVED][came]] = received.tick[came]
        ticks[block.position[STARTED][began]] = started.tick[began]
        end = ticks[np.minimum(first, second)]
        ended = end >= 0
        some = ended & (end > begin)
        self._ended.append((stock[some], begin[some], end[some]))
        self._since[:] = -1
        goes_on = ~ended
        self._since[stock[goes_on][::-1]] = begin[goes_on][::-1]  # of several, the first

    def all_until(self, horizon: int) -> tuple[Columns, Columns, Columns]:
        """Stock point, begin, end of every shortage, by stock point, then time; what lasts ends at the horizon."""
        lacking = np.flatnonzero(self._since >= 0)
        last = (lacking, self._since[lacking], np.full(len(lacking), horizon, dtype=np.int64))
        stock, begin, end = (np.concatenate(column) for column in zip(*self._ended, last, strict=True))
        order = np.lexsort((end, begin, stock))
        order = order[end[order] > begin[order]]
        stock, begin, end = stock[order], begin[order], end[order]
        first = np.ones(len(stock), dtype=bool)
        first[1:] = (stock[1:] != stock[:-1]) | (begin[1:] > end[:-1])
        until = np.append(first[1:], True)[: len(first)]
        return stock[first], begin[first], end[until]


def _next(at: Columns, of: Columns, rows: Columns, owner: Columns, count: int) -> Columns:
    """The first of an owner's rows behind each position, `count` if there is none."""
    width = count + 2
    keys = np.sort(owner * width + rows + 1)
    wanted = of * width + at + 1
    found = np.searchsorted(keys, wanted, side="right")
    result = np.full(len(at), count, dtype=np.int64)
    inside = found < len(keys)
    key = keys[found[inside]]
    result[inside] = np.where(key // width == of[inside], key % width - 1, count)
    return result
