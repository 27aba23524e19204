"""Both forms of every kernel leave the same, and what the plainest words say they leave."""

from __future__ import annotations

import copy
import inspect
from collections import defaultdict
from importlib.util import find_spec
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.kernels import Kernels, arrays, loops
from chainsim.kernels.halves import in_halves, squares
from chainsim.kernels.meaning import FlowSums, LevelSums, OpenOrders, PeriodSums

WIDTH = 3  # entities, lanes, orders
END = 40
KINDS = 4
ENTITY = st.integers(0, WIDTH - 1)
QUANTITY = st.integers(0, 9)
ints = np.int64
rows = st.lists(st.tuples(st.integers(0, END - 1), ENTITY, QUANTITY), max_size=25).map(sorted)


def forms() -> list[Any]:
    """Loops interpreted and compiled."""
    if find_spec("numba") is None:
        return [loops]
    from chainsim.engine.compiled_engine import compiling

    return [loops, compiling.kernels()]


def columns(of: list[tuple[int, ...]], width: int = 3) -> list[np.ndarray]:
    return [column.copy() for column in np.array(of, dtype=ints).reshape(len(of), width).T]


def same(name: str, *arguments: Any) -> Any:
    """Call every form on what is given; what the first one leaves, where the others leave the same."""
    left = copy.deepcopy(arguments)
    result = getattr(arrays, name)(*left)
    for form in forms():
        mine = copy.deepcopy(arguments)
        assert getattr(form, name)(*mine) == result
        for one, other in zip(mine, left, strict=True):
            np.testing.assert_equal(one, other)
    return result, *left


def test_both_forms_have_every_kernel_and_no_other() -> None:
    wanted = {name for name, one in vars(Kernels).items() if isinstance(one, FunctionType) and not name.startswith("_")}
    for form in (arrays, loops):
        public = {name: one for name, one in vars(form).items() if inspect.isfunction(one) and not name.startswith("_")}
        own = {name: one for name, one in public.items() if one.__module__ == form.__name__}
        assert set(own) == wanted
        for name, one in own.items():
            assert [*inspect.signature(one).parameters] == [*inspect.signature(getattr(Kernels, name)).parameters][1:]


@given(st.lists(st.tuples(st.integers(0, END), st.integers(0, KINDS - 1), QUANTITY, ENTITY, QUANTITY), max_size=25))
def test_rows_by_kind_keep_their_order(of: list[tuple[int, ...]]) -> None:
    events = np.array(of, dtype=ints).reshape(len(of), 5)
    every, by_kind, where, ends = same(
        "by_kind",
        events,
        np.empty((5, len(of)), ints),
        np.empty((4, len(of)), ints),
        np.empty(len(of), ints),
        np.empty(KINDS, ints),
    )[2:]
    expected = [(*row, at) for kind in range(KINDS) for at, row in enumerate(of) if row[1] == kind]
    assert [*zip(*by_kind.tolist(), where.tolist(), strict=True)] == [
        (t, o, e, q, at) for t, _, o, e, q, at in expected
    ]
    assert every.T.tolist() == events.tolist()
    assert ends.tolist() == [sum(row[1] <= kind for row in of) for kind in range(KINDS)]


@given(
    st.lists(st.tuples(st.integers(0, END), st.integers(0, KINDS - 1), QUANTITY, ENTITY, QUANTITY), max_size=25),
    st.lists(st.sampled_from([-1, 0, 1]), min_size=KINDS, max_size=KINDS),
    st.lists(st.integers(-1, 5), min_size=2 * WIDTH, max_size=2 * WIDTH),
)
def test_changes_are_rows_of_kinds_with_a_sign_at_stock_points_that_are_meant(
    of: list[tuple[int, ...]], sign: list[int], stock: list[int]
) -> None:
    begin = [0, WIDTH, 0, WIDTH]
    every = np.array(of, dtype=ints).reshape(len(of), 5).T.copy()
    found = np.zeros((3, len(of)), ints)
    count, *_, found = same("changes", every, *(np.array(each, dtype=ints) for each in (sign, begin, stock)), found)
    expected = [
        (stock[begin[kind] + entity], tick, sign[kind] * quantity)
        for tick, kind, _, entity, quantity in of
        if sign[kind] and stock[begin[kind] + entity] >= 0
    ]
    assert [*zip(*found[:, :count].tolist(), strict=True)] == expected


