"""Where each yuan of planned final sales goes: value added by tier and ring, and what is bought beyond the firms here.

In: a network.  Out: a table whose column `stays` adds up to one yuan.  Compiled from the scenario's terms by Leontief:
this module must not know what any run did.  Simulated firms and what is computed with the input-output table stand in
separate rows, never mixed; rings do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from chainsim.economy.input_output import beyond, china_2011, closed
from chainsim.economy.leontief import ALGEBRA, leaks, planned_sales, sellers_of, units_per_yuan
from chainsim.economy.leontief.matrices import times
from chainsim.economy.leontief.table import Matrix
from chainsim.economy.regions import SCOPES
from chainsim.economy.type_one import by_group
from chainsim.errors import InvariantError
from chainsim.model.network import Firm, Network

RINGS: Final = ("city", "province", "nation", "abroad")
PLANT: Final = "plant"
WAREHOUSES: Final = "warehouses"
NOWHERE: Final = ""  # the ring of what nobody has placed

# What a row is about: simulated firms; sources outside; those opened by sector; carriers; sectors nobody here sells.
FIRMS: Final = "firms"
SOURCES: Final = "outside sources"
OPENED: Final = "outside sources, opened"
FREIGHT: Final = "freight"
OTHER: Final = "other inputs"
WHATS: Final = (FIRMS, SOURCES, OPENED, FREIGHT, OTHER)

ADDED: Final = "value added"
ABROAD: Final = "abroad"
NOT_OPENED: Final = "not opened"

COLUMNS: Final = (
    *("what", "tier", "ring", "sector", "becomes", "gross", "inside_group", "value_added", "stays"),
    *("gross_cny", "inside_group_cny", "value_added_cny", "stays_cny"),
)
AMOUNTS: Final = ("gross", "inside_group", "value_added", "stays")
KEYS: Final = ("what", "tier", "ring", "sector", "becomes")

Row = dict[str, Any]


@dataclass(frozen=True)
class _Flows:
    """Yuan per yuan of final sales, by seller: float64[n]; by source and sector of the table as well in two of them."""

    units: float  # of the one product that is sold; nan for several
    sold: Matrix
    inside_group: Matrix
    value_added: Matrix
    bought: Matrix
    freight: float
    other: Matrix


def waterfall(network: Network, part: str = "") -> pd.DataFrame:
    """Each yuan of planned final sales after the warm-up, or of one part, followed to where it stays.

    Columns what, tier, ring, sector, becomes name a row.  gross: what is sold there; inside_group: to firms of its own
    corporate group; value_added; stays: what of the yuan ends there, so that the column adds up to 1.  The same in yuan
    per unit of the product in columns with `_cny`, where `stays_cny` adds up to its price; nan for several products.

    what: `firms` are simulated, by their own tier and ring; in other rows, the tier is the buyer's.  Outside sources
    are placed as the scenario says; those of the nation that state a sector are opened with China's table into value
    added in the nation and purchases abroad.  Other inputs become value added in the city and province as
    `region.local` says, for firms that lie there; where the rest of them and freight go is not known (ring "").
    becomes: value added, abroad, or not opened.

    Raises ValueError where no firm here sells that part or nothing is sold to markets, InvariantError where the yuan is
    not found again.
    """
    flows = _flows(network, part)
    rows = [*_firms(network, flows), *_sources(network, flows), *_freight(flows), *_other(network, flows)]
    found = sum(row["stays"] for row in rows)
    if not abs(found - 1.0) <= ALGEBRA:
        raise InvariantError(f"the waterfall is off: {found - 1:.2g} of a yuan of final sales is not found again")
    table = pd.DataFrame(rows, columns=COLUMNS)
    for name in AMOUNTS:
        table[f"{name}_cny"] = table[name] / flows.units
    return table


def _flows(network: Network, part: str) -> _Flows:
    """Sums over the versions in force, each with its share of planned final sales, or of sales of the part."""
    sums: list[Any] = []
    units: dict[int, float] = {}
    for table, demand, share in planned_sales(network, part):
        table.check()
        leak = leaks(network, table.tick)
        sold = table.outputs(demand)
        found: tuple[Any, ...] = (
            *(sold, times(by_group(network, table, own=True), sold), table.value_added * sold),
            *(leak.bought * sold, float(leak.freight @ sold), leak.other * sold),
        )
        sums = [a + share * b for a, b in zip(sums or [0.0] * len(found), found, strict=True)]
        for product, amount in units_per_yuan(network, table, demand).items():
            units[product] = units.get(product, 0.0) + share * amount
    if not sums:
        raise ValueError(f"no firm sells {part!r}" if part else "no firm sells to a market in the time that counts")
    return _Flows(next(iter(units.values())) if len(units) == 1 else np.nan, *sums)


def _sellers(network: Network) -> list[Firm]:
    """The firm of each row of the table."""
    return [network.firms[network.stocks[stock].firm] for stock in sellers_of(network)]


def _place(place: tuple[str, ...]) -> tuple[int, int]:
    """From the market upwards, from the city outwards."""
    return tier_rank(place[0]), RINGS.index(place[1])


def _row(what: str, stays: float, becomes: str, ring: str = NOWHERE, **more: Any) -> Row:
    added = stays if becomes == ADDED else 0.0
    known = {"tier": "", "sector": "", "gross": stays, "inside_group": 0.0, "value_added": added}
    return {"what": what, "ring": ring, "becomes": becomes, "stays": stays, **known, **more}


def _tier(firm: Firm) -> str:
    if firm.kind == "chain_master":
        return PLANT
    return f"tier {firm.tier}" if firm.tier else WAREHOUSES


def tier_rank(tier: str) -> int:
    """Order of tiers, from the market upwards."""
    named = {WAREHOUSES: -1, PLANT: 0}
    return named[tier] if tier in named else int(tier.removeprefix("tier "))


def _firms(network: Network, flows: _Flows) -> Iterator[Row]:
    """Simulated firms that sell something, by tier and ring."""
    sums: dict[tuple[str, str], Any] = {}
    for firm, *amounts in zip(_sellers(network), flows.sold, flows.inside_group, flows.value_added, strict=True):
        place = _tier(firm), firm.ring
        sums[place] = sums.get(place, 0.0) + np.array(amounts)
    for tier, ring in sorted(sums, key=_place):
        gross, inside, added = sums[tier, ring].tolist()
        if gross:
            yield _row(FIRMS, added, ADDED, ring, tier=tier, gross=gross, inside_group=inside)


def _sources(network: Network, flows: _Flows) -> Iterator[Row]:
    """What is bought from outside sources, by tier of the buyer, ring and sector of the source."""
    tiers = np.array([_tier(firm) for firm in _sellers(network)])
    sources = [firm for firm in network.firms if firm.kind == "outside"]
    amounts: dict[tuple[str, str, str], float] = {}
    for firm, bought in zip(sources, flows.bought, strict=True):
        for tier in sorted(set(tiers.tolist())):
            place = tier, firm.ring, firm.sector if firm.ring == "nation" else ""
            amounts[place] = amounts.get(place, 0.0) + float(bought[tiers == tier].sum())
    for place in sorted(filter(amounts.get, amounts), key=lambda place: (bool(place[2]), _place(place), place[2])):
        (tier, ring, sector), amount = place, amounts[place]
        if sector:  # one of the nation's, so that the rest is bought abroad
            opened = beyond(china_2011(), sector)
            added, output = float(opened.value_added.sum()), float(opened.output.sum())
            yield _row(OPENED, amount * added, ADDED, ring, tier=tier, sector=sector, gross=amount * output)
            yield _row(OPENED, amount * opened.abroad, ABROAD, "abroad", tier=tier, sector=sector)
        else:
            yield _row(SOURCES, amount, ABROAD if ring == "abroad" else NOT_OPENED, ring, tier=tier)


def _freight(flows: _Flows) -> Iterator[Row]:
    """Carriers; the scenario does not say where they are."""
    if flows.freight:
        yield _row(FREIGHT, flows.freight, NOT_OPENED)


def _other(network: Network, flows: _Flows) -> Iterator[Row]:
    """Other inputs: firms of a ring buy its local share there, and so do the sectors that sell to them.

    Rings cumulate in the shares, so the province outside the city has what the whole province has more than the city.
    """
    spent = float(flows.other.sum())
    if not spent:
        return
    rings = np.array([firm.ring for firm in _sellers(network)])
    local, share, gross, added = dict(network.region.local), 0.0, 0.0, 0.0
    for ring, scope in SCOPES.items():
        share = max(share, float(local.get(ring, 0)))
        spending = flows.other[:, np.isin(rings, scope)].sum(axis=1)
        tail = closed(china_2011(), spending.clip(min=0.0), share)
        here, output = float(tail.value_added.sum()), float(tail.output.sum())
        if share:
            yield _row(OTHER, here - added, ADDED, ring, gross=output - gross)
        gross, added = output, here
    yield _row(OTHER, spent - added, NOT_OPENED)
