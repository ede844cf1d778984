"""What descent minimises: losses of linear models, each with its value and its gradient."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _columns, _validate
from gdlib._underflow import underflows_to_zero
from gdlib.costs import Cost, GemanMcClureCost, LogisticCost, RobustCost
from gdlib.large.blocks import ArrayBlocks, Block, Sums, add, total
from gdlib.regression import solve_normal

if TYPE_CHECKING:
    from gdlib.large.cluster import Cluster

__all__ = ["GemanMcClure", "LogisticLoss", "Loss", "MeanSquaredError", "RobustLoss"]


ROWS = 1000  # up to so many are summed at once
PREDICTIONS = 4_000_000  # held in memory at once, for all points at many parameters


class Loss(ABC):
    """What every descent asks of a loss: its value and its gradient, at one point or at many at once.

    Examples
    --------
    >>> class Bowl(Loss):
    ...     dimension = 2
    ...     def values(self, thetas):
    ...         return (thetas**2).sum(axis=-1)
    ...     def gradients(self, thetas):
    ...         return 2 * thetas
    >>> Bowl().value([3, 4]), Bowl().gradient([3, 4])
    (25.0, array([6., 8.]))
    """

    if TYPE_CHECKING:  # a subclass may have it as an attribute or as a property; nobody sets it from outside

        @property
        @abstractmethod
        def dimension(self) -> int:
            """How many parameters the model has, d."""

    @abstractmethod
    def values(self, thetas: np.ndarray) -> np.ndarray:
        """The loss at one point or many: shape (…, d) in, (…) out. Nothing is checked; see `Loss.value`."""

    @abstractmethod
    def gradients(self, thetas: np.ndarray) -> np.ndarray:
        """The gradient at one point or many: shape (…, d) in and out. Nothing is checked; see `Loss.gradient`."""

    @underflows_to_zero
    def value(self, theta: ArrayLike) -> float:
        """The loss at ``theta``.

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
            value = float(self.values(theta))
        if not np.isfinite(value):
            raise ValueError(f"the loss at theta {theta} leaves the range of a float")
        return value

    @underflows_to_zero
    def gradient(self, theta: ArrayLike) -> np.ndarray:
        """The gradient at ``theta``: the derivative of the loss by each parameter.

        Parameters
        ----------
        theta : array_like, shape (d,)

        Returns
        -------
        ndarray, shape (d,)
            Units of the loss per unit of each parameter.

        Raises
        ------
        ValueError
            As for `value`.
        """
        theta = _validate.parameters(theta, "theta", self.dimension)
        with np.errstate(over="ignore", invalid="ignore"):
            gradient = self.gradients(theta)
        if not np.isfinite(gradient).all():
            raise ValueError(f"the gradient at theta {theta} leaves the range of a float")
        return gradient

    def is_stationary(self, theta: np.ndarray) -> bool:
        """Whether the gradient at ``theta`` is no larger than the rounding of the terms it is the sum of."""
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            size = 8 * np.finfo(float).eps * self._term_sizes(theta)
            return bool((np.abs(self.gradients(theta)) <= size).all())

    def _term_sizes(self, theta: np.ndarray) -> np.ndarray:
        """The sum of the sizes of these terms, shape (d,); where it is not known, only 0 itself is taken for 0."""
        return np.zeros(self.dimension)


