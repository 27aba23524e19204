"""Input-output analysis: Leontief's outputs and multipliers from a table of coefficients.

`coefficients[i][j]` is what sector j buys from sector i per unit of its output; sectors count from 1.  Type II adds
households as one more sector: `labour[j]` is their income per unit of output of j, `consumption[i]` what they buy
from i per unit of income, `among_households` what they pay each other per unit of income.

In: tables and lists.  Out: outputs and multipliers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainsim.theory.domain import rank, same_length
from chainsim.theory.registry import Numbers, Table, formula

if TYPE_CHECKING:
    from chainsim.theory.lattice import Floats

SOURCE = "Miller & Blair 2022, ch. 2"
MULTIPLIERS = "Miller & Blair 2022, ch. 6"


def inverse(coefficients: Table) -> Floats:
    """L = (I - A)^-1; ValueError unless A is square, >= 0 and productive."""
    import numpy as np

    size = len(coefficients)
    if size == 0 or any(len(row) != size for row in coefficients):
        raise ValueError("coefficients must be a square table")
    matrix = np.asarray(coefficients, dtype=np.float64)
    if (matrix < 0).any():
        raise ValueError("coefficients must be >= 0")
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    if radius >= 1:
        raise ValueError(f"the sectors use up more than they make: spectral radius {radius:g} must be below 1")
    return np.asarray(np.linalg.inv(np.eye(size) - matrix), dtype=np.float64)


def closed(coefficients: Table, labour: Numbers, consumption: Numbers, among_households: float) -> Table:
    """The table with households as its last sector."""
    same_length(coefficients=coefficients, labour=labour, consumption=consumption)
    rows = [[*row, buys] for row, buys in zip(coefficients, consumption, strict=True)]
    return [*rows, [*labour, among_households]]


@formula(source=SOURCE)
def leontief_output(coefficients: Table, final_demand: Numbers, sector: int) -> float:
    """Output of one sector that a final demand calls for, directly and indirectly: (L f)_i."""
    same_length(coefficients=coefficients, final_demand=final_demand)
    rank("sector", sector, len(coefficients))
    return float(inverse(coefficients)[sector - 1] @ final_demand)


@formula(source=SOURCE)
def leontief_total_output(coefficients: Table, final_demand: Numbers) -> float:
    """Output of all sectors that a final demand calls for, directly and indirectly."""
    same_length(coefficients=coefficients, final_demand=final_demand)
    return float((inverse(coefficients) @ final_demand).sum())


@formula(source=SOURCE)
def leontief_coefficient(coefficients: Table, supplier: int, sector: int) -> float:
    """Output of sector `supplier` per unit of final demand for `sector`: an entry of (I - A)^-1."""
    rank("supplier", supplier, len(coefficients))
    rank("sector", sector, len(coefficients))
    return float(inverse(coefficients)[supplier - 1, sector - 1])


@formula(source=MULTIPLIERS)
def output_multiplier(coefficients: Table, sector: int) -> float:
    """Output of all sectors per unit of final demand for one: the Type I multiplier, a column sum of (I - A)^-1."""
    rank("sector", sector, len(coefficients))
    return float(inverse(coefficients)[:, sector - 1].sum())


@formula(source=MULTIPLIERS)
def output_multiplier_type_two(
    coefficients: Table, labour: Numbers, consumption: Numbers, sector: int, among_households: float = 0.0
) -> float:
    """Output of all industries per unit of final demand for one, with households' spending: Type II, industry rows."""
    rank("sector", sector, len(coefficients))
    return float(inverse(closed(coefficients, labour, consumption, among_households))[:-1, sector - 1].sum())


@formula(source=MULTIPLIERS)
def weighted_multiplier(coefficients: Table, weights: Numbers, sector: int) -> float:
    """Sum of weights (income, jobs, value added per unit of output) times outputs, per unit of final demand for one."""
    same_length(coefficients=coefficients, weights=weights)
    rank("sector", sector, len(coefficients))
    return float(weights @ inverse(coefficients)[:, sector - 1])