@given(st.lists(st.tuples(ENTITY, st.integers(0, END), st.integers(-3, 3)), max_size=25), st.integers(1, 3))
def test_levels_last_until_they_are_raised(of: list[tuple[int, int, int]], speed: int) -> None:
    of = sorted(of, key=lambda row: row[1])
    entity, tick, rise = columns(of)
    opening = np.array([2, 0, -1], dtype=ints)
    zeros = [np.zeros(WIDTH, ints) for _ in range(6)]
    sums = same("raise_levels", entity, tick, speed * tick, rise, LevelSums(opening, *zeros, opening.copy()))[-1]
    for e in range(WIDTH):
        level, since, lasted, low = int(opening[e]), 0, [], [int(opening[e])]
        for owner, now, by in of:
            if owner == e:
                lasted.append((level, now - since))
                level, since = level + by, now
                low.append(level)
        assert sums.integral[e] == speed * sum(held * ticks for held, ticks in lasted)
        assert sums.positive[e] == speed * sum(held * ticks for held, ticks in lasted if held > 0)
        assert sums.above[e] == sum(ticks for held, ticks in lasted if held > 0)
        assert sums.peak[e] == max([0, *(held for held, ticks in lasted if ticks)])
        assert (sums.level[e], sums.since[e], sums.lowest[e]) == (level, since if lasted else 0, min(low))


@given(rows, rows, st.tuples(*[st.integers(1, 5)] * WIDTH), st.integers(0, 3), st.integers(3, 12))
def test_periods_close_when_the_next_one_begins(
    early: list[tuple[int, ...]], late: list[tuple[int, ...]], lengths: tuple[int, ...], first: int, last: int
) -> None:
    """In two stretches, so that a period is carried from one to the other; five thirds of a tick make one, too."""
    numerator = 3
    sums = PeriodSums(
        np.full(WIDTH, numerator),
        np.array(lengths, dtype=ints),
        np.full(WIDTH, first),
        np.full(WIDTH, last),
        np.full(WIDTH, -1),
        np.zeros(WIDTH, ints),
        np.zeros((4, WIDTH), ints),
    )
    late = [(tick + END, entity, quantity) for tick, entity, quantity in late]
    for part in (early, late):
        tick, entity, quantity = columns(part)
        sums = same("add_by_period", entity, tick, quantity << 24, sums)[-1]
    for e in range(WIDTH):
        periods: dict[int, int] = defaultdict(int)
        for tick_, owner, many in early + late:
            period = tick_ * numerator // lengths[e]
            if owner == e and first <= period < last:
                periods[period] += many << 24
        total, *halves = (sums.closed[:, e] + in_halves(sums.so_far)[:, e]).tolist()
        assert total == sum(periods.values())
        assert squares(*halves) == sum(value**2 for value in periods.values())
        assert not periods or (sums.period[e], sums.so_far[e]) == (max(periods), periods[max(periods)])


EDGES = np.array([0, 7, 20, END], dtype=ints)


def segment(tick: int) -> int:
    return sum(tick >= edge for edge in EDGES.tolist()) - 1


@given(rows, st.integers(0, END))
def test_flows_are_summed_by_segment_and_weighed_by_the_time_left(of: list[tuple[int, ...]], warm_up: int) -> None:
    tick, entity, quantity = columns(of)
    sums = FlowSums(np.zeros((3, WIDTH), ints), np.zeros(WIDTH, ints), np.zeros(WIDTH, ints))
    sums = same("add_flows", tick, entity, quantity, EDGES, warm_up, sums)[-1]
    for e in range(WIDTH):
        own = [(now, many) for now, owner, many in of if owner == e]
        assert sums.moment[e] == sum(many * (END - max(now, warm_up)) for now, many in own)
        assert sums.rows[e] == sum(now >= warm_up for now, _ in own)
        for k in range(3):
            assert sums.quanta[k, e] == sum(many for now, many in own if segment(now) == k)


