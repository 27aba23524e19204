"""What final sales need, of many sets of stock points at once: as one by one, by plain definition, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy import dependence
from chainsim.economy.dependence import Dependence
from chainsim.model.network import Network
from chainsim.results.frames import deliveries, frames
from chainsim.testing import Seeded, Sketch, random_network, simulate
from chainsim.testing.strategies import networks


def plainly(network: Network, every: Any, chosen: list[int]) -> tuple[list[float], int]:
    """The share of each stock point that needs one of the chosen, and after how many rounds it settled."""
    sent, got = [0] * len(network.lanes), [0] * len(network.stocks)
    for lane, quantity in zip(every["lane"].tolist(), every["quantity"].tolist(), strict=True):
        sent[lane] += quantity
        got[network.lanes[lane].buyer] += quantity
    asked = [float(point in chosen) for point in range(len(network.stocks))]
    found, rounds = asked, 0
    while True:
        through = [0.0] * len(asked)
        for lane, quantity in zip(network.lanes, sent, strict=True):
            if quantity:
                through[lane.buyer] += quantity / got[lane.buyer] * found[lane.supplier]
        bought = [max(was, min(share, 1.0)) for was, share in zip(asked, through, strict=True)]
        following = list(bought)
        for need in network.needs:
            following[need.made] = max(following[need.made], bought[need.component])
        if max(abs(new - old) for new, old in zip(following, found, strict=True)) <= 1e-12:
            return found, rounds
        found, rounds = following, rounds + 1


def sold(network: Network, every: Any) -> np.ndarray:
    """What each stock point delivered to the markets, fen, float64[P]."""
    result = np.zeros(len(network.stocks))
    for lane, amount in zip(every["lane"].tolist(), every["amount"].tolist(), strict=True):
        row = network.lanes[lane]
        if network.stocks[row.buyer].role == "sold":
            result[row.supplier] += amount
    return result


def whole(network: Network, found: tuple[np.ndarray, np.ndarray]) -> list[float]:
    result = np.zeros(len(network.stocks))
    result[found[0]] = found[1]
    return result.tolist()


def check(network: Network, sets: list[list[int]]) -> list[int]:
    """The rounds of each set, by plain definition, which all must agree with."""
    every = deliveries(frames(network, simulate(network).log))
    found = [plainly(network, every, chosen) for chosen in sets]
    together, final = Dependence(network, every), sold(network, every)
    arrays = [np.array(chosen, dtype=np.int64) for chosen in sets]
    assert [whole(network, row) for row in together.shares(arrays)] == [shares for shares, _ in found]
    assert together.final_sales(arrays).tolist() == [float(final @ np.array(shares)) for shares, _ in found]
    return [rounds for _, rounds in found]


@st.composite
def asked(draw: st.DrawFn) -> tuple[Network, list[list[int]]]:
    """A network and sets of its stock points: none, some, the same again."""
    network = draw(networks())
    point = st.integers(0, len(network.stocks) - 1)
    return network, draw(st.lists(st.lists(point, max_size=4, unique=True), max_size=12))


@given(asked(), st.sampled_from([1, 200, dependence.TOGETHER]))
def test_many_sets_at_once_are_as_one_by_one(drawn: tuple[Network, list[list[int]]], together: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dependence, "TOGETHER", together)
        check(*drawn)


def test_rings_and_chains_at_once_are_as_one_by_one() -> None:
    """In some of these networks a plant uses what it makes: some sets take more rounds than there are stock points."""
    rings = 0
    for seed in range(40):
        network = random_network(Seeded(seed), changes=False)
        points = len(network.stocks)
        rounds = check(network, [[point] for point in range(points)] + [[0, points - 1], []])
        rings += max(rounds) > points > min(rounds)
    assert rings


def ring() -> Network:
    """Mill and mine need each other's goods: half of the coal is the mine's, a fifth of the ore the quarry's."""
    sketch = Sketch(20).part("steel", 1_000).part("coal", 100).part("ore", 10)
    sketch.make("mill", "steel", 100).make("mine", "coal", 100).make("quarry", "ore", 100)
    sketch.buy("mill", "coal", "steel", 1, {"mine": 500_000, "outside coal": 500_000}, 100)
    sketch.buy("mill", "ore", "steel", 1, {"quarry": 200_000, "outside ore": 800_000}, 100)
    sketch.buy("mine", "steel", "coal", "1/4", "mill", 100)
    return sketch.market("people", "steel", "mill", every=1).network()


def test_a_ring_takes_many_rounds_and_what_it_does_not_reach_takes_few() -> None:
    network = ring()
    points = {
        (network.firms[point.firm].name, network.parts[point.part].name): index
        for index, point in enumerate(network.stocks)
    }
    sets = [[points["quarry", "ore"]], [points["mine", "coal"]], [points["people", "steel"]], []]
    rounds = check(network, sets)
    assert rounds[0] > rounds[2] == 0
    every = deliveries(frames(network, simulate(network).log))
    shares = [
        whole(network, found) for found in Dependence(network, every).shares([np.array(s, dtype=int) for s in sets])
    ]
    assert 0 < shares[0][points["mill", "steel"]] < 1
    assert shares[2][points["mill", "steel"]] == 0
    assert not any(shares[3])


def test_no_sets_have_no_final_sales() -> None:
    network = ring()
    every = deliveries(frames(network, simulate(network).log))
    assert Dependence(network, every).final_sales([]).shape == (0,)
    assert Dependence(network, every).final_sales([np.zeros(0, dtype=np.int64)] * 2).tolist() == [0, 0]


@given(networks(), st.randoms(use_true_random=False))
def test_what_final_sales_need_grows_with_what_is_asked_for(network: Network, random: Any) -> None:
    every = deliveries(frames(network, simulate(network).log))
    some = np.array([random.random() < 0.3 for _ in network.stocks], dtype=bool)
    more = some | np.array([random.random() < 0.3 for _ in network.stocks], dtype=bool)
    sets = [np.flatnonzero(some), np.flatnonzero(more)]
    few, many = (np.array(whole(network, found)) for found in Dependence(network, every).shares(sets))
    assert (few <= many + 1e-9).all()
    assert (few[some] == 1).all()
    assert many.max(initial=0) <= 1
