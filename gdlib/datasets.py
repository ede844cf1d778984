"""The article's data: three points, four inputs, and the results that it prints."""

from typing import NamedTuple

import numpy as np

__all__ = ["PrintedRun", "four_inputs", "printed_runs", "three_points"]


class PrintedRun(NamedTuple):
    """One run as the article prints it; strings, because the digits printed are the fact."""

    epochs: int
    slope: str
    intercept: str
    gradient_slope: str
    gradient_intercept: str


def three_points() -> tuple[np.ndarray, np.ndarray]:
    """The points on which the article solves the regression exactly.

    Returns
    -------
    x, y : ndarray of float, shape (3,)

    References
    ----------
    *Grasping Gradient Descent using Python*, "Normal Equation".

    Examples
    --------
    >>> three_points()
    (array([2., 4., 5.]), array([ 45.,  85., 105.]))
    """
    return np.array([2.0, 4.0, 5.0]), np.array([45.0, 85.0, 105.0])


def four_inputs() -> list[tuple[int, int]]:
    """The ``(x, y)`` pairs on which the article's loop runs: ``y = 20 * x + 5`` for x in ``range(2, 6)``.

    Returns
    -------
    list of four pairs

    References
    ----------
    *Grasping Gradient Descent using Python*, "Using Gradient Descent to Fit a Model".

    Examples
    --------
    >>> four_inputs()
    [(2, 45), (3, 65), (4, 85), (5, 105)]
    """
    return [(x, 20 * x + 5) for x in range(2, 6)]


def printed_runs() -> list[PrintedRun]:
    """The three runs whose results the article prints.

    Learning rate 0.001, each run from a random start of its own in (-1, 1) x (-1, 1). The gradient is the
    last epoch's, taken before its step.

    Returns
    -------
    list of three PrintedRun

    References
    ----------
    *Grasping Gradient Descent using Python*, "Iterative Descent".

    Examples
    --------
    >>> for run in printed_runs():
    ...     print(*run)
    100 18.87 4.87 -32.48 -8.45
    200 19.97 4.86 -1.76 -0.48
    1000 19.97 5.09 -0.004 0.02
    """
    return [
        PrintedRun(100, "18.87", "4.87", "-32.48", "-8.45"),
        PrintedRun(200, "19.97", "4.86", "-1.76", "-0.48"),
        PrintedRun(1000, "19.97", "5.09", "-0.004", "0.02"),
    ]
