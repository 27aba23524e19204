"""A Leontief table in value terms: who buys what from whom per yuan of output, and who sells to final demand.

In: coefficients.  Out: outputs (I - A)^-1 f for any final demand (Miller & Blair 2022, ch. 2).  This module must not
know where the coefficients come from, nor what a region is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from chainsim.economy.leontief.matrices import column_sums, compact, full
from chainsim.economy.leontief.solving import Factors, factors
from chainsim.errors import InvariantError

Matrix = NDArray[np.float64]

ALGEBRA: Final = 1e-9  # largest rounding error allowed in v'L + m'L = 1'


@dataclass(frozen=True)
class Leontief:
    """What holds from `tick` on, in value terms; rows and columns are the stock points that sell.

    stocks: indices of the stock points that are made or sold from a warehouse, in the order of the rows.
    bought: a_ij, yuan bought from i per yuan of output of j, between simulated firms, float64[n, n]; from any
        matrix, kept as `matrices` has them.
    outside: m_j, yuan bought outside the table per yuan of output of j, freight included, float64[n].
    final: final demand by row; compiled from a scenario it is the planned mix and sums to 1, float64[n].
    """

    tick: int
    stocks: tuple[int, ...]
    bought: Any
    outside: Matrix
    final: Matrix

    def __post_init__(self) -> None:
        object.__setattr__(self, "bought", compact(self.bought))

    @property
    def purchases(self) -> Matrix:
        """A as a full matrix, float64[n, n]: to look at small tables."""
        return full(self.bought)

    @cached_property
    def value_added(self) -> Matrix:
        """v_j = 1 - sum_i a_ij - m_j, float64[n]."""
        coefficients: Matrix = 1.0 - column_sums(self.bought) - self.outside
        return coefficients

    def outputs(self, demand: Matrix) -> Matrix:
        """L d: outputs that a final demand d calls for, directly and indirectly, float64[n] or [n, k] as `demand`.

        Raises InvariantError where some firms sell each other all that they make, so that L does not exist.
        """
        return self._solve(demand, "N")

    @cached_property
    def output(self) -> Matrix:
        """x = L f, float64[n]; its sum is the gross multiplier where f sums to 1."""
        return self.outputs(self.final)

    def per_final(self, coefficients: Matrix) -> Matrix:
        """c'L: what c per yuan of output amounts to per yuan of final sales of each product, float64[n]."""
        return self._solve(coefficients, "T")

    @property
    def identity_error(self) -> float:
        """Largest deviation from v'L + m'L = 1': each yuan of final sales ends as value added or is spent outside."""
        gathered = self.per_final(self.value_added + self.outside)
        return float(np.abs(gathered - 1.0).max(initial=0.0))

    def check(self) -> None:
        """Raise InvariantError if v'L + m'L differs from 1' by more than `ALGEBRA`."""
        error = self.identity_error
        if not error <= ALGEBRA:  # nan fails too
            raise InvariantError(f"the Leontief algebra is off: v'L + m'L differs from 1 by {error:.2g}")

    def _solve(self, demand: Matrix, transposed: Literal["N", "T"]) -> Matrix:
        if not self.stocks:
            return np.zeros_like(demand)
        return np.asarray(self._factors.solve(np.ascontiguousarray(demand, dtype=np.float64), transposed))

    @cached_property
    def _factors(self) -> Factors:
        """Those of I - A."""
        return factors(self.bought, from_one=True)
