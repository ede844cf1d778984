r"""The direction of a step: what a rule makes of the gradient and of what it remembers.

Every rule is a pair of pure functions. ``begin`` gives the memory before the first step; ``step`` takes a gradient
and the memory and gives a direction and the new memory. The step itself is the same for all of them:

.. math:: \theta_{k+1} = \theta_k - \text{learning\_rate} \cdot \text{direction}_k
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gdlib import _validate
from gdlib._underflow import underflows_to_zero

__all__ = ["Adam", "HeavyBall", "Linear", "Nesterov", "Plain", "Rule"]


class Rule(Protocol):
    """What `gdlib.descent.descend` asks of a rule."""

    def begin(self, theta: np.ndarray) -> Any:
        """The memory before the first step."""

    def step(self, gradient: np.ndarray, memory: Any) -> tuple[np.ndarray, Any]:
        """The direction to go against, and the memory for the next step."""


@dataclass(frozen=True)
class Plain:
    """The gradient itself; nothing is remembered.

    References
    ----------
    Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.

    Examples
    --------
    >>> Plain().step(np.array([1.0, 2.0]), None)
    (array([1., 2.]), None)
    """

    limit = 2.0  # of rate times curvature; from there on it does not converge

    def begin(self, theta: np.ndarray) -> None:
        """Nothing."""

    def step(self, gradient: np.ndarray, memory: None) -> tuple[np.ndarray, None]:
        """The gradient."""
        return gradient, memory


@dataclass(frozen=True)
class _WithVelocity:
    """What both kinds of momentum begin with."""

    momentum: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "momentum", _validate.share(self.momentum, "momentum"))

    def begin(self, theta: np.ndarray) -> np.ndarray:
        """At rest."""
        return np.zeros_like(theta)


@dataclass(frozen=True)
class HeavyBall(_WithVelocity):
    r"""Momentum: a velocity that keeps a share of itself and takes the gradient on.

    .. math:: v_{k+1} = \text{momentum} \cdot v_k + g_k, \qquad \text{direction}_k = v_{k+1}

    Parameters
    ----------
    momentum : float
        From 0, which is plain descent, to below 1.

    Raises
    ------
    ValueError
        If ``momentum`` is no such number.

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; in this form, ``torch.optim.SGD``.

    Examples
    --------
    >>> rule = HeavyBall(0.9)
    >>> velocity = rule.begin(np.zeros(2))
    >>> for _ in range(3):
    ...     direction, velocity = rule.step(np.array([1.0, -1.0]), velocity)
    >>> direction.round(2)
    array([ 2.71, -2.71])
    """

    @property
    def limit(self) -> float:
        """Of rate times curvature; from there on it does not converge."""
        return 2 * (1 + self.momentum)

    @underflows_to_zero
    def step(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The new velocity, twice: it is the direction, and it is remembered."""
        velocity = self.momentum * memory + gradient
        return velocity, velocity


@dataclass(frozen=True)
class Nesterov(_WithVelocity):
    r"""Momentum that looks ahead: the velocity counts once more, as if the next step were already known.

    .. math:: v_{k+1} = \text{momentum} \cdot v_k + g_k, \qquad
              \text{direction}_k = g_k + \text{momentum} \cdot v_{k+1}

    Parameters
    ----------
    momentum : float
        From 0, which is plain descent, to below 1.

    Raises
    ------
    ValueError
        If ``momentum`` is no such number.

    References
    ----------
    Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k²)", 1983; in this form,
    Sutskever and others, "On the importance of initialization and momentum in deep learning", 2013, and
    ``torch.optim.SGD``.

    Examples
    --------
    >>> rule = Nesterov(0.9)
    >>> rule.step(np.array([1.0, -1.0]), rule.begin(np.zeros(2)))
    (array([ 1.9, -1.9]), array([ 1., -1.]))
    """

    @property
    def limit(self) -> float:
        """Of rate times curvature; from there on it does not converge."""
        return 2 * (1 + self.momentum) / (1 + 2 * self.momentum)

    @underflows_to_zero
    def step(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The gradient and a share of the new velocity; the velocity is remembered."""
        velocity = self.momentum * memory + gradient
        return gradient + self.momentum * velocity, velocity


# On a quadratic, the steps of these rules are linear in the parameters, so its curvature tells how they behave.
Linear = Plain | HeavyBall | Nesterov


@dataclass(frozen=True)
class Adam:
    r"""A step for every parameter in units of its own gradient's recent size.

    .. math:: m_k = \beta_1 m_{k-1} + (1 - \beta_1) g_k, \qquad s_k = \beta_2 s_{k-1} + (1 - \beta_2) g_k^2, \qquad
              \text{direction}_k = \frac{m_k / (1 - \beta_1^k)}{\sqrt{s_k / (1 - \beta_2^k)} + \varepsilon}

    Both averages begin at 0; dividing by :math:`1 - \beta^k`, k counted from 1, makes up for it. A gradient above
    1e154, whose square no float can hold, counts as one that has no direction.

    Parameters
    ----------
    beta1, beta2 : float
        How much of the averages of the gradient and of its square is kept, from 0 to below 1.
    epsilon : float
        Positive; it keeps a gradient of 0 from being divided by 0.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.

    Examples
    --------
    >>> rule = Adam()
    >>> direction, memory = rule.step(np.array([1000.0, -0.1]), rule.begin(np.zeros(2)))
    >>> direction.round(6)
    array([ 1., -1.])
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        for name, read in (("beta1", _validate.share), ("beta2", _validate.share), ("epsilon", _validate.positive)):
            object.__setattr__(self, name, read(getattr(self, name), name))

    def begin(self, theta: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
        """No step yet, and both averages 0."""
        return 0, np.zeros_like(theta), np.zeros_like(theta)

    @underflows_to_zero
    def step(
        self, gradient: np.ndarray, memory: tuple[int, np.ndarray, np.ndarray]
    ) -> tuple[np.ndarray, tuple[int, np.ndarray, np.ndarray]]:
        """The mean gradient in units of its size; both averages are remembered, and their count."""
        k, mean, square = memory
        k, mean = k + 1, self.beta1 * mean + (1 - self.beta1) * gradient
        square = self.beta2 * square + (1 - self.beta2) * gradient**2
        size = np.sqrt(square / (1 - self.beta2**k)) + self.epsilon
        return mean / (1 - self.beta1**k) / size, (k, mean, square)


# By their names in the live figure.
RULES: dict[str, Callable[..., Rule]] = {"plain": Plain, "heavy ball": HeavyBall, "nesterov": Nesterov, "adam": Adam}