@given(rows, st.data())
def test_cells_are_summed_by_segment(of: list[tuple[int, ...]], data: st.DataObject) -> None:
    tick, entity, value = columns(of)
    cells = same("add_cells", tick, entity, -value, EDGES, np.ones((3, WIDTH), ints))[-1]
    for k in range(3):
        for e in range(WIDTH):
            assert cells[k, e] == 1 - sum(many for now, owner, many in of if owner == e and segment(now) == k)


@given(rows, st.data())
def test_what_was_shipped_waited_since_its_order(of: list[tuple[int, ...]], data: st.DataObject) -> None:
    placed = [data.draw(st.integers(-1, now)) for now, *_ in of]
    within, warm_up = [0, 1, 5], 10
    sums = same(
        "ship", *columns(of), np.array(placed, ints), np.array(within, ints), warm_up, np.zeros((4, WIDTH), ints)
    )[-1]
    for e in range(WIDTH):
        own = [(now - at, many, at) for (now, lane, many), at in zip(of, placed, strict=True) if lane == e]
        assert sums[:, e].tolist() == [
            sum(many for _, many, _ in own),
            sum(many for waited, many, _ in own if waited == 0),
            sum(many * waited for waited, many, _ in own),
            sum(many for waited, many, at in own if waited < within[e] and at >= warm_up),
        ]


@given(rows, st.data())
def test_what_was_received_took_time_from_its_order_and_from_its_dispatch(
    of: list[tuple[int, ...]], data: st.DataObject
) -> None:
    """What was under way at the start (placed at -1) is delivered and delayed, but its times are not known."""
    placed = [data.draw(st.integers(-1, now)) for now, *_ in of]
    sent = [data.draw(st.integers(at, now)) for (now, *_), at in zip(of, placed, strict=True)]
    sums = same("receive", *columns(of), np.array(placed, ints), np.array(sent, ints), np.zeros((6, WIDTH), ints))[-1]
    for e in range(WIDTH):
        own = [(row[0], row[2], at, left) for row, at, left in zip(of, placed, sent, strict=True) if row[1] == e]
        known = [row for row in own if row[2] >= 0]
        assert sums[:, e].tolist() == [
            sum(many for _, many, _, _ in own),
            sum(many * (now - max(at, 0)) for now, many, at, _ in own),
            sum(many for _, many, _, _ in known),
            sum(many * (now - at) for now, many, at, _ in known),
            sum(many for _, many, _, _ in known),
            sum(many * (now - left) for now, many, _, left in known),
        ]


@given(rows, st.tuples(*[st.integers(0, 99)] * WIDTH), st.tuples(*[st.integers(0, 9)] * WIDTH))
def test_parts_of_an_order_are_invoiced_to_the_whole_to_the_fen(
    of: list[tuple[int, ...]], price: tuple[int, ...], freight: tuple[int, ...]
) -> None:
    """Orders and lanes are one here; what comes in two stretches comes to the same."""
    of = [row for row in of if row[2]]
    per_unit, terms, earlier = 7, 5, 4
    asked = [sum(many for _, order, many in of if order == o) + (earlier if o == 0 else 0) for o in range(WIDTH)]
    received = np.array([earlier, 0, 0], ints)
    orders = OpenOrders(
        *(np.array(each, ints) for each in (asked, price, freight, [terms] * WIDTH)), received, np.zeros(WIDTH, ints)
    )
    tick, lane, quantity = columns(of)
    unit = np.full(WIDTH, per_unit)
    orders, found = same("invoice", tick, lane, quantity, lane.copy(), unit, orders, np.empty((3, len(of)), ints))[-2:]
    so_far = [earlier, 0, 0]
    for (now, order, many), (amount, carriage, due) in zip(of, found.T.tolist(), strict=True):
        before, after = so_far[order], so_far[order] + many
        assert amount == price[order] * after // per_unit - price[order] * before // per_unit
        assert carriage == freight[order] * after // per_unit - freight[order] * before // per_unit
        assert due == now + terms
        so_far[order] = after
    assert orders.received.tolist() == so_far == asked
    assert orders.invoiced.tolist() == [
        price[o] * asked[o] // per_unit - (price[o] * earlier // per_unit if o == 0 else 0) for o in range(WIDTH)
    ]


