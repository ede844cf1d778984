"""The line that fits best, in closed form: the normal equation and least squares."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _columns, _validate
from gdlib._underflow import underflows_to_zero

__all__ = ["LeastSquares", "design_matrix", "least_squares", "normal_equation", "solve_normal"]


class LeastSquares(NamedTuple):
    """What `least_squares` found, in the order of ``np.linalg.lstsq``.

    Attributes
    ----------
    theta : ndarray, shape (d,)
        The parameters; of all that fit equally well, the shortest.
    residuals : ndarray, shape (1,) or (0,)
        The sum of squared residuals; empty where ``rank < d`` or ``n <= d``.
    rank : int
        How many columns of X are independent.
    singular_values : ndarray, shape (min(n, d),)
        Of X, largest first.
    """

    theta: np.ndarray
    residuals: np.ndarray
    rank: int
    singular_values: np.ndarray


def design_matrix(x: ArrayLike) -> np.ndarray:
    r"""Put a column of ones before the data, so that the intercept becomes a parameter like the others.

    .. math:: X = \begin{pmatrix} 1 & x_1 \\ \vdots & \vdots \\ 1 & x_n \end{pmatrix}

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)

    Returns
    -------
    ndarray of float, shape (n, 2) or (n, d + 1)
        Parameters for it come in the order ``[intercept, slope, …]``.

    Raises
    ------
    ValueError
        If ``x`` is empty, has more than two dimensions, or holds anything but finite real numbers.

    References
    ----------
    Géron, *Hands-On Machine Learning*, chapter 4, "The Normal Equation".

    Examples
    --------
    >>> design_matrix([2, 4, 5])
    array([[1., 2.],
           [1., 4.],
           [1., 5.]])
    """
    numbers = _validate.reals(x, "x")
    columns = _validate.array(numbers, "x", 2 if numbers.ndim == 2 else 1)
    X = np.ones((len(columns), 1 + columns[0].size))
    X[:, 1:] = columns.reshape(len(columns), -1)
    return X


@underflows_to_zero
def normal_equation(X: ArrayLike, y: ArrayLike) -> np.ndarray:
    r"""Solve the normal equation :math:`X^T X\,\theta = X^T y`.

    Forming :math:`X^T X` squares the condition number of X, so it loses about twice the digits that
    `least_squares` loses; where columns are nearly dependent, prefer that.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (d,)
        The parameters, in the order of the columns of X.

    Raises
    ------
    ValueError
        If the arguments are no such arrays, :math:`X^T X` is singular (fewer points than columns, all x
        equal, dependent columns), or a product leaves the range of a float.

    References
    ----------
    Géron, *Hands-On Machine Learning*, chapter 4, "The Normal Equation".

    Examples
    --------
    >>> normal_equation(design_matrix([2, 4, 5]), [45, 85, 105]).round(9)
    array([ 5., 20.])
    """
    X, y = _validate.data(X, y)
    with np.errstate(over="ignore", invalid="ignore"):
        gram, moment = X.T @ X, X.T @ y
    if not (np.isfinite(gram).all() and np.isfinite(moment).all()):
        raise ValueError("XᵀX or Xᵀy leaves the range of a float: divide X or y by their size first")
    return solve_normal(gram, moment)


@underflows_to_zero
def solve_normal(gram: ArrayLike, moment: ArrayLike) -> np.ndarray:
    r"""Solve :math:`G\,\theta = b` for a Gram matrix :math:`G = X^T X` and :math:`b = X^T y`.

    The columns of X are scaled to length 1 first, so that a column in other units is not taken for a
    dependent one.

    Parameters
    ----------
    gram : array_like, shape (d, d)
    moment : array_like, shape (d,)

    Returns
    -------
    ndarray, shape (d,)

    Raises
    ------
    ValueError
        If the arguments are no such arrays, G is singular to the precision of a float, or the solution leaves
        its range.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, 4th ed., section 5.3.

    Examples
    --------
    >>> solve_normal(np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([2.0, 2.0]))
    array([1. , 0.5])
    """
    gram, moment = _validate.sums(gram, moment)
    lengths = np.sqrt(np.diag(gram))
    if (lengths == 0).any():
        raise ValueError(
            f"XᵀX is singular: column {int(np.argmin(lengths))} of X is all zeros (to the precision of its "
            "squares), so no parameter for it is the best one; least_squares still gives the shortest solution"
        )
    scaled = gram / lengths / lengths[:, None]
    eigenvalues = np.linalg.eigvalsh(scaled)
    if eigenvalues[0] <= max(_columns.NOISE, len(scaled) * np.finfo(float).eps) * eigenvalues[-1]:
        raise ValueError(
            "XᵀX is singular: the columns of X depend on one another (one point, all x equal, a column twice, "
            "or an offset far larger than the spread), so many lines fit equally well; "
            "least_squares still gives the shortest solution"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        theta = np.linalg.solve(scaled, moment / lengths) / lengths
    if not np.isfinite(theta).all():
        raise ValueError("the solution leaves the range of a float: divide X or y by their size first")
    return theta


def least_squares(X: ArrayLike, y: ArrayLike) -> LeastSquares:
    r"""Minimise :math:`\lVert X\theta - y \rVert^2` without forming XᵀX, in whatever units the columns are.

    Where the singular values of X are within a factor of 10,000, this is ``np.linalg.lstsq``. Elsewhere each column is
    divided by its length before a rank is decided; and beside a constant column, the others and y are counted from the
    middles of their ranges. So neither a unit nor an offset takes digits that are in the data: x may be a year, or a
    time in nanoseconds since 1970.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)

    Returns
    -------
    LeastSquares
        ``theta, residuals, rank, singular_values``, as ``np.linalg.lstsq`` returns them; but the rank is that of the
        columns at length 1, whose singular values up to :math:`\varepsilon \max(\min(n, 1000), d)` times the largest
        are taken for 0 (:math:`\varepsilon = 2.2 \cdot 10^{-16}`).

    Raises
    ------
    ValueError
        If the arguments are no such arrays, or a result leaves the range of a float.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, 4th ed., sections 5.3 and 5.5; ``numpy.polyfit``, which scales likewise.

    Examples
    --------
    >>> theta, residuals, rank, singular_values = least_squares(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> theta.round(9), rank
    (array([ 5., 20.]), 2)
    >>> seconds = 1_700_000_000 + np.arange(12) / 8
    >>> least_squares(design_matrix(seconds), 3 * seconds + 1).theta.round(3)
    array([1., 3.])
    """
    X, y = _validate.data(X, y)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        found = LeastSquares(*np.linalg.lstsq(X, y, rcond=None))
        sizes = found.singular_values
        if len(sizes) < X.shape[1] or not sizes[-1] > 1e-4 * sizes[0]:
            found = _of_balanced(X, y)
    if not all(np.isfinite(part).all() for part in found):
        raise ValueError("the least squares of X and y leave the range of a float: divide X or y by their size first")
    return found._replace(rank=int(found.rank))


def _of_balanced(X: np.ndarray, y: np.ndarray) -> LeastSquares:
    """The least squares of columns that a factorisation of X itself could not tell apart."""
    n, d = X.shape
    table, units, shifts, one = _columns.balanced(np.concatenate([X.T, y[None]]), among=d)
    near = _columns.corner(table)
    whole = near + near[:, one, None] * shifts  # R of the columns with their offsets, which decide the rank
    lengths = np.linalg.norm(whole[:, :d], axis=0)
    lengths[lengths == 0] = 1.0
    left, sizes, axes = np.linalg.svd(whole[:, :d] / lengths)
    rank = int(np.count_nonzero(sizes > np.finfo(float).eps * max(min(n, _columns.ROWS), d) * sizes[0]))
    back = units[d] / units[:d]
    if rank == d:
        theta = np.linalg.solve(near[:d, :d], near[:d, d])
        theta[one] += shifts[d] - shifts[:d] @ theta
        theta, residuals = theta * back, (near[d:, d] * units[d]) ** 2
    else:
        theta, residuals = axes[:rank].T @ (left[:, :rank].T @ whole[:, d] / sizes[:rank]), np.empty(0)
        free = axes[rank:].T  # directions that leave Xθ as it is, used to find the shortest θ
        sizes = units[:d] * (lengths / lengths.min())
        weights = sizes.min() / sizes
        theta -= free @ np.linalg.lstsq(weights[:, None] * free, weights * theta, rcond=0)[0]
        theta *= back / lengths
    largest = units[:d].max()
    singular_values = np.linalg.svd(whole[:, :d] * (units[:d] / largest), compute_uv=False) * largest
    return LeastSquares(theta, residuals, rank, singular_values)
