"""Input-output tables: what each sector buys from each other per yuan of its output, and China's table of 2011.

In: coefficients, or the files in `data/`.  Out: a `Table` that is checked once and never changes.  This module must not
know what is computed from it.

China 2011 is from the World Input-Output Database, release of 2013: Timmer, Dietzenbacher, Los, Stehrer and de Vries
2015, "An Illustrated User Guide to the World Input-Output Database: the Case of Global Automotive Production", Review
of International Economics 23, 575-605.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]

ALGEBRA: Final = 1e-9  # largest rounding error allowed in the sums of coefficients
NEAR: Final = 3  # names that a message suggests


@dataclass(frozen=True, eq=False)
class Table:
    """Technical coefficients of n sectors; arrays are copied and read-only.

    sectors: names, each once.
    total: yuan of products of the row, from wherever, per yuan of output of the column, float64[n, n].
    domestic: the part of `total` that is made in the country, float64[n, n].
    output: gross output, float64[n], in any one unit.
    Raises ValueError unless 0 <= domestic <= total, no column spends more than its output, and `total` is productive.
    Source: Miller & Blair 2022, ch. 2 and 4.
    """

    sectors: tuple[str, ...]
    total: Matrix
    domestic: Matrix
    output: Vector

    def __post_init__(self) -> None:
        size = len(self.sectors)
        for name, shape in (("total", (size, size)), ("domestic", (size, size)), ("output", (size,))):
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, but there are {size} sectors")
            if not (np.isfinite(array).all() and (array >= 0).all()):
                raise ValueError(f"{name} must be finite and >= 0")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if len(set(self.sectors)) != size or size == 0:
            raise ValueError("a table needs sectors, each named once")
        if (self.domestic > self.total + ALGEBRA).any():
            raise ValueError("domestic coefficients must not exceed total ones")
        if (self.value_added < -ALGEBRA).any():
            over = self.sectors[int(self.value_added.argmin())]
            raise ValueError(f"sector {over!r} spends more than its output")
        radius = float(np.abs(np.linalg.eigvals(self.total)).max())
        if radius >= 1:
            raise ValueError(f"the sectors use up all that they make: spectral radius {radius:g} must be below 1")

    @property
    def value_added(self) -> Vector:
        """v_j = 1 - sum_i total_ij, float64[n]: value added, net taxes on products included, per yuan of output."""
        coefficients: Vector = 1.0 - self.total.sum(axis=0)
        return coefficients

    def index(self, sector: str) -> int:
        """The row and column of a sector; ValueError that lists near names, or all of them, if there is none."""
        if sector in self.sectors:
            return self.sectors.index(sector)
        folded = {name.casefold(): name for name in self.sectors}
        near = difflib.get_close_matches(sector.casefold(), folded, n=NEAR, cutoff=0.5)
        near += [key for key in folded if sector.casefold() in key and key not in near] if sector else []
        known = ", ".join(repr(folded[key]) for key in near or folded)
        raise ValueError(f"no sector {sector!r}; {'near names' if near else 'sectors'}: {known}")

    def spread(self, amounts: Mapping[str, float]) -> Vector:
        """Amounts by name as float64[n], 0 for sectors that are not named; ValueError for an unknown sector."""
        result = np.zeros(len(self.sectors))
        for sector, amount in amounts.items():
            result[self.index(sector)] += amount
        return result


@cache
def china_2011() -> Table:
    """China in 2011, 35 sectors, gross output in million US dollars (WIOD, release of 2013; see `data/README.txt`)."""
    sectors, total = _read("china_2011_total.csv")
    _, domestic = _read("china_2011_domestic.csv")
    _, output = _read("china_2011_output.csv")
    return Table(sectors, total, domestic, output[:, 0])


def _read(name: str) -> tuple[tuple[str, ...], Matrix]:
    """The names in the first column of a data file, and the numbers beside them."""
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    _, *rows = csv.reader(text.splitlines())
    return tuple(row[0] for row in rows), np.array([[float(cell) for cell in row[1:]] for row in rows])
