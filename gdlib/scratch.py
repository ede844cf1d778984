"""Gradient descent on a line, in plain Python: the article's three functions and its loop.

``theta`` here is ``(slope, intercept)``, the article's order. The NumPy half of gdlib keeps the column
order of ``[1, x]`` instead: ``[intercept, slope]``.
"""

from collections.abc import Iterator, Sequence
from numbers import Integral

from gdlib.vectors import Vector, _in_range, _list, _number, _vector, add, scalar_multiply, vector_mean

__all__ = ["descend", "gradient_step", "linear_gradient"]


def linear_gradient(x: float, y: float, theta: Sequence[float]) -> Vector:
    r"""Gradient of one point's squared error with respect to the line.

    With the error :math:`e = (\text{slope} \cdot x + \text{intercept}) - y`, the gradient of :math:`e^2` is
    :math:`(2 e x,\; 2 e)`.

    Parameters
    ----------
    x, y : float
        The point.
    theta : sequence of two floats, ``(slope, intercept)``

    Returns
    -------
    list of two floats
        How fast the squared error grows with the slope (units of y² per unit of slope) and with the
        intercept.

    Raises
    ------
    ValueError
        If ``theta`` has not two entries, a number is not finite and real, or the gradient leaves the range
        of a float.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 8.

    Examples
    --------
    >>> linear_gradient(2, 45, theta=(0, 0))
    [-180.0, -90.0]
    """
    x, y = _number(x, "x"), _number(y, "y")
    slope, intercept = _line(theta)
    predicted = slope * x + intercept
    error = predicted - y
    return _in_range([2 * error * x, 2 * error], "the gradient")


def gradient_step(v: Sequence[float], gradient: Sequence[float], step_size: float) -> Vector:
    r"""Move from ``v`` along the gradient: :math:`v + \text{step\_size} \cdot \text{gradient}`.

    A negative ``step_size`` goes downhill; `descend` is the one place that puts the minus sign.

    Parameters
    ----------
    v, gradient : sequence of float, the same length d
    step_size : float

    Returns
    -------
    list of float, length d

    Raises
    ------
    ValueError
        If the lengths differ, a number is not finite and real, or the result leaves the range of a float.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 8.

    Examples
    --------
    >>> gradient_step([1.0, 1.0], gradient=[10.0, -20.0], step_size=-0.1)
    [0.0, 3.0]
    """
    v, gradient = _vector(v, "v"), _vector(gradient, "gradient")
    if len(v) != len(gradient):
        raise ValueError(f"v and gradient must have the same length, but they have {len(v)} and {len(gradient)}")
    step = scalar_multiply(_number(step_size, "step_size"), gradient)
    return add(v, step)


def descend(
    inputs: Sequence[tuple[float, float]],
    theta: Sequence[float],
    learning_rate: float,
    epochs: int,
) -> Iterator[tuple[int, Vector, Vector]]:
    r"""Run gradient descent on the mean squared error of a line, one row an epoch.

    Every epoch takes the mean of the points' gradients at ``theta`` and then steps against it:

    .. math:: \theta \leftarrow \theta - \text{learning\_rate} \cdot
              \frac{1}{n} \sum_{k=1}^{n} \nabla e_k^2(\theta)

    Parameters
    ----------
    inputs : sequence of (x, y) pairs
    theta : sequence of two floats, ``(slope, intercept)``
        Where to start. It is not changed.
    learning_rate : float
        Positive.
    epochs : int
        How many steps; 0 yields nothing.

    Yields
    ------
    epoch : int
        0, 1, 2, …
    gradient : list of two floats
        The mean gradient, taken before the step.
    theta : list of two floats
        The parameters after the step.

    Raises
    ------
    ValueError
        At the call, if an argument makes no sense. During the run, if the learning rate is so large that
        the numbers leave the range of a float: the rows before that have been yielded.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 8.

    Examples
    --------
    >>> for epoch, gradient, theta in descend([(2, 45), (4, 85)], (0, 0), learning_rate=0.01, epochs=2):
    ...     print(epoch, gradient, [round(t, 3) for t in theta])
    0 [-430.0, -130.0] [4.3, 1.3]
    1 [-336.2, -101.6] [7.662, 2.316]
    """
    points = [_point(pair, k) for k, pair in enumerate(_list(inputs, "inputs", "(x, y) pairs"))]
    if not points:
        raise ValueError("inputs is empty: descent needs at least one (x, y) pair")
    theta = _line(theta)
    learning_rate = _number(learning_rate, "learning_rate")
    if learning_rate <= 0:
        raise ValueError(f"learning_rate must be positive, but it is {learning_rate}")
    if not isinstance(epochs, Integral) or epochs < 0:
        raise ValueError(f"epochs must be a whole number, 0 or more, but it is {epochs!r}")
    return _rows(points, theta, learning_rate, int(epochs))


def _line(theta: Sequence[float]) -> Vector:
    line = _vector(theta, "theta")
    if len(line) != 2:
        raise ValueError(f"theta must hold two numbers, (slope, intercept), but it holds {len(line)}")
    return line


def _point(pair: Sequence[float], k: int) -> tuple[float, float]:
    point = _vector(pair, f"inputs[{k}]")
    if len(point) != 2:
        raise ValueError(f"inputs[{k}] must be an (x, y) pair, but it holds {len(point)} numbers")
    return point[0], point[1]


def _rows(
    points: list[tuple[float, float]], theta: Vector, learning_rate: float, epochs: int
) -> Iterator[tuple[int, Vector, Vector]]:
    for epoch in range(epochs):
        try:
            gradient = vector_mean([linear_gradient(x, y, theta) for x, y in points])
            theta = gradient_step(theta, gradient, -learning_rate)
        except ValueError as error:  # the arguments were checked: only overflow is left
            raise ValueError(
                f"the descent diverges: in epoch {epoch} its numbers leave the range of a float; "
                f"learning_rate {learning_rate} is too large for these points"
            ) from error
        yield epoch, gradient, list(theta)  # a copy: what its reader does to it changes nothing here
