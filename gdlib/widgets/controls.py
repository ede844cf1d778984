"""Sliders, a player and the live figure laid out together."""

import base64
import math
from typing import Any

import ipywidgets
from numpy.typing import ArrayLike

from gdlib.widgets.explorer import DescentExplorer
from gdlib.widgets.settings import LABELS, SETTINGS, ends, is_shown
from gdlib.widgets.still import still

__all__ = ["MIME_TYPE", "LiveDescent", "descent_explorer"]

# Under this type a stored notebook keeps the figure's arguments, from which the book's build makes it live.
MIME_TYPE = "application/vnd.gdlib.descent+json"


class LiveDescent(ipywidgets.VBox):
    """The controls and the figure that `descent_explorer` lays out.

    Attributes
    ----------
    explorer : DescentExplorer
    learning_rate : ipywidgets.FloatLogSlider
    epochs : ipywidgets.IntSlider
    play : ipywidgets.Play
    more : dict of str to a slider
        Those that only some figures have, by the name of their trait: ``momentum``, ``batch_size``, ``seed``,
        ``difference``, ``stop_tolerance``.
    arguments : dict
        What `descent_explorer` was called with.
    """

    def __init__(self, explorer: DescentExplorer, arguments: dict[str, Any]) -> None:
        self.explorer, self.arguments = explorer, arguments
        self.learning_rate, self.epochs = _slider("learning_rate", explorer), _slider("epochs", explorer)
        self.learning_rate.add_class("gd-rate")
        self.play = ipywidgets.Play(
            value=explorer.epochs,
            max=explorer.max_epochs,
            step=max(1, explorer.max_epochs // 200),
            interval=40,  # ms
            show_repeat=False,
        )
        self.more = {
            name: _slider(name, explorer)
            for name, setting in SETTINGS.items()
            if "slider" in setting and "shown" in setting and is_shown(name, explorer)
        }
        # Two sliders stay in sight where panels lie below one another: the first of those that only this figure has,
        # or the epochs; and the learning rate, which stays next to the figure: its first line has the marks on it.
        *above, kept = [ipywidgets.HBox([self.play, self.epochs]), *reversed(self.more.values())]
        in_sight = ipywidgets.VBox([kept, self.learning_rate])
        in_sight.add_class("gd-in-sight")
        super().__init__([*above, in_sight, explorer])
        self.add_class("gd-box")
        linked = [("learning_rate", self.learning_rate), ("epochs", self.epochs), ("epochs", self.play)]
        for name, control in [*linked, *self.more.items()]:
            ipywidgets.jslink((control, "value"), (explorer, name))

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget; a picture of it; and its arguments, to make it from again."""
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["image/png"] = base64.b64encode(still(self.explorer)).decode()
        bundle[MIME_TYPE] = self.arguments
        return bundle


def _slider(name: str, explorer: DescentExplorer) -> ipywidgets.Widget:
    """The slider of a setting, as the table has it."""
    setting = SETTINGS[name]
    low, high = ends(name, explorer)
    how = {"value": getattr(explorer, name), "min": low, "max": high, "description": LABELS[name]}
    how |= {"step": setting["slider"]["step"]} if "step" in setting["slider"] else {}
    how |= {"readout_format": setting["slider"]["format"]} if "format" in setting["slider"] else {}
    if "log" in setting["slider"]:
        return ipywidgets.FloatLogSlider(**how | {"min": math.log10(low), "max": math.log10(high)})
    return (ipywidgets.IntSlider if setting["kind"] == "whole" else ipywidgets.FloatSlider)(**how)


def descent_explorer(x: ArrayLike, y: ArrayLike, start: ArrayLike, **settings: Any) -> LiveDescent:
    """Lay out a live figure of a descent with sliders for its learning rate, its epochs and what else matters in it.

    The sliders drive the figure in the browser (`ipywidgets.jslink`), so it works on a published page as it does
    in a notebook; where a kernel runs, ``explorer`` has the same numbers.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    **settings
        As for `DescentExplorer`. What has a slider must lie on it: ``learning_rate`` within ``rate_range``;
        ``momentum`` from 0 to 0.99 if ``rule`` or ``rules`` name one that has it; ``seed`` from 0 to 20 if there is a
        ``batch_size``; ``difference`` from 1e-14 to 1 in the panel of differences; ``stop_tolerance``, if it is not 0,
        from 1e-8 to 1.

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

    >>> live = descent_explorer([2, 4, 5], [45, 85, 105], [0, 0], rules=["plain", "nesterov"], batch_size=2, seed=3)
    >>> list(live.more)
    ['momentum', 'batch_size', 'seed']
    """
    explorer = DescentExplorer(x, y, start, **settings)
    x, y = (list(column) for column in zip(*explorer.points, strict=True))
    made_from = {name: getattr(explorer, name) for name in settings}
    live = LiveDescent(explorer, {"x": x, "y": y, "start": explorer.start, **made_from})
    for name in ("learning_rate", *live.more):
        (low, high), value = ends(name, explorer), getattr(explorer, name)
        if not low <= value <= high:
            raise ValueError(f"{name} must lie on its slider, {low} to {high}, but it is {value}")
    return live
