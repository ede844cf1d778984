"""Gradient descent, and what became of it.

A descent is put together from four choices, each with a module of its own: which points a step sees
(`gdlib.batches`), which way it goes (`gdlib.rules`), how far (`gdlib.rates`), and when to stop (`gdlib.stopping`). The
loop here is the same for all of them.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, repeat, zip_longest
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.batches import MiniBatches
from gdlib.losses import LogisticLoss, Loss, MeanSquaredError
from gdlib.rates import Rate, as_function
from gdlib.rules import Linear, Plain, Rule
from gdlib.stopping import Iterate, StoppingRule

__all__ = ["Descent", "Status", "descend"]

# A loss that rises by this share from one epoch to the next does so by more than rounding.
_RISE = 1e-10
# Steps that the arrays of a descent that may end early hold at first; they double whenever they are full.
INITIAL_CAPACITY = 1024


class Status(Enum):
    """How a descent ended."""

    CONVERGED = "the gradient is 0, as far as a float can tell"
    STOPPED = "a stopping rule was met"
    OUT_OF_EPOCHS = "every epoch was run, and the gradient is not yet 0"
    DIVERGED = "the loss rises, and will rise for ever"
    CANNOT_DESCEND = "the line search found no lower place along its direction"
    MINIMUM_AT_INFINITY = "the classes are separated, and the loss falls for ever as the parameters grow"


@dataclass(frozen=True, eq=False)
class Descent:
    """A finished descent: every step of it, and why it ended.

    Without mini-batches a step is an epoch.

    Attributes
    ----------
    learning_rate : float, schedule or line search
        As it was asked for.
    trajectory : ndarray, shape (steps + 1, d)
        The parameters, the start first. Where a diverging run would have left the range of a float, it is cut
        after the last step whose numbers are all finite.
    losses : ndarray, shape (steps + 1,)
        The loss at each of them, on all points.
    gradients : ndarray, shape (steps, d)
        The gradient of each step, taken before it; with mini-batches that of its batch.
    status : Status
    diverged_at : int or None
        Where the status is DIVERGED, the step that shows it, counted from 1. Plain descent at a constant rate: the
        first that raised the loss. With momentum: the first from which on the loss is above that of the start.
        Otherwise: the one that left the range of a float.
    learning_rates : ndarray, shape (steps,)
        The rate of each step.
    rule : Rule
    steps_per_epoch : int
    stopped_by : StoppingRule or None
        The rule that was met.
    """

    learning_rate: Rate
    trajectory: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    status: Status
    diverged_at: int | None
    learning_rates: np.ndarray
    rule: Rule
    steps_per_epoch: int
    stopped_by: StoppingRule | None

    @property
    def theta(self) -> np.ndarray:
        """The parameters at the end, shape (d,)."""
        return self.trajectory[-1]

    @property
    def epochs(self) -> int:
        """How many epochs were run; one that was begun counts."""
        return -(-len(self.gradients) // self.steps_per_epoch)

    def steps_to(self, target: ArrayLike, tolerance: float) -> int | float:
        """After how many steps every parameter stays within ``tolerance`` of ``target``, counted in this run.

        Parameters
        ----------
        target : array_like, shape (d,)
        tolerance : float
            Positive, in the units of the parameters.

        Returns
        -------
        int or float
            Infinite if the run ends outside.

        Raises
        ------
        ValueError
            If an argument makes no sense.
        """
        target = _validate.parameters(target, "target", self.trajectory.shape[1])
        tolerance = _validate.positive(tolerance, "tolerance")
        outside = np.flatnonzero(np.abs(self.trajectory - target).max(axis=1) > tolerance)
        if not len(outside):
            return 0
        return int(outside[-1]) + 1 if outside[-1] + 1 < len(self.trajectory) else np.inf

    @property
    def message(self) -> str:
        """The status as a sentence about this run."""
        epochs, constant = _counted(self.epochs), isinstance(self.learning_rate, float)
        at = f" at learning rate {self.learning_rate:g}" if constant else ""
        match self.status:
            case Status.DIVERGED if self.diverged_at == len(self.gradients) + 1:
                return f"Diverged:{at} the numbers leave the range of a float in step {self.diverged_at}."
            case Status.DIVERGED if isinstance(self.rule, Plain):
                return (
                    f"Diverged:{at} the loss rose in epoch {self.diverged_at}, "
                    "and on a quadratic a loss that has risen never falls again."
                )
            case Status.DIVERGED:
                return f"Diverged:{at} the loss is above that of the start from step {self.diverged_at} on."
            case Status.CONVERGED:
                return f"Converged: after {epochs} the gradient is 0, as far as a float can tell."
            case Status.STOPPED:
                return f"Stopped: after {epochs}, by {self.stopped_by}."
            case Status.CANNOT_DESCEND:
                return (
                    f"Cannot descend: after {epochs} the line search found no lower place along its direction. "
                    "It leads uphill, or the loss differs from its lowest by no more than rounding."
                )
            case Status.MINIMUM_AT_INFINITY:
                return (
                    f"Minimum at infinity: after {epochs} every point is on its right side. "
                    "The classes are separable, so larger parameters always lower the loss, and none are the best."
                )
        return (
            f"Out of epochs: after {self.epochs} the loss is {self.losses[-1]:.3g}, "
            "and the gradient there is not yet 0."
        )


def _counted(epochs: int) -> str:
    return f"{epochs} epoch" + "s" * (epochs != 1)


@np.errstate(under="ignore")
def descend(
    loss: Loss,
    start: ArrayLike,
    learning_rate: Rate,
    epochs: int,
    rule: Rule = Plain(),
    batches: MiniBatches | None = None,
    stop: StoppingRule | Sequence[StoppingRule] = (),
) -> Descent:
    r"""Minimise a loss by gradient descent.

    .. math:: \theta_{k+1} = \theta_k - \text{learning\_rate}_k \cdot \text{direction}_k

    The direction of plain descent is the gradient, :math:`\nabla L(\theta_k)`.

    Parameters
    ----------
    loss : Loss
    start : array_like, shape (d,)
        It is not changed.
    learning_rate : float, schedule or line search
        Positive; or a function of the number of steps taken, or a search along the direction: see `gdlib.rates`.
    epochs : int
        At most so many; 0 or more.
    rule : Rule
        What makes a direction of the gradient: see `gdlib.rules`.
    batches : MiniBatches, optional
        What each step sees of the data; by default, all of them.
    stop : StoppingRule or several
        The first that is met ends the descent. They see the gradient of the step, and the loss on all points.

    Returns
    -------
    Descent
        Frozen, its arrays read-only and finite.

    Raises
    ------
    ValueError
        If an argument makes no sense, the loss at ``start`` leaves the range of a float, or so many steps do not fit
        into memory; with a stopping rule or a line search, only those count that are taken. Divergence raises nothing:
        it is ``Status.DIVERGED``.

    Notes
    -----
    In the eigenbasis of a quadratic's Hessian, plain descent at a constant rate multiplies each squared component of
    the gradient by :math:`(1 - \text{learning\_rate} \cdot \lambda_i)^2` an epoch. The loss above its minimum is thus a
    sum of powers of the epoch, which is log-convex: once it has risen, it rises for ever. So divergence is certain in
    the first epoch that raises the loss. With momentum a loss may rise for a while on its way down; there the rate's
    limit decides, together with a loss above that of the start. For other descents divergence is only certain when the
    numbers leave the range of a float.

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

    The four choices combine:

    >>> from gdlib.rules import HeavyBall
    >>> from gdlib.stopping import SmallGradient
    >>> run = descend(loss, [0, 0], 0.05, epochs=1000, rule=HeavyBall(0.8), stop=SmallGradient(1e-6))
    >>> run.epochs, run.theta.round(4)
    (187, array([ 5., 20.]))
    """
    _validate.loss(loss, "value", "values", "gradients")
    searched = hasattr(learning_rate, "along")
    if not (searched or callable(learning_rate)):
        learning_rate = _validate.positive(cast(float, learning_rate), "learning_rate")
    rate_of, epochs = as_function(learning_rate), _validate.epochs(epochs)
    _validate.having(rule, "rule", "begin", "step")
    theta = _validate.parameters(start, "start", loss.dimension)
    loss.value(theta)  # refuses a start whose loss is beyond the range of a float
    stop = tuple(stop) if isinstance(stop, Sequence) else (stop,)
    for each in stop:
        _validate.having(each, "stop", "met")
    if batches is not None:
        _validate.having(batches, "batches", "generator", "epoch")
    steps_per_epoch = 1 if batches is None else batches.steps_per_epoch
    steps = epochs * steps_per_epoch

    capacity = min(steps, INITIAL_CAPACITY) if stop or searched else steps
    trajectory, gradients, rates = _grown(capacity, loss.dimension)
    trajectory[0] = theta
    memory, before, stopped_by, stuck = rule.begin(theta), None, None, False
    constant = isinstance(learning_rate, float)
    rate = cast(float, learning_rate) if constant else 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for k, seen in enumerate(_loss_of_each_step(loss, batches, epochs)):
            gradient = seen.gradients(theta)
            if stop:
                now = Iterate(theta, float(loss.values(theta)), gradient)
                stopped_by = next((each for each in stop if each.met(before, now)), None)
                before = now
            if k == steps or stopped_by is not None:
                break
            direction, memory = rule.step(gradient, memory, theta)
            if not constant:
                found = rate_of(k, seen, theta, gradient, direction)
                if found is None and seen is loss:
                    stuck = True
                    break
                rate = found or 0.0  # a batch that is fitted exactly says nothing about the others
            if k == capacity:
                capacity = min(2 * capacity, steps)
                trajectory, gradients, rates = _grown(capacity, loss.dimension, trajectory, gradients, rates)
            gradients[k], rates[k] = gradient, rate
            theta = trajectory[k + 1] = theta - rate * direction
        trajectory, gradients, rates = trajectory[: k + 1], gradients[:k], rates[:k]
        losses = loss.values(trajectory)

    finite = np.isfinite(losses) & np.isfinite(trajectory).all(axis=1)
    finite[1:] &= np.isfinite(gradients).all(axis=1)
    run = k if finite.all() else int(np.argmin(finite)) - 1  # the start itself is finite
    if run < capacity:  # a view would keep all of the arrays in memory
        trajectory, losses, gradients, rates = (
            kept.copy() for kept in (trajectory[: run + 1], losses[: run + 1], gradients[:run], rates[:run])
        )
    for array in (trajectory, losses, gradients, rates):
        array.flags.writeable = False

    diverged_at = None
    if isinstance(learning_rate, float) and batches is None and isinstance(loss, MeanSquaredError):
        diverged_at = _first_rise(loss, learning_rate, rule, trajectory, losses)
    if run < k and diverged_at is None:
        diverged_at = run + 1
    if diverged_at is not None:
        status = Status.DIVERGED
    elif isinstance(loss, LogisticLoss) and loss.separates(trajectory[-1]):
        status = Status.MINIMUM_AT_INFINITY
    elif loss.is_stationary(trajectory[-1]):
        status = Status.CONVERGED
    elif stopped_by is not None:
        status = Status.STOPPED
    else:
        status = Status.CANNOT_DESCEND if stuck else Status.OUT_OF_EPOCHS
    outcome = status, diverged_at, rates, rule, steps_per_epoch, stopped_by
    return Descent(learning_rate, trajectory, losses, gradients, *outcome)


def _grown(steps: int, d: int, *before: np.ndarray) -> list[np.ndarray]:
    """Arrays for the parameters, gradients and rates of so many steps; those before are copied into them."""
    _validate.room((steps + 1, 2 * d + 1), "epochs")  # as one piece: a system may grant three whose sum it refuses
    shapes = ((steps + 1, d), (steps, d), (steps,))
    made = []
    for shape, old in zip_longest(shapes, before):
        made.append(np.empty(shape))
        if old is not None:
            made[-1][: len(old)] = old
    return made


def _loss_of_each_step(loss: Loss, batches: MiniBatches | None, epochs: int) -> Iterator[Loss]:
    """What each step sees, and, for the rules that judge where the last one led, the whole loss."""
    if batches is None:
        yield from repeat(loss, min(epochs, sys.maxsize))  # the most that repeat can count
    else:
        generator = batches.generator()
        for seen in chain.from_iterable(batches.epoch(generator) for _ in range(epochs)):
            if type(seen) is not type(loss) or seen.dimension != loss.dimension:
                raise ValueError(
                    f"batches must be of the loss, a {type(loss).__name__} of {loss.dimension} parameters, "
                    f"but they are a {type(seen).__name__} of {seen.dimension}"
                )
            yield seen
    yield loss


def _first_rise(
    loss: MeanSquaredError, learning_rate: float, rule: Rule, trajectory: np.ndarray, losses: np.ndarray
) -> int | None:
    """The step that shows that a descent at a constant rate diverges; None below the rule's limit."""
    if not isinstance(rule, Linear):
        return None
    # Plain floats, with which a huge rate gives infinity without a warning.
    if learning_rate * float(loss.eigenbasis[0][-1]) <= rule.limit:
        return None
    if not isinstance(rule, Plain):
        low = np.flatnonzero(losses <= losses[0] * (1 + _RISE))
        return int(low[-1]) + 1 if low[-1] + 1 < len(losses) else None
    rises = np.flatnonzero(losses[1:] > losses[:-1] * (1 + _RISE)) + 1
    return next((int(k) for k in rises if not loss.is_stationary(trajectory[k])), None)
