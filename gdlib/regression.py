"""The line that fits best, in closed form: the normal equation and least squares."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
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
    squares = np.diag(gram)
    if (squares < 0).any():
        i = int(np.argmax(squares < 0))
        raise ValueError(f"gram must be XᵀX, with squares on its diagonal, but gram[{i}, {i}] is {squares[i]}")
    lengths = np.sqrt(squares)
    if (lengths == 0).any():
        raise ValueError(
            f"XᵀX is singular: column {int(np.argmin(lengths))} of X is all zeros (to the precision of its "
            "squares), so no parameter for it is the best one; least_squares still gives the shortest solution"
        )
    scaled = gram / lengths / lengths[:, None]
    eigenvalues = np.linalg.eigvalsh(scaled)
    if eigenvalues[0] <= len(scaled) * np.finfo(float).eps * eigenvalues[-1]:
        raise ValueError(
            "XᵀX is singular: the columns of X depend on one another (one point, all x equal, a column twice, "
            "or an offset far larger than the spread), so many lines fit equally well; "
            "least_squares still gives the shortest solution"
        )
    with np.errstate(over="ignore"):
        theta = np.linalg.solve(scaled, moment / lengths) / lengths
    if not np.isfinite(theta).all():
        raise ValueError("the solution leaves the range of a float: divide X or y by their size first")
    return theta


def least_squares(X: ArrayLike, y: ArrayLike) -> LeastSquares:
    r"""Minimise :math:`\lVert X\theta - y \rVert^2` through the singular values of X, without forming XᵀX.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)

    Returns
    -------
    LeastSquares
        ``theta, residuals, rank, singular_values``, as ``np.linalg.lstsq`` returns them.

    Raises
    ------
    ValueError
        If the arguments are no such arrays, or a result leaves the range of a float.

    References
    ----------
    ``numpy.linalg.lstsq``, which does the work.

    Examples
    --------
    >>> theta, residuals, rank, singular_values = least_squares(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> theta.round(9), rank
    (array([ 5., 20.]), 2)
    """
    X, y = _validate.data(X, y)
    theta, residuals, rank, singular_values = np.linalg.lstsq(X, y, rcond=None)
    if not all(np.isfinite(part).all() for part in (theta, residuals, singular_values)):
        raise ValueError("the least squares of X and y leave the range of a float: divide X or y by their size first")
    return LeastSquares(theta, residuals, int(rank), singular_values)
