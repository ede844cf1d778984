"""A picture of the live figure, for wherever no script runs."""

from io import BytesIO

import numpy as np
from matplotlib.figure import Figure

from gdlib import plots
from gdlib.widgets.explorer import DescentExplorer

__all__ = ["still"]


def still(explorer: DescentExplorer) -> bytes:
    r"""Draw what the live figure shows: data with line, loss from above with the path, and loss over the epochs.

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
    run, (x, y) = explorer.run, np.transpose(explorer.points)
    figure = Figure(figsize=(7.5, 6), dpi=100, layout="constrained")
    panels = figure.subplot_mosaic([["data", "surface"], ["losses", "losses"]])
    plots.data_and_line(panels["data"], x, y, run.theta)
    plots.contours(panels["surface"], explorer.loss, run.trajectory)
    plots.loss_over_epochs(panels["losses"], run.losses)
    panels["losses"].set_xlim(0, max(explorer.max_epochs, 1))
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()
