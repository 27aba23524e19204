"""Kernels row by row, in the subset of Python that Numba compiles; interpreted, they are their own test.

In and out: see `meaning`.  Nothing is allocated here: what Numba allocates, NumPy's own functions take twenty times as
long to work on.  Indices are not checked: what is in the log was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainsim.kernels.halves import HALF, LOW

if TYPE_CHECKING:
    from chainsim.kernels.meaning import FlowSums, Grid, LevelSums, OpenOrders, PeriodSums
    from chainsim.records import Columns


def by_kind(events: Grid, every: Grid, rows: Grid, where: Columns, ends: Columns) -> None:
    ends[:] = 0
    for i in range(len(events)):
        for column in range(5):
            every[column, i] = events[i, column]
        ends[events[i, 1]] += 1
    begin = 0
    for kind in range(len(ends)):
        count = ends[kind]
        ends[kind] = begin
        begin += count
    for i in range(len(events)):
        kind = every[1, i]
        to = ends[kind]
        ends[kind] = to + 1
        rows[0, to] = every[0, i]
        rows[1, to] = every[2, i]
        rows[2, to] = every[3, i]
        rows[3, to] = every[4, i]
        where[to] = i


def changes(every: Grid, sign: Columns, begin: Columns, stock: Columns, found: Grid) -> int:
    used = 0
    for i in range(every.shape[1]):
        kind = every[1, i]
        if sign[kind] != 0:
            whose = stock[begin[kind] + every[3, i]]
            if whose >= 0:
                found[0, used] = whose
                found[1, used] = every[0, i]
                found[2, used] = sign[kind] * every[4, i]
                used += 1
    return used


def raise_levels(entity: Columns, tick: Columns, clock: Columns, rise: Columns, sums: LevelSums) -> None:
    for i in range(len(entity)):
        e = entity[i]
        held = sums.level[e]
        ticks = tick[i] - sums.since[e]
        worth = held * (clock[i] - sums.since_clock[e])
        sums.integral[e] += worth
        if held > 0:
            sums.positive[e] += worth
            sums.above[e] += ticks
            if ticks > 0:
                sums.peak[e] = max(sums.peak[e], held)
        held += rise[i]
        sums.level[e] = held
        sums.lowest[e] = min(sums.lowest[e], held)
        sums.since[e] = tick[i]
        sums.since_clock[e] = clock[i]


def add_by_period(entity: Columns, tick: Columns, quantity: Columns, sums: PeriodSums) -> None:
    for i in range(len(entity)):
        e = entity[i]
        now = tick[i] * sums.numerator[e] // sums.denominator[e]
        if sums.first[e] <= now < sums.last[e]:
            if now != sums.period[e]:
                total = sums.so_far[e]
                high = total >> HALF
                low = total & LOW
                sums.closed[0, e] += total
                sums.closed[1, e] += high * high
                sums.closed[2, e] += high * low
                sums.closed[3, e] += low * low
                sums.period[e] = now
                sums.so_far[e] = 0
            sums.so_far[e] += quantity[i]


def add_flows(tick: Columns, entity: Columns, quantity: Columns, edges: Columns, warm_up: int, sums: FlowSums) -> None:
    horizon = edges[-1]
    segment = 0
    for i in range(len(tick)):
        while tick[i] >= edges[segment + 1]:
            segment += 1
        e = entity[i]
        sums.quanta[segment, e] += quantity[i]
        sums.moment[e] += quantity[i] * (horizon - max(tick[i], warm_up))
        if tick[i] >= warm_up:
            sums.rows[e] += 1


def ship(
    tick: Columns, lane: Columns, quantity: Columns, placed: Columns, within: Columns, warm_up: int, sums: Grid
) -> None:
    for i in range(len(tick)):
        of = lane[i]
        many = quantity[i]
        waited = tick[i] - placed[i]
        sums[0, of] += many
        sums[2, of] += many * waited
        if waited == 0:
            sums[1, of] += many
        if waited < within[of] and placed[i] >= warm_up:
            sums[3, of] += many


def receive(tick: Columns, lane: Columns, quantity: Columns, placed: Columns, sent: Columns, sums: Grid) -> None:
    for i in range(len(tick)):
        of = lane[i]
        many = quantity[i]
        delayed = many * (tick[i] - max(placed[i], 0))
        sums[0, of] += many
        sums[1, of] += delayed
        if placed[i] >= 0:
            sums[2, of] += many
            sums[3, of] += delayed
            sums[4, of] += many
            sums[5, of] += many * (tick[i] - sent[i])


def invoice(
    tick: Columns,
    lane: Columns,
    quantity: Columns,
    at: Columns,
    per_unit: Columns,
    orders: OpenOrders,
    found: Grid,
) -> None:
    for i in range(len(tick)):
        order = at[i]
        unit = per_unit[lane[i]]
        price = orders.price[order]
        freight = orders.freight[order]
        before = orders.received[order]
        after = before + quantity[i]
        amount = price * after // unit
        carriage = freight * after // unit if freight != 0 else 0
        if before != 0:
            amount -= price * before // unit
            carriage -= freight * before // unit
        orders.received[order] = after
        orders.invoiced[order] += amount
        found[0, i] = amount
        found[1, i] = carriage
        found[2, i] = tick[i] + orders.terms[order]


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
    lanes = sums.shape[1] // 3
    for i in range(len(tick)):
        cell = lane[i]
        if due[i] >= warm_up:
            cell += lanes
        if due[i] >= horizon:
            cell += lanes
        sums[0, cell] += quantity[i]
        sums[1, cell] += amount[i]
        sums[2, cell] += freight[i]
        sums[3, cell] += 1
        first[0, cell] = min(first[0, cell], tick[i])
        first[1, cell] = min(first[1, cell], due[i])


def match(waiting: Columns, coming: Columns, first: Columns, following: Columns, found: Columns) -> None:
    for i in range(len(waiting) - 1, -1, -1):
        following[i] = first[waiting[i]]
        first[waiting[i]] = i
    for i in range(len(coming)):
        taken = first[coming[i]]
        found[i] = taken
        if taken >= 0:
            first[coming[i]] = following[taken]


def add_by_day(
    tick: Columns,
    entity: Columns,
    value: Columns,
    place: Columns,
    numerator: int,
    denominator: int,
    cells: Grid,
) -> None:
    before = -1
    day = 0
    for i in range(len(tick)):
        to = place[entity[i]]
        if to >= 0:
            if tick[i] != before:  # many rows share a tick, and to divide takes longer than all else here
                before = tick[i]
                day = before * numerator // denominator
            cells[day, to] += value[i]


def add_cells(tick: Columns, entity: Columns, value: Columns, edges: Columns, cells: Grid) -> None:
    segment = 0
    for i in range(len(tick)):
        while tick[i] >= edges[segment + 1]:
            segment += 1
        cells[segment, entity[i]] += value[i]
