"""Sliders, a player and the live figure laid out together."""

import base64
import math
from typing import Any

import ipywidgets
from numpy.typing import ArrayLike

from gdlib.widgets.explorer import DescentExplorer
from gdlib.widgets.still import still

__all__ = ["MIME_TYPE", "LiveDescent", "descent_explorer"]

# What a stored notebook keeps of the figure: the arguments that make it, from which the book's build makes it live.
MIME_TYPE = "application/vnd.gdlib.descent+json"


class LiveDescent(ipywidgets.VBox):
    """The controls and the figure that `descent_explorer` lays out.

    Attributes
    ----------
    explorer : DescentExplorer
    learning_rate : ipywidgets.FloatLogSlider
    epochs : ipywidgets.IntSlider
    play : ipywidgets.Play
    arguments : dict
        What `descent_explorer` was called with.
    """

    def __init__(self, explorer: DescentExplorer, arguments: dict[str, Any]) -> None:
        self.explorer, self.arguments = explorer, arguments
        low, high = (math.log10(end) for end in explorer.rate_range)
        self.learning_rate = ipywidgets.FloatLogSlider(
            value=explorer.learning_rate,
            min=low,
            max=high,
            step=0,  # every rate has a place; a step would round them
            readout_format=".3g",
            description="learning rate",
        )
        self.learning_rate.add_class("gd-rate")
        self.epochs = ipywidgets.IntSlider(value=explorer.epochs, max=explorer.max_epochs, description="epochs")
        self.play = ipywidgets.Play(
            value=explorer.epochs,
            max=explorer.max_epochs,
            step=max(1, explorer.max_epochs // 200),
            interval=40,  # ms
            show_repeat=False,
        )
        super().__init__([ipywidgets.HBox([self.play, self.epochs]), self.learning_rate, explorer])
        self.add_class("gd-box")
        for control, name in [(self.learning_rate, "learning_rate"), (self.epochs, "epochs"), (self.play, "epochs")]:
            ipywidgets.jslink((control, "value"), (explorer, name))

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget; a picture of it; and its arguments, to make it from again."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["image/png"] = base64.b64encode(still(self.explorer)).decode()
        bundle[MIME_TYPE] = self.arguments
        return bundle


def descent_explorer(x: ArrayLike, y: ArrayLike, start: ArrayLike, **settings: Any) -> LiveDescent:
    """Lay out a live figure of a descent with sliders for its learning rate and its epochs.

    The sliders drive the figure in the browser (`ipywidgets.jslink`), so it works on a published page as it does
    in a notebook; where a kernel runs, ``explorer`` has the same numbers.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    **settings
        As for `DescentExplorer`; ``learning_rate`` must lie within ``rate_range``.

    Returns
    -------
    LiveDescent
        A widget; the last line of a cell shows it.

    Raises
    ------
    ValueError
        If an argument makes no sense.
    traitlets.TraitError
        As for `DescentExplorer`.

    References
    ----------
    ipywidgets, "Widget Events", section "Linking widgets attributes from the client side".

    Examples
    --------
    >>> live = descent_explorer([2, 4, 5], [45, 85, 105], start=[0, 0], learning_rate=0.01)
    >>> live.explorer.epochs = 200
    >>> live.explorer.theta.round(2)
    array([ 4.95, 20.01])
    """
    explorer = DescentExplorer(x, y, start, **settings)
    low, high = explorer.rate_range
    if not low <= explorer.learning_rate <= high:
        raise ValueError(f"learning_rate must lie on its slider, {low} to {high}, but it is {explorer.learning_rate}")
    x, y = (list(column) for column in zip(*explorer.points, strict=True))
    made_from = {name: getattr(explorer, name) for name in settings}
    return LiveDescent(explorer, {"x": x, "y": y, "start": explorer.start, **made_from})
