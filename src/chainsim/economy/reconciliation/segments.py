"""The counted time of a run, cut where dated changes alter the Leontief model, and what is in force in each piece.

In: a Network.  Out: Segments.  This module must not know what any run did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from chainsim.economy.nominal import RELEVANT, Terms, inputs, lanes_of, material_costs
from chainsim.model.network import WHOLE_SHARE, Network
from chainsim.records import Columns, Floats


@dataclass(frozen=True)
class Segment:
    """Ticks [begin, end), with what holds in them by lane and stock point.

    share: of its buyer's receipts that each lane has, float64[lanes].  price: fen per quantum, float64[lanes].
    made_from: the stock point whose deliveries use what each lane's buyer receives, -1 for markets, int64[lanes].
    need: quanta that this takes per quantum delivered, scrap included; raw: per quantum started, float64[lanes].
    cost: materials in a quantum, fen, float64[stock points].
    """

    begin: int
    end: int
    share: Floats
    price: Floats
    made_from: Columns
    need: Floats
    raw: Floats
    cost: Floats
    supplier: Columns

    @cached_property
    def sellers(self) -> Columns:
        """The stock points that deliver, in ascending order, int64[n]."""
        return np.unique(self.supplier)

    @cached_property
    def inverse(self) -> Floats:
        """(I - B)^-1 in quanta over the sellers; B[i, j]: quanta of i that a delivered quantum of j calls for."""
        row = np.searchsorted(self.sellers, self.supplier)
        used = self.made_from >= 0
        column = np.searchsorted(self.sellers, self.made_from[used])
        passed = np.eye(len(self.sellers))
        sells = np.isin(self.made_from[used], self.sellers)  # what nobody buys calls for nothing
        np.add.at(passed, (row[used][sells], column[sells]), -(self.share * self.need)[used][sells])
        return np.asarray(np.linalg.inv(passed), dtype=np.float64)


def segments(network: Network) -> Iterator[Segment]:
    """The pieces in order, from the end of the warm-up to the horizon."""
    dated = [change for change in network.changes if change.kind in RELEVANT]
    inside = {change.tick for change in dated if network.warm_up < change.tick < network.horizon}
    edges = [network.warm_up, *sorted(inside), network.horizon]
    terms = Terms.at_start(network)
    waiting = iter(dated)
    change = next(waiting, None)
    for begin, end in pairwise(edges):
        while change is not None and change.tick <= begin:
            terms.apply(change.kind, change.entity, change.values)
            change = next(waiting, None)
        yield _segment(network, terms, begin, end)


def _segment(network: Network, terms: Terms, begin: int, end: int) -> Segment:
    count = len(network.lanes)
    made_from = np.full(count, -1, dtype=np.int64)
    need, raw = np.zeros(count), np.zeros(count)
    into = lanes_of(network)
    good = [float(share) for share in terms.good]
    for sold, bought, quantity in inputs(network, terms):
        line = network.stocks[sold].line
        scrap = good[line] if network.stocks[sold].role == "made" else 1.0
        for lane in into.get(bought, ()):
            made_from[lane], need[lane], raw[lane] = sold, float(quantity), float(quantity) * scrap
    per_unit = np.array([network.parts[network.stocks[lane.buyer].part].per_unit for lane in network.lanes])
    cost = np.zeros(len(network.stocks))
    for stock, fen in material_costs(network, terms).items():
        cost[stock] = float(fen)
    return Segment(
        begin,
        end,
        np.array(terms.shares, dtype=np.float64) / WHOLE_SHARE,
        np.array(terms.prices, dtype=np.float64) / per_unit,
        made_from,
        need,
        raw,
        cost,
        np.array([lane.supplier for lane in network.lanes], dtype=np.int64),
    )
