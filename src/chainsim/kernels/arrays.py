"""Kernels on whole arrays, by NumPy.

In and out: see `meaning`.  Sorting by entity puts what goes together side by side; then each sum is one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chainsim.kernels.halves import in_halves

if TYPE_CHECKING:
    from chainsim.kernels.meaning import FlowSums, Grid, LevelSums, OpenOrders, PeriodSums
    from chainsim.records import Columns


def by_kind(events: Grid, every: Grid, rows: Grid, where: Columns, ends: Columns) -> None:
    every[:] = events.T
    kind = every[1].astype(np.uint8)  # sorts several times faster
    where[:] = np.argsort(kind, kind="stable")
    for sorted_, column in zip(rows, (every[0], *every[2:]), strict=True):
        column.take(where, out=sorted_, mode="clip")  # where bounds are checked, it is written twice
    np.cumsum(np.bincount(kind, minlength=len(ends)), out=ends)


def changes(every: Grid, sign: Columns, begin: Columns, stock: Columns, found: Grid) -> int:
    tick, kind, _, entity, quantity = every
    at = np.flatnonzero((sign != 0).take(kind))
    kind = kind[at]
    whose = stock[begin.take(kind) + entity[at]]
    if len(whose) and whose.min() < 0:
        meant = np.flatnonzero(whose >= 0)
        at, kind, whose = at[meant], kind[meant], whose[meant]
    used = len(at)
    found[0, :used], found[1, :used], found[2, :used] = whose, tick[at], quantity[at] * sign.take(kind)
    return used


def raise_levels(entity: Columns, tick: Columns, clock: Columns, rise: Columns, sums: LevelSums) -> None:
    if not len(entity):
        return
    order = np.argsort(_small(entity, len(sums.level)), kind="stable")
    entity, tick, clock, rise = entity[order], tick[order], clock[order], rise[order]
    first = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]])
    last = np.append(first[1:], len(entity)) - 1
    owner = entity[first]
    level = np.cumsum(rise)
    level += np.repeat(sums.level[owner] - (level[first] - rise[first]), last - first + 1)
    held = level - rise  # until each rise
    ticks, clocked = np.diff(tick, prepend=0), np.diff(clock, prepend=0)
    ticks[first], clocked[first] = tick[first] - sums.since[owner], clock[first] - sums.since_clock[owner]
    worth = held * clocked
    positive = held > 0
    integral = np.add.reduceat(worth, first)
    sums.integral[owner] += integral
    sums.positive[owner] += integral if positive.all() else np.add.reduceat(worth * positive, first)
    sums.above[owner] += np.add.reduceat(ticks * positive, first)
    sums.peak[owner] = np.maximum(sums.peak[owner], np.maximum.reduceat(held * (ticks > 0), first))
    sums.lowest[owner] = np.minimum(sums.lowest[owner], np.minimum.reduceat(level, first))
    sums.level[owner], sums.since[owner], sums.since_clock[owner] = level[last], tick[last], clock[last]


def add_by_period(entity: Columns, tick: Columns, quantity: Columns, sums: PeriodSums) -> None:
    order = np.argsort(_small(entity, len(sums.period)), kind="stable")
    entity, quantity = entity[order], quantity[order]
    period = tick[order] * sums.numerator[entity] // sums.denominator[entity]
    inside = np.flatnonzero((period >= sums.first[entity]) & (period < sums.last[entity]))
    if not len(inside):
        return
    if len(inside) < len(entity):
        entity, period, quantity = entity[inside], period[inside], quantity[inside]
    starts = np.flatnonzero(np.r_[True, (entity[1:] != entity[:-1]) | (period[1:] != period[:-1])])
    totals = np.add.reduceat(quantity, starts)
    owner, when = entity[starts], period[starts]
    first = np.r_[True, owner[1:] != owner[:-1]]
    goes_on = first & (when == sums.period[owner])
    totals[goes_on] += sums.so_far[owner[goes_on]]
    last = np.r_[first[1:], True]
    over = owner[first & ~goes_on]
    for owners, values in ((over, sums.so_far[over]), (owner[~last], totals[~last])):
        for closed, value in zip(sums.closed, in_halves(values), strict=True):
            np.add.at(closed, owners, value)
    sums.period[owner[last]], sums.so_far[owner[last]] = when[last], totals[last]


def add_flows(tick: Columns, entity: Columns, quantity: Columns, edges: Columns, warm_up: int, sums: FlowSums) -> None:
    add_cells(tick, entity, quantity, edges, sums.quanta)
    np.add.at(sums.moment, entity, quantity * (edges[-1] - np.maximum(tick, warm_up)))
    counted = entity[np.searchsorted(tick, warm_up) :]
    sums.rows[:] += np.bincount(counted, minlength=len(sums.rows))


def ship(
    tick: Columns, lane: Columns, quantity: Columns, placed: Columns, within: Columns, warm_up: int, sums: Grid
) -> None:
    waited = tick - placed
    at_once = np.flatnonzero(waited == 0)  # a list of places is quicker to follow than a mask
    prompt = np.flatnonzero((waited < within[lane]) & (placed >= warm_up))
    np.add.at(sums[0], lane, quantity)
    np.add.at(sums[1], lane[at_once], quantity[at_once])
    np.add.at(sums[2], lane, quantity * waited)
    np.add.at(sums[3], lane[prompt], quantity[prompt])


def receive(tick: Columns, lane: Columns, quantity: Columns, placed: Columns, sent: Columns, sums: Grid) -> None:
    delayed, under_way = quantity * (tick - np.maximum(placed, 0)), quantity * (tick - sent)
    np.add.at(sums[0], lane, quantity)
    np.add.at(sums[1], lane, delayed)
    known = placed >= 0
    if not known.all():
        lane, quantity, delayed, under_way = (column[known] for column in (lane, quantity, delayed, under_way))
    for total, values in zip(sums[2:], (quantity, delayed, quantity, under_way), strict=True):
        np.add.at(total, lane, values)


def invoice(
    tick: Columns,
    lane: Columns,
    quantity: Columns,
    at: Columns,
    per_unit: Columns,
    orders: OpenOrders,
    found: Grid,
) -> None:
    after = orders.received[at] + quantity
    pieces = np.flatnonzero(quantity != orders.quantity[at])
    if len(pieces):
        after[pieces] = orders.received[at[pieces]] + _running(at[pieces], quantity[pieces])
    before, unit = after - quantity, per_unit[lane]
    amount, carriage = (_rise(each[at], before, after, unit) for each in (orders.price, orders.freight))
    np.add.at(orders.received, at, quantity)
    np.add.at(orders.invoiced, at, amount)
    found[:] = amount, carriage, tick + orders.terms[at]


def add_invoices(
    tick: Columns,
    lane: Columns,
    quantity: Columns,
    amount: Columns,
    freight: Columns,
    due: Columns,
    warm_up: int,
    horizon: int,
    sums: Grid,
    first: Grid,
) -> None:
    cell = lane + ((due >= warm_up).astype(np.int64) + (due >= horizon)) * (sums.shape[1] // 3)
    for total, values in zip(sums, (quantity, amount, freight, np.ones_like(due)), strict=True):
        np.add.at(total, cell, values)
    np.minimum.at(first[0], cell, tick)
    np.minimum.at(first[1], cell, due)


def match(waiting: Columns, coming: Columns, first: Columns, following: Columns, found: Columns) -> None:
    queue, order = np.argsort(waiting, kind="stable"), np.argsort(coming, kind="stable")
    keys, key = waiting[queue], coming[order]
    place = np.searchsorted(keys, key) + np.arange(len(key)) - np.searchsorted(key, key)
    there = place < np.searchsorted(keys, key, side="right")
    found[:] = -1
    found[order[there]] = queue[place[there]]


def add_by_day(
    tick: Columns,
    entity: Columns,
    value: Columns,
    place: Columns,
    numerator: int,
    denominator: int,
    cells: Grid,
) -> None:
    to = place[entity]
    chosen = np.flatnonzero(to >= 0)
    day = tick[chosen] * numerator // denominator
    np.add.at(cells.reshape(-1), day * cells.shape[1] + to[chosen], value[chosen])


def add_cells(tick: Columns, entity: Columns, value: Columns, edges: Columns, cells: Grid) -> None:
    segments, width = cells.shape
    cell = np.repeat(np.arange(segments) * width, np.diff(np.searchsorted(tick, edges)))
    cell += entity
    np.add.at(cells.reshape(-1), cell, value)


def _rise(price: Columns, before: Columns, after: Columns, per_unit: Columns) -> Columns:
    """What the quanta between two totals cost, each total rounded down, fen."""
    if not price.any():
        return np.zeros_like(price)
    result: Columns = price * after // per_unit
    some = np.flatnonzero(before)
    result[some] -= price[some] * before[some] // per_unit[some]
    return result


def _running(at: Columns, quantity: Columns) -> Columns:
    """Running sum of the quantities of each order, the row itself included, int64[n]."""
    order = np.argsort(at, kind="stable")
    owner, rise = at[order], quantity[order]
    total = np.cumsum(rise)
    first = np.r_[True, owner[1:] != owner[:-1]]
    before = np.where(first, total - rise, 0)
    result = np.empty_like(total)
    result[order] = total - np.maximum.accumulate(before)
    return result


def _small(index: Columns, count: int) -> Columns:
    """The same numbers in a type that sorts several times faster, where `count` of them fit."""
    return index.astype(np.uint16) if count <= 2**16 else index
