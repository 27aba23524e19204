"""How local a network buys: which share of its purchases, of its suppliers and of its value added lies in a ring.

In: a network, its counted deliveries, and the sums of its firms.  Out: one row per buyers, ring, measure and
consolidation, as a part of a whole and their ratio.  Rings cumulate, as everywhere: the province includes the city,
the nation the province.  A purchase is as local as the firm that it is bought from, a warehouse or an outside source
too; what that firm bought in turn shows one tier further up, and in the value added.  Freight has no place: it is left
out of purchases, and in value added counts as spent nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from chainsim.economy.groups import corporate
from chainsim.economy.leakage import spending
from chainsim.economy.regions import rings_of
from chainsim.model.network import Network
from chainsim.results.columns import Table, from_rows
from chainsim.results.frames import simulated_firms
from chainsim.results.remember import once_per_network
from chainsim.results.tables import FEN

WITHIN: Final = {
    "city": ("city",),
    "province": ("city", "province"),
    "nation": ("city", "province", "nation"),
}
COLUMNS: Final = ("buyers", "ring", "measure", "group", "local", "total", "unit", "rate")


def localisation(network: Network, deliveries: Table, sums: Table) -> Table:
    """Rows buyers, ring, measure, group, local, total, unit, rate; the rate is local / total, 0 of nothing.

    buyers: chain masters, tier 1, tier 2, ... (as far as there are any), warehouses, all firms; value added is that of
    all firms.  sums: the production account.
    measure: *purchases*, CNY, freight apart, and *suppliers* that delivered anything, in the ring and anywhere;
        *value added*, CNY, in the ring, of every yuan that ends anywhere: as value added, with outside sources or with
        carriers.  It is the local content of what is bought through all tiers, whether it is sold or in stock.
    group: *apart* takes firm by firm; *consolidated* leaves out what is bought inside one corporate group and counts
        the suppliers of one group as one, in the ring if any of them is.  Value added is the same in both, so it is
        there once.

    Rates of purchases and suppliers are within 0..1 and grow with the ring.  So does that of value added, unless a firm
    sells for less than its materials.
    """
    rows = [*_purchases(network, deliveries), *_value_added(network, deliveries, sums)]
    found = []
    for *keys, local, total, unit in rows:
        per = FEN if unit == "CNY" else 1
        found.append((*keys, unit, local / per, total / per, local / total if total else 0.0))
    table = from_rows(("buyers", "ring", "measure", "group", "unit", "local", "total", "rate"), found, words=5)
    return {name: table[name] for name in COLUMNS}


@once_per_network
def buyers(network: Network) -> dict[str, np.ndarray]:
    """The simulated firms that buy, by what they are, bool[firms] each; everybody under "all firms"."""
    simulated = simulated_firms(network)
    tier = np.array([firm.tier for firm in network.firms], dtype=np.int64)
    master = np.array([firm.kind == "chain_master" for firm in network.firms], dtype=bool)
    makers = np.zeros(len(network.firms), dtype=bool)
    makers[[network.stocks[line.stock].firm for line in network.lines]] = True
    found = {"chain masters": master}
    supplier = simulated & ~master & makers
    for number in np.unique(tier[supplier]).tolist():
        found[f"tier {number}"] = supplier & (tier == number)
    if (simulated & ~master & ~makers).any():
        found["warehouses"] = simulated & ~master & ~makers
    return found | {"all firms": simulated}


def _purchases(network: Network, deliveries: Table) -> Iterator[tuple[str, str, str, str, int, int, str]]:
    seller, buyer = deliveries["seller"], deliveries["buyer"]
    amount = deliveries["amount"]
    within = {scope: np.isin(rings_of(network), rings)[seller] for scope, rings in WITHIN.items()}
    group = corporate(network)
    ways = {
        "apart": (seller, np.ones(len(seller), dtype=bool)),
        "consolidated": (group[seller], group[seller] != group[buyer]),
    }
    for name, chosen in buyers(network).items():
        for scope, inside in within.items():
            for way, (owner, counted) in ways.items():
                every = chosen[buyer] & counted
                local = every & inside
                yield name, scope, "purchases", way, int(amount[local].sum()), int(amount[every].sum()), "CNY"
                yield name, scope, "suppliers", way, _several(owner[local]), _several(owner[every]), "suppliers"


def _several(owner: np.ndarray) -> int:
    """How many different ones there are."""
    return int(np.count_nonzero(np.bincount(owner)))


def _value_added(
    network: Network, deliveries: Table, sums: Table
) -> Iterator[tuple[str, str, str, str, int, int, str]]:
    ended = [row for row in spending(network, deliveries, sums) if row[0] != "taken from stock"]
    total = sum(fen for _, _, fen in ended)
    for scope, rings in WITHIN.items():
        local = sum(fen for item, ring, fen in ended if item == "value added" and ring in rings)
        yield "all firms", scope, "value added", "apart", local, total, "CNY"
