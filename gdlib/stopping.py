r"""When to stop: values that look at where a descent stands and where it stood one step before.

None of them sees the minimum. What each promises about the distance to it, and where that promise fails, is the subject
of the chapter *When to stop*.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from gdlib import _validate
from gdlib._underflow import underflows_to_zero

__all__ = ["Iterate", "SmallGain", "SmallGradient", "SmallStep", "StoppingRule"]


class Iterate(NamedTuple):
    """Where a descent stands."""

    theta: np.ndarray
    loss: float
    gradient: np.ndarray


class StoppingRule(Protocol):
    """What `gdlib.descent.descend` asks of a stopping rule."""

    def met(self, before: Iterate | None, now: Iterate) -> bool:
        """Whether to stop now; ``before`` is None at the start."""


@dataclass(frozen=True)
class _WithTolerance:
    """What is small enough."""

    tolerance: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "tolerance", _validate.positive(self.tolerance, "tolerance"))


@dataclass(frozen=True)
class SmallGradient(_WithTolerance):
    r"""Stop where the gradient is small, :math:`\lVert \nabla L(\theta_k) \rVert \leq \text{tolerance}`.

    Parameters
    ----------
    tolerance : float
        Positive, in units of the gradient.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 9.1.2, on what it promises.

    Examples
    --------
    >>> SmallGradient(0.1).met(None, Iterate(np.zeros(2), 3.0, np.array([0.06, 0.08])))
    True
    """

    @underflows_to_zero
    def met(self, before: Iterate | None, now: Iterate) -> bool:
        """Whether the norm of the gradient is within the tolerance."""
        return bool(np.linalg.norm(now.gradient) <= self.tolerance)


@dataclass(frozen=True)
class SmallStep(_WithTolerance):
    r"""Stop when the parameters hardly move, :math:`\lVert \theta_k - \theta_{k-1} \rVert \leq \text{tolerance}`.

    Parameters
    ----------
    tolerance : float
        Positive, in units of the parameters.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2nd edition, chapter 3.

    Examples
    --------
    >>> here, there = (Iterate(np.array(theta), 0.0, np.zeros(2)) for theta in ([1.0, 2.0], [1.0, 2.5]))
    >>> SmallStep(0.1).met(here, there), SmallStep(0.5).met(here, there)
    (False, True)
    """

    @underflows_to_zero
    def met(self, before: Iterate | None, now: Iterate) -> bool:
        """Whether the last step was within the tolerance."""
        return before is not None and bool(np.linalg.norm(now.theta - before.theta) <= self.tolerance)


@dataclass(frozen=True)
class SmallGain(_WithTolerance):
    r"""Stop when the loss hardly changes, :math:`|L(\theta_k) - L(\theta_{k-1})| \leq \text{tolerance}`.

    Parameters
    ----------
    tolerance : float
        Positive, in units of the loss.

    References
    ----------
    scikit-learn, ``SGDRegressor``, argument ``tol``.

    Examples
    --------
    >>> before, now = (Iterate(np.zeros(2), loss, np.zeros(2)) for loss in (3.0, 2.5))
    >>> SmallGain(0.1).met(before, now), SmallGain(0.5).met(before, now)
    (False, True)
    """

    def met(self, before: Iterate | None, now: Iterate) -> bool:
        """Whether the last step changed the loss by no more than the tolerance."""
        return before is not None and abs(now.loss - before.loss) <= self.tolerance
