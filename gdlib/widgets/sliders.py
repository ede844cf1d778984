"""Sliders for the learning rate and the epochs over one figure that redraws on every move."""

import base64
from typing import Any

import ipywidgets
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.widgets.figure import DescentFigure

__all__ = ["DescentSliders", "descent_sliders"]


class DescentSliders(ipywidgets.VBox):
    """The controls and the picture that `descent_sliders` lays out.

    Attributes
    ----------
    learning_rate : ipywidgets.FloatLogSlider
    epochs : ipywidgets.IntSlider
    picture : ipywidgets.Image
    words : ipywidgets.HTML
        What the picture says, for a screen reader.
    figure : DescentFigure
    """

    def __init__(self, figure: DescentFigure, learning_rate: float, epochs: int, max_epochs: int) -> None:
        wide = {"style": {"description_width": "7em"}, "layout": {"width": "95%"}}
        self.figure = figure
        self.learning_rate = ipywidgets.FloatLogSlider(
            value=learning_rate, min=-4, max=0, step=0.01, readout_format=".2e", description="learning rate", **wide
        )
        self.epochs = ipywidgets.IntSlider(value=epochs, max=max_epochs, description="epochs", **wide)
        self.picture = ipywidgets.Image(format="png")
        self.words = ipywidgets.HTML()
        super().__init__([self.learning_rate, self.epochs, self.words, self.picture])
        self._redraw()
        for control in (self.learning_rate, self.epochs):
            control.observe(self._redraw, names="value")

    def _redraw(self, change: Any = None) -> None:
        self.picture.value = self.figure.draw(self.learning_rate.value, self.epochs.value)
        self.words.value = f'<span role="status">{self.figure.headline}. {self.figure.outcome}</span>'

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """The widget, and its picture for wherever no kernel runs."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["image/png"] = base64.b64encode(self.picture.value).decode()
        return bundle


def descent_sliders(
    x: ArrayLike,
    y: ArrayLike,
    start: ArrayLike,
    learning_rate: float = 0.001,
    epochs: int = 100,
    max_epochs: int = 1000,
) -> DescentSliders:
    """Lay out two sliders over a figure of the descent that they set. It wants a running kernel.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    learning_rate : float
        Where its slider stands at first; the slider runs from 0.0001 to 1.
    epochs : int
        Where its slider stands at first.
    max_epochs : int
        Where it ends.

    Returns
    -------
    DescentSliders
        A widget; the last line of a cell shows it.

    Raises
    ------
    ValueError
        If the arguments are no such arrays, all x are equal, or a slider would begin outside its range.

    References
    ----------
    ipywidgets, "Widget List" and "Widget Events".

    Examples
    --------
    >>> sliders = descent_sliders([2, 4, 5], [45, 85, 105], start=[0, 0])
    >>> sliders.learning_rate.value = 0.5
    >>> sliders.figure.outcome
    'Diverges: the loss rises from epoch 1 on. Try a smaller rate.'
    """
    figure = DescentFigure(x, y, start, max_epochs)
    learning_rate, epochs = _validate.positive(learning_rate, "learning_rate"), _validate.epochs(epochs)
    if not 1e-4 <= learning_rate <= 1:
        raise ValueError(f"learning_rate must lie on its slider, 0.0001 to 1, but it is {learning_rate}")
    if epochs > max_epochs:
        raise ValueError(f"epochs must lie on its slider, 0 to {max_epochs}, but it is {epochs}")
    return DescentSliders(figure, learning_rate, epochs, max_epochs)
