"""What a region keeps of a yuan of final sales: direct, first round, later rounds, and what comes back from elsewhere.

In: a Leontief table, a mask of its rows, a measure.  Out: parts that add up.  Firms outside the region are in the
table too, so the rows of the full L hold interregional feedback: a firm here sells to one elsewhere that sells to one
here.  `Region.alone` leaves it out: L_R = (I - A_R)^-1 (Miller & Blair 2022, ch. 3).  This module must not know
scenarios, runs or rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainsim.economy.leontief.matrices import column_sums, times
from chainsim.economy.leontief.table import ALGEBRA, Leontief, Matrix
from chainsim.errors import InvariantError

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """What is counted: w'f for final sales and w'B x for sales between firms.

    unit: of the measure per yuan of final sales.  weights: w_i per yuan that i sells, float64[n].
    between: B = A, or A without sales inside one corporate group, float64[n, n].
    """

    name: str
    unit: str
    weights: Matrix
    between: Any

    @cached_property
    def _by_buyer(self) -> Any:
        """B', for products from the left."""
        return self.between.T

    def called_for(self, weights: Matrix) -> Matrix:
        """w'B: what each buyer's yuan of output makes others sell, by weights, float64[n]."""
        return times(self._by_buyer, weights)


@dataclass(frozen=True)
class Region:
    """Some rows of a table.  inside: which, bool[n]."""

    table: Leontief
    inside: Mask

    @cached_property
    def alone(self) -> Leontief:
        """The table of the region's own rows: A_R, the same v, and m_R = m + what is bought from firms elsewhere."""
        if self.inside.all():  # nothing is elsewhere
            return self.table
        here = np.flatnonzero(self.inside)
        of_here = self.table.bought[:, here]
        kept, elsewhere = of_here[here], of_here[np.flatnonzero(~self.inside)]
        return Leontief(
            self.table.tick,
            tuple(stock for stock, inside in zip(self.table.stocks, self.inside, strict=True) if inside),
            kept,
            self.table.outside[here] + column_sums(elsewhere),
            self.table.final[here],
        )

    @cached_property
    def mix(self) -> Rounds:
        """What the table's own final demand sets off."""
        return self.rounds(self.table.final)

    def rounds(self, demand: Matrix) -> Rounds:
        """What a final demand sets off, float64[n]; of one product: a unit vector, for its column of L."""
        own = np.where(self.inside, demand, 0.0)
        kept = np.zeros_like(own)
        kept[self.inside] = self.alone.outputs(own[self.inside])
        return Rounds(self, demand, self.table.outputs(demand), self.table.outputs(own), kept)

    @property
    def identity_error(self) -> float:
        """Largest deviation from v'L_R + m_R'L_R = 1', with the value added v of the whole table."""
        gathered = self.alone.per_final(self.table.value_added[self.inside] + self.alone.outside)
        return float(np.abs(gathered - 1.0).max(initial=0.0))

    def check(self) -> None:
        """Raise InvariantError if the identity is off by more than `ALGEBRA`."""
        error = self.identity_error
        if not error <= ALGEBRA:
            raise InvariantError(f"the Leontief algebra of a region is off: v'L + m'L differs from 1 by {error:.2g}")


@dataclass(frozen=True)
class Rounds:
    """Outputs that a final demand calls for, float64[n] each.

    demand: f.  output: L f.  of_own: L f_R, what final sales of the region's own firms call for everywhere.
    kept: L_R f_R, the same where what leaves the region never comes back.
    """

    region: Region
    demand: Matrix
    output: Matrix
    of_own: Matrix
    kept: Matrix

    def parts(self, measure: Measure) -> dict[str, float]:
        """The region's share of a measure, in parts.

        total = direct + indirect; indirect = first round + further rounds;
        total = without feedback + feedback + spillover.

        direct: what its firms sell finally.  first round: what they sell to those who sell finally, A f.
        without feedback: L_R f_R.  feedback: the rest of L f_R, by way of firms elsewhere and back.
        spillover: of final sales of firms elsewhere, L (f - f_R).
        """
        weights = np.where(self.region.inside, measure.weights, 0.0)
        per_output = measure.called_for(weights)
        direct = float(weights @ self.demand)
        first, indirect, of_own, kept = (
            float(per_output @ bought_for) for bought_for in (self.demand, self.output, self.of_own, self.kept)
        )
        return {
            "direct": direct,
            "first round": first,
            "further rounds": indirect - first,
            "indirect": indirect,
            "total": direct + indirect,
            "without feedback": direct + kept,
            "feedback": of_own - kept,
            "spillover": indirect - of_own,
        }
