"""The live figure: a descent that runs in the browser, with or without a kernel behind it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.descent import Descent, descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import Regime, regime

__all__ = ["DescentExplorer"]

HERE = Path(__file__).parent

# The browser runs all of them at every move of the rate, in a few milliseconds.
MOST_EPOCHS = 100_000


class DescentExplorer(anywidget.AnyWidget):
    """Data with line, loss surface with path and gradient, and loss over epochs, all computed in the browser.

    Every argument is a trait of the same name, but for ``x`` and ``y``, which become ``points``; set one and the
    figure follows. `descent_explorer` puts sliders around it.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least two x must differ.
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    learning_rate : float
        Positive; past the stable limit the figure says that the descent diverges.
    epochs : int
        From 0 to ``max_epochs``.
    max_epochs : int
        How far the epoch axis reaches, at most 100 000.
    tolerance : float
        The figure says when both parameters are this near to the best ones, in their units.
    rate_range : pair of float
        The ends of the learning rate's slider, for its marks.
    stops : list of int
        The epochs that buttons jump to, when the figure is made; those beyond ``max_epochs`` are left out.

    Attributes
    ----------
    points : list of pairs (x, y)
        The reader may have moved, added or removed some.
    loss : MeanSquaredError
        On these points.
    run : Descent
        The descent that the figure shows.
    theta : ndarray, shape (2,)
        Where it stands: ``[intercept, slope]``.
    status : Regime
        Whether it converges, oscillates or diverges.

    Raises
    ------
    ValueError
        If an argument makes no sense.
    traitlets.TraitError
        If a trait does: the points are all above one another, the rate is negative, the epochs go beyond their
        maximum and the like. A trait that is set to such a thing keeps what it had.

    References
    ----------
    anywidget, "Getting Started"; Goh, "Why Momentum Really Works", Distill, 2017, for the live pages.

    Examples
    --------
    >>> explorer = DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0], learning_rate=0.01, epochs=100)
    >>> explorer.theta.round(1)
    array([ 4.9, 20. ])
    >>> explorer.learning_rate = 0.5
    >>> explorer.status.name
    'DIVERGES'
    """

    _esm = HERE / "explorer.js"
    _css = HERE / "explorer.css"

    points = traitlets.List().tag(sync=True)
    start = traitlets.List().tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    epochs = traitlets.Int().tag(sync=True)
    max_epochs = traitlets.Int().tag(sync=True)
    tolerance = traitlets.Float().tag(sync=True)
    rate_range = traitlets.List().tag(sync=True)
    stops = traitlets.List().tag(sync=True)
    home = traitlets.Dict(help="what the button Reset returns to").tag(sync=True)
    linkable = traitlets.Bool(False, help="whether the page's address may carry the state").tag(sync=True)

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        start: ArrayLike,
        learning_rate: float = 0.001,
        epochs: int = 100,
        max_epochs: int = 1000,
        tolerance: float = 0.01,
        rate_range: tuple[float, float] = (1e-4, 1.0),
        stops: Sequence[int] = (100, 200, 1000),
    ) -> None:
        x, y = _validate.pairs(x, y)
        if not isinstance(stops, Sequence) or isinstance(stops, str):
            raise ValueError(f"stops must be a list of epochs, but it is {stops!r}")
        home = {
            "points": np.column_stack([x, y]).tolist(),
            "learning_rate": _validate.positive(learning_rate, "learning_rate"),
            "epochs": _validate.epochs(epochs),
        }
        super().__init__(
            **home,
            home=home,
            start=_validate.parameters(start, "start", 2).tolist(),
            max_epochs=_validate.epochs(max_epochs, "max_epochs"),
            tolerance=_validate.positive(tolerance, "tolerance"),
            rate_range=_validate.array(rate_range, "rate_range", 1).tolist(),
            stops=[stop for stop in stops if _validate.epochs(stop, "stops") <= max_epochs],
        )

    @property
    def loss(self) -> MeanSquaredError:
        """The mean squared error on the points as they are."""
        return _loss(self.points)

    @property
    def run(self) -> Descent:
        """The descent that the figure shows."""
        return descend(self.loss, self.start, self.learning_rate, self.epochs)

    @property
    def theta(self) -> np.ndarray:
        """Where the descent stands: ``[intercept, slope]``."""
        return self.run.theta

    @property
    def status(self) -> Regime:
        """Whether the descent converges, oscillates or diverges."""
        return regime(self.loss, self.learning_rate)

    # Traitlets undoes an assignment, or all those of an __init__, when a check of theirs ends in a TraitError.

    @traitlets.validate("points", "start")
    def _check_loss(self, proposal: dict[str, Any]) -> list:
        both = {"points": self.points, "start": self.start, proposal["trait"].name: proposal["value"]}
        with _as_trait_error():
            points = _validate.array(both["points"], "points", 2)
            if points.shape[1] != 2:
                raise ValueError(f"points must be pairs of x and y, but their shape is {points.shape}")
            start = _validate.parameters(both["start"], "start", 2)
            loss = _loss(points)
            loss.minimum  # noqa: B018  (refuses points on top of one another)
            loss.value(start)  # refuses a start whose loss is beyond the range of a float
            return points.tolist() if proposal["trait"].name == "points" else start.tolist()

    @traitlets.validate("learning_rate", "tolerance")
    def _check_positive(self, proposal: dict[str, Any]) -> float:
        with _as_trait_error():
            return _validate.positive(proposal["value"], proposal["trait"].name)

    @traitlets.validate("epochs", "max_epochs")
    def _check_epochs(self, proposal: dict[str, Any]) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        both = {"epochs": self.epochs, "max_epochs": self.max_epochs, name: value}
        with _as_trait_error():
            _validate.epochs(value, name)
            if both["max_epochs"] > MOST_EPOCHS:
                raise ValueError(f"max_epochs must be at most {MOST_EPOCHS}, but it is {value}")
            if both["epochs"] > both["max_epochs"]:
                raise ValueError(f"epochs must be at most max_epochs, {both['max_epochs']}, but it is {both['epochs']}")
        return value

    @traitlets.validate("rate_range")
    def _check_range(self, proposal: dict[str, Any]) -> list[float]:
        with _as_trait_error():
            ends = _validate.parameters(proposal["value"], "rate_range", 2).tolist()
            if not 0 < ends[0] < ends[1]:
                raise ValueError(f"rate_range must be two positive numbers, the smaller first, but it is {ends}")
            return ends


def _loss(points: ArrayLike) -> MeanSquaredError:
    x, y = np.transpose(points)
    return MeanSquaredError.from_data(design_matrix(x), y)


@contextmanager
def _as_trait_error() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise traitlets.TraitError(str(error)) from None
