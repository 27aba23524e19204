"""Parts of the fold against what they mean, said in the plainest way: one row, one tick, one period after another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from statistics import variance

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.invoices import invoices
from chainsim.model.state import DEMANDED, STOCK_LEVEL
from chainsim.results.columns import lane_columns, rows_where
from chainsim.results.folding import fold
from chainsim.results.folding.block import WholeTicks, block_of, blocks
from chainsim.results.folding.flows import Flows
from chainsim.results.folding.hand import Hand
from chainsim.results.folding.levels import Levels
from chainsim.results.folding.segments import segments
from chainsim.results.folding.swings import Swings
from chainsim.results.frames import Folded, Run, deliveries
from chainsim.testing.booked import one_by_one
from chainsim.testing.replay import Run as Simulated
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import runs

END = 30
rises = st.lists(st.tuples(st.integers(0, 2), st.integers(0, END - 1), st.integers(-3, 3)), max_size=20).map(
    lambda rows: sorted(rows, key=lambda row: row[1])
)


def columns(rows: list[tuple[int, ...]]) -> list[np.ndarray]:
    return list(np.array(rows, dtype=np.int64).reshape(len(rows), 3).T)


@given(rises, st.integers(0, END), st.integers(0, END))
def test_levels_are_summed_tick_by_tick_wherever_they_are_cut(
    rows: list[tuple[int, int, int]], begin: int, cut: int
) -> None:
    opening = np.array([2, 0, -1])
    levels = Levels(opening, begin)
    for part in ([row for row in rows if row[1] < cut], [row for row in rows if row[1] >= cut]):
        levels.take(*columns(part))
    levels.finish(END)
    for entity in range(3):
        own = [row for row in rows if row[0] == entity]
        at = [opening[entity] + sum(rise for _, tick, rise in own if tick <= now) for now in range(END)]
        lasting = at[begin:]
        assert levels.sums.integral[entity] == sum(lasting)
        assert levels.sums.positive[entity] == sum(max(level, 0) for level in lasting)
        assert levels.sums.above[entity] == sum(level > 0 for level in lasting)
        assert levels.sums.peak[entity] == max([0, *lasting])
        within = [opening[entity] + sum(rise for _, _, rise in own[:many]) for many in range(len(own) + 1)]
        assert levels.sums.lowest[entity] == min(within)
        assert levels.sums.level[entity] == within[-1]


@given(st.data())
def test_variances_are_those_of_sums_per_period(data: st.DataObject) -> None:
    """Review periods of 7 ticks, 1 tick, and continuous, which counts by the day; whole periods after the warm-up."""
    sketch = Sketch(40).make("a", "x", 5).make("b", "y", 5).make("c", "z", 5)
    network = replace(sketch.network(), warm_up=data.draw(st.integers(0, 20)), tick_seconds=Fraction(86_400, 5))
    reviews = (7, 1, 0)
    network = replace(
        network, stocks=tuple(replace(row, review=review) for row, review in zip(network.stocks, reviews, strict=True))
    )
    largest = data.draw(st.sampled_from([3, 2**40]))
    rows = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 39), st.integers(1, largest)), max_size=30))
    rows.sort(key=lambda row: row[1])
    swings = Swings(network, network.horizon)
    size = data.draw(st.integers(1, 10))
    for first in range(0, len(rows), size):
        swings.take(*columns(rows[first : first + size]))
    found = swings.variances()
    for stock, review in enumerate(reviews):
        length = review or 5
        periods = range(-(-network.warm_up // length), network.horizon // length)
        sums = [sum(q for s, tick, q in rows if s == stock and tick // length == period) for period in periods]
        assert found[stock] == (float(variance(map(Fraction, sums))) if len(sums) > 1 else 0)


@given(runs(), st.integers(1, 60), st.integers(1, 60))
def test_ticks_stay_whole_and_every_row_comes_once(run: Simulated, given_: int, folded: int) -> None:
    whole = WholeTicks(run.log.horizon, folded)
    found = [part for block in blocks(run.log, given_) for part in whole.take(*block)]
    found.append(whole.rest())
    assert (np.concatenate([part[0] for part in found]) == run.log.events).all()
    assert (np.concatenate([part[1] for part in found]) == run.log.orders).all()
    known, last = 0, 0
    for events, orders, begin, until in found:
        known += len(orders)
        assert begin == last
        assert ((events[:, 0] >= begin) & (events[:, 0] < until)).all()
        assert events[:, 2].max(initial=-1) < known
        last = until
    assert last == run.log.horizon


@given(runs(), st.sampled_from([1, 7, 10**6]))
def test_invoices_are_the_sums_of_single_deliveries(drawn: Simulated, rows: int) -> None:
    run = Run(drawn.network, drawn.log)
    every = deliveries(run)
    found = invoices(Folded(drawn.network, fold(drawn.network, drawn.log, rows)))
    single = one_by_one(run, every)
    for name in ("amount", "freight"):
        assert (getattr(found, name) == getattr(single, name)).all()
    horizon, warm_up = drawn.network.horizon, drawn.network.warm_up

    def by_key(table: object) -> dict[tuple[object, ...], list[int]]:
        sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0] * 4)
        names = ("lane", "buyer", "seller", "part", "seller_stock", "tick", "due", "quantity", "amount", "freight")
        rows_ = zip(*(table[name].tolist() for name in (*names, "deliveries")), strict=True)  # type: ignore[index]
        for *place, tick, due, quantity, amount, freight, many in rows_:
            key = (*place, tick >= warm_up, due >= warm_up, due >= horizon)
            for at, value in enumerate((quantity, amount, freight, many)):
                sums[key][at] += value
        return sums

    assert by_key(pd.DataFrame(found.deliveries)) == by_key(pd.DataFrame(single.deliveries))
    whole = pd.DataFrame(rows_where(found.deliveries, found.deliveries["order"] >= 0))
    purses = {purse.firm for purse in drawn.network.purses}
    followed = every[every["seller"].isin(purses) | every["buyer"].isin(purses)]
    names = ["tick", "order", "lane", "quantity", "amount", "freight", "due"]
    assert sorted(whole[names].itertuples(index=False)) == sorted(followed[names].itertuples(index=False))


def test_squares_are_exact_where_decimals_are_not() -> None:
    """Two periods of 2^40 and 2^40 + 1: their variance is a half."""
    network = replace(Sketch(2).make("a", "x", 5).network(), tick_seconds=Fraction(86_400))
    swings = Swings(network, 2)
    swings.take(np.zeros(2, dtype=np.int64), np.arange(2), np.array([2**40, 2**40 + 1]))
    assert swings.variances().tolist() == [0.5]


def test_a_row_that_is_kept_does_not_hold_its_block() -> None:
    """Else a plant whose cash is simulated would keep the whole log in memory."""
    network = Sketch(10).make("a", "x", 5).network()
    flows = Flows(network, segments(network))
    events = np.array([[tick, DEMANDED, -1, 0, 1] for tick in range(9)] + [[9, STOCK_LEVEL, -1, 0, 7]])
    block = block_of(events, 0, 10, Hand(lane_columns(network)))
    flows.take(block)
    (kept,) = flows._kept[STOCK_LEVEL]
    assert (kept.tick.tolist(), kept.quantity.tolist()) == ([9], [7])
    assert kept.tick.base is None
    assert flows.kept()[STOCK_LEVEL].quantity.tolist() == [7]


@pytest.mark.parametrize("rows", [1, 10, 10**6])
def test_what_is_let_go_is_not_held(rows: int) -> None:
    """In a steady shop, as many orders are open at the end of a long run as of a short one."""
    from chainsim.results.folding.fold import Fold
    from chainsim.testing.simulate import simulate

    held = []
    for days in (50, 400):
        network = Sketch(days).make("shop", "cup", 5, time=2).market("people", "cup", "shop", every=1).network()
        found = Fold(network, rows)
        for block in blocks(simulate(network).log, 20):
            found.take(*block)
        tally = found.finish()
        held.append(len(found._hand))
        assert tally.orders > days
    assert held[0] == held[1] < 10