@given(rows, st.data())
def test_invoices_are_summed_by_when_they_fall_due(of: list[tuple[int, ...]], data: st.DataObject) -> None:
    warm_up, horizon, never = 10, END, 10**9
    due = [now + data.draw(st.integers(0, END)) for now, *_ in of]
    amount, freight = ([data.draw(QUANTITY) for _ in of] for _ in range(2))
    more = (np.array(each, dtype=ints) for each in (amount, freight, due))
    sums, first = same(
        "add_invoices",
        *columns(of),
        *more,
        warm_up,
        horizon,
        np.zeros((4, 3 * WIDTH), ints),
        np.full((2, 3 * WIDTH), never),
    )[-2:]
    for late, (low, high) in enumerate([(0, warm_up), (warm_up, horizon), (horizon, never)]):
        for e in range(WIDTH):
            own = [k for k, (_, lane, _) in enumerate(of) if lane == e and low <= due[k] < high]
            cell = late * WIDTH + e
            each = ([of[k][2] for k in own], [amount[k] for k in own], [freight[k] for k in own], [1 for _ in own])
            assert sums[:, cell].tolist() == [sum(values) for values in each]
            assert first[0, cell] == min([never, *(of[k][0] for k in own)])
            assert first[1, cell] == min([never, *(due[k] for k in own)])


@given(st.lists(ENTITY, max_size=12), st.lists(ENTITY, max_size=12))
def test_the_first_that_waits_is_taken_first_and_nobody_twice(waiting: list[int], coming: list[int]) -> None:
    result = np.empty(len(coming), ints)
    keys, scratch = np.full(WIDTH, -1), np.empty(len(waiting), ints)
    for name, form in (("arrays", arrays), *(("loops", form) for form in forms())):
        found = result.copy()
        form.match(np.array(waiting, ints), np.array(coming, ints), keys.copy(), scratch.copy(), found)
        left = list(enumerate(waiting))
        for key, taken in zip(coming, found.tolist(), strict=True):
            expected = next((row for row in left if row[1] == key), None)
            assert taken == (-1 if expected is None else expected[0]), name
            if expected is not None:
                left.remove(expected)


@given(rows, st.tuples(*[st.integers(-1, 1)] * WIDTH), st.integers(1, 5), st.integers(1, 5))
def test_values_are_summed_by_day_and_place(
    of: list[tuple[int, ...]], place: tuple[int, ...], numerator: int, denominator: int
) -> None:
    cells = np.zeros((END * numerator // denominator + 1, 2), ints)
    cells = same("add_by_day", *columns(of), np.array(place, ints), numerator, denominator, cells)[-1]
    expected: dict[tuple[int, int], int] = defaultdict(int)
    for tick, entity, value in of:
        if place[entity] >= 0:
            expected[tick * numerator // denominator, place[entity]] += value
    assert {at: value for at, value in np.ndenumerate(cells) if value} == {k: v for k, v in expected.items() if v}


@pytest.mark.skipif(find_spec("numba") is None, reason="Numba is not installed")
def test_a_compiled_kernel_takes_no_other_arrays() -> None:
    """So that no kernel is compiled anew in the middle of a run."""
    compiled = forms()[1]
    tick = np.zeros(4, ints)
    with pytest.raises(TypeError, match="No matching definition"):
        compiled.add_cells(tick[::2], tick[:2], tick[:2], EDGES, np.zeros((3, 1), ints))
