"""The same work by libraries that readers know. They need not be installed: `installed` tells."""

from collections.abc import Callable, Iterable
from importlib.util import find_spec

import numpy as np

from gdlib.large.blocks import Block

MODULES = {"torch": "torch", "scikit-learn": "sklearn"}


def installed(peer: str) -> bool:
    """Whether the library is there."""
    return find_spec(MODULES[peer]) is not None


def by_torch(X: np.ndarray, y: np.ndarray, start: np.ndarray, learning_rate: float) -> Callable[[int], np.ndarray]:
    """So many epochs of torch.optim.SGD on the mean squared error in float64, every epoch kept."""
    import torch

    def descend(epochs: int) -> np.ndarray:
        inputs, wanted = torch.tensor(X), torch.tensor(y)
        theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([theta], lr=learning_rate)
        history = [theta.detach().clone()]
        for _ in range(epochs):
            optimizer.zero_grad()
            torch.mean((inputs @ theta - wanted) ** 2).backward()
            optimizer.step()
            history.append(theta.detach().clone())
        return torch.stack(history).numpy()

    return descend


def torch_loss_and_gradient(X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean squared error and what autograd makes of it."""
    import torch

    parameters = torch.tensor(theta, requires_grad=True)
    loss = torch.mean((torch.from_numpy(X) @ parameters - torch.from_numpy(y)) ** 2)
    loss.backward()
    return loss.item(), parameters.grad.numpy()


def by_scikit_learn(X: np.ndarray, y: np.ndarray, learning_rate: float) -> Callable[[int], None]:
    """So many epochs of SGDRegressor.partial_fit: not the same steps, since it takes one a point."""
    from sklearn.linear_model import SGDRegressor

    def descend(epochs: int) -> None:
        model = SGDRegressor(penalty=None, fit_intercept=False, learning_rate="constant", eta0=learning_rate)
        for _ in range(epochs):
            model.partial_fit(X, y)

    return descend


def scikit_learn_pass(blocks: Iterable[Block]) -> np.ndarray:
    """The parameters after one epoch of SGDRegressor.partial_fit, a block a call, at its own learning rate."""
    from sklearn.linear_model import SGDRegressor

    model = SGDRegressor(penalty=None, fit_intercept=False, random_state=0)
    for X, y in blocks:
        model.partial_fit(X, y)
    return model.coef_
