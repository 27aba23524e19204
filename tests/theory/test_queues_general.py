"""General queues against numbers in print, limits, and Markov chains cut off where nobody comes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from chainsim.theory import queues_general as g
from chainsim.theory import queues_markov as m


def solve(generator: np.ndarray) -> np.ndarray:
    """Stationary probabilities of a rate matrix without its diagonal, float64[n, n]."""
    system = (generator - np.diag(generator.sum(axis=1))).T
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(len(generator))[-1])


def test_pollaczek_khinchine_meets_both_ends() -> None:
    assert g.mg1_number_in_system(0.8, 1, 1) == pytest.approx(m.mm1_number_in_system(0.8, 1))
    assert g.mg1_wait(0.8, 1, 0) == pytest.approx(m.mm1_wait(0.8, 1) / 2)
    assert g.md1_wait(0.8, 1) == pytest.approx(2)
    assert g.md1_sojourn(0.8, 1) == pytest.approx(3)
    assert g.md1_number_in_system(0.8, 1) == pytest.approx(2.4)
    assert g.mg1_number_in_queue(0.5, 1, 0) == pytest.approx(0.25)


def test_erlang_service_meets_the_chain_of_its_phases() -> None:
    # M/E2/1: the state is the number of phases left; an arrival brings two, each takes half the service time.
    arrival, last = 0.7, 400
    rates = np.zeros((last, last))
    for n in range(last):
        if n + 2 < last:
            rates[n, n + 2] = arrival
        if n:
            rates[n, n - 1] = 2.0
    number = float(np.ceil(np.arange(last) / 2) @ solve(rates))
    assert g.mg1_number_in_system(arrival, 1, math.sqrt(0.5)) == pytest.approx(number)


def test_setups_lengthen_every_job() -> None:
    # Work and set-up both exponential with mean 0.4: together Erlang-2 with mean 0.8, variance 0.32.
    assert g.mg1_setups_number_in_system(1, 0.4, 0.4, 0.4, 0.4) == pytest.approx(0.8 + 0.96 / 0.4)
    assert g.mg1_setups_wait(1, 0.4, 0.4, 0.4, 0.4) == pytest.approx(0.96 / 0.4)
    assert g.mg1_setups_wait(1, 0.4, 0.4, 0, 0) == pytest.approx(g.mg1_wait(1, 0.4, 0.4))


def test_gm1_with_exponential_gaps_is_mm1() -> None:
    assert g.gm1_sigma(1.25, 1.25, 1) == pytest.approx(0.8)
    assert g.gm1_number_in_system(1.25, 1.25, 1) == pytest.approx(4)
    assert g.gm1_sojourn(1.25, 1.25, 1) == pytest.approx(5)


def test_dm1_at_load_one_half() -> None:
    # sigma = exp(-2 (1 - sigma)) has the root 0.20319 (minus half Lambert's W of -2/e^2).
    assert g.gm1_sigma(2, 0, 1) == pytest.approx(0.2031878699799799)
    assert g.gm1_wait(2, 0, 1) == pytest.approx(0.2031878699799799 / 0.7968121300200201)


def test_erlang_gaps_meet_the_chain_of_their_phases() -> None:
    # E3/M/1: customers and the phase of the next arrival.
    phases, rate, last = 3, 2.4, 250
    size = phases * last
    rates = np.zeros((size, size))
    for n in range(last):
        for phase in range(phases):
            here = n * phases + phase
            if here + 1 < size:
                rates[here, here + 1] = rate
            if n:
                rates[here, here - phases] = 1.0
    number = float((np.arange(size) // phases) @ solve(rates))
    mean = phases / rate
    assert g.gm1_number_in_system(mean, mean / math.sqrt(phases), 1) == pytest.approx(number)


def test_batches_meet_the_chain() -> None:
    sizes, rate, last = {1: 0.5, 4: 0.5}, 0.3, 700
    rates = np.zeros((last, last))
    for n in range(last):
        for size, probability in sizes.items():
            if n + size < last:
                rates[n, n + size] = rate * probability
        if n:
            rates[n, n - 1] = 1.0
    number = float(np.arange(last) @ solve(rates))
    assert g.mxm1_number_in_system(rate, 1, 2.5, 8.5) == pytest.approx(number)
    assert g.mxm1_sojourn(rate, 1, 2.5, 8.5) == pytest.approx(number / 0.75)
    assert g.mxm1_number_in_system(0.8, 1, 1, 1) == pytest.approx(m.mm1_number_in_system(0.8, 1))
    with pytest.raises(ValueError, match="batch_second_moment"):
        g.mxm1_number_in_system(0.3, 1, 2.5, 2.5)


@pytest.mark.parametrize(("uptime", "repair"), [(10.0, 2.0), (1.0, 0.25), (30.0, 0.5)])
def test_breakdowns_meet_the_chain(uptime: float, repair: float) -> None:
    arrival, service, last = 0.5, 1.0, 500
    rates = np.zeros((2 * last, 2 * last))  # state 2n: n customers and up; 2n + 1: down
    for n in range(last):
        rates[2 * n, 2 * n + 1], rates[2 * n + 1, 2 * n] = 1 / uptime, 1 / repair
        if n + 1 < last:
            rates[2 * n, 2 * n + 2] = rates[2 * n + 1, 2 * n + 3] = arrival
        if n:
            rates[2 * n, 2 * n - 2] = service
    number = float((np.arange(2 * last) // 2) @ solve(rates))
    assert g.mm1_breakdowns_number_in_system(arrival, service, uptime, repair) == pytest.approx(number)
    assert g.mm1_breakdowns_sojourn(arrival, service, uptime, repair) == pytest.approx(number / arrival)
    # A server that fails only while it works gives fewer customers (M/G/1 with the time to complete a job).
    completion = (1 + repair / uptime) / service
    variance = (1 + repair / uptime) ** 2 / service**2 + 2 * repair**2 / (uptime * service)
    only_busy = g.mg1_number_in_system(arrival, completion, math.sqrt(variance))
    assert number > only_busy * 1.001


def test_infinitely_many_servers_hold_a_poisson_number() -> None:
    assert g.mginf_number_in_system(3, 2) == pytest.approx(6)
    assert g.mginf_probability(3, 2, 4) == pytest.approx(math.exp(-6) * 6**4 / 24)
    # The mean is the integral of the rate times the tail of the service time, here uniform on (0, 4).
    assert quad(lambda u: 3 * (1 - u / 4), 0, 4)[0] == pytest.approx(6)
