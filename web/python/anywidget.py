"""Stands for anywidget in a page, which draws a figure itself and asks nothing of a widget but its traits."""

import traitlets


class AnyWidget(traitlets.HasTraits):
    """An object with traits. What a figure asks, it asks the page, by the name of the reader's function."""

    def on_msg(self, callback):
        """Nobody calls."""

    def send(self, content):
        """Nobody hears."""
