"""Queues in a row and queues with ranks: tandem networks, flow lines, priorities.

In: rates and times by station or by class, as lists.  Out: numbers of customers and times.
"""

from __future__ import annotations

from chainsim.theory.domain import not_negative, positive, rank, same_length, stable, whole
from chainsim.theory.queues_markov import erlang_c_number_in_system
from chainsim.theory.registry import Numbers, formula

JACKSON = "Gross & Harris 2008, sec. 4.1 (Jackson 1957)"
PRIORITY = "Gross & Harris 2008, sec. 3.4 (Cobham 1954)"


@formula(source=JACKSON)
def tandem_number_in_system(arrival_rate: float, service_rates: Numbers, servers: Numbers | None = None) -> float:
    """Mean number of customers in M/M/c queues in a row, all stations together; one server each unless given."""
    counts = [1] * len(service_rates) if servers is None else whole("servers", servers, least=1)
    same_length(service_rates=service_rates, servers=counts)
    return sum(
        erlang_c_number_in_system(arrival_rate, rate, count) for rate, count in zip(service_rates, counts, strict=True)
    )


@formula(source=JACKSON + ", by Little's law")
def tandem_sojourn(arrival_rate: float, service_rates: Numbers, servers: Numbers | None = None) -> float:
    """Mean time through M/M/c queues in a row; one server each unless given."""
    return tandem_number_in_system(arrival_rate, service_rates, servers) / arrival_rate


@formula(source="Pinedo 2016, sec. 6.1 (proportionate flow shop)")
def flow_line_completion(jobs: int, times: Numbers) -> float:
    """Time at which the last of identical jobs, all there at time 0, leaves a line of one-server stations."""
    positive(jobs=jobs)
    same_length(times=times)
    for time in times:
        not_negative(times=time)
    return sum(times) + (jobs - 1) * max(times)


@formula(source=PRIORITY)
def mm1_priority_wait(arrival_rates: Numbers, service_rates: Numbers, priority: int) -> float:
    """Mean wait of one class in M/M/1 with ranked classes, service never interrupted; priority 1 goes first.

    The rates are listed by class, from the first priority to the last.
    """
    same_length(arrival_rates=arrival_rates, service_rates=service_rates)
    rank("priority", priority, len(arrival_rates))
    for arrival, service in zip(arrival_rates, service_rates, strict=True):
        positive(arrival_rates=arrival, service_rates=service)
    loads = [arrival / service for arrival, service in zip(arrival_rates, service_rates, strict=True)]
    ahead, through = sum(loads[: priority - 1]), sum(loads[:priority])
    stable(through)
    stable(sum(loads))
    residual = sum(load / service for load, service in zip(loads, service_rates, strict=True))
    return residual / ((1 - ahead) * (1 - through))


@formula(source=PRIORITY)
def mm1_priority_number_in_system(arrival_rates: Numbers, service_rates: Numbers, priority: int) -> float:
    """Mean number of one class in M/M/1 with ranked classes, service never interrupted; priority 1 goes first."""
    wait = mm1_priority_wait(arrival_rates, service_rates, priority)
    return arrival_rates[priority - 1] * (wait + 1 / service_rates[priority - 1])
