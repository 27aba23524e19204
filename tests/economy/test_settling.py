"""Shares that follow from each other: by hand, and each set as if it were alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy import settling
from chainsim.economy.settling import Web

Delivery = tuple[int, int, float]


def web(sets: list[tuple[list[float], list[Delivery], list[tuple[int, int]]]]) -> Web:
    """Of what each set asked, its deliveries (buyer, seller, share) and needs (product, component)."""
    first = np.cumsum([0, *(len(asked) for asked, _, _ in sets)]).tolist()
    owner = [number for number, (asked, _, _) in enumerate(sets) for _ in asked]
    deliveries = [
        (at + b, at + s, share) for at, (_, rows, _) in zip(first, sets, strict=False) for b, s, share in rows
    ]
    needs = [(at + p, at + c) for at, (_, _, rows) in zip(first, sets, strict=False) for p, c in rows]
    ends, bills = np.array(deliveries).reshape(-1, 3), np.array(needs, dtype=np.int64).reshape(-1, 2)
    asked = np.array([value for asked, _, _ in sets for value in asked], dtype=np.float64)
    buyer, seller = ends[:, 0].astype(np.int64), ends[:, 1].astype(np.int64)
    return Web(np.array(owner, dtype=np.int64), asked, buyer, seller, ends[:, 2], bills[:, 0], bills[:, 1])


def ring(back: float) -> tuple[list[float], list[Delivery], list[tuple[int, int]]]:
    """0 is asked and delivers a quarter of 1; 2 has all from 1 and delivers `back` of 1: 1/4 / (1 - back)."""
    return [1, 0, 0], [(1, 0, 0.25), (1, 2, back), (2, 1, 1.0)], []


def test_a_ring_by_hand() -> None:
    np.testing.assert_allclose(web([ring(0.5)]).settled(), [1, 0.5, 0.5], atol=1e-11)


def test_a_product_needs_the_worst_of_its_components() -> None:
    """0 is asked and delivers 0.3 of 1 and 0.6 of 2; 3 is made of both."""
    found = web([([1, 0, 0, 0], [(1, 0, 0.3), (2, 0, 0.6)], [(3, 1), (3, 2)])]).settled()
    assert found.tolist() == [1, 0.3, 0.6, 0.6]


def test_the_round_that_moves_a_set_by_no_more_than_enough_is_not_taken() -> None:
    assert web([([1, 0], [(1, 0, settling.ENOUGH)], [])]).settled().tolist() == [1, 0]
    assert web([([1, 0], [(1, 0, 1.1 * settling.ENOUGH)], [])]).settled().tolist() == [1, 1.1 * settling.ENOUGH]
    beside = web([([1, 0], [(1, 0, settling.ENOUGH)], []), ring(0.5), ring(0.6), ring(0.7)]).settled()
    assert beside[:2].tolist() == [1, 0]


def test_no_set_takes_more_rounds_than_there_are() -> None:
    """A ring that keeps all that it has but a hundred-thousandth would go on."""
    slow = ([1.0, 0, 0], [(1, 0, 1e-5), (1, 2, 1 - 1e-5), (2, 1, 1.0)], [])
    one = two = 0.0
    for _ in range(settling.ROUNDS):
        one, two = 1e-5 + (1 - 1e-5) * two, one
    assert web([ring(0.5), slow]).settled()[3:].tolist() == [1, one, two]
    assert 0 < one < 0.1


@given(st.lists(st.floats(0, 0.74), min_size=2, max_size=9))
def test_each_set_settles_as_if_it_were_alone(backs: list[float]) -> None:
    """Slow and fast rings, and chains, which drop out at different rounds."""
    chain = ([1.0, 0, 0], [(1, 0, 0.1), (2, 1, 1 / 3)], [(2, 1)])
    sets = [part for back in backs for part in (ring(back), chain)]
    alone = [value for each in sets for value in web([each]).settled().tolist()]
    assert web(sets).settled().tolist() == alone


def test_nothing_is_settled_at_once() -> None:
    assert web([]).settled().shape == (0,)
