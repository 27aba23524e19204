"""On how few suppliers buyers depend: concentration of purchases by part, and what single sources put at risk.

In: a network and its counted deliveries.  Out: one row per buyer and part, and one per buyer.  A buyer is a category of
firms, as the scenario's groups make them: a chain master, or all makers of motors together.  A *single source* is one
supplier who delivered all that one firm bought of a part; two motor makers with one steelworks each have single
sources, though their category has two suppliers.  An outside source stands for a market elsewhere: it counts as one
supplier, and never as a single source.  Shares are by value, freight apart.

Herfindahl-Hirschman index: the sum of squared shares in percent, 10,000 / n for n equal suppliers, 10,000 for one.
Source: U.S. Department of Justice & Federal Trade Commission, Merger Guidelines (2023), guideline 1: a market above
1,800 is highly concentrated.  There it is about sellers to a whole market, here to one buyer, so it is a yardstick.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.dependence import Dependence
from chainsim.economy.groups import categories, corporate
from chainsim.model.network import Network
from chainsim.results.frames import simulated_firms
from chainsim.results.tables import FEN

HIGHLY_CONCENTRATED: Final = 1_800
EVERYBODY: Final = "all firms"
WAYS: Final = ("apart", "consolidated")


def concentration(network: Network, deliveries: pd.DataFrame) -> pd.DataFrame:
    """One row per buyer, part and group, of what was bought, ordered by name.

    Columns: buyer, part, group, purchases_cny, suppliers, largest_share, hhi, hhi_low, effective_suppliers,
        highly_concentrated, outside_share, single_source_share, revenue_at_risk_cny.
    group: *apart* takes firm by firm, *consolidated* the firms of one corporate group as one supplier; the buyer's own
        group is a supplier like any other.
    hhi, hhi_low: 0..10,000; the second if behind each outside source there were any number of small firms.
    effective_suppliers: 10,000 / hhi, the number of equal suppliers that are as concentrated.
    highly_concentrated: whether hhi_low is above 1,800, so whoever stands behind the outside sources.
    outside_share, single_source_share: of these purchases by value, those from outside sources, and those by firms that
        have a single source of the part, 0..1.
    revenue_at_risk_cny: final sales that need the part from one of these firms (see `Dependence`).
    """
    bought = _Purchases(network, deliveries)
    rows = []
    for way in WAYS:
        single = bought.single_sourced(way)
        for (buyer, part), those in bought.by("buyer", "part"):
            shares, outside = _shares(those, way)
            hhi, low = (float(np.sum((100 * some) ** 2)) for some in (shares, shares[~outside]))
            total = int(those["amount"].sum())
            alone = those[those["stock"].isin(single)]
            rows.append(
                (
                    *(buyer, part, way, total / FEN, len(shares), float(shares.max()), hhi, low, 10_000 / hhi),
                    *(low > HIGHLY_CONCENTRATED, int(those.loc[those["outside"], "amount"].sum()) / total),
                    *(int(alone["amount"].sum()) / total, bought.at_risk(alone) / FEN),
                )
            )
    columns = (
        *("buyer", "part", "group", "purchases_cny", "suppliers", "largest_share", "hhi", "hhi_low"),
        *("effective_suppliers", "highly_concentrated", "outside_share", "single_source_share", "revenue_at_risk_cny"),
    )
    return _sorted(pd.DataFrame(rows, columns=list(columns)), ["buyer", "part", "group"])


def exposure(network: Network, deliveries: pd.DataFrame) -> pd.DataFrame:
    """One row per buyer and group, ordered by name; the last rows are of all firms together.

    Columns: buyer, group, parts, single_source_parts, purchases_cny, outside_share, single_source_share,
        revenue_at_risk_cny.
    single_source_parts: parts of which a firm of this buyer has a single source.  Shares: as in `concentration`, of all
        its purchases.
    revenue_at_risk_cny: final sales that need any of these parts from this buyer; not the sum over parts, for a car
        that needs two of them is sold once.
    """
    bought = _Purchases(network, deliveries)
    rows = []
    everybody = [((EVERYBODY,), bought.rows)] if len(bought.rows) else []
    for way in WAYS:
        single = bought.single_sourced(way)
        for (buyer,), those in [*bought.by("buyer"), *everybody]:
            alone = those[those["stock"].isin(single)]
            total, exposed = int(those["amount"].sum()), int(alone["amount"].sum())
            outside = int(those.loc[those["outside"], "amount"].sum())
            parts = those["part"].nunique(), alone["part"].nunique()
            rows.append(
                (buyer, way, *parts, total / FEN, outside / total, exposed / total, bought.at_risk(alone) / FEN)
            )
    columns = (
        *("buyer", "group", "parts", "single_source_parts", "purchases_cny"),
        *("outside_share", "single_source_share", "revenue_at_risk_cny"),
    )
    table = pd.DataFrame(rows, columns=list(columns))
    own = table["buyer"] != EVERYBODY
    return pd.concat([_sorted(table[own], ["buyer", "group"]), table[~own]], ignore_index=True)


class _Purchases:
    """What simulated firms bought, by stock point and supplier; parts that cost nothing left out."""

    def __init__(self, network: Network, deliveries: pd.DataFrame) -> None:
        self._stocks = len(network.stocks)
        self._dependence = Dependence(network, deliveries)
        stock = np.array([lane.buyer for lane in network.lanes], dtype=np.int64)[deliveries["lane"].to_numpy()]
        counted = simulated_firms(network)[deliveries["buyer"].to_numpy()]
        names, group = np.array(categories(network), dtype=object), corporate(network)
        parts = np.array([part.name for part in network.parts], dtype=object)
        seller, outside = deliveries["seller"].to_numpy(), ~simulated_firms(network)
        every = pd.DataFrame(
            {
                "buyer": names[deliveries["buyer"].to_numpy()],
                "part": parts[deliveries["part"].to_numpy()],
                "stock": stock,
                "apart": seller,
                "consolidated": group[seller],
                "outside": outside[seller],
                "amount": deliveries["amount"].to_numpy(),
            }
        )[counted]
        keys = ["buyer", "part", "stock", *WAYS, "outside"]
        rows = every.groupby(keys, as_index=False)["amount"].sum()
        self.rows: pd.DataFrame = rows[rows.groupby(["buyer", "part"])["amount"].transform("sum") > 0]

    def by(self, *columns: str) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
        """Buyers, or buyers and parts, each with its rows."""
        for keys, those in self.rows.groupby(list(columns)):
            yield tuple(map(str, keys)), those

    def single_sourced(self, way: str) -> np.ndarray:
        """The stock points to which one supplier that is not outside delivered everything, int64[n]."""
        by_stock = self.rows.groupby("stock")
        suppliers, outside = by_stock[way].nunique(), by_stock["outside"].any()
        return suppliers.index[(suppliers == 1) & ~outside].to_numpy()

    def at_risk(self, rows: pd.DataFrame) -> float:
        """Final sales that need one of the stock points of these rows, fen."""
        chosen = np.zeros(self._stocks, dtype=bool)
        chosen[rows["stock"].to_numpy()] = True
        return self._dependence.final_sales(chosen) if chosen.any() else 0.0


def _shares(rows: pd.DataFrame, way: str) -> tuple[np.ndarray, np.ndarray]:
    """Each supplier's share by value, float64[suppliers], and whether it is an outside source."""
    suppliers = rows.groupby(way).agg({"amount": "sum", "outside": "any"})
    amount = suppliers["amount"].to_numpy()
    return amount / amount.sum(), suppliers["outside"].to_numpy()


def _sorted(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return table.sort_values(columns, kind="stable", ignore_index=True)