@dataclass(frozen=True, eq=False)
class MeanSquaredError(Loss):
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
    the columns of X nearly depend on one another; a lowest loss of a few times that is taken for 0. The units of the
    columns cost nothing, but an offset far larger than the spread does, as that of a time in seconds since 1970: from
    some ten million times the spread on, XᵀX is singular to the precision of a float, and `minimum` says so. Where this
    matters, `gdlib.regression.least_squares` and the residuals of the data are the accurate way, or columns that
    `gdlib.scaling.standardize` has centred.

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
    @underflows_to_zero
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
        X, y = _validate.data(X, y, _validate.floats)
        with np.errstate(over="ignore", invalid="ignore"):
            sums = (
                reduce(add, (_sufficient_statistics(*block) for block in ArrayBlocks(X, y)))
                if len(X) > ROWS
                else _sufficient_statistics(X, y)
            )
        try:
            return cls._of_sums(*sums)
        except ValueError:
            _validate.data(X, y)  # names the number that made the sums infinite, if one did
            raise

    @classmethod
    def from_blocks(
        cls, blocks: Iterable[Block], on: "Cluster | None" = None, progress: bool = True
    ) -> "MeanSquaredError":
        """Read data once that come in blocks, in the memory of one of them.

        Parameters
        ----------
        blocks : gdlib.large.blocks.Blocks or iterable of (X, y)
        on : gdlib.large.cluster.Cluster, optional
            Where to add up; by default, in this process.
        progress : bool
            Whether a pass that takes more than a second shows how far it is.

        Raises
        ------
        ValueError
            As `gdlib.large.blocks.total`; and if products leave the range of a float.

        Examples
        --------
        >>> stream = ((np.array([[1.0, x]]), np.array([20 * x + 5])) for x in [2.0, 4.0, 5.0])
        >>> MeanSquaredError.from_blocks(stream).minimum.round(9)
        array([ 5., 20.])
        """
        if on is not None:
            _validate.having(on, "on", "total")
        return cls._of_sums(*(on.total if on else total)(blocks, _sufficient_statistics, progress))

    @classmethod
    def _of_sums(cls, n: int, gram: np.ndarray, moment: np.ndarray, sum_of_squares: float) -> "MeanSquaredError":
        """The loss, unless the sums or their doubles in the derivatives have left the range of a float."""
        # By Cauchy and Schwarz, the larger of these bounds every entry of XᵀX and Xᵀy, and every eigenvalue.
        trace = sum(gram.diagonal().tolist())
        if not (math.isfinite(2 * trace) and math.isfinite(2 * sum_of_squares)):
            raise ValueError("the squares of X or y leave the range of a float: divide them by their size first")
        loss = object.__new__(cls)  # sums of data need no more checks, which would take as long as a step of descent
        loss._keep(int(n), gram, moment, float(sum_of_squares))
        return loss

    def __post_init__(self) -> None:
        n, sums = _validate.count(self.n, "n"), _validate.sums(self.gram, self.moment)
        self._keep(n, *sums, _validate.number(self.sum_of_squares, "sum_of_squares"))

    def _keep(self, n: int, gram: np.ndarray, moment: np.ndarray, sum_of_squares: float) -> None:
        object.__setattr__(self, "n", n)
        object.__setattr__(self, "gram", _validate.read_only(gram))
        object.__setattr__(self, "moment", _validate.read_only(moment))
        object.__setattr__(self, "sum_of_squares", sum_of_squares)

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
        """How many parameters the model has, d."""
        return len(self.moment)

    @cached_property
    @underflows_to_zero
    def hessian(self) -> np.ndarray:
        r"""The matrix of second derivatives, :math:`\frac{2}{n} X^T X`, shape (d, d); the same everywhere."""
        return _validate.read_only(self.gram * (2 / self.n))

    @cached_property
    def minimum(self) -> np.ndarray:
        """The parameters of the lowest loss, shape (d,), which solve the normal equation.

        Raises
        ------
        ValueError
            If there is no single lowest point, because XᵀX is singular.
        """
        return _validate.read_only(solve_normal(self.gram, self.moment))

    @cached_property
    @underflows_to_zero
    def eigenbasis(self) -> tuple[np.ndarray, np.ndarray]:
        r"""Eigenvalues of the Hessian, smallest first, shape (d,), and its eigenvectors as columns, (d, d).

        How many are 0 is decided with the columns of X at length 1, so that a column in other units is not taken for a
        flat direction. The others come from :math:`\lVert A q \rVert^2` with :math:`A^T A` the Hessian, which keeps the
        digits of a curvature far smaller than the largest.
        """
        d, lengths = self.dimension, np.sqrt(self.hessian.diagonal())
        units = np.where(lengths > 0, lengths, 1.0)
        shares, axes = np.linalg.eigh(self.hessian / units / units[:, None])
        curved = shares > max(_columns.NOISE, d * np.finfo(float).eps) * shares[-1]
        root = (axes[:, curved] * np.sqrt(shares[curved])).T * lengths
        flat, (values, vectors) = d - len(root), np.linalg.eigh(self.hessian)
        if len(root) and values[flat] < 1e-4 * values[-1]:
            sizes, vectors = _singular(root)
            values, vectors = sizes[::-1] ** 2, vectors[:, ::-1]
        values[:flat] = 0.0
        return _validate.read_only(values), _validate.read_only(vectors)

    @cached_property
    @underflows_to_zero
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

    @underflows_to_zero
    def values(self, thetas: np.ndarray) -> np.ndarray:
        r"""The loss at one point or many: shape (…, d) in, (…) out, in units of y². Unchecked; see `Loss.value`.

        Computed as :math:`L(\theta^*) + \frac{1}{2} \Delta^T H \Delta` with :math:`\Delta = \theta - \theta^*`:
        near the minimum, that keeps digits which the four terms of the definition would cancel.
        """
        theta, lowest = self._lowest
        delta = thetas - theta
        return lowest + 0.5 * np.einsum("...i,...i->...", delta @ self.hessian, delta)

    @underflows_to_zero
    def gradients(self, thetas: np.ndarray) -> np.ndarray:
        r"""The gradient at one point or many, :math:`\frac{2}{n} (X^T X\,\theta - X^T y)`: shape (…, d) in and out."""
        return thetas @ self.hessian - self._offset

    def _term_sizes(self, theta: np.ndarray) -> np.ndarray:
        return np.abs(self.hessian) @ np.abs(theta) + np.abs(self._offset)

    @cached_property
    @underflows_to_zero
    def _offset(self) -> np.ndarray:
        return self.moment * (2 / self.n)


