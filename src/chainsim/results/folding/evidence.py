"""What is kept of a run to say why its lines waited: only what happened around shortages.

In: blocks.  Out: pieces of orders that a stock point waited for while it was short, what the lines of its suppliers
did meanwhile, and what chain masters' lines had to do.  More than is needed may be kept, never less: what is kept
depends on where blocks end, what is found in it does not.  This module must not know causes.

It grows with the shortages of a run, not with its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import LaneColumns, Rows, line_of_stock, with_role
from chainsim.results.folding.block import Block
from chainsim.results.folding.hand import NEVER, Hand
from chainsim.results.folding.parcels import Parcels
from chainsim.results.folding.shortages import Spans

WORK: Final = (state.RELEASED, state.STARTED, state.PLACED, state.SHIPPED, state.LOST)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of purchase orders, one for each delivery and one for what was never sent, int64[n].

    placed: -1 of what was under way at the start.  sent: -1 if before the run, the horizon if never.
    """

    lane: Columns
    placed: Columns
    sent: Columns
    arrived: Columns
    quantity: Columns


@dataclass(frozen=True, slots=True)
class Points:
    """Values of several keys after ticks, int64[n], by key, then time; between stretches that were kept, any."""

    key: Columns
    tick: Columns
    value: Columns

    def of(self, key: int) -> tuple[Columns, Columns]:
        """Ticks and values of one key."""
        first, last = np.searchsorted(self.key, [key, key + 1])
        return self.tick[first:last], self.value[first:last]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the times at which something was short.

    stock, begin, end: shortages, by stock point, then time.  busy: by line, how many batches are under way after each
    tick.  work: by kind of `WORK`, by line, quanta in all up to and with each tick: released to it, started, and of its
    product ordered by markets, sent to them, lost.
    """

    stock: Columns
    begin: Columns
    end: Columns
    pieces: Pieces
    busy: Points
    work: dict[int, Points]


class Collector:
    """Keeps what may be needed."""

    def __init__(self, network: Network, lanes: LaneColumns, every_line: bool) -> None:
        self._lanes, self._line = lanes, line_of_stock(network)
        self.spans = Spans(network, lanes)
        count = len(network.lines)
        made = np.array([line.stock for line in network.lines], dtype=np.int64)
        self._maker = np.full(len(network.stocks), -1, dtype=np.int64)
        self._maker[made] = np.arange(count)
        self._trades = with_role(network, "bought") & (self._line < 0)  # warehouses
        self._masters = np.ones(count, dtype=bool) if every_line else _watched(network, made)
        final = with_role(network, "sold")[lanes.buyer_stock]
        self._final = np.where(final, self._maker[lanes.seller_stock], -1)
        self._short_until = np.full(len(network.stocks), -1, dtype=np.int64)
        self._any_until = -1
        self._running = np.zeros(count, dtype=np.int64)
        self._done = {kind: np.zeros(count, dtype=np.int64) for kind in WORK}
        self._pieces: list[tuple[Columns, ...]] = []
        self._busy: list[tuple[Columns, ...]] = []
        self._work: dict[int, list[tuple[Columns, ...]]] = {kind: [] for kind in WORK}

    def take(self, block: Block, sent: Columns) -> None:
        """Add one block.  sent: when each of its receipts was."""
        self.spans.take(block)
        short = self.spans.short
        self._short_until[short] = block.until
        if short.any():
            self._any_until = block.until
        self._arrived(block, sent)
        self._watch_lines(block, short)
        self._watch_masters(block, short)

    def _waited_for(self, lane: Columns, placed: Columns) -> np.ndarray:
        """Whether an order may have been waited for since it was placed, bool[n]."""
        stock = self._lanes.buyer_stock[lane]
        until = np.where(self._trades[stock], self._any_until, self._short_until[stock])
        result: np.ndarray = until > placed
        return result

    def _arrived(self, block: Block, sent: Columns) -> None:
        rows = block.rows[state.RECEIVED]
        placed = block.hand["placed"][block.at(state.RECEIVED)]
        kept = np.flatnonzero(self._waited_for(rows.entity, placed))
        if len(kept):
            columns = (rows.entity, placed, sent, rows.tick, rows.quantity)
            self._pieces.append(tuple(column[kept] for column in columns))

    def _watch_lines(self, block: Block, short: Columns) -> None:
        """How busy the lines are that supply who is short, directly or through a warehouse."""
        before = self._running.copy()
        rows = [(block.rows[kind], sign) for kind, sign in ((state.STARTED, 1), (state.FINISHED, -1))]
        owners = [self._line[one.entity] for one, _ in rows]
        for (_, sign), own in zip(rows, owners, strict=True):
            self._running += sign * np.bincount(own, minlength=len(before))
        if not short.any():
            return
        wanted = short[self._lanes.buyer_stock] | self._trades[self._lanes.buyer_stock]
        watched = np.zeros(len(before) + 1, dtype=bool)  # the last is nobody's
        watched[self._maker[self._lanes.seller_stock[wanted]]] = True
        watched[-1] = False
        chosen = [watched[own] for own in owners]
        line = np.concatenate([own[one] for own, one in zip(owners, chosen, strict=True)])
        tick = np.concatenate([one.tick[at] for (one, _), at in zip(rows, chosen, strict=True)])
        rise = np.concatenate([np.full(int(at.sum()), sign) for (_, sign), at in zip(rows, chosen, strict=True)])
        self._busy.append(_levels(np.flatnonzero(watched), before, block.begin, line, tick, rise))

    def _watch_masters(self, block: Block, short: Columns) -> None:
        """What chain masters' lines had to do, and did, and who waited for their products."""
        watched = np.zeros(len(self._running) + 1, dtype=bool)
        watched[self._line[short]] = True
        watched[-1] = False
        watched[:-1] &= self._masters
        lines = np.flatnonzero(watched)
        for kind, done in self._done.items():
            rows = block.rows[kind]
            line = self._line[rows.entity] if kind in (state.RELEASED, state.STARTED) else self._final[rows.entity]
            mine = np.flatnonzero((line >= 0) & np.append(self._masters, False)[line])
            own = Rows(rows.tick[mine], rows.order[mine], line[mine], rows.quantity[mine])
            if len(lines):
                kept = watched[own.entity]
                columns = (own.entity[kept], own.tick[kept], own.quantity[kept])
                self._work[kind].append(_levels(lines, done, block.begin - 1, *columns))
            np.add.at(done, own.entity, own.quantity)

    def evidence(self, horizon: int, hand: Hand, parcels: Parcels) -> Evidence:
        """All that was kept, with what is still open at the horizon."""
        if self.spans.short.any():
            self._short_until[self.spans.short] = self._any_until = horizon
        self._pieces += self._open(horizon, hand, parcels)
        columns = list(zip(*self._pieces, strict=True)) or [()] * 5
        pieces = Pieces(*(_joined(column) for column in columns))
        work = {kind: _points(several) for kind, several in self._work.items()}
        return Evidence(*self.spans.all_until(horizon), pieces, _points(self._busy), work)

    def _open(self, horizon: int, hand: Hand, parcels: Parcels) -> list[tuple[Columns, ...]]:
        """What is under way, and what was never sent."""
        lane, placed, quantity, sent = (hand[name] for name in ("lane", "placed", "quantity", "sent"))
        bought = lane >= 0
        at = hand.find(parcels.order)
        whole = np.flatnonzero(bought & (sent != NEVER) & (hand["received"] == 0))
        left = quantity - np.where(placed >= 0, hand["shipped"], hand["received"]) - hand["lost"]
        rest = np.flatnonzero(bought & (left > 0))
        never = np.where(placed[rest] >= 0, horizon, NEVER)
        found: list[tuple[Columns, ...]] = []
        for of, when, many in (
            (at, parcels.tick, parcels.quantity), (whole, sent[whole], quantity[whole]), (rest, never, left[rest])
        ):  # fmt: skip
            kept = self._waited_for(lane[of], placed[of])
            end = np.full(int(kept.sum()), horizon, dtype=np.int64)
            found.append((lane[of][kept], placed[of][kept], when[kept], end, many[kept]))
        return found


