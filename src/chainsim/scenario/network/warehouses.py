"""The firms that warehouses stand for, with what `firms:` says about each by name.

In: a validated Scenario.  Out: one `Trader` a firm, and its `Firm`.  This module must not know lanes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from chainsim.model.distributions import Distribution
from chainsim.model.replenishment import Replenishment
from chainsim.model.terms import Firm
from chainsim.scenario.language import schema
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.sourcing import DEFAULT_RING


@dataclass(frozen=True, slots=True)
class Trader:
    """One firm that buys and sells the same part."""

    name: str
    ring: str
    group: str  # of the scenario, not the corporate one
    plan: schema.Warehouse
    pays_after: Fraction
    lead_time: Distribution | None
    stock: Replenishment


def traders(scenario: schema.Scenario) -> Iterator[tuple[Trader, Firm]]:
    """Every firm of every warehouse, in the order of the file; firms of the kind `supplier`, of tier 0."""
    for group, plan in scenario.warehouses.items():
        names = firm_names(group, plan)
        for name, stated in names:
            ring = stated or DEFAULT_RING
            own = scenario.firms.get(name, schema.FirmChange())
            by_ring = plan.lead_time
            lead_time = by_ring.get(ring) if isinstance(by_ring, dict) else by_ring  # type: ignore[call-overload]
            yield (
                Trader(
                    name,
                    ring,
                    group,
                    plan,
                    plan.pays_after if own.pays_after is None else own.pays_after,
                    own.lead_time or lead_time,
                    own.stock or plan.stock,
                ),
                Firm(
                    name,
                    "supplier",
                    ring,
                    category=group,
                    group=own.group or plan.group,
                    district=own.district or plan.district,
                    sector=plan.sector,
                    chain=plan.chain,
                    generated=len(names) > 1,
                ),
            )