def _singular(root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Singular values, with zeros shape (d,), and right vectors as columns, of columns of very different lengths.

    The methods that `numpy.linalg` calls lose the small values beside the large ones; Jacobi's does not.
    """
    from scipy.linalg.lapack import dgejsv  # the import takes 0.1 s, and only columns in such units need it

    curved, d = root.shape
    if curved == d:
        values, _, vectors, *_, info = dgejsv(root, joba=2, jobu=0, jobv=0, jobr=0, jobp=0)
    else:  # the left vectors of the transpose, completed to a basis
        values, vectors, *_, info = dgejsv(root.T, joba=2, jobu=1, jobv=3, jobr=0, jobp=0)
    if info != 0:
        raise ValueError(f"no eigenvectors of XᵀX were found: LAPACK's dgejsv returned {info}")
    return np.append(values, np.zeros(d - curved)), vectors


def _sufficient_statistics(X: np.ndarray, y: np.ndarray) -> Sums:
    return len(X), X.T @ X, y @ X, float(y @ y)


class _MeanCost(Loss):
    """The mean over points of what each costs."""

    X: np.ndarray
    y: np.ndarray

    if TYPE_CHECKING:  # a field, or a property

        @property
        def cost(self) -> Cost:
            """What a point costs."""

    def __post_init__(self) -> None:
        X, y = _validate.data(self.X, self.y)
        if odd := self.cost.problem(y):
            place, wanted = odd
            raise ValueError(f"{wanted}, but y[{place}] is {y[place]}")
        object.__setattr__(self, "X", _validate.read_only(X))
        object.__setattr__(self, "y", _validate.read_only(y))

    @property
    def dimension(self) -> int:
        """How many parameters the model has, d."""
        return self.X.shape[1]

    @underflows_to_zero
    def values(self, thetas: np.ndarray) -> np.ndarray:
        """The loss at one point or many: shape (…, d) in, (…) out. Nothing is checked; see `Loss.value`."""
        many = max(1, PREDICTIONS // len(self.X))
        if thetas.ndim == 2 and len(thetas) > many:
            parts = (thetas[first : first + many] for first in range(0, len(thetas), many))
            return np.concatenate([self.values(part) for part in parts])
        return self.cost.costs(thetas @ self.X.T, self.y).mean(axis=-1)

    @underflows_to_zero
    def gradients(self, thetas: np.ndarray) -> np.ndarray:
        """The gradient at one point or many: shape (…, d) in and out. Nothing is checked; see `Loss.gradient`."""
        return self.cost.derivatives(thetas @ self.X.T, self.y) @ self.X / len(self.X)


@dataclass(frozen=True, eq=False)
class LogisticLoss(_MeanCost):
    r"""The mean log loss of a linear model that says how probable a 1 is.

    .. math:: L(\theta) = \frac{1}{n} \sum_i \log\left(1 + e^{-s_i\, x_i^T \theta}\right),
              \qquad s_i = 2 y_i - 1

    The probability of a 1 at x is :math:`1 / (1 + e^{-x^T \theta})`.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
        Each 0 or 1.

    Raises
    ------
    ValueError
        If the arguments are no such arrays, or y holds anything but 0 and 1.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, section 4.4.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = LogisticLoss(design_matrix([1, 2, 3, 4]), [0, 1, 0, 1])
    >>> loss.value([0, 0])
    0.693147...
    >>> loss.gradient([0, 0])
    array([ 0.  , -0.25])
    >>> loss.separable
    False
    """

    X: np.ndarray
    y: np.ndarray

    @property
    def cost(self) -> LogisticCost:
        """What a point costs."""
        return LogisticCost()

    @cached_property
    def _signed(self) -> np.ndarray:
        """The rows of X, those of a 0 turned round: a product with θ above 0 is a point on its right side."""
        return self.X * (2 * self.y - 1)[:, None]

    def _term_sizes(self, theta: np.ndarray) -> np.ndarray:
        return np.abs(self.cost.derivatives(self.X @ theta, self.y)) @ np.abs(self.X) / len(self.X)

    @underflows_to_zero
    def hessian_at(self, theta: ArrayLike) -> np.ndarray:
        r"""The matrix of second derivatives at ``theta``, :math:`\frac{1}{n} X^T W X`, shape (d, d).

        W holds :math:`p_i (1 - p_i)` on its diagonal, with :math:`p_i` the probability that the model gives a 1.

        Raises
        ------
        ValueError
            If ``theta`` does not hold d finite real numbers, or the result leaves the range of a float.
        """
        theta = _validate.parameters(theta, "theta", self.dimension)
        with np.errstate(over="ignore", invalid="ignore"):
            half = np.exp(-np.abs(self.X @ theta) / 2)
            rows = self.X * (half / (1 + half * half) / math.sqrt(len(self.X)))[:, None]  # the root of p (1 - p)
            hessian = rows.T @ rows
        if not np.isfinite(hessian).all():
            raise ValueError(f"the curvature at theta {theta} leaves the range of a float: divide X by its size first")
        return hessian

    @cached_property
    @underflows_to_zero
    def max_curvature(self) -> float:
        r"""No curvature anywhere is above this, :math:`\lambda_{\max}(X^T X) / 4n`. Rates below 2 over it converge.

        Raises
        ------
        ValueError
            If it leaves the range of a float.
        """
        unit = float(_columns.power_of_two(np.abs(self.X).max()))
        scaled = self.X / unit
        largest = math.sqrt(np.linalg.eigvalsh(scaled.T @ scaled)[-1] / (4 * len(self.X))) * unit
        if not math.isfinite(largest * largest):
            raise ValueError("the largest curvature leaves the range of a float: divide X by its size first")
        return largest * largest

    @cached_property
    @underflows_to_zero
    def separable(self) -> bool:
        r"""Whether some θ leaves no point on its wrong side (and not all undecided).

        Then scaling that θ up lowers the loss for ever: the minimum is at infinity. Such a θ is looked for by a linear
        programme: :math:`\max \sum_i s_i z_i^T\theta` with all :math:`s_i z_i^T\theta \geq 0` and
        :math:`|\theta_j| \leq 1`. Neither units nor an offset beside a constant column change the answer: the columns
        of Z are at right angles and make up the same planes as those of X, and its rows have length 1. Classes that
        overlap by less than a billionth of that count as separable.

        Raises
        ------
        ValueError
            If the linear programme finds no answer.

        References
        ----------
        Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
        *Biometrika*, 1984.
        """
        from scipy.optimize import linprog  # the import takes 0.2 s, and only this needs it

        rows = _columns.orthonormal(self.X)
        lengths = np.linalg.norm(rows, axis=1)
        rows = rows[lengths > 0] / lengths[lengths > 0, None]
        if not rows.size:
            return False  # all points are at 0, where every θ leaves them undecided
        signed = rows * (2 * self.y[lengths > 0] - 1)[:, None]
        exact = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
        found = linprog(-signed.sum(axis=0), -signed, np.zeros(len(signed)), bounds=(-1, 1), options=exact)
        if found.status != 0:
            raise ValueError(f"whether the classes are separable could not be decided: {found.message}")
        return bool(-found.fun > 1e-9)

    @underflows_to_zero
    def separates(self, theta: np.ndarray) -> bool:
        """Whether ``theta`` has every point on its right side, which proves that the minimum is at infinity."""
        with np.errstate(over="ignore", invalid="ignore"):
            return bool((self._signed @ theta > 0).all())


@dataclass(frozen=True, eq=False)
class RobustLoss(_MeanCost):
    r"""The mean over points of a cost that grows more slowly than the square of the residual.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    cost : RobustCost

    Raises
    ------
    ValueError
        If an argument makes no sense.

    References
    ----------
    Huber, "Robust Estimation of a Location Parameter", 1964.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = RobustLoss(design_matrix([0, 1, 2, 3]), [0, 1, 2, 30], GemanMcClureCost(scale=1))
    >>> loss.value([0, 1]).__round__(4)
    0.2497
    """

    X: np.ndarray
    y: np.ndarray
    cost: RobustCost

    def __post_init__(self) -> None:
        if not isinstance(self.cost, RobustCost):
            raise ValueError(f"cost must be a RobustCost, such as GemanMcClureCost(1), but it is {self.cost!r}")
        super().__post_init__()

    def _term_sizes(self, theta: np.ndarray) -> np.ndarray:
        sizes = np.abs(self.X) @ np.abs(theta) + np.abs(self.y)  # of the terms of a residual
        return 2 * (self.cost.weights(self.X @ theta - self.y) * sizes) @ np.abs(self.X) / len(self.X)


class GemanMcClure(RobustLoss):
    r"""A loss that forgives outliers: a residual much larger than ``scale`` costs hardly more than a larger one.

    .. math:: L(\theta) = \frac{1}{n} \sum_i \frac{r_i^2}{1 + (r_i / \text{scale})^2},
              \qquad r_i = x_i^T\theta - y_i

    Near the data it is the mean squared error; far from them it is flat. Data on two lines give it two valleys.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    scale : float
        Positive, in units of y.

    Raises
    ------
    ValueError
        If an argument makes no sense.

    References
    ----------
    Barron, "A General and Adaptive Robust Loss Function", CVPR 2019, section 2.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = GemanMcClure(design_matrix([0, 1, 2, 3]), [0, 1, 2, 30], scale=1)
    >>> loss.value([0, 1]).__round__(4)
    0.2497
    >>> loss.gradient([0, 1]).round(4)
    array([-0.    , -0.0001])
    """

    def __init__(self, X: ArrayLike, y: ArrayLike, scale: float) -> None:
        super().__init__(X, y, GemanMcClureCost(scale))  # type: ignore[arg-type]  # __post_init__ makes arrays of them

    @property
    def scale(self) -> float:
        """That of its cost."""
        return self.cost.scale
