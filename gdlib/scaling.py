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
        If these are no such arrays, or a deviation is not positive, or so small that a float loses digits of it.

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
        mean, deviation = _validate.array(self.mean, "mean", 1), _validate.array(self.deviation, "deviation", 1)
        if len(mean) != len(deviation):
            raise ValueError(
                f"mean and deviation must hold a number a column each, but {len(mean)} and {len(deviation)}"
            )
        column = int(np.argmin(deviation))
        if deviation[column] < np.finfo(float).tiny:
            raise ValueError(
                f"deviation must be positive, and at least {np.finfo(float).tiny:.2g}, below which a float loses "
                f"digits, but deviation[{column}] is {deviation[column]:.2g}: multiply so small a column first"
            )
        object.__setattr__(self, "mean", _validate.read_only(mean))
        object.__setattr__(self, "deviation", _validate.read_only(deviation))

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
            If X is no such table, or a result leaves the range of a float.
        """
        X = self._columns(X, "X")
        with np.errstate(over="ignore", under="ignore"):
            return _in_range((X / 2 - self.mean / 2) / self.deviation * 2, X, "X")

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
            If Z is no such table, or a result leaves the range of a float.
        """
        Z = self._columns(Z, "Z")
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return _in_range(2 * (Z * (self.deviation / 2) + self.mean / 2), Z, "Z")

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
            If ``theta`` does not hold d + 1 finite numbers, or a result leaves the range of a float.

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
        with np.errstate(over="ignore", invalid="ignore"):
            weights = theta[1:] / self.deviation
            translated = np.concatenate([[theta[0] - weights @ self.mean], weights])
        if not np.isfinite(translated).all():
            raise ValueError(f"what theta {theta} says of the raw columns leaves the range of a float")
        return translated

    def _columns(self, table: ArrayLike, name: str) -> np.ndarray:
        table = _validate.array(table, name, 2)
        if table.shape[1] != len(self.mean):
            raise ValueError(f"{name} must have {len(self.mean)} columns, but it has {table.shape[1]}")
        return table


def _in_range(result: np.ndarray, given: np.ndarray, name: str) -> np.ndarray:
    """The result, or a ValueError that names what left the range of a float."""
    if np.isfinite(result).all():
        return result
    row, column = (int(i) for i in np.argwhere(~np.isfinite(result))[0])
    raise ValueError(
        f"{name}[{row}, {column}] is {given[row, column]}, which leaves the range of a float in the other units"
    )


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
        If X is no such table, a value is missing, a column is constant, or its deviation has not all digits of a float.

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
    low = X.min(axis=0)
    with np.errstate(over="ignore"):
        reach = X.max(axis=0) - low
    if not np.isfinite(reach).all():
        column = int(np.argmin(np.isfinite(reach)))
        raise ValueError(f"the numbers in column {column} of X are too large to take a mean of")
    # A range that rounding alone could make counts as constant.
    constant = reach <= 4 * np.finfo(float).eps * np.abs(X).max(axis=0)
    if constant.any():
        column = int(np.argmax(constant))
        raise ValueError(f"column {column} of X is constant, {X[0, column]:g}: it has no deviation to be divided by")
    # Relative to a point near the mean, in units of the range, so that sums and squares lose no digits.
    near = low + reach * ((X - low) / reach).mean(axis=0)
    shares = (X - near) / reach
    middle = shares.mean(axis=0)
    scaling = Scaling(near + reach * middle, reach * np.sqrt(((shares - middle) ** 2).mean(axis=0)))
    return scaling.transform(X), scaling
