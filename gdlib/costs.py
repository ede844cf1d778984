r"""What one point costs a model: a function of its prediction and of its y, and the derivative by the prediction.

The mean of a cost over points is a loss. What sees a few points at a time (`gdlib.large.streaming`) needs the cost
alone; the losses of `gdlib.losses` hold their points too.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gdlib import _validate
from gdlib._underflow import underflows_to_zero

__all__ = ["Cost", "GemanMcClureCost", "LogisticCost", "RobustCost", "SquaredCost"]


class Cost(Protocol):
    """What a loss over points asks of its cost; arrays of predictions broadcast against y."""

    def costs(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """What each point costs."""

    def derivatives(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The derivative of each cost by its prediction."""

    def sums(self, X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """The sum of the costs of the points and of their gradients by theta, which share much of their work."""

    def problem(self, y: np.ndarray) -> tuple[int, str] | None:
        """The place of the first y that the cost makes no sense for, and what was wanted; None where all are fine."""


@dataclass(frozen=True)
class SquaredCost:
    r"""The square of the residual, :math:`(\hat y - y)^2`; its mean is the mean squared error.

    Examples
    --------
    >>> predicted, y = np.array([3.0]), np.array([5.0])
    >>> SquaredCost().costs(predicted, y), SquaredCost().derivatives(predicted, y)
    (array([4.]), array([-4.]))
    """

    @underflows_to_zero
    def costs(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The squares."""
        residuals = predicted - y
        return residuals * residuals

    @underflows_to_zero
    def derivatives(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Twice the residuals."""
        return 2 * (predicted - y)

    @underflows_to_zero
    def sums(self, X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Cost`."""
        residuals = X @ theta
        residuals -= y
        return float(residuals @ residuals), 2 * (residuals @ X)

    def problem(self, y: np.ndarray) -> None:
        """None: every finite y makes sense."""


@dataclass(frozen=True)
class LogisticCost:
    r"""The log loss of a prediction :math:`z` that gives a 1 the probability :math:`1 / (1 + e^{-z})`.

    .. math:: \log\left(1 + e^{-s z}\right), \qquad s = 2 y - 1, \qquad y \in \{0, 1\}

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, section 4.4.

    Examples
    --------
    >>> LogisticCost().costs(np.array([0.0]), np.array([1])), LogisticCost().derivatives(np.array([0.0]), np.array([1]))
    (array([0.69314718]), array([-0.5]))
    """

    @underflows_to_zero
    def costs(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The log losses, without overflow on either side."""
        return np.logaddexp(0, (1.0 - 2.0 * y) * predicted)  # floats, so that small integer types cannot wrap round

    @underflows_to_zero
    def derivatives(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How much too probable a 1 is held: the probability of a 1 less y, with all its digits where that is small."""
        wrong = 1.0 - 2.0 * y
        return wrong * sigmoid(wrong * predicted)

    @underflows_to_zero
    def sums(self, X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Cost`; the probability of what is wrong is exp(margin - cost)."""
        wrong = 1.0 - 2.0 * y
        margins = wrong * (X @ theta)
        costs = np.logaddexp(0, margins)
        return float(costs.sum()), (wrong * np.exp(margins - costs)) @ X

    def problem(self, y: np.ndarray) -> tuple[int, str] | None:
        """The first y that is neither 0 nor 1."""
        odd = np.flatnonzero((y != 0) & (y != 1))
        return (int(odd[0]), "y must hold only 0 and 1") if len(odd) else None


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)) without overflow on either side."""
    return np.exp(-np.logaddexp(0, -z))


@dataclass(frozen=True)
class RobustCost(ABC):
    """A cost that grows more slowly than the square of a residual, from about ``scale`` on.

    Parameters
    ----------
    scale : float
        Positive, in units of y.

    Raises
    ------
    ValueError
        If the scale is no such number.

    Examples
    --------
    >>> class Huber(RobustCost):
    ...     def costs(self, predicted, y):
    ...         far = np.maximum(np.abs(predicted - y) - self.scale, 0)
    ...         return (predicted - y) ** 2 - far**2
    ...     def weights(self, residuals):
    ...         return 1 / np.maximum(np.abs(residuals) / self.scale, 1)
    >>> Huber(scale=1).costs(np.array([0.5, 3.0]), np.zeros(2))
    array([0.25, 5.  ])
    >>> Huber(scale=1).derivatives(np.array([0.5, 3.0]), np.zeros(2))
    array([1., 2.])
    """

    scale: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", _validate.positive(self.scale, "scale"))
        if not 0 < self.scale * self.scale < np.inf:
            raise ValueError(f"scale must have a square within the range of a float, but it is {self.scale}")

    @abstractmethod
    def costs(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """What each point costs."""

    @abstractmethod
    def weights(self, residuals: np.ndarray) -> np.ndarray:
        """How much of its pull under the squared cost a residual keeps."""

    @underflows_to_zero
    def derivatives(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The derivative of each cost by its prediction."""
        residuals = predicted - y
        return residuals * (2 * self.weights(residuals))

    @underflows_to_zero
    def sums(self, X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Cost`."""
        predicted = X @ theta
        return float(self.costs(predicted, y).sum()), self.derivatives(predicted, y) @ X

    def problem(self, y: np.ndarray) -> None:
        """None: every finite y makes sense."""
        return None


class GemanMcClureCost(RobustCost):
    r"""A cost that forgives: :math:`r^2 / (1 + (r / \text{scale})^2)` of a residual :math:`r = \hat y - y`.

    Parameters
    ----------
    scale : float
        Positive, in units of y.

    Raises
    ------
    ValueError
        If the scale is no such number.

    References
    ----------
    Barron, "A General and Adaptive Robust Loss Function", CVPR 2019, section 2.

    Examples
    --------
    >>> GemanMcClureCost(scale=1).costs(np.array([1.0, 1000.0]), np.array([0, 0])).round(3)
    array([0.5, 1. ])
    """

    @underflows_to_zero
    def costs(self, predicted: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Squares near 0, almost the square of the scale far from it."""
        squares = (predicted - y) ** 2
        with np.errstate(divide="ignore", over="ignore"):  # written so that a square of 0 or infinity makes no nan
            return 1 / (1 / squares + 1 / self.scale**2)

    def weights(self, residuals: np.ndarray) -> np.ndarray:
        """How much of its pull under the squared cost a residual keeps."""
        return 1 / (1 + (residuals / self.scale) ** 2) ** 2


# The costs of the live figure, by the names of their losses. A robust cost takes a scale.
COSTS: dict[str, type[SquaredCost] | type[RobustCost]] = {
    "mean squared error": SquaredCost,
    "geman-mcclure": GemanMcClureCost,
}
