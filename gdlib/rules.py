r"""The direction of a step: what a rule makes of the gradient and of what it remembers.

Every rule is a pair of pure functions. ``begin`` gives the memory before the first step; ``step`` takes a gradient,
the memory and the place, and gives a direction and the new memory. Most rules do not look at the place, and can do
without it. The step itself is the same for all of them:

.. math:: \theta_{k+1} = \theta_k - \text{learning\_rate} \cdot \text{direction}_k
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gdlib import _validate
from gdlib._underflow import underflows_to_zero

__all__ = ["AdaGrad", "Adam", "AdamW", "HeavyBall", "Linear", "Nesterov", "Plain", "RMSProp", "Rule"]


class Rule(Protocol):
    """What `gdlib.descent.descend` asks of a rule."""

    def begin(self, theta: np.ndarray) -> Any:
        """The memory before the first step."""

    def step(self, gradient: np.ndarray, memory: Any, theta: np.ndarray) -> tuple[np.ndarray, Any]:
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

    def step(self, gradient: np.ndarray, memory: None, theta: np.ndarray | None = None) -> tuple[np.ndarray, None]:
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
    def step(
        self, gradient: np.ndarray, memory: np.ndarray, theta: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
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
    def step(
        self, gradient: np.ndarray, memory: np.ndarray, theta: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The gradient and a share of the new velocity; the velocity is remembered."""
        velocity = self.momentum * memory + gradient
        return gradient + self.momentum * velocity, velocity


# On a quadratic, the steps of these rules are linear in the parameters, so its curvature tells how they behave.
Linear = Plain | HeavyBall | Nesterov


@dataclass(frozen=True)
class AdaGrad:
    r"""A step for every parameter in units of all its gradients so far: where they were small or rare, it is long.

    .. math:: s_k = s_{k-1} + g_k^2, \qquad \text{direction}_k = \frac{g_k}{\sqrt{s_k} + \varepsilon}

    The sum begins at 0 and never falls, so the steps grow shorter and shorter. A gradient above 1e154, whose square no
    float can hold, counts as one that has no direction.

    Parameters
    ----------
    epsilon : float
        Positive; it keeps a gradient of 0 from being divided by 0.

    Raises
    ------
    ValueError
        If ``epsilon`` is no such number.

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011; in
    this form, ``torch.optim.Adagrad``.

    Examples
    --------
    >>> rule = AdaGrad()
    >>> direction, memory = rule.step(np.array([1000.0, -0.1]), rule.begin(np.zeros(2)))
    >>> direction.round(6)
    array([ 1., -1.])
    >>> rule.step(np.array([1000.0, 0.0]), memory)[0].round(4)
    array([0.7071, 0.    ])
    """

    epsilon: float = 1e-10

    def __post_init__(self) -> None:
        object.__setattr__(self, "epsilon", _validate.positive(self.epsilon, "epsilon"))

    def begin(self, theta: np.ndarray) -> np.ndarray:
        """No gradient yet: the sum of their squares is 0."""
        return np.zeros_like(theta)

    @underflows_to_zero
    def step(
        self, gradient: np.ndarray, memory: np.ndarray, theta: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The gradient in units of all before it; the sum of the squares is remembered."""
        squares = memory + gradient**2
        return gradient / (np.sqrt(squares) + self.epsilon), squares


@dataclass(frozen=True)
class RMSProp:
    r"""A step for every parameter in units of its gradient's recent size: AdaGrad with a memory that fades.

    .. math:: s_k = \beta s_{k-1} + (1 - \beta) g_k^2, \qquad \text{direction}_k = \frac{g_k}{\sqrt{s_k} + \varepsilon}

    The average begins at 0 and nothing makes up for it: the first step is :math:`1 / \sqrt{1 - \beta}` times as long as
    the rate says. A gradient above 1e154, whose square no float can hold, counts as one that has no direction.

    Parameters
    ----------
    beta : float
        How much of the average of the squares is kept, from 0 to below 1.
    epsilon : float
        Positive; it keeps a gradient of 0 from being divided by 0.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    Tieleman and Hinton, "Lecture 6.5: RMSProp", 2012; in this form, ``torch.optim.RMSprop``, where beta is alpha.

    Examples
    --------
    >>> rule = RMSProp()
    >>> direction, memory = rule.step(np.array([1000.0, -0.1]), rule.begin(np.zeros(2)))
    >>> direction.round(4)
    array([ 10., -10.])
    """

    beta: float = 0.99
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        for name, read in (("beta", _validate.share), ("epsilon", _validate.positive)):
            object.__setattr__(self, name, read(getattr(self, name), name))

    def begin(self, theta: np.ndarray) -> np.ndarray:
        """No gradient yet: the average of their squares is 0."""
        return np.zeros_like(theta)

    @underflows_to_zero
    def step(
        self, gradient: np.ndarray, memory: np.ndarray, theta: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The gradient in units of its recent size; the average of the squares is remembered."""
        square = self.beta * memory + (1 - self.beta) * gradient**2
        return gradient / (np.sqrt(square) + self.epsilon), square


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
        self, gradient: np.ndarray, memory: tuple[int, np.ndarray, np.ndarray], theta: np.ndarray | None = None
    ) -> tuple[np.ndarray, tuple[int, np.ndarray, np.ndarray]]:
        """The mean gradient in units of its size; both averages are remembered, and their count."""
        k, mean, square = memory
        k, mean = k + 1, self.beta1 * mean + (1 - self.beta1) * gradient
        square = self.beta2 * square + (1 - self.beta2) * gradient**2
        size = np.sqrt(square / (1 - self.beta2**k)) + self.epsilon
        return mean / (1 - self.beta1**k) / size, (k, mean, square)


@dataclass(frozen=True)
class AdamW(Adam):
    r"""Adam, and besides it every parameter loses a share of itself: its charge is not divided by the gradient's size.

    .. math:: \text{direction}_k = \text{Adam's direction}_k + \text{weight\_decay} \cdot \theta_k

    A step leaves :math:`1 - \text{learning\_rate} \cdot \text{weight\_decay}` of each parameter, an intercept among
    them, before Adam moves it.

    Parameters
    ----------
    beta1, beta2, epsilon : float
        As those of `Adam`.
    weight_decay : float
        0, which is Adam, or more.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2; in this form,
    ``torch.optim.AdamW``.

    Examples
    --------
    >>> rule = AdamW(weight_decay=0.1)
    >>> theta = np.array([5.0, 20.0])
    >>> direction, memory = rule.step(np.array([1000.0, 0.0]), rule.begin(theta), theta)
    >>> direction.round(6)
    array([1.5, 2. ])
    """

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if _validate.number(self.weight_decay, "weight_decay") < 0:
            raise ValueError(f"weight_decay must not be negative, but it is {self.weight_decay}")
        object.__setattr__(self, "weight_decay", float(self.weight_decay))

    @underflows_to_zero
    def step(
        self, gradient: np.ndarray, memory: tuple[int, np.ndarray, np.ndarray], theta: np.ndarray | None = None
    ) -> tuple[np.ndarray, tuple[int, np.ndarray, np.ndarray]]:
        """Adam's direction and a share of the place, which this rule cannot do without."""
        if theta is None:
            raise ValueError("theta must be the place of the step, of which AdamW takes a share, but it is None")
        direction, memory = super().step(gradient, memory)
        return direction + self.weight_decay * theta, memory


# By their names in the live figure.
RULES: dict[str, Callable[..., Rule]] = {
    "plain": Plain,
    "heavy ball": HeavyBall,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}
