r"""Curvature: how fast descent can go, how long it takes, and every epoch of it at once.

In the eigenbasis of the Hessian, constant-rate descent on a quadratic is one independent geometric sequence a
direction: an epoch multiplies the distance from the minimum by :math:`1 - \text{learning\_rate} \cdot \lambda_i`.
With momentum it is a sum of two such sequences. Everything here follows from that.
"""

import math
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _modes, _validate
from gdlib._underflow import underflows_to_zero
from gdlib.losses import MeanSquaredError
from gdlib.rules import HeavyBall, Linear, Nesterov, Plain, Rule

__all__ = [
    "Regime",
    "Start",
    "best_heavy_ball",
    "best_learning_rate",
    "best_nesterov",
    "condition_number",
    "eigenvalues",
    "epochs_to_tolerance",
    "max_learning_rate",
    "regime",
    "start_from",
    "trajectory",
]


EPS = float(np.finfo(float).eps)
ROUNDED = 1000  # beyond so many points, rounding averages out instead of adding up
MOST_SCANNED = 2**20  # epochs with momentum that are checked one by one


class Regime(Enum):
    """What a learning rate makes of a descent, from wherever it starts."""

    CONVERGES = "no step overshoots, and the minimum is neared"
    OSCILLATES = "steps overshoot in the steepest direction, each by less, and the minimum is neared"
    DIVERGES = "steps overshoot in the steepest direction, and the minimum is not neared"


class Start(NamedTuple):
    """Where a descent must have begun.

    Attributes
    ----------
    theta : ndarray, shape (d,)
    error : ndarray, shape (d,)
        The true start lies within ``theta - error`` and ``theta + error``.
    """

    theta: np.ndarray
    error: np.ndarray


