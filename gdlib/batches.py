"""Steps that see a few points each: the data in a new random order every epoch, cut into batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gdlib import _validate
from gdlib.losses import Loss, MeanSquaredError

__all__ = ["MiniBatches"]


@dataclass(frozen=True, eq=False)
class MiniBatches:
    r"""The losses of small batches, whose gradients are cheap and noisy, and right on average.

    Every epoch takes the points in a new order and cuts it into batches of ``size``; the last may be smaller.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    size : int
        Points a batch, from 1 (stochastic descent) to n (all of them, in another order).
    seed : int or numpy.random.Generator
        The same seed gives the same batches again in every descent; a Generator goes on from where it is.
    of : callable
        Makes the loss of a batch from its X and y.

    Raises
    ------
    ValueError
        If an argument makes no sense.

    References
    ----------
    Bottou, Curtis and Nocedal, "Optimization Methods for Large-Scale Machine Learning", *SIAM Review*, 2018.

    Examples
    --------
    >>> batches = MiniBatches([[1, 2], [1, 3], [1, 4], [1, 5]], [45, 65, 85, 105], size=3, seed=0)
    >>> [loss.n for loss in batches.epoch(np.random.default_rng(0))]
    [3, 1]
    """

    X: np.ndarray
    y: np.ndarray
    size: int
    seed: int | np.random.Generator
    of: Callable[[np.ndarray, np.ndarray], Loss] = MeanSquaredError.from_data

    def __post_init__(self) -> None:
        X, y = _validate.data(self.X, self.y)
        size = _validate.count(self.size, "size")
        if size > len(X):
            raise ValueError(f"size must be at most the number of points, {len(X)}, but it is {size}")
        object.__setattr__(self, "size", size)
        if not isinstance(self.seed, np.random.Generator):
            object.__setattr__(self, "seed", _validate.epochs(self.seed, "seed"))
        if not callable(self.of):
            raise ValueError(f"of must make a loss of X and y, but it is {self.of!r}")
        object.__setattr__(self, "X", _validate.read_only(X))
        object.__setattr__(self, "y", _validate.read_only(y))

    @property
    def steps_per_epoch(self) -> int:
        """How many batches the data are cut into."""
        return -(-len(self.X) // self.size)

    def generator(self) -> np.random.Generator:
        """The randomness of one descent."""
        return np.random.default_rng(self.seed)

    def epoch(self, generator: np.random.Generator) -> Iterator[Loss]:
        """The loss of each batch, for one pass over the data."""
        order = generator.permutation(len(self.X))
        for first in range(0, len(order), self.size):
            rows = order[first : first + self.size]
            yield self.of(self.X[rows], self.y[rows])
