"""Gradient descent on a line, in plain Python: the article's three functions and its loop.

``theta`` is ``(slope, intercept)``, as in the article; gdlib's NumPy half has the order of the columns of ``[1, x]``.

References
----------
Grus, *Data Science from Scratch*, 2nd ed., chapter 8 (MIT licence).
"""

from math import isfinite

from gdlib._plain import Line, Points, Rate, Rows, Vector, checked
from gdlib.vectors import add, scalar_multiply, vector_mean

__all__ = ["descend", "gradient_step", "linear_gradient"]


@checked
def linear_gradient(x: float, y: float, theta: Line) -> list[float]:
    r"""Gradient of one point's squared error with respect to the line.

    With the error :math:`e = (\text{slope} \cdot x + \text{intercept}) - y`, the gradient of :math:`e^2` is
    :math:`(2 e x,\; 2 e)`: how fast :math:`e^2` grows with the slope, and with the intercept.

    Raises
    ------
    ValueError
        If ``theta`` has not two entries, a number is not finite and real, or the result leaves the range of a float.

    Examples
    --------
    >>> linear_gradient(2, 45, theta=(0, 0))
    [-180.0, -90.0]
    """
    slope, intercept = theta
    predicted = slope * x + intercept
    error = predicted - y
    return [2 * error * x, 2 * error]


@checked
def gradient_step(v: Vector, gradient: Vector, step_size: float) -> list[float]:
    r"""Move from ``v`` along the gradient: :math:`v + \text{step\_size} \cdot \text{gradient}`.

    A negative ``step_size`` goes downhill; `descend` is the one place that puts the minus sign.

    Raises
    ------
    ValueError
        If the lengths differ, a number is not finite and real, or the result leaves the range of a float.

    Examples
    --------
    >>> gradient_step([1.0, 1.0], gradient=[10.0, -20.0], step_size=-0.1)
    [0.0, 3.0]
    """
    step = scalar_multiply(step_size, gradient)
    return add(v, step)


@checked
def descend(inputs: Points, theta: Line, learning_rate: Rate, epochs: int) -> Rows:
    r"""Run gradient descent on the mean squared error of a line, one row an epoch.

    .. math:: \theta \leftarrow \theta - \text{learning\_rate} \cdot \frac{1}{n} \sum_{k=1}^{n} \nabla e_k^2(\theta)

    Yields
    ------
    epoch : int
        0, 1, 2, …, as many as ``epochs``.
    gradient : list of two floats
        The mean of the points' gradients, taken before the step.
    theta : list of two floats
        The parameters after the step.

    Raises
    ------
    ValueError
        At the call, if an argument makes no sense. During the run, if the learning rate is so large that the numbers
        leave the range of a float: the rows before that have been yielded.

    Examples
    --------
    >>> for epoch, gradient, theta in descend([(2, 45), (4, 85)], (0, 0), learning_rate=0.01, epochs=2):
    ...     print(epoch, gradient, [round(t, 3) for t in theta])
    0 [-430.0, -130.0] [4.3, 1.3]
    1 [-336.2, -101.6] [7.662, 2.316]
    """
    for epoch in range(epochs):
        gradient = vector_mean([linear_gradient(x, y, theta) for x, y in inputs])
        theta = gradient_step(theta, gradient, -learning_rate)
        if not all(map(isfinite, theta)):
            raise ValueError(
                f"the descent diverges: in epoch {epoch} its numbers leave the range of a float; "
                f"learning_rate {learning_rate} is too large for these points"
            )
        yield epoch, gradient, list(theta)  # a copy, so that changes to it do not reach later rows
