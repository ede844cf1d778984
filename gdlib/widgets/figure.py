"""A figure of one descent that is drawn once and then only moves its artists."""

from io import BytesIO

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image

from gdlib import _validate, plots
from gdlib.descent import Descent, Status, descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix

__all__ = ["DescentFigure"]

# So many panels away a point is out of sight; much farther, rounding would lead the lines from there astray.
_FAR = 1e6


class DescentFigure:
    """Data with line, loss surface with path, and loss over epochs, redrawn in place for every descent.

    The axes, their ticks and the contours are drawn once and kept as a background; a move of a slider draws
    the line, the residuals, the path, the curve and the words over it.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    max_epochs : int
        How far the epoch axis reaches.

    Raises
    ------
    ValueError
        If the arguments are no such arrays, or all x are equal.

    References
    ----------
    Matplotlib, "Faster rendering by using blitting".

    Examples
    --------
    >>> figure = DescentFigure([2, 4, 5], [45, 85, 105], start=[0, 0], max_epochs=1000)
    >>> png = figure.draw(learning_rate=0.01, epochs=100)
    >>> figure.run.theta.round(1)
    array([ 4.9, 20. ])
    """

    def __init__(self, x: ArrayLike, y: ArrayLike, start: ArrayLike, max_epochs: int) -> None:
        self.x, self.y = np.copy(_validate.pairs(x, y))  # moves come later, when the caller's may have changed
        self.loss = MeanSquaredError.from_data(design_matrix(self.x), self.y)
        self.start = np.copy(_validate.parameters(start, "start", 2))
        self.run = descend(self.loss, self.start, learning_rate=1.0, epochs=0)
        self._canvas = FigureCanvasAgg(Figure(figsize=(7.5, 6.4), dpi=100, layout="constrained"))
        self._artists = self._set_up(_validate.epochs(max_epochs, "max_epochs"))
        for artist in self._artists.values():
            artist.set_animated(True)
        self._canvas.draw()
        self._canvas.figure.set_layout_engine("none")  # the panels stay where they are
        self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)

    def _set_up(self, max_epochs: int) -> dict[str, Artist]:
        """Draw all panels for the start alone; return what moves, by its label."""
        figure = self._canvas.figure
        panels = figure.subplot_mosaic([["data", "surface"], ["losses", "losses"]])
        words = figure.suptitle(" \n ", fontsize=10, ha="left", x=0.02)

        plots.data_and_line(panels["data"], self.x, self.y, self.run.theta)
        spread = np.ptp(self.y) or 1.0
        panels["data"].set_ylim(min(self.y.min(), 0) - 0.1 * spread, self.y.max() + 0.2 * spread)

        # Mirrored about the minimum, the window also holds a path that oscillates.
        window = np.array([self.start, 2 * self.loss.minimum - self.start])
        plots.contours(panels["surface"], self.loss, window)

        plots.loss_over_epochs(panels["losses"], self.run.losses)
        highest = np.clip(self.run.losses[0] or 1.0, 1e-290, 1e290)  # a start at the minimum has a loss of 0
        panels["losses"].set(xlim=(0, max(max_epochs, 1)), ylim=(1e-8 * highest, 1e4 * highest))

        drawn = {artist.get_label(): artist for ax in panels.values() for artist in _drawn(ax)}
        moving = {name: drawn[name] for name in ("line", "residuals", "path", "loss")}
        return moving | {"words": words}

    def draw(self, learning_rate: float, epochs: int) -> bytes:
        """Run the descent, move the artists and return the picture.

        Parameters
        ----------
        learning_rate : float
            Positive; past the stable limit the figure says that the descent diverges.
        epochs : int
            0 or more.

        Returns
        -------
        bytes
            A PNG.

        Raises
        ------
        ValueError
            As for `gdlib.descent.descend`; the figure stays as it was.
        """
        self.run = descend(self.loss, self.start, learning_rate, epochs)
        self._move_line()
        self._move_path()
        shown = np.where(self.run.losses > 0, self.run.losses, np.nan)
        self._artists["loss"].set_data(np.arange(len(shown)), np.minimum(shown, 1e300))
        self._artists["words"].set_text(f"{self.headline}\n{self.outcome}")
        self._artists["words"].set_color(plots.ERROR if self.run.status is Status.DIVERGED else plots.DATA)
        return self._png()

    def _move_line(self) -> None:
        line, theta = self._artists["line"], self.run.theta
        far = _FAR * np.abs(line.axes.get_ylim()).max()
        highest = np.abs(theta[0] + theta[1] * line.get_xdata()).max()
        theta = theta * (far / max(highest, far))  # in proportion: it still crosses 0 where it did
        line.set_ydata(theta[0] + theta[1] * line.get_xdata())
        self._artists["residuals"].set_segments(plots.residual_segments(self.x, self.y, theta))

    def _move_path(self) -> None:
        path = self._artists["path"]
        panel = np.ptp([path.axes.get_xlim(), path.axes.get_ylim()], axis=1)
        near = (np.abs(self.run.trajectory - self.start) <= _FAR * panel).all(axis=1)
        path.set_data(*self.run.trajectory[near].T)

    @property
    def headline(self) -> str:
        """Where the descent stands, in words."""
        run, (intercept, slope) = self.run, self.run.theta
        return (
            f"Rate {run.learning_rate:.3g}, {run.epochs} epochs: "
            f"slope {slope:.4g}, intercept {intercept:.4g}, loss {run.losses[-1]:.3g}"
        )

    @property
    def outcome(self) -> str:
        """How it ended, in words."""
        return _outcome(self.run)

    def _png(self) -> bytes:
        self._canvas.restore_region(self._background)
        for artist in self._artists.values():
            self._canvas.figure.draw_artist(artist)
        buffer = BytesIO()
        Image.fromarray(np.asarray(self._canvas.buffer_rgba())).save(buffer, "png", compress_level=1)
        return buffer.getvalue()


def _drawn(ax: Axes) -> list[Artist]:
    return [*ax.lines, *ax.collections]


def _outcome(run: Descent) -> str:
    if run.status is Status.DIVERGED:
        return f"Diverges: the loss rises from epoch {run.diverged_at} on. Try a smaller rate."
    if run.status is Status.CONVERGED:
        return "Converged: the gradient is 0, as far as a float can tell."
    return "Not there yet: the gradient is not 0."
