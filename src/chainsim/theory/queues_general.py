"""Queues beyond Markov's: general service or arrivals, batches, unlimited servers, breakdowns, set-ups.

In: rates per time, means and standard deviations of times.  Out: numbers of customers, times, probabilities in
steady state.
"""

from __future__ import annotations

import math

from chainsim.theory.domain import not_negative, positive, stable
from chainsim.theory.registry import formula

MG1 = "Gross & Harris 2008, sec. 5.1 (Pollaczek-Khinchine)"
GM1 = "Gross & Harris 2008, sec. 5.3"


@formula(source=MG1)
def mg1_wait(arrival_rate: float, service_mean: float, service_sd: float) -> float:
    """Mean time from arrival to start of service in an M/G/1 queue."""
    positive(arrival_rate=arrival_rate, service_mean=service_mean)
    not_negative(service_sd=service_sd)
    load = arrival_rate * service_mean
    stable(load)
    return arrival_rate * (service_mean**2 + service_sd**2) / (2 * (1 - load))


@formula(source=MG1)
def mg1_sojourn(arrival_rate: float, service_mean: float, service_sd: float) -> float:
    """Mean time from arrival to end of service in an M/G/1 queue."""
    return mg1_wait(arrival_rate, service_mean, service_sd) + service_mean


@formula(source=MG1)
def mg1_number_in_queue(arrival_rate: float, service_mean: float, service_sd: float) -> float:
    """Mean number of customers who wait in an M/G/1 queue."""
    return arrival_rate * mg1_wait(arrival_rate, service_mean, service_sd)


@formula(source=MG1)
def mg1_number_in_system(arrival_rate: float, service_mean: float, service_sd: float) -> float:
    """Mean number of customers in an M/G/1 queue, in service included."""
    return arrival_rate * mg1_sojourn(arrival_rate, service_mean, service_sd)


@formula(source=MG1)
def md1_wait(arrival_rate: float, service_time: float) -> float:
    """Mean time from arrival to start of service in an M/D/1 queue."""
    return mg1_wait(arrival_rate, service_time, 0.0)


@formula(source=MG1)
def md1_sojourn(arrival_rate: float, service_time: float) -> float:
    """Mean time from arrival to end of service in an M/D/1 queue."""
    return mg1_sojourn(arrival_rate, service_time, 0.0)


@formula(source=MG1)
def md1_number_in_system(arrival_rate: float, service_time: float) -> float:
    """Mean number of customers in an M/D/1 queue, in service included."""
    return mg1_number_in_system(arrival_rate, service_time, 0.0)


@formula(source=MG1 + ", service = set-up + work")
def mg1_setups_wait(
    arrival_rate: float, service_mean: float, service_sd: float, setup_mean: float, setup_sd: float
) -> float:
    """Mean time from arrival to start of the set-up in an M/G/1 queue whose every job has a set-up of its own."""
    not_negative(service_sd=service_sd, setup_mean=setup_mean, setup_sd=setup_sd)
    return mg1_wait(arrival_rate, service_mean + setup_mean, math.hypot(service_sd, setup_sd))


@formula(source=MG1 + ", service = set-up + work")
def mg1_setups_number_in_system(
    arrival_rate: float, service_mean: float, service_sd: float, setup_mean: float, setup_sd: float
) -> float:
    """Mean number of jobs in an M/G/1 queue whose every job has a set-up of its own."""
    wait = mg1_setups_wait(arrival_rate, service_mean, service_sd, setup_mean, setup_sd)
    return arrival_rate * (wait + setup_mean + service_mean)


@formula(source=GM1)
def gm1_sigma(interarrival_mean: float, interarrival_sd: float, service_rate: float) -> float:
    """Share of customers of a G/M/1 queue who must wait, with gamma arrivals (sd 0: evenly spaced)."""
    from scipy.optimize import brentq

    positive(interarrival_mean=interarrival_mean, service_rate=service_rate)
    not_negative(interarrival_sd=interarrival_sd)
    load = 1 / (interarrival_mean * service_rate)
    stable(load)

    def log_transform(s: float) -> float:
        if interarrival_sd == 0:
            return -s * interarrival_mean
        scale = interarrival_sd**2 / interarrival_mean
        return -interarrival_mean / scale * math.log1p(s * scale)

    # sigma = A*(mu (1 - sigma)) also has the root 1. The right-hand side is convex and steeper than the diagonal
    # at 1, so the gap is negative from the root wanted up to 1: the bracket ends just below 1.
    def gap(sigma: float) -> float:
        return math.exp(log_transform(service_rate * (1 - sigma))) - sigma

    upper = 1 - 1e-3 * (1 - load)
    while gap(upper) > 0:
        upper = 1 - (1 - upper) / 10
        if upper >= 1 - 1e-13:
            raise ValueError("no steady state: the load is too close to 1 for the root to be found")
    return float(brentq(gap, 0.0, upper, xtol=1e-15, rtol=8.9e-16))