def _eigenbasis(loss: MeanSquaredError) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of the Hessian, or a ValueError where the loss has not one for all parameters."""
    if not isinstance(loss, MeanSquaredError):
        raise ValueError(
            f"loss must be a MeanSquaredError, whose Hessian is constant, but it is a {type(loss).__name__}"
        )
    return loss.eigenbasis


def eigenvalues(loss: MeanSquaredError) -> np.ndarray:
    r"""Eigenvalues of the Hessian, smallest first: the curvature of the loss along each of its axes.

    Parameters
    ----------
    loss : MeanSquaredError

    Returns
    -------
    ndarray, shape (d,)
        In units of the loss per unit of the parameters squared; 0 for a flat direction.

    Raises
    ------
    ValueError
        If the loss is no `gdlib.losses.MeanSquaredError`.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> eigenvalues(loss)
    array([ 0.17345..., 28.82654...])
    """
    return _eigenbasis(loss)[0].copy()


def condition_number(loss: MeanSquaredError) -> float:
    r"""The steepest curvature over the flattest, :math:`\kappa = \lambda_{\max} / \lambda_{\min}`.

    Parameters
    ----------
    loss : MeanSquaredError

    Returns
    -------
    float
        1 or more, without unit; infinite if a direction is flat, or no float is as large.

    Raises
    ------
    ValueError
        If the loss is no `gdlib.losses.MeanSquaredError`.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 9.1.2.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> condition_number(loss)
    166.1939...
    """
    values = _eigenbasis(loss)[0]
    return float(values[-1]) / float(values[0]) if values[0] > 0 else math.inf


def max_learning_rate(loss: MeanSquaredError, rule: Rule = Plain()) -> float:
    r"""The learning rate from which descent no longer converges, :math:`2 / \lambda_{\max}`.

    With the momentum :math:`\mu` of a heavy ball it is :math:`1 + \mu` times as large, with Nesterov's
    :math:`(1 + \mu) / (1 + 2\mu)` times.

    Parameters
    ----------
    loss : MeanSquaredError
    rule : Plain, HeavyBall or Nesterov

    Returns
    -------
    float
        Infinite if the loss is flat everywhere.

    Raises
    ------
    ValueError
        If the loss is no `gdlib.losses.MeanSquaredError`, or an argument makes no sense.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017; for Nesterov's, Lessard, Recht and Packard, "Analysis and Design
    of Optimization Algorithms via Integral Quadratic Constraints", 2016.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> max_learning_rate(loss)
    0.06938...
    """
    largest = float(_eigenbasis(loss)[0][-1])
    return _require_linear(rule).limit / largest if largest > 0 else math.inf


def _require_linear(rule: Rule) -> Linear:
    if not isinstance(rule, Linear):
        raise ValueError(f"rule must be Plain, HeavyBall or Nesterov, but it is {rule!r}")
    return rule


@underflows_to_zero
def regime(loss: MeanSquaredError, learning_rate: float, rule: Rule = Plain()) -> Regime:
    r"""Whether a learning rate converges, oscillates or diverges.

    An epoch multiplies the distance from the minimum along the steepest direction by
    :math:`1 - \text{learning\_rate} \cdot \lambda_{\max}`: not negative, negative, or -1 and less. With momentum,
    where the recurrence of some direction has a root that is no positive number, the path swings there.

    Parameters
    ----------
    loss : MeanSquaredError
    learning_rate : float
        Positive.
    rule : Plain, HeavyBall or Nesterov

    Returns
    -------
    Regime

    Raises
    ------
    ValueError
        If an argument makes no sense.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> [regime(loss, rate).name for rate in [0.03, 0.06, 0.09]]
    ['CONVERGES', 'OSCILLATES', 'DIVERGES']
    """
    learning_rate = _validate.positive(learning_rate, "learning_rate")
    values = _eigenbasis(loss)[0]
    overshoot = learning_rate * float(values[-1])
    rule = _require_linear(rule)
    if overshoot >= rule.limit:
        return Regime.DIVERGES
    roots = _modes.roots(_modes.matrices(rule, learning_rate * values))
    return Regime.OSCILLATES if (roots.real < 0).any() or roots.imag.any() else Regime.CONVERGES


def best_learning_rate(loss: MeanSquaredError) -> float:
    r"""The constant rate whose slowest direction is fastest, :math:`2 / (\lambda_{\min} + \lambda_{\max})`.

    Flat directions have no gradient and are left out.

    Parameters
    ----------
    loss : MeanSquaredError

    Returns
    -------
    float
        Infinite if the loss is flat everywhere.

    Raises
    ------
    ValueError
        If the loss is no `gdlib.losses.MeanSquaredError`.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> best_learning_rate(loss)
    0.06896...
    """
    values = _eigenbasis(loss)[0]
    curved = values[values > 0]
    # Halved first, so that the sum does not overflow, and as plain floats, which do not warn.
    return 1 / (float(curved[0]) / 2 + float(curved[-1]) / 2) if len(curved) else math.inf


def best_heavy_ball(loss: MeanSquaredError) -> tuple[float, HeavyBall]:
    r"""The constant rate and momentum whose slowest direction is fastest.

    .. math:: \text{learning\_rate} = \frac{4}{(\sqrt{\lambda_{\max}} + \sqrt{\lambda_{\min}})^2}, \qquad
              \text{momentum} = \left(\frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1}\right)^2

    In the long run an epoch leaves the square root of the momentum of every distance.

    Parameters
    ----------
    loss : MeanSquaredError

    Returns
    -------
    learning_rate : float
    rule : HeavyBall

    Raises
    ------
    ValueError
        If the loss is flat in some direction, or the best leaves the range of a float.

    References
    ----------
    Polyak, 1964; Goh, "Why Momentum Really Works", Distill, 2017.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> learning_rate, rule = best_heavy_ball(loss)
    >>> round(learning_rate, 4), round(rule.momentum, 4)
    (0.1195, 0.7328)
    """
    small, large = (math.sqrt(value) for value in _extreme_curvatures(loss))
    root, momentum = 2 / (large + small), ((large - small) / (large + small)) ** 2
    _require_range(root * root, momentum)
    return root * root, HeavyBall(momentum)


def _require_range(learning_rate: float, momentum: float) -> None:
    """A ValueError unless floats can hold the best rate and momentum."""
    if not math.isfinite(learning_rate):
        raise ValueError("the curvature is so small that the best rate leaves the range of a float: multiply X first")
    if not (learning_rate > 0 and momentum < 1):
        raise ValueError("the condition number is so large that no float is the best momentum: standardise X first")


def best_nesterov(loss: MeanSquaredError) -> tuple[float, Nesterov]:
    r"""The constant rate and momentum of Nesterov's rule whose slowest direction is fastest.

    .. math:: \text{learning\_rate} = \frac{4}{3 \lambda_{\max} + \lambda_{\min}}, \qquad
              \text{momentum} = \frac{\sqrt{3 \kappa + 1} - 2}{\sqrt{3 \kappa + 1} + 2}

    Parameters
    ----------
    loss : MeanSquaredError

    Returns
    -------
    learning_rate : float
    rule : Nesterov

    Raises
    ------
    ValueError
        If the loss is flat in some direction, or the best leaves the range of a float.

    References
    ----------
    Lessard, Recht and Packard, "Analysis and Design of Optimization Algorithms via Integral Quadratic Constraints",
    *SIAM Journal on Optimization*, 2016, proposition 1.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> learning_rate, rule = best_nesterov(loss)
    >>> round(learning_rate, 4), round(rule.momentum, 4)
    (0.0462, 0.8357)
    """
    small, large = _extreme_curvatures(loss)
    root = math.sqrt(3 * (large / small) + 1)
    learning_rate = 1 / (0.75 * large + 0.25 * small)
    momentum = (root - 2) / (root + 2) if math.isfinite(root) else 1.0
    _require_range(learning_rate, momentum)
    return learning_rate, Nesterov(max(momentum, 0.0))


def _extreme_curvatures(loss: MeanSquaredError) -> tuple[float, float]:
    values = _eigenbasis(loss)[0]
    small, large = float(values[0]), float(values[-1])
    if small == 0:
        raise ValueError("the loss is flat in some direction, so that no momentum is the best")
    return small, large


@underflows_to_zero
def trajectory(
    loss: MeanSquaredError, start: ArrayLike, learning_rate: float, epochs: int, rule: Rule = Plain()
) -> np.ndarray:
    r"""Every epoch of constant-rate descent at once, without a loop.

    .. math:: \theta_k = \theta_0 - Q\, \varphi_k\, Q^T \nabla L(\theta_0), \qquad
              \varphi_k = \frac{1 - (1 - \text{learning\_rate} \cdot \lambda)^k}{\lambda}

    with Q the eigenvectors of the Hessian. It needs no minimum, so a flat direction is no hindrance. With momentum
    the power of a number becomes the power of a matrix of two by two.

    Parameters
    ----------
    loss : MeanSquaredError
    start : array_like, shape (d,)
    learning_rate : float
        Positive.
    epochs : int
        0 or more.
    rule : Plain, HeavyBall or Nesterov

    Returns
    -------
    ndarray, shape (epochs + 1, d)
        The start first.

    Raises
    ------
    ValueError
        If an argument makes no sense, so many epochs do not fit into memory, or the descent diverges so fast that a
        row would leave the range of a float; the message names the last epoch that does not.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> trajectory(loss, start=[0, 0], learning_rate=0.01, epochs=1000)[[0, 1, 10, 100, 1000]].round(2)
    array([[ 0.  ,  0.  ],
           [ 1.5 ,  5.75],
           [ 5.03, 19.28],
           [ 5.17, 19.96],
           [ 5.04, 19.99]])
    """
    values, vectors = _eigenbasis(loss)
    learning_rate, epochs = _validate.positive(learning_rate, "learning_rate"), _validate.epochs(epochs)
    start = _validate.parameters(start, "start", loss.dimension)
    _validate.room((epochs + 1, loss.dimension), "epochs")  # refuses a result that memory cannot hold
    with np.errstate(over="ignore", invalid="ignore"):
        gradient_components = vectors.T @ loss.gradients(start)
        filter_values = _spectral_filter(values, learning_rate, epochs, _require_linear(rule))
        filter_values[gradient_components == 0] = 0.0  # nothing moves along such a direction, whatever the rate
        result = start - (vectors * gradient_components @ filter_values).T
    finite = np.isfinite(result)
    if np.count_nonzero(finite) < result.size:
        loss.gradient(start)  # raises if the start itself is too far out
        last = int(np.argmin(finite.all(axis=1))) - 1
        raise ValueError(
            f"at learning_rate {learning_rate} the descent diverges and leaves the range of a float: "
            f"ask for at most {last} epochs, or a rate below {max_learning_rate(loss, rule):.6g}"
        )
    return result


def _spectral_filter(values: np.ndarray, learning_rate: float, epochs: int, rule: Linear) -> np.ndarray:
    """φ_k for every eigenvalue (rows) and every k from 0 to ``epochs`` (columns).

    Below rate * λ = 1 nothing in it cancels, and a flat direction, λ = 0, is no special case.
    """
    if isinstance(rule, Plain):  # M is a number
        side = math.isqrt(epochs) + 1
        near, powers = _geometric(learning_rate, (1 - learning_rate * values)[:, None], side)
        far, powers = _geometric(near[:, -1:], powers[:, -1:], side)
        filter_values = powers[:, :-1, None] * near[:, None, :-1]
        filter_values += far[:, :-1, None]  # φ_{j+k} = φ_j + M^j φ_k, with j a multiple of side
        return filter_values.reshape(len(values), -1)[:, : epochs + 1]

    # Filled by doubling: after j epochs, k more reach φ_{j+k} = φ_j + M^j φ_k, with the velocity beside φ.
    step = _modes.matrices(rule, learning_rate * values)
    filter_values = np.zeros((2, len(values), epochs + 1))
    filter_values[:, :, 1:2] = learning_rate
    if isinstance(rule, Nesterov):
        filter_values[0, :, 1:2] *= 1 + rule.momentum
    # Steps towards the minimum and velocities count as positive here, which turns some signs.
    ahead, done = step * np.array([[1, -1], [-1, 1]]), 1
    while done < epochs:
        end = min(2 * done, epochs) + 1
        new = filter_values[:, :, done + 1 : end]
        np.einsum("dij,jdk->idk", ahead, filter_values[:, :, 1 : end - done], out=new)
        new += filter_values[:, :, done : done + 1]
        ahead, done = ahead @ ahead, end - 1
    return filter_values[0]


def _geometric(first: float | np.ndarray, ratio: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The sums of the first 0 to ``count`` terms of a geometric series in every row, and the powers of its ratio."""
    powers = np.empty((len(ratio), count + 1))
    powers[:] = ratio
    powers[:, 0] = 1
    np.multiply.accumulate(powers, axis=1, out=powers)
    sums = np.zeros_like(powers)
    np.add.accumulate(first * powers[:, :-1], axis=1, out=sums[:, 1:])
    return sums, powers


