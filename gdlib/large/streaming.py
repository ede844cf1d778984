"""Gradient descent on data that come in blocks: every epoch is one pass over them.

Where the loss has no sufficient statistics, as the logistic has none, its gradient is a sum over all points, taken anew
each time. The mean squared error needs no such thing: `gdlib.losses.MeanSquaredError.from_blocks` reads the data once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.costs import Cost
from gdlib.descent import Status
from gdlib.large.blocks import Block, Blocks, Sums, progress_bar, require_finite, total, unmasked
from gdlib.large.checkpoint import Checkpoint, described
from gdlib.rates import as_function
from gdlib.rules import Plain, Rule

if TYPE_CHECKING:
    from gdlib.large.cluster import Cluster

__all__ = ["MiniBlocks", "StreamedDescent", "descend", "loss_and_gradient"]


@dataclass(frozen=True)
class MiniBlocks:
    """How an epoch takes its mini-batches from blocks: in a new order each time, without all data in memory.

    The blocks are taken in a random order, ``mixed`` of them at a time; their rows are shuffled together and cut into
    batches, and what is left over goes before the next. So rows that stand far apart in a file meet in a batch only if
    their blocks are mixed; where a file is sorted, mix many.

    Parameters
    ----------
    size : int
        Points a batch.
    seed : int
        The same seed gives the same batches.
    mixed : int
        Blocks that are in memory at once. Beside them are what the source needs to read one, and a batch.

    Raises
    ------
    ValueError
        If an argument is no such number.

    References
    ----------
    TensorFlow's ``tf.data.Dataset.shuffle`` and PyTorch's WebDataset shuffle in a buffer likewise.

    Examples
    --------
    >>> from gdlib.large.blocks import ArrayBlocks
    >>> data = ArrayBlocks(np.arange(10.0).reshape(5, 2), np.arange(5), rows=2)
    >>> [y.tolist() for X, y in MiniBlocks(size=2, seed=0).epoch(data, np.random.default_rng(0))]
    [[1.0, 3.0], [2.0, 0.0], [4.0]]
    """

    size: int
    seed: int = 0
    mixed: int = 16

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", _validate.count(self.size, "size"))
        object.__setattr__(self, "seed", _validate.epochs(self.seed, "seed"))
        object.__setattr__(self, "mixed", _validate.count(self.mixed, "mixed"))

    def epoch(
        self, blocks: Blocks, generator: np.random.Generator, check: Callable[..., None] = require_finite
    ) -> Iterator[Block]:
        """The batches of one pass, each a pair of arrays of their own; ``check(X, y, place)`` refuses a block."""
        order = generator.permutation(len(blocks))
        left = np.empty((0, blocks.dimension)), np.empty(0)
        for begin in range(0, len(order), self.mixed):
            places = order[begin : begin + self.mixed].tolist()
            X, y = _buffer(left, blocks, places, check)
            rows = generator.permutation(len(X))
            whole = len(rows) if begin + self.mixed >= len(order) else len(rows) // self.size * self.size
            for first in range(0, whole, self.size):
                batch = rows[first : min(first + self.size, whole)]
                yield X[batch], y[batch]
            left = X[rows[whole:]], y[rows[whole:]]
            del X, y  # free them before the next are read

    def steps(self, rows: int) -> int:
        """How many batches so many points make."""
        return -(-rows // self.size)


def _buffer(pool: Block, blocks: Blocks, places: list[int], check: Callable[..., None]) -> Block:
    """The rows of ``pool`` and of these blocks below them, each of which is copied once."""
    X, y = pool
    end = len(y)
    for done, (place, block) in enumerate(zip(places, blocks.stream(places), strict=True)):
        index = blocks.first + place
        more, heights = unmasked(block, index)
        begin, end = end, end + len(heights)
        check(more, heights, index)
        if more.shape[1] != blocks.dimension:
            raise ValueError(f"all blocks must have {blocks.dimension} columns, but block {index} has {more.shape[1]}")
        if end > len(y):  # make room as if the rest were as long as this block
            room = begin + (len(places) - done) * len(heights)
            X, y = _grown(X, begin, room), _grown(y, begin, room)
        X[begin:end], y[begin:end] = more, heights
    return X[:end], y[:end]


def _grown(values: np.ndarray, used: int, room: int) -> np.ndarray:
    """The first values, with room for more behind them."""
    more = np.empty((room, *values.shape[1:]))
    more[:used] = values[:used]
    return more


@dataclass(frozen=True, eq=False)
class StreamedDescent:
    """A finished descent over blocks.

    Attributes
    ----------
    trajectory : ndarray, shape (epochs + 1, d)
        The parameters after every epoch, the start first; cut after the last whose numbers are all finite.
    losses : ndarray, shape (epochs,)
        What each pass saw: without mini-batches the loss at the epoch's start, on all points; with them the mean, over
        the points, of what each cost at the step that was to use it.
    loss : float
        At the end, on all points, from one more pass.
    gradient : ndarray, shape (d,)
        Likewise.
    steps : int
        How many led there.
    status : Status
        ``CONVERGED``, ``OUT_OF_EPOCHS`` or ``DIVERGED``: the numbers have left the range of a float. Converged is only
        a gradient of exactly 0, which is rare: `gdlib.descent.descend` also takes one for 0 that is no larger than its
        own rounding, but to know how large that is would cost here almost a pass more. See how small ``gradient`` is.
    """

    trajectory: np.ndarray
    losses: np.ndarray
    loss: float
    gradient: np.ndarray
    steps: int
    status: Status

    @property
    def theta(self) -> np.ndarray:
        """The parameters at the end, shape (d,)."""
        return self.trajectory[-1]

    @property
    def epochs(self) -> int:
        """How many epochs were run."""
        return len(self.losses)


@np.errstate(under="ignore")
def loss_and_gradient(
    blocks: Any, cost: Cost, theta: ArrayLike, on: "Cluster | None" = None, progress: bool = True
) -> tuple[float, np.ndarray]:
    r"""The mean cost and its gradient at ``theta``, by one pass over the data.

    .. math:: L(\theta) = \frac{1}{n} \sum_i c(x_i^T \theta, y_i), \qquad
              \nabla L(\theta) = \frac{1}{n} \sum_i c'(x_i^T \theta, y_i)\, x_i

    Parameters
    ----------
    blocks : gdlib.large.blocks.Blocks or iterable of (X, y)
    cost : Cost
        See `gdlib.costs`.
    theta : array_like, shape (d,)
    on : gdlib.large.cluster.Cluster, optional
        Where to add up; by default, in this process.
    progress : bool
        Whether a pass that takes more than a second shows how far it is.

    Returns
    -------
    tuple of float and ndarray, shape (d,)

    Raises
    ------
    ValueError
        As `gdlib.large.blocks.total`; if the width differs from that of ``theta``, the cost makes no sense for a y, or
        the result leaves the range of a float.

    Examples
    --------
    >>> from gdlib.large.blocks import ArrayBlocks
    >>> from gdlib.costs import SquaredCost
    >>> loss_and_gradient(ArrayBlocks([[1, 2], [1, 4], [1, 5]], [45, 85, 105]), SquaredCost(), [0, 0])
    (6758.33..., array([-156.66..., -636.66...]))
    """
    theta = _validate.array(theta, "theta", 1)
    _require_parts(cost, on)
    loss, gradient = _pass(blocks, cost, theta, on, progress)
    if not (np.isfinite(loss) and np.isfinite(gradient).all()):
        raise ValueError(f"the loss or its gradient at theta {theta} leaves the range of a float")
    return loss, gradient


def _require_parts(cost: Cost, on: "Cluster | None") -> None:
    _validate.having(cost, "cost", "sums", "problem")
    if on is not None:
        _validate.having(on, "on", "total")


def _pass(blocks: Any, cost: Cost, theta: np.ndarray, on: "Cluster | None", progress: bool) -> tuple[float, np.ndarray]:
    n, costs, gradient = (on.total if on else total)(blocks, partial(_sums, cost, theta), progress)
    return float(costs / n), gradient / n


def _sums(cost: Cost, theta: np.ndarray, X: np.ndarray, y: np.ndarray) -> Sums:
    if X.shape[1] != len(theta):
        raise ValueError(f"theta must hold {X.shape[1]} numbers, one a column of X, but it holds {len(theta)}")
    if odd := cost.problem(y):
        raise ValueError(f"{odd[1]}, but row {odd[0]} holds {y[odd[0]]}")
    return len(X), *cost.sums(X, y, theta)


@np.errstate(under="ignore")
def descend(
    blocks: Blocks,
    cost: Cost,
    start: ArrayLike,
    learning_rate: float | Callable[[int], float],
    epochs: int,
    rule: Rule = Plain(),
    batches: MiniBlocks | None = None,
    on: "Cluster | None" = None,
    checkpoint: Checkpoint | None = None,
    progress: bool = True,
) -> StreamedDescent:
    r"""Minimise a mean cost by gradient descent over blocks, a pass an epoch.

    .. math:: \theta_{k+1} = \theta_k - \text{learning\_rate}_k \cdot \text{direction}_k

    Parameters
    ----------
    blocks : Blocks
    cost : Cost
        See `gdlib.costs`.
    start : array_like, shape (d,)
    learning_rate : float or schedule
        Positive; or a function of the number of steps taken: see `gdlib.rates`.
    epochs : int
        0 or more.
    rule : Rule
        What makes a direction of the gradient: see `gdlib.rules`.
    batches : MiniBlocks, optional
        By default, each step sees all points.
    on : gdlib.large.cluster.Cluster, optional
        Where to add up the gradient of all points. Mini-batches cannot go there: each waits for the last. It adds in
        another order than this process does: a descent that was begun here and goes on there, or the other way round,
        may differ from one at once in the last bits, and so may be refused as another descent.
    checkpoint : Checkpoint, optional
        After every epoch, all that is needed to go on is kept there. If the file exists, the descent goes on from it,
        and ends as if it had never been interrupted, bit for bit; it may be asked for more epochs than before. It must
        tell the cost, the schedule and the rule from others: each must be a dataclass, or have a ``repr`` that holds
        all it is made of.
    progress : bool
        Whether what takes more than a second shows how far it is.

    Returns
    -------
    StreamedDescent
        Frozen, its arrays read-only and finite.

    Raises
    ------
    ValueError
        If an argument makes no sense; as `gdlib.large.blocks.total`; or if the checkpoint is torn, or of another
        descent, or could not tell this one from another, or cannot keep what the rule remembers.
    OSError
        If the checkpoint cannot be written.

    References
    ----------
    Bottou, Curtis and Nocedal, "Optimization Methods for Large-Scale Machine Learning", *SIAM Review*, 2018.

    Examples
    --------
    >>> from gdlib.large.blocks import ArrayBlocks
    >>> from gdlib.costs import LogisticCost
    >>> hours, passed = [[1, 1], [1, 2], [1, 3], [1, 4]], [0, 1, 0, 1]
    >>> run = descend(ArrayBlocks(hours, passed), LogisticCost(), [0, 0], learning_rate=0.5, epochs=1000)
    >>> run.theta.round(2), round(run.loss, 3)
    (array([-2.27,  0.91]), 0.587)
    """
    if not isinstance(blocks, Blocks):
        raise ValueError(
            f"blocks must be Blocks of gdlib.large, to be read in every epoch, but they are a {type(blocks).__name__}"
        )
    theta, epochs = _validate.parameters(start, "start", blocks.dimension), _validate.epochs(epochs)
    if hasattr(learning_rate, "along"):
        raise ValueError("a line search would read all data many times a step: give a learning rate or a schedule")
    if not callable(learning_rate):
        learning_rate = _validate.positive(learning_rate, "learning_rate")
    rate_of = as_function(learning_rate)
    _require_parts(cost, on)
    _validate.having(rule, "rule", "begin", "step")
    if batches is not None:
        _validate.having(batches, "batches", "epoch", "steps")
    if checkpoint is not None:
        _validate.having(checkpoint, "checkpoint", "load", "save")
    if batches is not None and on is not None:
        raise ValueError("mini-batches take one step after another: on a cluster every step must see all points")

    here = partial(_pass, blocks, cost, on=on, progress=progress)
    run = _Run([theta], [], 0, rule.begin(theta), np.random.default_rng(batches.seed if batches else None))
    made_by, known = {}, None
    if checkpoint is not None:
        run.to_keep()  # fails now rather than after the first epoch
        made_by = _made_by(blocks, cost, theta, learning_rate, rule, batches)
        known = here(theta)
        made_by |= {
            "loss at the start": known[0],
            "gradient at the start": known[1].tolist(),  # tells data apart on which the loss is the same, as log 2 at 0
        }
        if kept := checkpoint.load(made_by):
            run, known = _Run.restored(*kept), None
        if len(run.losses) > epochs:
            raise ValueError(f"{checkpoint.path} has run {len(run.losses)} epochs, more than the {epochs} asked for")

    status = Status.OUT_OF_EPOCHS
    with np.errstate(over="ignore", invalid="ignore"):
        left = range(len(run.losses), epochs)
        count = epochs - len(run.losses)  # len(left) fails from 2**63 on
        for _ in progress_bar(left, progress, "epochs", count):
            if batches is None:
                loss, gradient = known or here(run.trajectory[-1])
                theta = run.step(run.trajectory[-1], gradient, rule, rate_of)
            else:
                loss, theta = _epoch(run, blocks, cost, rule, rate_of, batches, progress)
            known = None  # it was that of the start
            if not (np.isfinite(loss) and np.isfinite(theta).all()):
                status = Status.DIVERGED
                break
            run.losses.append(loss)
            run.trajectory.append(theta)
            if checkpoint is not None:
                checkpoint.save(made_by, *run.to_keep())
        loss, gradient = known or here(run.trajectory[-1])
        while not (np.isfinite(loss) and np.isfinite(gradient).all()):  # the parameters are finite, but not these
            if not run.losses:
                raise ValueError(f"the loss or its gradient at start {run.trajectory[0]} leaves the range of a float")
            run.trajectory.pop()
            run.losses.pop()
            status, (loss, gradient) = Status.DIVERGED, here(run.trajectory[-1])
    if status is not Status.DIVERGED and not gradient.any():
        status = Status.CONVERGED
    trajectory, losses = np.array(run.trajectory), np.array(run.losses)
    steps = len(losses) * (batches.steps(blocks.rows) if batches else 1)  # without those that were cut off
    for array in (trajectory, losses, gradient):
        array.flags.writeable = False
    return StreamedDescent(trajectory, losses, loss, gradient, steps, status)


@dataclass
class _Run:
    """What a descent has done, and all that its next step depends on."""

    trajectory: list[np.ndarray]
    losses: list[float]
    steps: int
    memory: Any
    generator: np.random.Generator

    def step(self, theta: np.ndarray, gradient: np.ndarray, rule: Rule, rate_of: Callable[..., float]) -> np.ndarray:
        """Where the next step leads."""
        direction, self.memory = rule.step(gradient, self.memory, theta)
        rate = rate_of(self.steps)
        self.steps += 1
        return theta - rate * direction

    def to_keep(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """The same as values for JSON, and arrays."""
        arrays = {"trajectory": np.array(self.trajectory), "losses": np.array(self.losses)}
        memory = _flattened(self.memory, arrays)
        return {"steps": self.steps, "memory": memory, "generator": self.generator.bit_generator.state}, arrays

    @classmethod
    def restored(cls, state: dict[str, Any], arrays: dict[str, np.ndarray]) -> "_Run":
        """What `to_keep` has taken apart."""
        generator = np.random.default_rng(0)
        generator.bit_generator.state = state["generator"]
        memory = _rebuilt(state["memory"], arrays)
        return cls(list(arrays["trajectory"]), arrays["losses"].tolist(), state["steps"], memory, generator)


def _flattened(memory: Any, arrays: dict[str, np.ndarray]) -> Any:
    """A rule's memory with its arrays put aside, each under a name."""
    if isinstance(memory, tuple):
        return [_flattened(part, arrays) for part in memory]
    if isinstance(memory, np.ndarray | np.generic) and memory.dtype.kind in "biufc":
        name = f"memory {len(arrays)}"
        arrays[name] = np.asarray(memory)
        return name
    if memory is None or isinstance(memory, int | float):
        return memory
    raise ValueError(
        "a checkpoint can keep a rule's memory of numbers, arrays of them, None, and tuples of these, "
        f"but it holds {memory!r}"
    )


