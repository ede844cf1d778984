"""What descent minimises: the mean squared error of a linear model, held as four numbers."""

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.regression import solve_normal

__all__ = ["MeanSquaredError"]


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class MeanSquaredError:
    r"""The mean squared error of a linear model, as a function of its parameters.

    .. math:: L(\theta) = \frac{1}{n} \lVert X\theta - y \rVert^2
              = \frac{1}{n} \left( \theta^T X^T X\,\theta - 2\,\theta^T X^T y + y^T y \right)

    It depends on the data only through the four quantities below, however long X is. Build one with
    `from_data`. The sum of two is the loss on both data sets together.

    Parameters
    ----------
    n : int
        The number of points.
    gram : ndarray, shape (d, d)
        :math:`X^T X`.
    moment : ndarray, shape (d,)
        :math:`X^T y`.
    sum_of_squares : float
        :math:`y^T y`, in units of y².

    Notes
    -----
    Forming :math:`X^T X` squares the condition number of X, and :math:`y^T y` leaves the loss at the minimum
    uncertain by some :math:`\varepsilon\, y^T y / n` (:math:`\varepsilon = 2.2 \cdot 10^{-16}`), and by more where
    the columns of X nearly depend on one another; a lowest loss of a few times that is taken for 0. Where this
    matters, `gdlib.regression.least_squares` and the residuals of the data are the accurate way.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 9.1, on quadratic minimisation.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> loss.value([0, 0])
    6758.33...
    >>> loss.gradient([0, 0])
    array([-156.66..., -636.66...])
    >>> loss.minimum.round(9)
    array([ 5., 20.])
    """

    n: int
    gram: np.ndarray
    moment: np.ndarray
    sum_of_squares: float

    @classmethod
    def from_data(cls, X: ArrayLike, y: ArrayLike) -> "MeanSquaredError":
        """Read the data once and keep what the loss needs of them.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)

        Raises
        ------
        ValueError
            If the arguments are no such arrays, or their products leave the range of a float.
        """
        X, y = _validate.data(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            return cls._of_sums(len(X), X.T @ X, X.T @ y, float(y @ y))

    @classmethod
    def _of_sums(cls, n: int, gram: np.ndarray, moment: np.ndarray, sum_of_squares: float) -> "MeanSquaredError":
        """The loss, unless the sums or their doubles in the derivatives have left the range of a float."""
        # No eigenvalue of a Gram matrix is larger than its trace.
        if not all(np.isfinite(np.multiply(part, 2)).all() for part in (gram, np.trace(gram), moment, sum_of_squares)):
            raise ValueError("the squares of X or y leave the range of a float: divide them by their size first")
        return cls(n, gram, moment, sum_of_squares)

    def __post_init__(self) -> None:
        gram, moment = _validate.sums(self.gram, self.moment)
        if not isinstance(self.n, Integral) or self.n < 1:
            raise ValueError(f"n must be a whole number, 1 or more, but it is {self.n!r}")
        object.__setattr__(self, "gram", _read_only(gram.copy()))
        object.__setattr__(self, "moment", _read_only(moment.copy()))
        object.__setattr__(self, "sum_of_squares", _validate.number(self.sum_of_squares, "sum_of_squares"))

    def __add__(self, other: "MeanSquaredError") -> "MeanSquaredError":
        """The loss on the data of both: every one of the four quantities is a sum over points."""
        if not isinstance(other, MeanSquaredError):
            return NotImplemented
        if self.dimension != other.dimension:
            raise ValueError(
                f"only losses of equally many parameters add up, but these have {self.dimension} and {other.dimension}"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            return self._of_sums(
                self.n + other.n,
                self.gram + other.gram,
                self.moment + other.moment,
                self.sum_of_squares + other.sum_of_squares,
            )

    @property
    def dimension(self) -> int:
        """How many parameters the model has: d."""
        return len(self.moment)

    @cached_property
    def hessian(self) -> np.ndarray:
        r"""The matrix of second derivatives, :math:`\frac{2}{n} X^T X`, shape (d, d); the same everywhere."""
        return _read_only(self.gram * (2 / self.n))

    @cached_property
    def minimum(self) -> np.ndarray:
        """The parameters of the lowest loss, shape (d,): the normal equation's solution.

        Raises
        ------
        ValueError
            If there is no single lowest point, because XᵀX is singular.
        """
        return _read_only(solve_normal(self.gram, self.moment))

    @cached_property
    def eigenbasis(self) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues of the Hessian, smallest first, shape (d,), and its eigenvectors as columns, (d, d).

        Eigenvalues that are 0 to the precision of a float are returned as 0.
        """
        values, vectors = np.linalg.eigh(self.hessian)
        noise = self.dimension * np.finfo(float).eps * values[-1]
        return _read_only(np.where(values > noise, values, 0.0)), _read_only(vectors)

    @cached_property
    def _lowest(self) -> tuple[np.ndarray, float]:
        """A lowest point, and the loss there. Where many are lowest, the shortest of them."""
        try:
            theta = self.minimum
        except ValueError:
            values, vectors = self.eigenbasis
            curved = values > 0
            along = vectors[:, curved]
            theta = along @ ((along.T @ self.moment) * (2 / self.n) / values[curved])
        lowest = (self.sum_of_squares - self.moment @ theta) / self.n
        noise = 8 * self.dimension * np.finfo(float).eps * self.sum_of_squares / self.n
        return theta, lowest if lowest > noise else 0.0

    def value(self, theta: ArrayLike) -> float:
        r"""The loss at ``theta``, in units of y².

        Computed as :math:`L(\theta^*) + \frac{1}{2} \Delta^T H \Delta` with :math:`\Delta = \theta - \theta^*`:
        near the minimum, that keeps digits which the four terms of the definition would cancel.

        Parameters
        ----------
        theta : array_like, shape (d,)

        Raises
        ------
        ValueError
            If ``theta`` does not hold d finite real numbers, or is so far out that the loss leaves the range of
            a float.
        """
        theta = _validate.parameters(theta, "theta", self.dimension)
        with np.errstate(over="ignore", invalid="ignore"):
            value = float(self.values(theta[None, :])[0])
        if not np.isfinite(value):
            raise ValueError(f"the loss at theta {theta} leaves the range of a float")
        return value

    def values(self, trajectory: np.ndarray) -> np.ndarray:
        """The loss at many points at once: shape (k, d) in, (k,) out. Nothing is checked; see `value`."""
        theta, lowest = self._lowest
        delta = trajectory - theta
        return lowest + 0.5 * np.einsum("ki,ki->k", delta @ self.hessian, delta)

    def gradient(self, theta: ArrayLike) -> np.ndarray:
        r"""The gradient at ``theta``: :math:`\frac{2}{n} (X^T X\,\theta - X^T y)`.

        Parameters
        ----------
        theta : array_like, shape (d,)

        Returns
        -------
        ndarray, shape (d,)
            Units of y² per unit of each parameter.

        Raises
        ------
        ValueError
            As for `value`.
        """
        theta = _validate.parameters(theta, "theta", self.dimension)
        with np.errstate(over="ignore", invalid="ignore"):
            gradient = self.hessian @ theta - self.moment * (2 / self.n)
        if not np.isfinite(gradient).all():
            raise ValueError(f"the gradient at theta {theta} leaves the range of a float")
        return gradient
