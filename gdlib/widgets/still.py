"""A picture of the live figure, for wherever no script runs."""

from io import BytesIO

import numpy as np
from matplotlib.figure import Figure

from gdlib import plots
from gdlib.losses import GemanMcClure, MeanSquaredError
from gdlib.widgets.explorer import DescentExplorer

__all__ = ["still"]


@np.errstate(under="ignore")
def still(explorer: DescentExplorer) -> bytes:
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
    >>> still(DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0]))[:4]
    b'\x89PNG'
    """
    run, loss, (x, y) = explorer.run, explorer.loss, np.transpose(explorer.points)
    # Of mini-batches the figure shows where each epoch ends.
    path, losses = run.trajectory[:: run.steps_per_epoch], run.losses[:: run.steps_per_epoch]
    figure = Figure(figsize=(7.5, 6), dpi=100, layout="constrained")
    panels = figure.subplot_mosaic([["data", "surface"], ["third", "third"]])
    plots.data_and_line(panels["data"], x, y, explorer.raw_theta)
    plots.contours(panels["surface"], loss, path, valleys(loss) if isinstance(loss, GemanMcClure) else None)
    if explorer.standardised:
        panels["surface"].set(xlabel="intercept (standardised)", ylabel="slope (standardised)")
    third = panels["third"]
    if explorer.panel == "differences":
        plots.difference_errors(third, loss, run.theta, explorer.difference)
    else:
        if explorer.panel == "directions" and isinstance(loss, MeanSquaredError):  # the explorer allows no other there
            plots.eigenvectors(panels["surface"], loss)
            plots.directions_over_epochs(third, loss, path)
        else:
            plots.loss_over_epochs(third, losses)
            stopped = {name: stop.epochs for name, stop in explorer.stopped.items() if stop.stopped_by}
            plots.marked_epochs(third, stopped)
        if explorer.scale:
            third.set_ylabel("loss")
        third.set_xlim(0, max(explorer.max_epochs, 1))
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def valleys(loss: GemanMcClure) -> np.ndarray:
    """The bottoms of the two deepest valleys, the deepest first, as explorer.js finds them; one, if there are no more.

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
        weights = 1 / (1 + ((thetas @ loss.X.T - loss.y) / loss.scale) ** 2) ** 2
        total, along = weights @ ones, weights @ x
        spread = total * (weights @ x**2) - along**2
        firm = spread > 1e-12 * total * (weights @ x**2)  # else all the weight is on a single x
        slopes = (total * (weights @ (x * loss.y)) - along * (weights @ loss.y))[firm] / spread[firm]
        intercepts = ((weights @ loss.y)[firm] - slopes * along[firm]) / total[firm]
        thetas[firm] = np.column_stack([intercepts, slopes])
    thetas = thetas[np.argsort(loss.values(thetas))]
    other = np.abs((thetas - thetas[0]) @ loss.X.T).max(axis=1) > loss.scale / 2
    return np.vstack([thetas[:1], thetas[other][:1]])