def _watched(network: Network, made: Columns) -> np.ndarray:
    """Lines of chain masters, or all lines where there is none, bool[lines]."""
    masters = np.array([network.firms[point.firm].kind == "chain_master" for point in network.stocks], dtype=bool)
    anybody = any(firm.kind == "chain_master" for firm in network.firms)
    result: np.ndarray = masters[made] if anybody else np.ones(len(made), dtype=bool)
    return result


def _levels(
    keys: Columns, opening: Columns, begin: int, key: Columns, tick: Columns, rise: Columns
) -> tuple[Columns, Columns, Columns]:
    """Levels of some keys after ticks: those that they open with at `begin`, and after each rise."""
    key = np.concatenate([keys, key])
    tick = np.concatenate([np.full(len(keys), begin, dtype=np.int64), tick])
    rise = np.concatenate([opening[keys], rise])
    order = np.lexsort((tick, key))
    key, tick, total = key[order], tick[order], np.cumsum(rise[order])
    first = np.r_[True, key[1:] != key[:-1]][: len(key)]
    before = np.append(0, total)[np.flatnonzero(first)]
    return key, tick, total - np.repeat(before, np.diff(np.append(np.flatnonzero(first), len(key))))


def _joined(columns: tuple[Columns, ...]) -> Columns:
    return np.concatenate([np.zeros(0, dtype=np.int64), *columns])


def _points(several: list[tuple[Columns, ...]]) -> Points:
    columns = list(zip(*several, strict=True)) or [()] * 3
    key, tick, value = (_joined(column) for column in columns)
    order = np.argsort(key, kind="stable")
    return Points(key[order], tick[order], value[order])
