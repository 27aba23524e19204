"""Markov queues against numbers in print, limits, and birth-death chains solved as linear equations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from chainsim.theory import queues_markov as q

State = tuple[int, ...]


def stationary(start: State, moves: Callable[[State], list[tuple[State, float]]]) -> dict[State, float]:
    """Stationary probabilities of the finite Markov chain that `moves` (next state, rate) spans from `start`."""
    index, queue = {start: 0}, [start]
    arcs = []
    for state in queue:
        for after, rate in moves(state):
            if after not in index:
                index[after] = len(index)
                queue.append(after)
            arcs.append((index[state], index[after], rate))
    generator = np.zeros((len(index), len(index)))
    for origin, target, rate in arcs:
        generator[origin, target] += rate
        generator[origin, origin] -= rate
    system = generator.T
    system[-1] = 1.0
    solved = np.linalg.solve(system, np.eye(len(index))[-1])
    return {state: float(solved[i]) for state, i in index.items()}


def birth_death(arrival: float, service: float, servers: int, capacity: int) -> dict[State, float]:
    def moves(state: State) -> list[tuple[State, float]]:
        (n,) = state
        up = [((n + 1,), arrival)] if n < capacity else []
        return up + ([((n - 1,), min(n, servers) * service)] if n else [])

    return stationary((0,), moves)


def test_mm1_at_load_080_has_four_customers() -> None:
    assert q.mm1_number_in_system(0.8, 1) == pytest.approx(4)
    assert q.mm1_number_in_queue(0.8, 1) == pytest.approx(3.2)
    assert q.mm1_wait(0.8, 1) == pytest.approx(4)
    assert q.mm1_sojourn(0.8, 1) == pytest.approx(5)
    assert q.mm1_utilisation(0.8, 1) == pytest.approx(0.8)


def test_the_eye_clinic_of_gross_and_harris() -> None:
    # Example 2.2: six arrivals an hour, 20 minutes each, three doctors: p0 = 1/9, Lq = 8/9, Wq = 4/27 h.
    assert q.erlang_c_number_in_queue(6, 3, 3) == pytest.approx(8 / 9)
    assert q.erlang_c_wait(6, 3, 3) == pytest.approx(4 / 27)
    assert q.erlang_c_sojourn(6, 3, 3) == pytest.approx(4 / 27 + 1 / 3)
    assert q.erlang_c_number_in_system(6, 3, 3) == pytest.approx(26 / 9)
    assert q.erlang_c_probability(6, 3, 3) == pytest.approx(4 / 9)


def test_erlang_b_of_one_and_two_lines_by_hand() -> None:
    assert q.erlang_b_loss(2, 1, 1) == pytest.approx(2 / 3)
    assert q.erlang_b_loss(2, 1, 2) == pytest.approx(2 / 5)
    assert q.erlang_b_loss(2, 1, 0) == 1


def test_one_server_is_the_same_by_either_formula() -> None:
    assert q.erlang_c_wait(0.7, 1, 1) == pytest.approx(q.mm1_wait(0.7, 1))


def test_two_servers_are_slower_than_one_twice_as_fast_by_2_over_1_plus_load() -> None:
    assert q.two_servers_over_one_fast_sojourn(1.2, 1) == pytest.approx(2 / 1.6)


@pytest.mark.parametrize(("arrival", "service", "servers", "capacity"), [(0.9, 1, 1, 4), (3, 1, 2, 5), (2, 1, 2, 2)])
def test_finite_queues_meet_the_chain(arrival: float, service: float, servers: int, capacity: int) -> None:
    chain = birth_death(arrival, service, servers, capacity)
    number = sum(n * p for (n,), p in chain.items())
    assert q.mmck_blocking(arrival, service, servers, capacity) == pytest.approx(chain[(capacity,)])
    assert q.mmck_number_in_system(arrival, service, servers, capacity) == pytest.approx(number)
    let_in = arrival * (1 - chain[(capacity,)])
    assert q.mmck_sojourn(arrival, service, servers, capacity) == pytest.approx(number / let_in)
    # One place more is another queue.
    assert q.mmck_blocking(arrival, service, servers, capacity + 1) != pytest.approx(chain[(capacity,)], rel=0.02)


def test_a_queue_without_waiting_room_loses_what_erlang_says() -> None:
    assert q.mmck_blocking(4, 1, 3, 3) == pytest.approx(q.erlang_b_loss(4, 1, 3))


def test_many_places_are_as_good_as_no_limit() -> None:
    assert q.mm1k_number_in_system(0.8, 1, 300) == pytest.approx(q.mm1_number_in_system(0.8, 1))
    assert q.mmck_sojourn(1.5, 1, 2, 300) == pytest.approx(q.erlang_c_sojourn(1.5, 1, 2))
    assert q.mm1k_blocking(1, 1, 4) == pytest.approx(1 / 5)
    assert q.mm1k_blocking(1000, 1, 500) == pytest.approx(0.999)


@pytest.mark.parametrize("load", [1.0, 1.5])
def test_an_overloaded_queue_has_no_steady_state(load: float) -> None:
    with pytest.raises(ValueError, match="the load is"):
        q.mm1_wait(load, 1)
    with pytest.raises(ValueError, match="the load is"):
        q.erlang_c_wait(2 * load, 1, 2)
