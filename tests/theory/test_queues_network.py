"""Queues in a row and with ranks against Markov chains, recursions and Cobham's conservation law."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.theory import queues_markov as m
from chainsim.theory import queues_network as n


def test_stations_of_a_jackson_tandem_add_up() -> None:
    # Loads 1/2 and 2/3: 1 + 2 customers.
    assert n.tandem_number_in_system(1, [2, 1.5]) == pytest.approx(3)
    assert n.tandem_sojourn(1, [2, 1.5]) == pytest.approx(3)
    both = m.erlang_c_number_in_system(1.5, 1, 2) + m.mm1_number_in_system(1.5, 2)
    assert n.tandem_number_in_system(1.5, [1, 2], [2, 1]) == pytest.approx(both)


def test_the_tandem_meets_the_chain() -> None:
    arrival, first, second, last = 0.4, 1.0, 0.8, 45
    size = last * last
    rates = np.zeros((size, size))
    for a in range(last):
        for b in range(last):
            here = a * last + b
            if a + 1 < last:
                rates[here, here + last] = arrival
            if a and b + 1 < last:
                rates[here, here - last + 1] = first
            if b:
                rates[here, here - 1] = second
    system = (rates - np.diag(rates.sum(axis=1))).T
    system[-1] = 1.0
    probabilities = np.linalg.solve(system, np.eye(size)[-1])
    customers = np.add.outer(np.arange(last), np.arange(last)).ravel()
    assert n.tandem_number_in_system(arrival, [first, second]) == pytest.approx(float(customers @ probabilities))


@pytest.mark.parametrize("times", [[1.0, 3.0, 2.0], [2.0], [1.0, 1.0, 1.0, 5.0]])
def test_a_flow_line_meets_its_recursion(times: list[float]) -> None:
    jobs, free = 7, [0.0] * len(times)
    for _ in range(jobs):
        ready = 0.0
        for station, time in enumerate(times):
            ready = free[station] = max(ready, free[station]) + time
    assert n.flow_line_completion(jobs, times) == pytest.approx(free[-1])


def test_ranked_classes_meet_the_chain() -> None:
    # State: class in service (0 none), waiting of class 1, waiting of class 2; each up to 40.
    arrivals, service, last = (0.3, 0.3), 1.0, 40
    index = {(0, 0, 0): 0}
    for c in (1, 2):
        for a in range(last):
            for b in range(last):
                index[c, a, b] = len(index)
    rates = np.zeros((len(index), len(index)))
    for (c, a, b), here in index.items():
        if c == 0:
            rates[here, index[1, 0, 0]], rates[here, index[2, 0, 0]] = arrivals
            continue
        if a + 1 < last:
            rates[here, index[c, a + 1, b]] = arrivals[0]
        if b + 1 < last:
            rates[here, index[c, a, b + 1]] = arrivals[1]
        after = (1, a - 1, b) if a else (2, a, b - 1) if b else (0, 0, 0)
        rates[here, index[after]] = service
    system = (rates - np.diag(rates.sum(axis=1))).T
    system[-1] = 1.0
    probabilities = np.linalg.solve(system, np.eye(len(index))[-1])
    for priority in (1, 2):
        waiting = sum(probabilities[i] * state[priority] for state, i in index.items())
        wait = n.mm1_priority_wait(arrivals, (service, service), priority)
        assert wait == pytest.approx(waiting / arrivals[priority - 1], rel=1e-6)
        number = n.mm1_priority_number_in_system(arrivals, (service, service), priority)
        assert number == pytest.approx(arrivals[priority - 1] * (wait + 1))


def test_ranks_shift_waits_but_not_the_work() -> None:
    # Cobham 1954: waits weighted by load are those of first come, first served.
    waits = [n.mm1_priority_wait((0.2, 0.5), (1, 1), priority) for priority in (1, 2)]
    assert 0.2 * waits[0] + 0.5 * waits[1] == pytest.approx(0.7 * m.mm1_wait(0.7, 1))
    assert n.mm1_priority_wait((0.7,), (1,), 1) == pytest.approx(m.mm1_wait(0.7, 1))
    with pytest.raises(ValueError, match="from 1 to 2"):
        n.mm1_priority_wait((0.2, 0.5), (1, 1), 3)
