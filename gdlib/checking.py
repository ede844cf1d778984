r"""Is a gradient right? Differences of the loss know, and need nothing but its values."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib._underflow import underflows_to_zero
from gdlib.losses import Loss

__all__ = ["GradientCheck", "check_gradient", "finite_differences"]

# The best step of central differences is about the cube root of a float's precision.
STEP = float(np.cbrt(np.finfo(float).eps))


class GradientCheck(NamedTuple):
    """Two gradients and how far they are apart.

    Attributes
    ----------
    gradient : ndarray, shape (d,)
        What the loss claims.
    differences : ndarray, shape (d,)
        What its values say.
    error : float
        The largest difference between them, relative to the largest entry of both; 0 where both are 0.
    """

    gradient: np.ndarray
    differences: np.ndarray
    error: float


@underflows_to_zero
def finite_differences(loss: Loss, theta: ArrayLike, step: float = STEP, scheme: str = "central") -> np.ndarray:
    r"""The gradient from values of the loss alone.

    .. math:: \text{forward: } \frac{L(\theta + h_i e_i) - L(\theta)}{h_i}

    .. math:: \text{central: } \frac{L(\theta + h_i e_i) - L(\theta - h_i e_i)}{2 h_i}

    with :math:`h_i = \text{step} \cdot \max(1, |\theta_i|)`. Too large a step misses the curve of the loss: by a
    multiple of h, or of h² for central differences. Too small a one is lost in the rounding of the loss, which it
    divides by h.

    Parameters
    ----------
    loss : Loss
        Only its values are used.
    theta : array_like, shape (d,)
    step : float
        Positive.
    scheme : {"central", "forward"}

    Returns
    -------
    ndarray, shape (d,)

    Raises
    ------
    ValueError
        If an argument makes no sense, or a loss is beyond the range of a float.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2nd edition, section 8.1.

    Examples
    --------
    >>> from gdlib.losses import MeanSquaredError
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
    >>> finite_differences(loss, [0, 0]).round(3)
    array([-150., -575.])
    >>> finite_differences(loss, [0, 0], step=0.1, scheme="forward").round(3)
    array([-149.9 , -573.65])
    """
    _validate.loss(loss, "value")
    theta = _validate.parameters(theta, "theta", loss.dimension)
    step = _validate.positive(step, "step")
    if scheme not in ("central", "forward"):
        raise ValueError(f"scheme must be 'central' or 'forward', but it is {scheme!r}")
    result = np.empty(loss.dimension)
    for i, h in enumerate(step * np.maximum(1, np.abs(theta))):
        ahead, back = theta.copy(), theta.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            ahead[i] += h
            if scheme == "central":
                back[i] -= h
            # The step that the floats really took, since the rounding of the sum would look like a slope.
            moved = ahead[i] - back[i]
        if moved == 0:
            raise ValueError(f"step {step} is too small: theta[{i}] = {theta[i]} does not move")
        if not np.isfinite(moved):
            raise ValueError(f"a step from theta[{i}] = {theta[i]} leaves the range of a float")
        risen = loss.value(ahead) / 2 - loss.value(back) / 2  # halves, since the whole may leave the range of a float
        with np.errstate(over="ignore"):
            result[i] = risen / (moved / 2) if moved > 1e-300 else 2 * risen / moved
    if not np.isfinite(result).all():
        raise ValueError(f"the differences of the loss at theta {theta} leave the range of a float")
    return result


@underflows_to_zero
def check_gradient(loss: Loss, theta: ArrayLike, step: float = STEP, scheme: str = "central") -> GradientCheck:
    r"""Compare the gradient that a loss claims with differences of its values.

    A right gradient has an error of some :math:`10^{-9}` here; a wrong one is off by a share that can be seen.

    Parameters
    ----------
    loss : Loss
        Or anything with ``value(theta)``, ``gradient(theta)`` and ``dimension``.
    theta : array_like, shape (d,)
        Better no special place: at the minimum, where the gradient is 0, only rounding is left to compare.
    step : float
        Positive.
    scheme : {"central", "forward"}

    Returns
    -------
    GradientCheck

    Raises
    ------
    ValueError
        If an argument makes no sense, a loss is beyond the range of a float, or the claimed gradient is not d finite
        numbers.

    References
    ----------
    Ng and others, *UFLDL Tutorial*, "Gradient checking and advanced optimization".

    Examples
    --------
    >>> from gdlib.losses import LogisticLoss
    >>> from gdlib.regression import design_matrix
    >>> loss = LogisticLoss(design_matrix([1, 2, 3, 4]), [0, 1, 0, 1])
    >>> check_gradient(loss, [0.5, -0.5]).error < 1e-8
    True
    """
    _validate.loss(loss, "value", "gradient")
    theta = _validate.parameters(theta, "theta", loss.dimension)
    differences = finite_differences(loss, theta, step, scheme)
    gradient = _validate.parameters(loss.gradient(theta), "the gradient", loss.dimension)
    size = max(np.abs(gradient).max(), np.abs(differences).max())
    error = float(np.abs(gradient / size - differences / size).max()) if size > 0 else 0.0
    return GradientCheck(gradient, differences, error)
