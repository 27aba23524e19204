"""Tijdeman's rule: lots go one by one, and every supplier has its share of all lots so far to within one
lot."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.sourcing import restart_sharing, share_by_turns
from chainsim.model.state import PLACED, Lane, State, Stock, blank
from chainsim.testing import Sketch, rows_of, shares, simulate
from chainsim.testing import laws as law

any_shares = st.integers(1, 6).flatmap(shares)
# Shares that planners write: whole percents, thirds, one firm with nearly everything.
written = st.sampled_from(
    [
        [333_334, 333_333, 333_333],
        [999_999, 1],
        [1, 999_998, 1],
        [500_000, 0, 500_000],
        [700_000, 200_000, 100_000],
        [1_000_000],
    ]
)


def table(parts: list[int]) -> State:
    lanes = [Lane(buyer=0, supplier=k, share=share) for k, share in enumerate(parts)]
    s = blank(stocks=[Stock(lanes_end=len(lanes))], lanes=lanes)
    restart_sharing(s, 0)
    return s


def given_out(parts: list[int], lots: int) -> list[int]:
    """Which supplier gets each lot, by the rule."""
    s = table(parts)
    result = []
    for _ in range(lots):
        before = [lane.pending for lane in s.lanes]
        share_by_turns(s, 0, 0, 1, 1)
        result += [k for k, lane in enumerate(s.lanes) if lane.pending > before[k]]
    return result


def by_fractions(parts: list[int], lots: int) -> list[int]:
    """The same rule, slowly: the earliest deadline among those that would otherwise fall behind their
    share."""
    share = [Fraction(part, WHOLE_SHARE) for part in parts]
    given = [0] * len(parts)
    result = []
    for number in range(1, lots + 1):
        eligible = [k for k in range(len(parts)) if given[k] < share[k] * number]
        chosen = min(eligible, key=lambda k: (math.ceil((given[k] + 1) / share[k]), k))
        given[chosen] += 1
        result.append(chosen)
    return result


@given(st.one_of(any_shares, written), st.integers(0, 400))
def test_after_every_lot_each_supplier_has_its_share_to_within_one_lot(parts: list[int], lots: int) -> None:
    counts = [0] * len(parts)
    for number, chosen in enumerate(given_out(parts, lots), start=1):
        counts[chosen] += 1
        assert sum(counts) == number
        for count, part in zip(counts, parts, strict=True):
            assert abs(count - Fraction(part, WHOLE_SHARE) * number) < 1


@given(st.one_of(any_shares, written), st.integers(0, 150))
def test_the_rule_equals_its_definition_in_fractions(parts: list[int], lots: int) -> None:
    assert given_out(parts, lots) == by_fractions(parts, lots)


@given(any_shares)
def test_a_share_of_0_gets_nothing(parts: list[int]) -> None:
    chosen = given_out(parts, 100)
    assert all(parts[k] > 0 for k in chosen)


def test_shares_of_whole_percents_are_met_exactly_after_a_hundred_lots() -> None:
    chosen = given_out([700_000, 200_000, 90_000, 10_000], 100)
    assert [chosen.count(k) for k in range(4)] == [70, 20, 9, 1]


def test_without_any_share_nobody_is_chosen() -> None:
    s = table([0, 0])
    share_by_turns(s, 0, 0, 5, 1)
    assert [lane.pending for lane in s.lanes] == [0, 0]


@given(written.filter(lambda parts: len(parts) > 1), st.integers(1, 9), st.integers(1, 40))
def test_an_order_for_many_lots_is_shared_like_as_many_orders_for_one(parts: list[int], lot: int, size: int) -> None:
    """One order row a supplier, all placed on the same tick, for whole lots; sums are exact."""
    sketch = Sketch(12).make("shop", "item")
    suppliers = {f"outside{k}": part for k, part in enumerate(parts)}
    sketch.buy("shop", "component", "item", 1, suppliers, 3 * size, lot=lot)
    run = simulate(sketch.market("market", "item", "shop", every=1, quantity=size).network())
    law.each_supplier_has_its_share_to_within_one_lot(run)
    lanes = [k for k, lane in enumerate(run.network.lanes) if run.network.stocks[lane.buyer].role == "bought"]
    ordered = [0] * len(parts)
    for row in rows_of(run.log):
        if row.kind == PLACED and row.entity in lanes:
            ordered[lanes.index(row.entity)] += row.quantity
    expected = given_out(parts, sum(ordered) // lot)
    assert ordered == [lot * expected.count(k) for k in range(len(parts))]
