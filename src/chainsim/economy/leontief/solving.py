"""Systems of linear equations, small ones as full matrices, large ones sparse.

In: a matrix.  Out: its factors, which solve for any right side.  This module must not know economics.
"""

from __future__ import annotations

from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from chainsim.economy.leontief.matrices import SMALL, full
from chainsim.errors import InvariantError

SINGULAR: Final = "the Leontief algebra is off: I - A has no inverse"


class Factors(Protocol):
    """What solves M x = b, or M' x = b."""

    def solve(self, right: NDArray[np.float64], trans: Literal["N", "T"] = "N") -> NDArray[np.float64]:
        """x, of the shape of `right`, float64[n] or [n, k]."""
        ...


def factors(matrix: Any, from_one: bool = False) -> Factors:
    """Of a square matrix M, or of I - M.  Raises InvariantError where it has no inverse."""
    if matrix.shape[0] <= SMALL:
        whole = full(matrix)
        return _Full(np.eye(len(whole)) - whole if from_one else whole)
    from scipy.sparse import identity
    from scipy.sparse.linalg import splu

    try:
        return _Sparse(splu((identity(matrix.shape[0], format="csc") - matrix if from_one else matrix).tocsc()))
    except RuntimeError as error:  # exactly singular
        raise InvariantError(SINGULAR) from error


class _Sparse:
    def __init__(self, found: Any) -> None:
        self._found = found

    def solve(self, right: NDArray[np.float64], trans: Literal["N", "T"] = "N") -> NDArray[np.float64]:
        return np.asarray(self._found.solve(right, trans), dtype=np.float64)


class _Full:
    def __init__(self, matrix: NDArray[np.float64]) -> None:
        self._matrix = matrix

    def solve(self, right: NDArray[np.float64], trans: Literal["N", "T"] = "N") -> NDArray[np.float64]:
        try:
            found = np.linalg.solve(self._matrix if trans == "N" else self._matrix.T, right)
            return np.asarray(found, dtype=np.float64)
        except np.linalg.LinAlgError as error:
            raise InvariantError(SINGULAR) from error
