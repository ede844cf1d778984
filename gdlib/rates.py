r"""The size of a step, where it is not the same for ever: schedules, and searches along the direction.

A schedule is a function of the number of steps taken so far. A line search looks at the loss where it stands.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, overload

import numpy as np

from gdlib import _validate
from gdlib._underflow import underflows_to_zero
from gdlib.losses import Loss, MeanSquaredError

__all__ = ["Backtracking", "Cosine", "ExactLineSearch", "InverseTime", "LineSearch", "StepDecay"]

TRIALS = 10_000  # rates tried in one search; halved so often, any rate is 0


@dataclass(frozen=True)
class InverseTime:
    r"""A rate that shrinks as one over the number of steps.

    .. math:: \text{rate}_k = \frac{\text{first}}{1 + k / \text{half\_life}}

    Its sum over all k is infinite and the sum of its squares is not: it goes as far as it must, and its noise dies.

    Parameters
    ----------
    first : float
        Positive; the rate of step 0.
    half_life : int
        After so many steps the rate is half the first; 1 or more.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    Robbins and Monro, "A Stochastic Approximation Method", 1951.

    Examples
    --------
    >>> rate = InverseTime(first=0.1, half_life=100)
    >>> rate(0), rate(100), rate(300)
    (0.1, 0.05, 0.025)
    """

    first: float
    half_life: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", _validate.positive(self.first, "first"))
        object.__setattr__(self, "half_life", _validate.count(self.half_life, "half_life"))

    def __call__(self, k: int) -> float:
        """The rate of step k."""
        return self.first / (1 + _validate.epochs(k, "k") / self.half_life)


@dataclass(frozen=True)
class StepDecay:
    r"""A rate that is cut at regular intervals.

    .. math:: \text{rate}_k = \text{first} \cdot \text{factor}^{\lfloor k / \text{every} \rfloor}

    Parameters
    ----------
    first : float
        Positive.
    every : int
        Steps between two cuts; 1 or more.
    factor : float
        What a cut leaves, above 0 and below 1.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    ``torch.optim.lr_scheduler.StepLR``.

    Examples
    --------
    >>> rate = StepDecay(first=0.1, every=100, factor=0.5)
    >>> rate(99), rate(100), rate(250)
    (0.1, 0.05, 0.025)
    """

    first: float
    every: int
    factor: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", _validate.positive(self.first, "first"))
        object.__setattr__(self, "every", _validate.count(self.every, "every"))
        object.__setattr__(self, "factor", _validate.share(_validate.positive(self.factor, "factor"), "factor"))

    def __call__(self, k: int) -> float:
        """The rate of step k."""
        return self.first * self.factor ** (_validate.epochs(k, "k") // self.every)


@dataclass(frozen=True)
class Cosine:
    r"""A rate that falls along half a wave, from ``first`` to 0.

    .. math:: \text{rate}_k = \frac{\text{first}}{2} \left(1 + \cos \frac{\pi k}{\text{steps}}\right)

    Parameters
    ----------
    first : float
        Positive.
    steps : int
        From this step on the rate is 0; 1 or more.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, without the restarts.

    Examples
    --------
    >>> rate = Cosine(first=0.1, steps=100)
    >>> rate(0), round(rate(50), 12), rate(100)
    (0.1, 0.05, 0.0)
    """

    first: float
    steps: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", _validate.positive(self.first, "first"))
        object.__setattr__(self, "steps", _validate.count(self.steps, "steps"))

    def __call__(self, k: int) -> float:
        """The rate of step k."""
        return self.first * ((1 + math.cos(math.pi * min(_validate.epochs(k, "k") / self.steps, 1))) / 2)


class LineSearch(Protocol):
    """What `gdlib.descent.descend` asks of a search for the rate."""

    def along(self, loss: Loss, theta: np.ndarray, gradient: np.ndarray, direction: np.ndarray) -> float | None:
        """The rate of the step from ``theta`` against ``direction``; None where none goes down."""


@dataclass(frozen=True)
class ExactLineSearch:
    r"""The rate that goes to the lowest point along the direction; on a quadratic there is a formula for it.

    .. math:: \text{rate} = \frac{g^T d}{d^T H d}

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2nd edition, equation 3.26.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> gradient = loss.gradient([0, 0])
    >>> ExactLineSearch().along(loss, np.zeros(2), gradient, gradient)
    0.0346...
    """

    needs_quadratic = True  # for the formula

    @underflows_to_zero
    def along(self, loss: Loss, theta: np.ndarray, gradient: np.ndarray, direction: np.ndarray) -> float | None:
        """The rate to the lowest point along the line.

        Raises
        ------
        ValueError
            If the loss is no mean squared error, which alone has the formula.
        """
        if not isinstance(loss, MeanSquaredError):
            raise ValueError(f"an exact line search is for a MeanSquaredError, but the loss is a {type(loss).__name__}")
        size = float(np.linalg.norm(direction))
        if size == 0:
            return None
        unit = direction / size  # so that the squares of a tiny direction do not vanish
        down, curvature = float(gradient @ unit), float(unit @ loss.hessian @ unit)
        return down / curvature / size if down > 0 and curvature > 0 else None


@dataclass(frozen=True)
class Backtracking:
    r"""A rate that is cut until the loss falls by a fair share of what the slope promises.

    .. math:: L(\theta - \text{rate} \cdot d) \leq L(\theta) - \text{slope} \cdot \text{rate} \cdot g^T d

    Every search begins at ``first`` and ends after 10,000 trials at the latest.

    Parameters
    ----------
    first : float
        Positive; the rate that is tried first.
    shrink : float
        What a cut leaves of the rate, above 0 and below 1.
    slope : float
        The fair share, above 0 and below 1.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    Armijo, 1966; Nocedal and Wright, *Numerical Optimization*, 2nd edition, algorithm 3.1.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> gradient = loss.gradient([0, 0])
    >>> Backtracking(first=1).along(loss, np.zeros(2), gradient, gradient)
    0.0625
    """

    first: float = 1.0
    shrink: float = 0.5
    slope: float = 1e-4

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", _validate.positive(self.first, "first"))
        for name in ("shrink", "slope"):
            value = _validate.positive(getattr(self, name), name)
            object.__setattr__(self, name, _validate.share(value, name))

    @underflows_to_zero
    def along(self, loss: Loss, theta: np.ndarray, gradient: np.ndarray, direction: np.ndarray) -> float | None:
        """The first of the rates ``first * shrink**j`` that is good enough; None if none is.

        The search ends where the fall that is asked for is less than the rounding of the loss, where a step moves
        nothing, and after 10,000 trials.
        """
        rate = self.first
        with np.errstate(over="ignore", invalid="ignore"):
            here = float(loss.values(theta))
            for _ in range(TRIALS):
                wanted = here - self.slope * float((rate * gradient) @ direction)  # since g @ d may overflow
                if not wanted < here:
                    break
                there = theta - rate * direction
                if (there == theta).all():
                    break
                if loss.values(there) <= wanted:
                    return rate
                rate *= self.shrink
        return None


Rate = float | Callable[[int], float] | LineSearch

# By their names in the live figure, where each is plain descent with a searched rate.
SEARCHES: dict[str, Callable[..., LineSearch]] = {"exact line search": ExactLineSearch, "backtracking": Backtracking}


@overload
def as_function(learning_rate: float | Callable[[int], float]) -> Callable[..., float]: ...


@overload
def as_function(learning_rate: Rate) -> Callable[..., float | None]: ...


def as_function(learning_rate: Rate) -> Callable[..., float | None]:
    """One form for all: the rate of step k, or None where a search found none."""
    if isinstance(learning_rate, type):
        raise ValueError(f"learning_rate must be a number, a schedule or a line search, but it is {learning_rate!r}")
    if hasattr(learning_rate, "along"):
        return lambda k, *where: learning_rate.along(*where)
    if not callable(learning_rate):
        constant = _validate.positive(learning_rate, "learning_rate")
        return lambda k, *where: constant

    def scheduled(k: int, *where: object) -> float:
        rate = _validate.number(learning_rate(k), f"the rate of step {k}")
        if rate < 0:
            raise ValueError(f"the rate of step {k} must not be negative, but it is {rate}")
        return rate

    return scheduled
