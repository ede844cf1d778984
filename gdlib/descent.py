"""Gradient descent at a constant learning rate, and what became of it."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.losses import MeanSquaredError

__all__ = ["Descent", "Status", "descend"]

# A relative rise of the loss from one epoch to the next that cannot be the rounding of its own computation.
_RISE = 1e-10


class Status(Enum):
    """How a descent ended."""

    CONVERGED = "the gradient is 0, as far as a float can tell"
    OUT_OF_EPOCHS = "every epoch was run, and the gradient is not yet 0"
    DIVERGED = "the loss rises, and will rise for ever"


@dataclass(frozen=True, eq=False)
class Descent:
    """A finished descent: every step of it, and why it ended.

    Attributes
    ----------
    learning_rate : float
    trajectory : ndarray, shape (epochs + 1, d)
        The parameters, the start first. Where a diverging run would have left the range of a float, it is cut
        after the last epoch whose numbers are all finite.
    losses : ndarray, shape (epochs + 1,)
        The loss at each of them.
    gradients : ndarray, shape (epochs, d)
        The gradient of each epoch, taken before its step.
    status : Status
    diverged_at : int or None
        The first epoch whose step raised the loss, counted from 1: the row of ``losses`` that is higher than
        the one before.
    """

    learning_rate: float
    trajectory: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    status: Status
    diverged_at: int | None

    @property
    def theta(self) -> np.ndarray:
        """The parameters at the end, shape (d,)."""
        return self.trajectory[-1]

    @property
    def epochs(self) -> int:
        """How many epochs were run."""
        return len(self.gradients)

    @property
    def message(self) -> str:
        """The status as a sentence about this run."""
        if self.status is Status.DIVERGED:
            return (
                f"Diverged: at learning rate {self.learning_rate:g} the loss rose in epoch {self.diverged_at}, "
                "and on a quadratic a loss that has risen never falls again."
            )
        if self.status is Status.CONVERGED:
            return f"Converged: after {self.epochs} epochs the gradient is 0, as far as a float can tell."
        return (
            f"Out of epochs: after {self.epochs} the loss is {self.losses[-1]:.3g}, "
            "and the gradient there is not yet 0."
        )


def descend(loss: MeanSquaredError, start: ArrayLike, learning_rate: float, epochs: int) -> Descent:
    r"""Minimise a loss by gradient descent at a constant learning rate.

    .. math:: \theta_{k+1} = \theta_k - \text{learning\_rate} \cdot \nabla L(\theta_k)

    Parameters
    ----------
    loss : MeanSquaredError
    start : array_like, shape (d,)
        It is not changed.
    learning_rate : float
        Positive.
    epochs : int
        0 or more.

    Returns
    -------
    Descent
        Frozen, its arrays read-only and finite.

    Raises
    ------
    ValueError
        If an argument makes no sense, or the loss at ``start`` leaves the range of a float. Divergence raises
        nothing: it is ``Status.DIVERGED``.

    Notes
    -----
    In the eigenbasis of the Hessian each squared component of the gradient is multiplied by
    :math:`(1 - \text{learning\_rate} \cdot \lambda_i)^2` an epoch. The loss above its minimum is thus a sum of
    powers of the epoch, which is log-convex: once it has risen, it rises for ever. So divergence is certain in
    the first epoch that raises the loss.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 9.3.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> run = descend(loss, start=[0, 0], learning_rate=0.01, epochs=1000)
    >>> run.theta.round(2)
    array([ 5.04, 19.99])
    >>> run.status
    <Status.OUT_OF_EPOCHS: 'every epoch was run, and the gradient is not yet 0'>
    >>> print(descend(loss, start=[0, 0], learning_rate=0.1, epochs=1000).message)
    Diverged: at learning rate 0.1 the loss rose in epoch 1, and on a quadratic a loss that has risen never falls again.
    """
    learning_rate, epochs = _validate.positive(learning_rate, "learning_rate"), _validate.epochs(epochs)
    start = _validate.parameters(start, "start", loss.dimension)
    loss.value(start)  # refuses a start whose loss is beyond the range of a float

    trajectory = np.empty((epochs + 1, loss.dimension))
    gradients = np.empty((epochs, loss.dimension))
    trajectory[0] = theta = start
    hessian, offset = loss.hessian, loss.moment * (2 / loss.n)
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(epochs):
            gradient = gradients[epoch] = hessian @ theta - offset
            theta = trajectory[epoch + 1] = theta - learning_rate * gradient
        losses = loss.values(trajectory)

    finite = np.isfinite(losses) & np.isfinite(trajectory).all(axis=1)
    finite[1:] &= np.isfinite(gradients).all(axis=1)
    run = epochs if finite.all() else int(np.argmin(finite)) - 1  # the start itself is finite
    trajectory, losses, gradients = trajectory[: run + 1], losses[: run + 1], gradients[:run]
    for array in (trajectory, losses, gradients):
        array.flags.writeable = False

    diverged_at = _first_rise(loss, learning_rate, trajectory, losses)
    if run < epochs and diverged_at is None:  # the very step that would have shown the rise is beyond a float
        diverged_at = run + 1
    if diverged_at is not None:
        status = Status.DIVERGED
    elif _is_stationary(loss, trajectory[-1]):
        status = Status.CONVERGED
    else:
        status = Status.OUT_OF_EPOCHS
    return Descent(learning_rate, trajectory, losses, gradients, status, diverged_at)


def _first_rise(loss: MeanSquaredError, learning_rate: float, trajectory: np.ndarray, losses: np.ndarray) -> int | None:
    """The first epoch that raised the loss by more than rounding; below the stable limit there is none."""
    if learning_rate * float(loss.eigenbasis[0][-1]) <= 2:  # plain floats: a huge rate makes this infinite, silently
        return None
    rises = np.flatnonzero(losses[1:] > losses[:-1] * (1 + _RISE)) + 1
    return next((int(k) for k in rises if not _is_stationary(loss, trajectory[k])), None)


def _is_stationary(loss: MeanSquaredError, theta: np.ndarray) -> bool:
    """Whether the gradient at ``theta`` is no larger than the rounding of the terms it is the difference of."""
    parts = np.abs(loss.hessian) @ np.abs(theta) + np.abs(loss.moment) * (2 / loss.n)
    return bool((np.abs(loss.gradient(theta)) <= 8 * np.finfo(float).eps * parts).all())