@underflows_to_zero
def epochs_to_tolerance(
    loss: MeanSquaredError, start: ArrayLike, learning_rate: float, tolerance: float, rule: Rule = Plain()
) -> int | float:
    r"""How many epochs until every parameter stays within ``tolerance`` of the minimum; predicted, not run.

    In the eigenbasis the error of parameter i after k epochs is
    :math:`\sum_j Q_{ij}\, (1 - \text{learning\_rate} \cdot \lambda_j)^k\, (Q^T (\theta_0 - \theta^*))_j`.
    Between two places where it turns it only rises or only falls, so the last epoch outside the tolerance is found by
    bisection, in a few hundred steps however many epochs they are. With momentum the power of a number becomes the
    power of a matrix of two by two: bisection finds where the sum of the terms' sizes, which only falls, meets the
    tolerance, and the last epoch outside is looked for among the 1,048,576 before. Rounding may decide about the last
    epochs where the condition number is near 1e8, or where they are more than 1e13.

    Parameters
    ----------
    loss : MeanSquaredError
    start : array_like, shape (d,)
    learning_rate : float
        Positive.
    tolerance : float
        Positive, in the units of the parameters.
    rule : Plain, HeavyBall or Nesterov

    Returns
    -------
    int or float
        The number of epochs; infinite if the descent never stays that near.

    Raises
    ------
    ValueError
        If an argument makes no sense, the loss has no single minimum, a distance from it leaves the range of a float,
        or, with momentum, the last epoch outside is not found among so many.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> epochs_to_tolerance(loss, start=[0, 0], learning_rate=0.001, tolerance=0.01)
    10265
    """
    values, vectors = _eigenbasis(loss)
    learning_rate = _validate.positive(learning_rate, "learning_rate")
    tolerance = _validate.positive(tolerance, "tolerance")
    start = _validate.parameters(start, "start", loss.dimension)
    minimum, rule = loss.minimum, _require_linear(rule)
    if not loss.gradient(start).any():
        return 0
    with np.errstate(over="ignore", invalid="ignore"):
        eigen_components = vectors * (vectors.T @ (start - minimum))
        moving = np.abs(eigen_components).max(axis=0) > 0
        eigen_components, q = eigen_components[:, moving], learning_rate * values[moving]
    if not np.isfinite(eigen_components).all():
        raise ValueError(f"how far start {start} is from the minimum leaves the range of a float")
    if not moving.any():
        return 0
    if q.max() > rule.limit:
        return math.inf  # even a start within the tolerance leaves it
    if np.abs(eigen_components).sum(axis=1).max() <= tolerance and isinstance(rule, Plain):
        return 0
    if isinstance(rule, Plain):
        return _epochs_of_plain(eigen_components, q, tolerance)
    return _epochs_with_momentum(eigen_components, _modes.matrices(rule, q), tolerance)


