"""The same network with one constraint lifted: what a counterfactual rerun on the same draws runs.

In: a Network.  Out: a Network that differs in nothing else; the same one where nothing binds.  Laws and names of draws
stay, so that luck does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from chainsim.model.network import UNLIMITED, Change, Network
from chainsim.model.state import SET_LINE_SPEED


def without_capacity_limits(network: Network) -> Network:
    """Every line that works at all starts whatever is ordered at once, as fast as before; a standstill remains one."""
    lines = tuple(replace(line, servers=UNLIMITED) if line.servers else line for line in network.lines)
    changes = tuple(
        replace(change, values=(UNLIMITED, *change.values[1:])) if _sets_speed(change) and change.values[0] else change
        for change in network.changes
    )
    return replace(network, lines=lines, changes=changes, growths=())


def without_disruptions(network: Network) -> Network:
    """No shocks, no breakdowns, and no dated change that brings a line to a standstill."""
    lines = tuple(replace(line, up_law=-1, repair_law=-1) for line in network.lines)
    changes = tuple(change for change in network.changes if change.values[0] or not _sets_speed(change))
    return replace(network, lines=lines, changes=changes, shocks=())


def without_cash_limits(network: Network) -> Network:
    """Nobody is ever short of cash."""
    return replace(network, purses=())


def _sets_speed(change: Change) -> bool:
    return change.kind == SET_LINE_SPEED


LIFTED: Final[dict[str, Callable[[Network], Network]]] = {
    "capacity": without_capacity_limits,
    "disruption": without_disruptions,
    "cash": without_cash_limits,
}  # in the order in which they are lifted, each on top of those before
