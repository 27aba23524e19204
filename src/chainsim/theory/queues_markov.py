"""Queues with Poisson arrivals and exponential service: one or several servers, waiting room with or without limit.

In: rates per time, numbers of servers and places.  Out: numbers of customers, times, probabilities in steady state.
"""

from __future__ import annotations

from chainsim.theory.domain import positive, rank, stable
from chainsim.theory.registry import formula

MM1 = "Gross & Harris 2008, sec. 2.2"
MMC = "Gross & Harris 2008, sec. 2.3"
MMCK = "Gross & Harris 2008, sec. 2.5"
LOSS = "Gross & Harris 2008, sec. 2.6 (Erlang 1917)"


@formula(source=MM1)
def mm1_utilisation(arrival_rate: float, service_rate: float) -> float:
    """Share of time that the server of an M/M/1 queue works."""
    positive(arrival_rate=arrival_rate, service_rate=service_rate)
    stable(arrival_rate / service_rate)
    return arrival_rate / service_rate


@formula(source=MM1)
def mm1_number_in_system(arrival_rate: float, service_rate: float) -> float:
    """Mean number of customers in an M/M/1 queue, in service included."""
    load = mm1_utilisation(arrival_rate, service_rate)
    return load / (1 - load)


@formula(source=MM1)
def mm1_number_in_queue(arrival_rate: float, service_rate: float) -> float:
    """Mean number of customers who wait in an M/M/1 queue, in service excluded."""
    load = mm1_utilisation(arrival_rate, service_rate)
    return load**2 / (1 - load)


@formula(source=MM1)
def mm1_wait(arrival_rate: float, service_rate: float) -> float:
    """Mean time from arrival to start of service in an M/M/1 queue."""
    return mm1_number_in_queue(arrival_rate, service_rate) / arrival_rate


@formula(source=MM1)
def mm1_sojourn(arrival_rate: float, service_rate: float) -> float:
    """Mean time from arrival to end of service in an M/M/1 queue."""
    return mm1_number_in_system(arrival_rate, service_rate) / arrival_rate


@formula(source=LOSS)
def erlang_b_loss(arrival_rate: float, service_mean: float, servers: int) -> float:
    """Share of customers lost in an M/G/c/c system without waiting room (Erlang B)."""
    positive(arrival_rate=arrival_rate, service_mean=service_mean)
    return blocked(arrival_rate * service_mean, servers)


def blocked(offered: float, servers: int) -> float:
    """Erlang's B for `offered` = arrival rate x mean service time, by the recursion over the servers."""
    if servers < 0:
        raise ValueError(f"servers must be >= 0, got {servers}")
    probability = 1.0
    for c in range(1, servers + 1):
        probability = offered * probability / (c + offered * probability)
    return probability


@formula(source=MMC)
def erlang_c_probability(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Probability that a customer of an M/M/c queue must wait (Erlang C)."""
    positive(arrival_rate=arrival_rate, service_rate=service_rate, servers=servers)
    load = arrival_rate / service_rate / servers
    stable(load)
    loss = blocked(arrival_rate / service_rate, servers)
    return loss / (1 - load * (1 - loss))


@formula(source=MMC)
def erlang_c_wait(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Mean time from arrival to start of service in an M/M/c queue."""
    waits = erlang_c_probability(arrival_rate, service_rate, servers)
    return waits / (servers * service_rate - arrival_rate)


@formula(source=MMC)
def erlang_c_sojourn(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Mean time from arrival to end of service in an M/M/c queue."""
    return erlang_c_wait(arrival_rate, service_rate, servers) + 1 / service_rate


@formula(source=MMC)
def erlang_c_number_in_queue(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Mean number of customers who wait in an M/M/c queue."""
    return arrival_rate * erlang_c_wait(arrival_rate, service_rate, servers)


@formula(source=MMC)
def erlang_c_number_in_system(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Mean number of customers in an M/M/c queue, in service included."""
    return arrival_rate * erlang_c_sojourn(arrival_rate, service_rate, servers)


@formula(source="Gross & Harris 2008, sec. 2.2 and 2.3")
def two_servers_over_one_fast_sojourn(arrival_rate: float, service_rate: float) -> float:
    """Sojourn in M/M/2 relative to that in an M/M/1 queue with one server twice as fast."""
    return erlang_c_sojourn(arrival_rate, service_rate, 2) / mm1_sojourn(arrival_rate, 2 * service_rate)


@formula(source=MMCK)
def mmck_blocking(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> float:
    """Share of customers turned away by an M/M/c/K queue with `capacity` places, service included."""
    return _mmck(arrival_rate, service_rate, servers, capacity)[-1]


@formula(source=MMCK)
def mmck_number_in_system(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> float:
    """Mean number of customers in an M/M/c/K queue, in service included."""
    return sum(n * p for n, p in enumerate(_mmck(arrival_rate, service_rate, servers, capacity)))


@formula(source=MMCK)
def mmck_sojourn(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> float:
    """Mean time from arrival to end of service of the customers whom an M/M/c/K queue lets in."""
    probabilities = _mmck(arrival_rate, service_rate, servers, capacity)
    return sum(n * p for n, p in enumerate(probabilities)) / (arrival_rate * (1 - probabilities[-1]))


@formula(source=MMCK)
def mm1k_blocking(arrival_rate: float, service_rate: float, capacity: int) -> float:
    """Share of customers turned away by an M/M/1/K queue with `capacity` places, service included."""
    return mmck_blocking(arrival_rate, service_rate, 1, capacity)


@formula(source=MMCK)
def mm1k_number_in_system(arrival_rate: float, service_rate: float, capacity: int) -> float:
    """Mean number of customers in an M/M/1/K queue, in service included."""
    return mmck_number_in_system(arrival_rate, service_rate, 1, capacity)


def _mmck(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> list[float]:
    """Probabilities of 0, ..., capacity customers; any load."""
    positive(arrival_rate=arrival_rate, service_rate=service_rate)
    rank("servers", servers, capacity)
    weights = [1.0]
    for n in range(1, capacity + 1):
        weights.append(weights[-1] * arrival_rate / (min(n, servers) * service_rate))
        # Only ratios count; scaled down before they overflow.
        if weights[-1] > 1e200:
            weights = [weight * 1e-200 for weight in weights]
    total = sum(weights)
    return [weight / total for weight in weights]
