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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Final

import numpy as np

from chainsim.economy.dependence import Dependence
from chainsim.economy.groups import categories, corporate
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Table, firm_of_stock, from_rows, lane_columns
from chainsim.results.frames import simulated_firms
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums
from chainsim.results.tables import FEN

HIGHLY_CONCENTRATED: Final = 1_800
MOST: Final = 10_000.0  # the index of one supplier
EVERYBODY: Final = "all firms"
WAYS: Final = ("apart", "consolidated")


def concentration(network: Network, deliveries: Table) -> Table:
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
    return Purchases(network, deliveries).concentration()


def exposure(network: Network, deliveries: Table) -> Table:
    """One row per buyer and group, ordered by name; the last rows are of all firms together.

    Columns: buyer, group, parts, single_source_parts, purchases_cny, outside_share, single_source_share,
        revenue_at_risk_cny.
    single_source_parts: parts of which a firm of this buyer has a single source.  Shares: as in `concentration`, of all
        its purchases.
    revenue_at_risk_cny: final sales that need any of these parts from this buyer; not the sum over parts, for a car
        that needs two of them is sold once.
    """
    return Purchases(network, deliveries).exposure()


class Purchases:
    """What simulated firms bought, by stock point and supplier; parts that cost nothing left out."""

    def __init__(self, network: Network, deliveries: Table) -> None:
        self._stocks = len(network.stocks)
        self._dependence = Dependence(network, deliveries)
        self._known: dict[bytes, float] = {}
        simulated, group = simulated_firms(network), corporate(network)
        stock, seller, amount = _by_supplier(network, deliveries)
        firm = firm_of_stock(network)[stock]
        names = _names(network)
        self._buyers, buyer = names.buyers, names.buyer[stock]
        self._parts, part = names.parts, names.part[stock]
        pair = buyer * len(self._parts) + part
        own = simulated[firm]
        paid = np.bincount(pair[own], amount[own], len(self._buyers) * len(self._parts))
        chosen = own & (paid[pair] > 0)
        order = np.flatnonzero(chosen)[np.argsort(pair[chosen], kind="stable")]
        self._pair, self._buyer, self._part = pair[order], buyer[order], part[order]
        self._stock, self._amount, self._outside = stock[order], amount[order], ~simulated[seller[order]]
        self._owner = {"apart": seller[order], "consolidated": group[seller[order]]}

    def concentration(self) -> Table:
        """The table of that name."""
        rows = []
        for way in WAYS:
            single = self._single_sourced(way)
            runs = _runs(self._pair)
            for own, (total, bought_outside, alone, at_risk) in zip(runs, self._money(runs, single), strict=True):
                suppliers, largest, hhi, low = self._indices(own, way)
                buyer, part = self._buyers[self._buyer[own.start]], self._parts[self._part[own.start]]
                rows.append(
                    (
                        *(buyer, part, way, total / FEN, suppliers, largest, hhi, low, MOST / hhi),
                        *(low > HIGHLY_CONCENTRATED, bought_outside / total, alone / total, at_risk / FEN),
                    )
                )
        columns = (
            *("buyer", "part", "group", "purchases_cny", "suppliers", "largest_share", "hhi", "hhi_low"),
            *(
                "effective_suppliers",
                "highly_concentrated",
                "outside_share",
                "single_source_share",
                "revenue_at_risk_cny",
            ),
        )
        return from_rows(columns, sorted(rows, key=itemgetter(0, 1, 2)), words=3)

    def exposure(self) -> Table:
        """The table of that name."""
        rows = []
        everybody = [slice(0, len(self._pair))] if len(self._pair) else []
        for way in WAYS:
            single = self._single_sourced(way)
            runs = _runs(self._buyer)
            names = [*(self._buyers[self._buyer[own.start]] for own in runs), *(EVERYBODY for _ in everybody)]
            money = [*self._money(runs, single), *self._money(everybody, single)]
            for buyer, own, (total, outside, alone, at_risk) in zip(names, runs + everybody, money, strict=True):
                parts = len(np.unique(self._part[own])), len(np.unique(self._part[own][single[self._stock[own]]]))
                rows.append((buyer, way, *parts, total / FEN, outside / total, alone / total, at_risk / FEN))
        columns = (
            *("buyer", "group", "parts", "single_source_parts", "purchases_cny"),
            *("outside_share", "single_source_share", "revenue_at_risk_cny"),
        )
        rows.sort(key=lambda row: (row[0] == EVERYBODY, row[:2]))
        return from_rows(columns, rows, words=2)

    def _single_sourced(self, way: str) -> np.ndarray:
        """The stock points to which one supplier that is not outside delivered everything, bool[P]."""
        owner = self._owner[way]
        several = np.zeros(self._stocks, dtype=bool)
        found = np.full(self._stocks, -1, dtype=np.int64)
        found[self._stock] = owner
        several[self._stock[found[self._stock] != owner]] = True
        several[self._stock[self._outside]] = True
        return (found >= 0) & ~several

    def _indices(self, own: slice, way: str) -> tuple[int, float, float, float]:
        """Of some rows: how many suppliers, the largest share, the index, the index without outside sources."""
        if own.stop - own.start == 1:
            return 1, 1.0, MOST, 0.0 if self._outside[own.start] else MOST
        shares, outside = self._shares(own, way)
        return len(shares), float(shares.max()), _index(shares), _index(shares[~outside])

    def _shares(self, own: slice, way: str) -> tuple[np.ndarray, np.ndarray]:
        """Each supplier's share by value, float64[suppliers], and whether it is an outside source."""
        suppliers, which = np.unique(self._owner[way][own], return_inverse=True)
        amount, outside = sums(which, self._amount[own], len(suppliers)), np.zeros(len(suppliers), dtype=bool)
        outside[which[self._outside[own]]] = True
        return amount / amount.sum(), outside

    def _money(self, runs: Sequence[slice], single: np.ndarray) -> Iterator[tuple[int, int, int, float]]:
        """By run of rows, one after another: fen paid, of that to outside sources, and to single sources; final sales
        that need the last.
        """
        alone, starts = single[self._stock], np.array([own.start for own in runs], dtype=np.int64)
        columns = (self._amount, self._amount * self._outside, self._amount * alone)
        paid = (np.add.reduceat(column, starts).tolist() for column in columns)
        run = np.searchsorted(starts, np.flatnonzero(alone), side="right") - 1
        run, stock = np.divmod(np.unique(run * self._stocks + self._stock[alone]), self._stocks)
        bounds = np.searchsorted(run, np.arange(len(runs) + 1)).tolist()
        return zip(*paid, self._at_risk([stock[slice(*own)] for own in pairwise(bounds)]), strict=True)

    def _at_risk(self, sets: Sequence[Columns]) -> list[float]:
        """Final sales that need one of the stock points of each set, fen."""
        keys = [stocks.tobytes() for stocks in sets]
        new = {key: stocks for key, stocks in zip(keys, sets, strict=True) if key not in self._known}
        self._known.update(zip(new, self._dependence.final_sales(list(new.values())).tolist(), strict=True))
        return [self._known[key] for key in keys]