def _epochs_of_plain(eigen_components: np.ndarray, q: np.ndarray, tolerance: float) -> int | float:
    logs, signs = _modes.log_sizes(q), np.where(q > 1, -1.0, 1.0)
    if logs.max() >= 0:
        return math.inf
    at_once = np.isinf(logs)  # the first epoch wipes them out
    last = 0 if np.abs(eigen_components.sum(axis=1)).max() > tolerance else -1
    if at_once.all():
        return last + 1
    eigen_components, logs, signs = eigen_components[:, ~at_once], logs[~at_once], signs[~at_once]
    for odd in (0, 1):  # among the even epochs, or the odd, no term changes its sign
        for row in eigen_components * (signs * np.exp(logs)) ** odd:
            pairs = _modes.last_outside(row, 2 * logs, tolerance)
            if pairs > 0 or (pairs == 0 and (odd or not at_once.any())):
                last = max(last, 2 * pairs + odd)
    return last + 1


def _epochs_with_momentum(eigen_components: np.ndarray, step: np.ndarray, tolerance: float) -> int | float:
    slowest = np.abs(_modes.roots(step)).max()

    def bound(k: float) -> float:
        return float((np.abs(eigen_components) @ _modes.envelope(step, k)).max())

    if bound(0) <= tolerance:
        return 0
    if slowest >= 1:
        return math.inf
    low, high = 0, 1
    while bound(high) > tolerance:
        low, high = high, 2 * high
    high = _modes.bisected(lambda k: bound(k) > tolerance, low, high) + 1
    for last in range(high, max(high - MOST_SCANNED, 0), -4096):
        first = max(last - 4096, 0)
        outside = np.abs(eigen_components @ _modes.powers(step, first, last - first)).max(axis=0) > tolerance
        if outside.any():
            return first + int(np.flatnonzero(outside)[-1]) + 1
    if high > MOST_SCANNED:
        raise ValueError(
            f"the last of some {high:.3g} epochs outside the tolerance is not among the {MOST_SCANNED:,} before a "
            "bound on it: ask for a larger rate, or another tolerance"
        )
    return 0


