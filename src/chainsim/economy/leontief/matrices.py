"""Matrices of who buys from whom: full ones where they are small, sparse ones where they are large.

In: entries.  Out: a NumPy array, or a sparse matrix of SciPy, and what is asked of either; a full one adds in the order
in which a sparse one without noughts would, so that both give the same.  This module must not know economics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

SMALL: Final = 64  # rows; for as few, importing scipy.sparse takes longer than all of a small run's tables


def matrix(rows: Index, columns: Index, values: Vector, size: int) -> Any:
    """Entries as a matrix, float64[size, size]; those of one place are summed."""
    if size <= SMALL:
        found = np.zeros((size, size))
        np.add.at(found, (rows, columns), values)
        return found
    from scipy.sparse import coo_array

    return coo_array((values, (rows, columns)), shape=(size, size)).tocsc()


def compact(given: Any) -> Any:
    """Any matrix in the form that suits its size; a small part of a sparse one stays sparse."""
    if isinstance(given, np.ndarray) and len(given) <= SMALL:
        return given.astype(np.float64)
    from scipy.sparse import csc_array

    return csc_array(given)


def full(given: Any) -> Vector:
    """The same as a NumPy array, float64[n, m]."""
    return np.asarray(given if isinstance(given, np.ndarray) else given.toarray(), dtype=np.float64)


def times(given: Any, vector: Vector) -> Vector:
    """M x, float64[n]."""
    if not isinstance(given, np.ndarray):
        return np.asarray(given @ vector)
    if not given.size:
        return np.zeros(len(given))
    found: Vector = (given * vector).cumsum(axis=1)[:, -1] + 0.0  # not given @ vector, whose order is the library's
    return found  # 0.0 makes 0 of -0, as a sparse sum does


def column_sums(given: Any) -> Vector:
    """1'M, float64[m]."""
    return _sums(given.T) if isinstance(given, np.ndarray) else np.asarray(given.tocsc().sum(axis=0))


def row_sums(given: Any) -> Vector:
    """M 1, float64[n]."""
    return _sums(given) if isinstance(given, np.ndarray) else np.asarray(given.tocsr().sum(axis=1))


def _sums(given: Vector) -> Vector:
    """By row, of what is not 0: the order of addition is that of a sparse sum."""
    rows, columns = np.nonzero(given)
    found = np.zeros(len(given))
    owner, first = np.unique(rows, return_index=True)
    if len(rows):
        found[owner] = np.add.reduceat(given[rows, columns], first)
    return found


def scaled(given: Any, rows: Vector, columns: Vector) -> Any:
    """Each entry times the factors of its row and its column."""
    if isinstance(given, np.ndarray):
        return given * (rows[:, np.newaxis] * columns)
    found = given.copy()
    found.data *= rows[found.indices] * np.repeat(columns, np.diff(found.indptr))
    return found


def only(given: Any, chosen: Callable[[Index, Index], NDArray[np.bool_]]) -> Any:
    """The entries that `chosen` wants, told rows and columns that broadcast; 0 for the others."""
    if isinstance(given, np.ndarray):
        rows, columns = (np.arange(length) for length in given.shape)
        return np.where(chosen(rows[:, np.newaxis], columns), given, 0.0)
    found = given.copy()
    found.data[~chosen(found.indices, np.repeat(np.arange(found.shape[1]), np.diff(found.indptr)))] = 0.0
    return found
