"""One run's multipliers taken apart: what final demand calls for, and each reason why deliveries were otherwise.

In: the Books of a run.  Out: an Explanation per measure.  What explains comes from the log of goods and the prices of
orders, materials included; of the books only what is explained is read.  So a delivery that is booked twice is
explained by nothing, and is left as the remainder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.economy.books import Books
from chainsim.economy.inventory import valued
from chainsim.economy.multipliers import final_sales
from chainsim.economy.production import materials_sold
from chainsim.economy.reconciliation.flows import CAUSES, DEMANDED, NOT_DELIVERED, flows
from chainsim.economy.reconciliation.measures import Measure, counts, inside, measures, other_inputs, weights
from chainsim.economy.reconciliation.segments import Segment, segments
from chainsim.economy.type_one import nominal_type_one
from chainsim.model.network import Network
from chainsim.results.frames import Tallied

VALUATION: Final = "prices and valuation"
TERMS: Final = (*CAUSES, VALUATION)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One measure of one run; all in fen but for `leontief`.

    leontief: per yuan of the planned final sales.  demanded: what the final demand that arose calls for.
    not_delivered: less for what of it was not delivered.  terms: by `TERMS`.  final: what was delivered to the markets,
    by goods and prices.  booked, booked_final: what the books say.
    """

    measure: Measure
    leontief: float
    demanded: float
    not_delivered: float
    terms: dict[str, float]
    final: float
    booked: int
    booked_final: int

    @property
    def explained(self) -> float:
        """Everything but the remainder, fen."""
        return self.demanded + self.not_delivered + sum(self.terms.values())


def explanations(books: Books) -> list[Explanation]:
    """One for each measure of the table of multipliers."""
    run, network = books.run, books.run.network
    found = list(measures())
    sums = {measure: dict.fromkeys((DEMANDED, NOT_DELIVERED, *TERMS), 0.0) for measure in found}
    final = 0.0
    for segment in segments(network):
        parts = flows(run, segment)
        sold = segment.made_from < 0
        paid = _paid(run, segment)
        final += float(paid[sold].sum())
        for measure in found:
            worth = weights(network, segment, measure)
            for name, quanta in parts.of.items():
                sums[measure][name] += float(worth @ quanta)
            sums[measure][VALUATION] += _valuation(network, segment, measure, parts.received, paid)
    nominal = nominal_type_one(network)
    booked_final = final_sales(network, books.counted)
    materials = materials_sold(network, valued(run, run.tally.amount + run.tally.freight), books.periods)
    result = []
    for measure in found:
        own = sums[measure]
        here = inside(network, measure)
        if measure.column == "value_added":
            own[VALUATION] -= float(materials[here].sum())
        result.append(
            Explanation(
                measure,
                nominal[measure.total],
                own[DEMANDED],
                own[NOT_DELIVERED],
                {name: own[name] for name in TERMS},
                final,
                int(books.production[measure.column][here].sum()),
                booked_final,
            )
        )
    return result


def _paid(run: Tallied, segment: Segment) -> np.ndarray:
    """What each lane's receipts cost by the prices of their orders, fen, int64[lanes]; from goods, not from books."""
    found, tally = run.tally.segments, run.tally
    result: np.ndarray = tally.amount[found.at(segment.begin) : found.at(segment.end)].sum(axis=0)
    return result


def _valuation(network: Network, segment: Segment, measure: Measure, received: np.ndarray, paid: np.ndarray) -> float:
    """What prices of the day make different from those of the orders; for value added, what materials were held at.

    The materials in what was sold are subtracted once for all segments, by `explanations`.
    """
    chosen = counts(network, measure)
    nominal = segment.price * received
    if measure.column != "value_added":
        return float((paid - nominal)[chosen].sum())
    materials = segment.cost[segment.supplier] * received
    return float(((paid - nominal) * (1 - other_inputs(network)) + materials)[chosen].sum())