@underflows_to_zero
def start_from(
    loss: MeanSquaredError, theta: ArrayLike, learning_rate: float, epochs: int, half_digit: float = 0.0
) -> Start:
    r"""Run descent backwards: where it began, given where it stands after ``epochs``.

    .. math:: \theta_0 = \theta^* + Q\, (1 - \text{learning\_rate} \cdot \lambda)^{-k}\, Q^T (\theta_k - \theta^*)

    What an epoch shrinks, an epoch backwards magnifies: the uncertainty of the printed digits, and the rounding of
    every epoch since, which a descent in floats has.

    Parameters
    ----------
    loss : MeanSquaredError
    theta : array_like, shape (d,)
        The parameters at the end, in the column order of X.
    learning_rate : float
        Positive.
    epochs : int
        0 or more.
    half_digit : float
        Half a unit of the last digit printed: 0.005 for two decimals. Each entry of ``theta`` is trusted to
        that, and to the precision of a float.

    Returns
    -------
    Start
        The start, and the error bar of each of its entries.

    Raises
    ------
    ValueError
        If an argument makes no sense, the loss has no single minimum, a direction is wiped out by its first
        epoch (``learning_rate * eigenvalue == 1``), or the start or its error leaves the range of a float.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017, for the forward formula.

    Examples
    --------
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> start, error = start_from(loss, [4.87, 18.87], learning_rate=0.001, epochs=100, half_digit=0.005)
    >>> start.round(2), error.round(2)
    (array([-0.14, -0.35]), array([0.03, 0.11]))
    """
    values, vectors = _eigenbasis(loss)
    learning_rate, epochs = _validate.positive(learning_rate, "learning_rate"), _validate.epochs(epochs)
    theta = _validate.parameters(theta, "theta", loss.dimension)
    if half_digit := _validate.number(half_digit, "half_digit"):
        _validate.positive(half_digit, "half_digit")
    minimum = loss.minimum
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        shrink = 1 - learning_rate * values
        if epochs and (shrink == 0).any():
            raise ValueError(f"at learning_rate {learning_rate} one direction forgets its start in the first epoch")
        growth = np.abs(shrink) ** -float(epochs)
        back = (vectors * (shrink ** -float(epochs))) @ vectors.T
        start = minimum + back @ (theta - minimum) if epochs else theta.copy()
        trust = half_digit + EPS * (np.abs(theta) + np.abs(minimum) * (epochs > 0))
        error = np.abs(back) @ trust if epochs else trust
        if epochs:
            along = np.abs(vectors)
            distances = growth * (np.abs(vectors.T @ (theta - minimum)) + along.T @ trust)  # at the start
            per_epoch, constant = _rounding(loss, learning_rate)
            for _ in range(2):  # the second time with the distances that the first found
                error = np.abs(back) @ trust + along @ _accumulated(
                    np.abs(shrink), epochs, along.T @ per_epoch @ along, along.T @ constant, distances
                )
                error += (loss.dimension + 6) * EPS * along @ distances + EPS * np.abs(minimum)
                distances += along.T @ error
    if not (np.isfinite(start).all() and np.isfinite(error).all()):
        raise ValueError(f"{epochs} epochs back, the start leaves the range of a float: nothing of it is left in theta")
    return Start(start, error)


