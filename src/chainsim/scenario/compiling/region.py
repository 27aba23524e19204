"""The region of the scenario as the network's tables need it.

In: the section.  Out: a row of `chainsim.model.network`.
"""

from __future__ import annotations

from chainsim.model import network as net
from chainsim.scenario.language.region import Region

CITY_AND_ROUND = ("city", "province")


def region(section: Region | None) -> net.Region:
    """The region; one local share for all is that of every ring, and shares of the basket sum to 1."""
    if section is None:
        return net.Region()
    local = section.local or {}
    by_ring = local if isinstance(local, dict) else dict.fromkeys(CITY_AND_ROUND, local)
    households = None
    if section.households is not None:
        of = section.households
        total = sum(of.basket.values())
        basket = tuple((name, weight / total) for name, weight in sorted(of.basket.items()))
        households = net.Households(of.wages, of.residents, of.spend, basket)
    return net.Region(
        tuple(sorted((str(ring), share) for ring, share in by_ring.items())),
        households,
        section.vat,
        section.local_vat,
        section.income_tax,
        section.local_income_tax,
        section.additionality,
        section.construction,
    )
