"""What can be said of a network's shape alone: who is downstream of whom, and by how much."""

from __future__ import annotations

from fractions import Fraction

from chainsim.model.network import Network
from chainsim.model.state import SET_NEED


def users_of(network: Network, p: int) -> list[tuple[int, Fraction]]:
    """Stock points, markets aside, that are made from a stock point or supplied by it, and its quanta in a quantum."""
    users = [
        (lane.buyer, Fraction(1))
        for lane in network.lanes
        if lane.supplier == p and network.stocks[lane.buyer].role != "sold"
    ]
    return users + [(need.made, need.quantity) for need in network.needs if need.component == p]


def contents(network: Network, p: int) -> dict[int, Fraction] | None:
    """Quanta of stock point p in a quantum of each stock point downstream of it, p aside; None in a cycle."""
    found: dict[int, Fraction] = {}

    def walk(at: int, held: Fraction, path: frozenset[int]) -> bool:
        for user, quantity in users_of(network, at):
            if user in path:
                return False
            found[user] = found.get(user, Fraction(0)) + held * quantity
            if not walk(user, held * quantity, path | {user}):
                return False
        return True

    return found if walk(p, Fraction(1), frozenset({p})) else None


def may_see_its_echelon(network: Network, p: int) -> bool:
    """Whether an echelon position means something here.

    Everybody downstream has no other supplier, and what they need of each other is whole and never changes.
    """
    if network.stocks[p].role not in ("made", "bought"):
        return False
    downstream = contents(network, p)
    if downstream is None:
        return False
    chain = {p, *downstream}
    if any(need.quantity.denominator > 1 for need in network.needs if need.component in chain):
        return False
    suppliers: dict[int, set[int]] = {}
    for lane in network.lanes:
        suppliers.setdefault(lane.buyer, set()).add(lane.supplier)
    changing = {network.needs[change.entity].component for change in network.changes if change.kind == SET_NEED}
    return not changing & chain and all(
        len(suppliers.get(user, ())) <= 1 for user in downstream if network.stocks[user].role == "bought"
    )
