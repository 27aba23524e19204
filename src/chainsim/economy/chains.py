"""Which industrial chain a firm's revenue counts in: one, so that chains add up.

In: a Network.  Out: a name by firm.  A firm that states none counts in the chain of the chain masters that it supplies,
directly or through others; where these are of several chains, in `shared`, a chain of its own.
"""

from __future__ import annotations

from typing import Final

from chainsim.model.network import Network
from chainsim.results.remember import once_per_network

SHARED: Final = "shared"


@once_per_network
def chains(network: Network) -> tuple[str, ...]:
    """The chain of each firm; a chain master without one is a chain by itself, who supplies none is in none."""
    stocks = network.stocks
    buyers: dict[int, set[int]] = {}
    for lane in network.lanes:
        buyers.setdefault(stocks[lane.supplier].firm, set()).add(stocks[lane.buyer].firm)
    masters = {i: firm.chain or firm.name for i, firm in enumerate(network.firms) if firm.kind == "chain_master"}
    reached: list[set[str]] = [{masters[i]} if i in masters else set() for i in range(len(network.firms))]
    changed = True
    while changed:  # up the lanes, until nothing new is learnt
        changed = False
        for seller, those in buyers.items():
            found = set().union(*(reached[buyer] for buyer in those))
            if seller not in masters and not found <= reached[seller]:
                reached[seller] |= found
                changed = True
    return tuple(firm.chain or _one(names) for firm, names in zip(network.firms, reached, strict=True))


def _one(names: set[str]) -> str:
    return next(iter(names), "") if len(names) < 2 else SHARED
