"""A picture of the live figure, for wherever no script runs."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gdlib import plots
from gdlib.descent import Descent
from gdlib.losses import MeanSquaredError, RobustLoss

if TYPE_CHECKING:
    from gdlib.widgets.explorer import DescentExplorer

__all__ = ["PANELS", "still"]


@np.errstate(under="ignore")
def still(explorer: "DescentExplorer") -> bytes:
    r"""Draw what the live figure shows: data with line, loss from above with the path, and the third panel.

    Parameters
    ----------
    explorer : DescentExplorer

    Returns
    -------
    bytes
        A PNG.

    References
    ----------
    Matplotlib, "Arranging multiple Axes in a Figure".

    Examples
    --------
    >>> from gdlib.widgets import DescentExplorer
    >>> still(DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0]))[:4]
    b'\x89PNG'
    """
    run, loss, (x, y) = explorer.run, explorer.objective, np.transpose(explorer.points)
    figure = Figure(figsize=(7.5, 6), dpi=100, layout="constrained")
    axes = figure.subplot_mosaic([["data", "surface"], ["third", "third"]])
    plots.data_and_line(axes["data"], x, y, explorer.raw_theta)
    mark_intercept(axes["data"], x, y, explorer.raw_theta)
    plots.contours(axes["surface"], loss, _ends(run), valleys(loss) if isinstance(loss, RobustLoss) else None)
    if isinstance(loss, MeanSquaredError):
        put_minimum_in_middle(axes["surface"], loss, run.trajectory[0], explorer.zoom)
    if explorer.standardised:
        axes["surface"].set(xlabel="intercept (standardised)", ylabel="slope (standardised)")
    PANELS[explorer.panel].draw(axes["third"], explorer, run, loss, axes["surface"])
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def mark_intercept(ax: Axes, x: np.ndarray, y: np.ndarray, theta: np.ndarray) -> None:
    """Begin the x axis at 0, where 0 is not far, and mark where the line meets it, as web/widget does."""
    if min(x) < 0 or min(x) > np.ptp(x):
        return
    low, high = min(y), max(y)
    if min(abs(low), abs(high)) <= high - low:
        low, high = min(low, 0), max(high, 0)
    margin = 0.12 * (high - low)
    ax.plot([0, max(x)], [theta[0], theta[0] + theta[1] * max(x)], color=plots.LINE)
    ax.set(xlim=(0, 1.12 * max(x)), ylim=(low - margin, high + margin) if margin else None)
    if ax.get_ylim()[0] <= theta[0] <= ax.get_ylim()[1]:
        ax.plot(0, theta[0], "D", color=plots.LINE, markerfacecolor="white", clip_on=False, zorder=4)
        beside = (8, -12 if theta[1] > 0 else 6)
        ax.annotate(f"intercept {theta[0]:.4g}", (0, theta[0]), xytext=beside, textcoords="offset points")


def put_minimum_in_middle(ax: Axes, loss: MeanSquaredError, start: np.ndarray, zoom: float) -> None:
    """Put the minimum in the middle, in a window of the shape of a ring, and draw a narrow valley's floor."""
    eigenvalues, directions = loss.eigenbasis
    shape = np.sqrt(np.diagonal(loss.hessian)[::-1] / loss.hessian[0, 0])
    farthest = np.abs(directions * (directions.T @ (start - loss.minimum))).sum(axis=1)
    size, largest = 1.15 * (farthest / shape).max(), np.abs(loss.minimum / shape).max()
    if size <= max(1e-9 * largest, 1e-300):  # less is rounding
        size = largest if largest > 1e-300 else 1.0
    reach = size * shape / zoom
    (left, bottom), (right, top) = loss.minimum - reach, loss.minimum + reach
    ax.set(xlim=(left, right), ylim=(bottom, top))
    if eigenvalues[1] > 4 * eigenvalues[0]:
        ends = loss.minimum + 2 * np.outer([-1, 1], directions[:, 0] * np.abs(reach).max())
        ax.plot(*ends.T, "--", color="0.4", linewidth=1, scalex=False, scaley=False, label="valley floor")


def _ends(run: Descent) -> np.ndarray:
    """Where each epoch ends, which is all that the figure shows of mini-batches."""
    return run.trajectory[:: run.steps_per_epoch]


def _loss(ax: Axes, explorer: Any, run: Descent, loss: MeanSquaredError | RobustLoss, surface: Axes) -> None:
    plots.loss_over_epochs(ax, run.losses[:: run.steps_per_epoch])
    plots.marked_epochs(ax, {name: stop.epochs for name, stop in explorer.stopped.items() if stop.stopped_by})
    if isinstance(loss, RobustLoss):
        ax.set_ylabel("loss")
    ax.set_xlim(0, max(explorer.max_epochs, 1))


def _directions(ax: Axes, explorer: Any, run: Descent, loss: MeanSquaredError, surface: Axes) -> None:
    plots.eigenvectors(surface, loss)
    plots.directions_over_epochs(ax, loss, _ends(run))
    ax.set_xlim(0, max(explorer.max_epochs, 1))


def _differences(ax: Axes, explorer: Any, run: Descent, loss: MeanSquaredError | RobustLoss, surface: Axes) -> None:
    plots.difference_errors(ax, loss, run.theta, explorer.difference)


@dataclass(frozen=True)
class Panel:
    """How the third panel is drawn: with the figure, its descent, its loss, and the axes of the surface above it."""

    draw: Callable[[Axes, Any, Descent, Any, Axes], None]
    needs_quadratic: bool = False


# By the names of the modules in web/widget/panels that draw them in the browser.
PANELS = {
    "loss": Panel(_loss),
    "directions": Panel(_directions, needs_quadratic=True),
    "differences": Panel(_differences),
}


def valleys(loss: RobustLoss) -> np.ndarray:
    """The bottoms of the two deepest valleys, the deepest first, as web/widget finds them; one, if there are no more.

    From the line through every pair of points, least squares whose weights are those of the last line's residuals: no
    such round raises the loss (Black and Rangarajan, 1996).
    """
    ones, x = loss.X.T
    first, second = np.triu_indices(len(x), 1)
    apart = x[first] != x[second]
    first, second = first[apart], second[apart]
    slopes = (loss.y[second] - loss.y[first]) / (x[second] - x[first])
    thetas = np.column_stack([loss.y[first] - slopes * x[first], slopes])
    for _ in range(40):
        weights = loss.cost.weights(thetas @ loss.X.T - loss.y)
        total, along = weights @ ones, weights @ x
        spread = total * (weights @ x**2) - along**2
        firm = spread > 1e-12 * total * (weights @ x**2)  # else all the weight is on a single x
        slopes = (total * (weights @ (x * loss.y)) - along * (weights @ loss.y))[firm] / spread[firm]
        intercepts = ((weights @ loss.y)[firm] - slopes * along[firm]) / total[firm]
        thetas[firm] = np.column_stack([intercepts, slopes])
    thetas = thetas[np.argsort(loss.values(thetas))]
    other = np.abs((thetas - thetas[0]) @ loss.X.T).max(axis=1) > loss.cost.scale / 2
    return np.vstack([thetas[:1], thetas[other][:1]])