@formula(source=GM1)
def gm1_wait(interarrival_mean: float, interarrival_sd: float, service_rate: float) -> float:
    """Mean time from arrival to start of service in a G/M/1 queue with gamma arrivals (sd 0: evenly spaced)."""
    sigma = gm1_sigma(interarrival_mean, interarrival_sd, service_rate)
    return sigma / (service_rate * (1 - sigma))


@formula(source=GM1)
def gm1_sojourn(interarrival_mean: float, interarrival_sd: float, service_rate: float) -> float:
    """Mean time from arrival to end of service in a G/M/1 queue with gamma arrivals (sd 0: evenly spaced)."""
    return gm1_wait(interarrival_mean, interarrival_sd, service_rate) + 1 / service_rate


@formula(source=GM1)
def gm1_number_in_system(interarrival_mean: float, interarrival_sd: float, service_rate: float) -> float:
    """Time average of customers in a G/M/1 queue with gamma arrivals (sd 0: evenly spaced)."""
    return gm1_sojourn(interarrival_mean, interarrival_sd, service_rate) / interarrival_mean


@formula(source="Gross & Harris 2008, sec. 3.1")
def mxm1_number_in_system(
    batch_rate: float, service_rate: float, batch_mean: float, batch_second_moment: float
) -> float:
    """Mean number of customers in an M^[X]/M/1 queue, where batches arrive and customers are served one by one."""
    positive(batch_rate=batch_rate, service_rate=service_rate, batch_mean=batch_mean)
    if batch_second_moment < batch_mean**2:
        raise ValueError(f"batch_second_moment must be >= batch_mean squared, got {batch_second_moment:g}")
    load = batch_rate * batch_mean / service_rate
    stable(load)
    return load * (1 + batch_second_moment / batch_mean) / (2 * (1 - load))


@formula(source="Gross & Harris 2008, sec. 3.1, by Little's law")
def mxm1_sojourn(batch_rate: float, service_rate: float, batch_mean: float, batch_second_moment: float) -> float:
    """Mean time of a customer from arrival to end of service in an M^[X]/M/1 queue."""
    number = mxm1_number_in_system(batch_rate, service_rate, batch_mean, batch_second_moment)
    return number / (batch_rate * batch_mean)


@formula(source="Gross & Harris 2008, sec. 2.7 and 5.2")
def mginf_number_in_system(arrival_rate: float, service_mean: float) -> float:
    """Mean number of customers in an M/G/infinity system."""
    positive(arrival_rate=arrival_rate, service_mean=service_mean)
    return arrival_rate * service_mean


@formula(source="Gross & Harris 2008, sec. 2.7 and 5.2")
def mginf_probability(arrival_rate: float, service_mean: float, number: int) -> float:
    """Probability that `number` customers are in an M/G/infinity system."""
    mean = mginf_number_in_system(arrival_rate, service_mean)
    not_negative(number=number)
    return math.exp(number * math.log(mean) - mean - math.lgamma(number + 1))


@formula(source="White & Christie (1958), Queuing with preemptive priorities or with breakdown, Oper. Res. 6")
def mm1_breakdowns_number_in_system(
    arrival_rate: float, service_rate: float, uptime_mean: float, repair_mean: float
) -> float:
    """Mean number in an M/M/1 queue whose server fails, idle or not, is repaired and resumes.

    Time to failure and repair are exponential; customers keep arriving meanwhile.  From the generating functions
    P(z) of up and Q(z) of down states: P(z) = mu p0 / (mu - a z - f a z / (a (1 - z) + r)) and
    Q(z) = f P(z) / (a (1 - z) + r), with arrival rate a, failure rate f, repair rate r.
    """
    positive(arrival_rate=arrival_rate, service_rate=service_rate, uptime_mean=uptime_mean, repair_mean=repair_mean)
    odds = repair_mean / uptime_mean
    slowed = arrival_rate * (1 + odds)
    stable(slowed / service_rate)
    queue = (slowed + odds * arrival_rate**2 * repair_mean) / (service_rate - slowed)
    return queue + odds / (1 + odds) * arrival_rate * repair_mean


@formula(source="White & Christie (1958), by Little's law")
def mm1_breakdowns_sojourn(arrival_rate: float, service_rate: float, uptime_mean: float, repair_mean: float) -> float:
    """Mean time from arrival to end of service in an M/M/1 queue whose server fails, idle or not, and resumes."""
    return mm1_breakdowns_number_in_system(arrival_rate, service_rate, uptime_mean, repair_mean) / arrival_rate