def _index(shares: np.ndarray) -> float:
    """Herfindahl-Hirschman index of some suppliers' shares."""
    return MOST if len(shares) == 1 and shares[0] == 1 else float(np.sum((100 * shares) ** 2))


def _by_supplier(network: Network, deliveries: Table) -> tuple[Columns, Columns, Columns]:
    """Stock point, firm that it was bought from, and fen, of all that was delivered, by stock point, then firm."""
    lane, lanes = deliveries["lane"], len(network.lanes)
    amount = sums(lane, deliveries["amount"], lanes)
    used = np.flatnonzero(np.bincount(lane, minlength=lanes))
    buyer, seller = lane_columns(network).buyer_stock[used], lane_columns(network).seller[used]
    firms = len(network.firms)
    cells, which = np.unique(buyer * firms + seller, return_inverse=True)
    return cells // firms, cells % firms, sums(which, amount[used], len(cells))


@dataclass(frozen=True, slots=True)
class _Names:
    """Buyers and parts in order of name, and which of them each stock point has, int64[P] each."""

    buyers: list[str]
    buyer: Columns
    parts: list[str]
    part: Columns


@once_per_network
def _names(network: Network) -> _Names:
    part = np.array([point.part for point in network.stocks], dtype=np.int64)
    by_buyer = _numbered(categories(network), firm_of_stock(network))
    return _Names(*by_buyer, *_numbered([row.name for row in network.parts], part))


def _numbered(names: Sequence[str], at: Columns) -> tuple[list[str], Columns]:
    """All names in order, and the number of the one at each place, int64[n]."""
    every = sorted(set(names))
    number = {name: index for index, name in enumerate(every)}
    return every, np.array([number[name] for name in names], dtype=np.int64)[at]


def _runs(values: Columns) -> list[slice]:
    """Stretches of equal values."""
    cuts = np.flatnonzero(np.r_[True, values[1:] != values[:-1], True]).tolist() if len(values) else []
    return [slice(*pair) for pair in pairwise(cuts)]