def _rebuilt(memory: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(memory, list):
        return tuple(_rebuilt(part, arrays) for part in memory)
    return arrays[memory][()] if isinstance(memory, str) else memory


def _epoch(
    run: _Run,
    blocks: Blocks,
    cost: Cost,
    rule: Rule,
    rate_of: Callable[..., float],
    batches: MiniBlocks,
    progress: bool,
) -> tuple[float, np.ndarray]:
    """The steps of a pass by mini-batches: what the points cost on the way, on average, and where it leads."""
    theta, costs = run.trajectory[-1], 0.0
    taken = batches.epoch(blocks, run.generator, partial(_require, cost))
    for X, y in progress_bar(taken, progress, "batches", batches.steps(blocks.rows)):
        cost_of_batch, gradient = cost.sums(X, y, theta)
        costs += cost_of_batch
        theta = run.step(theta, gradient / len(y), rule, rate_of)
    return costs / blocks.rows, theta


def _require(cost: Cost, X: np.ndarray, y: np.ndarray, index: int) -> None:
    require_finite(X, y, index)
    if odd := cost.problem(y):
        raise ValueError(f"in block {index}: {odd[1]}, but row {odd[0]} holds {y[odd[0]]}")


def _made_by(
    blocks: Blocks, cost: Cost, start: np.ndarray, learning_rate: Any, rule: Rule, batches: MiniBlocks | None
) -> dict[str, Any]:
    """What a descent that goes on must have in common with the one that began."""
    return {
        "rows": blocks.rows,
        "number of blocks": len(blocks),
        "rows a block": blocks.sizes,
        "start": start.tolist(),
        "cost": described(cost, "cost"),
        "learning rate": described(learning_rate, "learning rate"),
        "rule": described(rule, "rule"),
        "mini-batches": described(batches, "mini-batches"),
    }
