"""What a delivery is worth to a ring: yuan of gross output or value added per quantum of each lane.

In: a Network and a Segment.  Out: weights by lane, so that a measure is their sum over all deliveries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chainsim.economy.groups import same_group
from chainsim.economy.nominal import other_share
from chainsim.economy.reconciliation.segments import Segment
from chainsim.economy.regions import SCOPES, firms_inside
from chainsim.economy.type_one import CONSOLIDATED
from chainsim.model.network import Network
from chainsim.records import Floats


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the table of multipliers; `column` is its name in the production account."""

    ring: str
    name: str
    group: str
    column: str

    @property
    def total(self) -> tuple[str, str, str]:
        """Its place among the nominal multipliers."""
        return (self.ring, CONSOLIDATED if self.group == "consolidated" else self.name, "total")


def measures() -> Iterator[Measure]:
    """Gross output, firm by firm and consolidated, and value added, for each ring."""
    for ring in SCOPES:
        yield Measure(ring, "gross output", "apart", "revenue")
        yield Measure(ring, "gross output", "consolidated", "revenue_outside_group")
        yield Measure(ring, "value added", "apart", "value_added")


def inside(network: Network, measure: Measure) -> np.ndarray:
    """Which firms count, bool[firms]."""
    return firms_inside(network, SCOPES[measure.ring])


def counts(network: Network, measure: Measure) -> np.ndarray:
    """Which lanes' deliveries count, bool[lanes]: those from firms of the ring, but for sales inside a group."""
    stocks = network.stocks
    seller = np.array([stocks[lane.supplier].firm for lane in network.lanes], dtype=np.int64)
    buyer = np.array([stocks[lane.buyer].firm for lane in network.lanes], dtype=np.int64)
    chosen: np.ndarray = inside(network, measure)[seller]
    if measure.group == "consolidated":
        chosen = chosen & ~same_group(network, seller, buyer)
    return chosen


def weights(network: Network, segment: Segment, measure: Measure) -> Floats:
    """Fen per quantum that each lane delivers, at nominal prices and costs, float64[lanes]."""
    worth = segment.price
    if measure.column == "value_added":
        worth = segment.price * (1 - other_inputs(network)) - segment.cost[segment.supplier]
    result: Floats = np.where(counts(network, measure), worth, 0.0)
    return result


def other_inputs(network: Network) -> Floats:
    """Share of its revenue that each lane's seller spends on other inputs, float64[lanes]."""
    by_firm = np.array(other_share(network))
    result: Floats = by_firm[[network.stocks[lane.supplier].firm for lane in network.lanes]]
    return result
