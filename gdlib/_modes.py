r"""How a rule moves along one eigenvector of a quadratic: what `spectrum` knows of plain descent and of momentum.

Along each eigenvector the distance from the minimum, e, follows a linear recurrence of its own. With the velocity w (in
units of the rate) beside it, a step of either momentum is a matrix that depends only on the momentum and on
:math:`q = \text{rate} \cdot \lambda`:

.. math:: \begin{pmatrix} e_{k+1} \\ w_{k+1} \end{pmatrix} = M \begin{pmatrix} e_k \\ w_k \end{pmatrix}, \qquad
          M_\text{heavy ball} = \begin{pmatrix} 1 - q & -\mu \\ q & \mu \end{pmatrix}, \qquad
          M_\text{Nesterov} = \begin{pmatrix} 1 - (1 + \mu) q & -\mu^2 \\ q & \mu \end{pmatrix}
"""

import itertools
import math
import sys
from collections.abc import Callable

import numpy as np

from gdlib._underflow import underflows_to_zero
from gdlib.rules import HeavyBall, Linear, Nesterov, Plain


def matrices(rule: Linear, q: np.ndarray) -> np.ndarray:
    """The matrix of each direction, shape (d, m, m): m is 1 for plain descent, and 2 with a velocity."""
    one, q = np.ones_like(q), np.asarray(q)
    match rule:
        case Plain():
            return (1 - q)[:, None, None]
        case HeavyBall(momentum=mu):
            entries = [1 - q, -mu * one, q, mu * one]
        case Nesterov(momentum=mu):
            entries = [1 - (1 + mu) * q, -mu * mu * one, q, mu * one]
    return np.stack(entries, axis=-1).reshape(-1, 2, 2)


@underflows_to_zero
def roots(step: np.ndarray) -> np.ndarray:
    """Eigenvalues of these matrices, complex, shape (d, m)."""
    if step.shape[1] == 1:
        return step[:, 0].astype(complex)
    trace, determinant = np.trace(step, axis1=1, axis2=2), np.linalg.det(step)
    root = np.sqrt((trace**2 / 4 - determinant).astype(complex))
    return np.stack([trace / 2 - root, trace / 2 + root], axis=-1)


@underflows_to_zero
def powers(step: np.ndarray, first: int, many: int) -> np.ndarray:
    """The upper left entry of each matrix to the powers ``first`` and on: what is left of a distance, (d, many).

    Filled by doubling, so that many cost little more than one.
    """
    if step.shape[1] == 1:
        return step[:, 0] ** np.arange(first, first + many, dtype=float)
    left = np.empty((many, *step.shape))
    left[0] = np.linalg.matrix_power(step, first)
    done, ahead = 1, step
    while done < many:
        more = min(done, many - done)
        left[done : done + more] = ahead @ left[:more]
        done, ahead = done + more, ahead @ ahead
    return left[:, :, 0, 0].T


@underflows_to_zero
def envelope(step: np.ndarray, k: float) -> np.ndarray:
    """What is left of a distance from step ``k`` on is at most this, shape (d,); it falls with k.

    By the two roots r and s the rest is a sum of powers, :math:`c r^k + (1 - c) s^k`, where they differ; and at most
    :math:`|r|^k (k |M_{00}| / |r| + k)`, with r the larger, where they need not.
    """
    if step.shape[1] == 1:
        return np.abs(step[:, 0, 0]) ** k
    small, large = roots(step).T
    size = np.maximum(np.maximum(np.abs(small), np.abs(large)), 1e-300)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        share = (step[:, 0, 0] - small) / (large - small)
        apart = np.abs(share) * np.abs(large) ** k + np.abs(1 - share) * np.abs(small) ** k
        peak = np.maximum(max(k, 1), -1 / np.log(size))  # where k |r|^k is largest; it falls from there on
        together = size**peak * peak * (np.abs(step[:, 0, 0]) / size + 1)
    return np.fmin(apart, together if k >= 1 else np.maximum(together, 1))


def log_sizes(q: np.ndarray) -> np.ndarray:
    r"""Logarithms of :math:`|1 - q|`, which is what an epoch of plain descent leaves, with all digits of a tiny q."""
    with np.errstate(divide="ignore"):
        return np.where(q < 1, np.log1p(-np.minimum(q, 1.0)), np.log(np.maximum(q, 1.0) - 1))


def last_outside(coefficients: np.ndarray, logs: np.ndarray, tolerance: float) -> int:
    r"""The last whole k from 0 on at which :math:`|\sum_j c_j e^{k\, \text{logs}_j}|` exceeds the tolerance.

    -1 if there is none. All logs are below 0. Between zeros of its derivative such a sum only rises or only
    falls, so where it leaves the tolerance is found by bisection; and divided by its slowest power, the derivative is a
    constant and a sum of one term fewer, whose zeros are found in the same way.
    """

    def value(k: float, coefficients: np.ndarray = coefficients, logs: np.ndarray = logs) -> float:
        return float(coefficients @ np.exp(k * logs))

    def outside(k: int) -> bool:
        return abs(value(k)) > tolerance

    bounds = [0, *_sign_changes(coefficients * logs, logs), _settled(np.abs(coefficients), logs, tolerance)]
    for low, high in reversed(list(itertools.pairwise(bounds))):
        if outside(high):
            return high
        if outside(low):
            return bisected(outside, low, high)
    return -1 if not outside(0) else 0


def _sign_changes(coefficients: np.ndarray, logs: np.ndarray) -> list[int]:
    """Whole numbers, in order, between which such a sum changes its sign: one below and one above each place."""
    kept = coefficients != 0
    coefficients, logs = coefficients[kept], logs[kept]
    if len(np.unique(np.sign(coefficients))) < 2:
        return []
    slowest = logs.max()
    if (logs == slowest).all():
        return []  # one power times the sum of the coefficients
    coefficients = np.array([coefficients[logs == slowest].sum(), *coefficients[logs < slowest]])
    logs = np.array([0.0, *(logs[logs < slowest] - slowest)])  # the sum divided by its slowest power

    def positive(k: int) -> bool:
        return float(coefficients @ np.exp(k * logs)) > 0

    rest = float(np.abs(coefficients[0]))
    end = _settled(np.abs(coefficients[1:]), logs[1:], rest) if rest > 0 else 0
    found: list[int] = []
    bounds = sorted({0, *(k for k in _sign_changes(coefficients[1:] * logs[1:], logs[1:]) if k < end), end})
    for low, high in itertools.pairwise(bounds):
        first = positive(low)
        if positive(high) != first:
            place = bisected(positive if first else lambda k: not positive(k), low, high)
            found += [place, place + 1]
    return sorted({*found})


def _settled(sizes: np.ndarray, logs: np.ndarray, tolerance: float) -> int:
    """A whole number from which on the sizes add up to no more than the tolerance: each has its share of it."""
    share = math.log(tolerance) - math.log(len(sizes))  # as a logarithm, since the share may be too small for a float
    with np.errstate(divide="ignore", over="ignore"):
        needed = float(np.maximum((share - np.log(sizes)) / logs, 0.0).max())
    return math.ceil(min(needed * (1 + 1e-9), sys.float_info.max)) + 1


def bisected(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The last whole number at which it holds, which it does at ``low`` and not at ``high``."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