def _rounding(loss: MeanSquaredError, learning_rate: float) -> tuple[np.ndarray, np.ndarray]:
    """By how much an epoch may miss what is computed with here: entries per distance from the minimum, and constant.

    It is the sum of what rounds: an epoch of a descent, on the data or on their sums; these sums; the minimum, by what
    is left of the gradient there; and the eigenbasis, by what it leaves of the Hessian.
    """
    values, vectors = loss.eigenbasis
    hessian, minimum, d = loss.hessian, loss.minimum, loss.dimension
    lengths = np.sqrt(hessian.diagonal())
    terms = lengths[:, None] * lengths  # a bound on |X|ᵀ|X|, by Cauchy and Schwarz
    half = 0.6 * EPS  # of a rounding, with some room for products of roundings
    of_sums = half * (2 * min(loss.n, ROUNDED) + d + 4)
    left = np.abs(hessian @ vectors - vectors * values) + half * (d + 2) * (
        np.abs(hessian) @ np.abs(vectors) + np.abs(vectors) * values
    )
    per_distance = learning_rate * (of_sums * terms + left @ np.abs(vectors).T) + half * np.eye(d)
    offset = lengths * math.sqrt(2 * max(loss.sum_of_squares, 0.0) / loss.n)  # a bound on |X|ᵀ|y|
    gradient = np.abs(loss.gradients(minimum))
    constant = learning_rate * (of_sums * (terms @ np.abs(minimum) + offset) + gradient) + half * np.abs(minimum)
    return per_distance, constant


def _accumulated(
    shrink: np.ndarray, epochs: int, per_epoch: np.ndarray, constant: np.ndarray, distances: np.ndarray
) -> np.ndarray:
    """What such misses make of the start, along each direction: each is magnified by all epochs before it.

    An epoch k misses by ``constant``, and by ``per_epoch`` times the distances there, which have shrunk k times.
    """
    per_epoch = per_epoch + np.diag(EPS * (np.abs(1 - shrink) + shrink))  # the rounding of shrink itself
    own = constant / shrink * _sum_of_powers(1 / shrink, epochs)
    pairs = _sum_of_powers(shrink / shrink[:, None], epochs) * np.maximum(shrink, 1.0) / shrink[:, None]
    return own + (per_epoch * pairs) @ distances


def _sum_of_powers(ratio: np.ndarray, count: int) -> np.ndarray:
    """The sum of so many powers of each ratio, from the power 0 on."""
    apart = np.where(ratio == 1, 0.5, ratio)
    return np.where(ratio == 1, count, np.expm1(count * np.log(apart)) / (apart - 1))
