"""Standardised columns: all of mean 0 and deviation 1, so that the valley of the loss is as round as it gets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib._underflow import underflows_to_zero

__all__ = ["Scaling", "standardize"]


@dataclass(frozen=True, eq=False)
class Scaling:
    r"""What was done to the columns, and how to undo it.

    .. math:: z = \frac{x - \text{mean}}{\text{deviation}}

    Attributes
    ----------
    mean : ndarray, shape (d,)
        In the units of each column.
    deviation : ndarray, shape (d,)
        The standard deviation of all values (divided by n), in the units of each column.

    Raises
    ------
    ValueError
        If these are no such arrays, or a deviation is not positive.

    References
    ----------
    scikit-learn, ``StandardScaler``.

    Examples
    --------
    >>> Z, scaling = standardize([[1, 10], [3, 30]])
    >>> scaling.mean, scaling.deviation
    (array([ 2., 20.]), array([ 1., 10.]))
    >>> scaling.inverse(Z)
    array([[ 1., 10.],
           [ 3., 30.]])
    """

    mean: np.ndarray
    deviation: np.ndarray

    def __post_init__(self) -> None:
        for name in ("mean", "deviation"):
            object.__setattr__(self, name, _validate.read_only(_validate.array(getattr(self, name), name, 1)))
        if len(self.mean) != len(self.deviation):
            raise ValueError(
                f"mean and deviation must hold a number a column each, but {len(self.mean)} and {len(self.deviation)}"
            )
        if not (self.deviation > 0).all():
            place = int(np.argmin(self.deviation > 0))
            raise ValueError(f"deviation must be positive, but deviation[{place}] is {self.deviation[place]}")

    @underflows_to_zero
    def transform(self, X: ArrayLike) -> np.ndarray:
        """Standardise other rows of the same columns, by the mean and the deviation of the first.

        Parameters
        ----------
        X : array_like, shape (m, d)

        Returns
        -------
        ndarray, shape (m, d)

        Raises
        ------
        ValueError
            If X is no such table.
        """
        return (self._columns(X, "X") - self.mean) / self.deviation

    @underflows_to_zero
    def inverse(self, Z: ArrayLike) -> np.ndarray:
        """Rows in their own units again.

        Parameters
        ----------
        Z : array_like, shape (m, d)

        Returns
        -------
        ndarray, shape (m, d)

        Raises
        ------
        ValueError
            If Z is no such table.
        """
        return self._columns(Z, "Z") * self.deviation + self.mean

    @underflows_to_zero
    def translate(self, theta: ArrayLike) -> np.ndarray:
        r"""The parameters that say of the raw columns what ``theta`` says of the standardised ones.

        .. math:: w_j = \frac{v_j}{\text{deviation}_j}, \qquad b = c - \sum_j w_j\, \text{mean}_j

        Parameters
        ----------
        theta : array_like, shape (d + 1,)
            ``[c, v_1, …]``, the intercept first.

        Returns
        -------
        ndarray, shape (d + 1,)
            ``[b, w_1, …]``.

        Raises
        ------
        ValueError
            If ``theta`` does not hold d + 1 finite numbers.

        Examples
        --------
        >>> _, scaling = standardize([[2], [3], [4], [5]])
        >>> scaling.translate([75, 20 * scaling.deviation[0]]).round(9)
        array([ 5., 20.])
        """
        theta = _validate.array(theta, "theta", 1)
        if len(theta) != len(self.mean) + 1:
            raise ValueError(
                f"theta must hold {len(self.mean) + 1} numbers, the intercept and one a column, but holds {len(theta)}"
            )
        weights = theta[1:] / self.deviation
        return np.concatenate([[theta[0] - weights @ self.mean], weights])

    def _columns(self, table: ArrayLike, name: str) -> np.ndarray:
        table = _validate.array(table, name, 2)
        if table.shape[1] != len(self.mean):
            raise ValueError(f"{name} must have {len(self.mean)} columns, but it has {table.shape[1]}")
        return table


@underflows_to_zero
def standardize(X: ArrayLike) -> tuple[np.ndarray, Scaling]:
    """Bring every column to mean 0 and deviation 1.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Without a column of ones, which has no deviation.

    Returns
    -------
    Z : ndarray, shape (n, d)
    scaling : Scaling

    Raises
    ------
    ValueError
        If X is no such table, a value is missing, or a column is constant.

    References
    ----------
    LeCun and others, "Efficient BackProp", 1998, section 4.3, on why.

    Examples
    --------
    >>> Z, scaling = standardize([[2], [3], [4], [5]])
    >>> Z.ravel().round(3)
    array([-1.342, -0.447,  0.447,  1.342])
    """
    X = _validate.array(X, "X", 2)
    with np.errstate(over="ignore", invalid="ignore"):
        reach, mean = X.max(axis=0) - X.min(axis=0), X.mean(axis=0)
        finite = np.isfinite(reach) & np.isfinite(mean)
    if not finite.all():
        raise ValueError(f"the numbers in column {int(np.argmin(finite))} of X are too large to take a mean of")
    # A reach that rounding alone could make is none.
    constant = reach <= 4 * np.finfo(float).eps * np.abs(X).max(axis=0)
    if constant.any():
        column = int(np.argmax(constant))
        raise ValueError(f"column {column} of X is constant, {X[0, column]:g}: it has no deviation to be divided by")
    deviation = reach * np.sqrt((((X - mean) / reach) ** 2).mean(axis=0))  # whose squares are neither huge nor tiny
    return (X - mean) / deviation, Scaling(mean, deviation)
