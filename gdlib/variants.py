"""Points of one's own for every student, each set as hard as the others.

The numbers of an assignment's variant follow from who does it and from the assignment's name. How long a descent
takes on it does not.
"""

import random
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gdlib import _validate

__all__ = ["Variant", "variant"]

N_POINTS = 6
MEAN, DEVIATION = 4.0, 1.5  # of x: these two fix XᵀX
ALONG_THE_FLOOR = 20.0  # from the start to the minimum, along the flat direction: this fixes the epochs
UP_THE_WALL = (10.0, 30.0)  # along the steep one, which is soon done with
NEAR_ZERO = 5.0  # where the start is
NOISE = 3.0  # the root of the mean squared error that the best line leaves
LEARNING_RATE = 0.02


class Variant(NamedTuple):
    """Somebody's points, and where their descent begins.

    Attributes
    ----------
    x, y : ndarray of float, shape (6,)
    start : ndarray of float, shape (2,)
        ``[intercept, slope]``.
    learning_rate : float
    """

    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    learning_rate: float

    def link(self, epochs: int = 1000) -> str:
        """The address of the live figure with these points, as seen from the book's first page.

        Parameters
        ----------
        epochs : int

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If ``epochs`` is no whole number, or is negative.

        Examples
        --------
        >>> variant("anna", "5-your-points").link(epochs=100).partition("#")[0]
        'figure.html'
        """
        points = ";".join(f"{x!r},{y!r}" for x, y in zip(self.x.tolist(), self.y.tolist(), strict=True))
        start = ",".join(f"{t:g}" for t in self.start.tolist())
        epochs = _validate.epochs(epochs)
        return f"figure.html#points={points}&start={start}&learning_rate={self.learning_rate}&epochs={epochs}"


def variant(student: str, assignment: str) -> Variant:
    r"""The points of one student in one assignment.

    Let :math:`u` be a direction of length 1 at right angles to :math:`(1, \dots, 1)`. Then
    :math:`x = m + s \sqrt{n}\, u` has the mean m and the standard deviation s whatever u is, and with them

    .. math:: X^T X = n \begin{pmatrix} 1 & m \\ m & m^2 + s^2 \end{pmatrix}, \quad X = [1, x].

    So all variants share the Hessian of the mean squared error, its condition number, and its eigenvectors v (steep)
    and w (flat). The start :math:`\theta_0` is drawn, and the minimum is put at :math:`\theta_0 + a v \pm b w`. There a
    is drawn, too, and b is the same for everybody, so that in the direction that takes long every descent has as far to
    go. And :math:`y = X \theta + e`, with an e at right angles to the columns of X, which moves the minimum nowhere,
    and as long for everybody.

    Parameters
    ----------
    student, assignment : str
        Names. Capitals, and spaces around a name, make no difference.

    Returns
    -------
    Variant

    Raises
    ------
    ValueError
        If a name is no text, or is empty.

    Notes
    -----
    Whoever knows a name can compute its variant: that it is one's own is for the teacher to see.

    Examples
    --------
    >>> variant("anna", "5-your-points").x.mean().round(6), variant("ben", "5-your-points").x.mean().round(6)
    (np.float64(4.0), np.float64(4.0))
    >>> np.allclose(variant("anna", "5-your-points").x, variant("ben", "5-your-points").x)
    False

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, on the least-squares problem and its normal equations.
    """
    draw = random.Random(
        "/".join(_name(value, name) for value, name in [(assignment, "assignment"), (student, "student")])
    )
    ones = np.ones(N_POINTS)
    u = _direction(draw.random, ones)
    x = MEAN + DEVIATION * np.sqrt(N_POINTS) * u
    gram = np.array([[1, MEAN], [MEAN, MEAN**2 + DEVIATION**2]])
    flat, steep = np.linalg.eigh(gram)[1].T
    start = np.array([round(draw.uniform(-NEAR_ZERO, NEAR_ZERO), 1) for _ in range(2)])
    side = draw.choice([-1, 1]) * np.copysign(1, flat[0])
    theta = start + draw.uniform(*UP_THE_WALL) * steep * np.sign(steep[1]) + side * ALONG_THE_FLOOR * flat
    error = NOISE * np.sqrt(N_POINTS) * _direction(draw.random, ones, u)
    return Variant(x, theta[0] + theta[1] * x + error, start, LEARNING_RATE)


def _name(value: str, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be a name, but it is {value!r}")
    return value.strip().casefold()


def _direction(uniform: Callable[[], float], *others: np.ndarray) -> np.ndarray:
    """A direction of length 1, at right angles to these."""
    basis = np.linalg.qr(np.column_stack(others))[0]
    drawn = np.array([uniform() - 0.5 for _ in range(N_POINTS)])
    for _ in range(2):  # the second time takes away what rounding left
        drawn = drawn - basis @ (basis.T @ drawn)
        drawn /= np.linalg.norm(drawn)
    return drawn
