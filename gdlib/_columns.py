"""Columns in whatever units and with whatever offset: what is done before anything is decided about their rank."""

from typing import NamedTuple

import numpy as np

# The most that rounding leaves of a 0 in a Gram matrix of columns of length 1: twice what was measured over millions of
# rows, and some more.
NOISE = 64 * float(np.finfo(float).eps)
ROWS = 1000  # in a block of a factorisation: they fit into a cache, and their rounding hardly adds up


class Balanced(NamedTuple):
    r"""Columns in units and from origins of their own.

    .. math:: x_j = \text{unit}_j (z_j + \text{shift}_j z_\text{one})
    """

    table: np.ndarray  # the columns z as rows, shape (columns, n), each within -2 and 2
    units: np.ndarray  # of each column: powers of two, so that dividing by them is exact
    shifts: np.ndarray  # how far each is from its origin; 0 where no column is constant
    one: int  # the constant column that the shifts are multiples of; 0 where there is none


def balanced(table: np.ndarray, among: int) -> Balanced:
    """Balance columns, the rows of a finite table, which is changed; the first ``among`` may hold a constant one.

    Counted from the middle of its range, a number keeps all its digits, whereas a factorisation would keep those that
    it has beside the offset.
    """
    low, high = table.min(axis=1), table.max(axis=1)
    units = power_of_two(np.maximum(high, -low))
    low, high = low / units, high / units
    table /= units[:, None]
    constant = np.flatnonzero((low == high)[:among] & (low[:among] != 0))
    if not len(constant):
        return Balanced(table, units, np.zeros(len(units)), 0)
    one, middles = int(constant[0]), (low + high) / 2
    middles[one] = 0.0
    table -= middles[:, None]
    return Balanced(table, units, middles / low[one], one)


def power_of_two(sizes: np.ndarray) -> np.ndarray:
    """The largest power of two that is not above each size, and 1 for a size of 0."""
    return np.where(sizes > 0, np.ldexp(1.0, np.frexp(sizes)[1] - 1), 1.0)


def corner(table: np.ndarray) -> np.ndarray:
    """R of the factorisation QR of a matrix, given by its columns as rows: it has all their lengths and angles."""
    d, n = table.shape
    rows = max(ROWS, 2 * d)
    if n <= rows:
        return np.asarray(np.linalg.qr(table.T, mode="r"))
    end = n // rows * rows
    blocks = table[:, :end].reshape(d, -1, rows).transpose(1, 2, 0)
    corners = np.asarray(np.linalg.qr(blocks, mode="r")).reshape(-1, d)
    return corner(np.concatenate([corners.T, table[:, end:]], axis=1))


def orthonormal(X: np.ndarray) -> np.ndarray:
    """Columns of length 1 at right angles that make up the same as those of X, shape (n, rank)."""
    table = balanced(X.T.copy(), among=X.shape[1]).table
    lengths = np.linalg.norm(table, axis=1)
    table /= np.where(lengths > 0, lengths, 1.0)[:, None]
    vectors, sizes, _ = np.linalg.svd(table.T, full_matrices=False)
    return vectors[:, sizes > np.finfo(float).eps * max(X.shape) * sizes[0]]
