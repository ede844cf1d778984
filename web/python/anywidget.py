"""Stands for anywidget in a page, which draws a figure itself and asks nothing of a widget but its traits."""

import traitlets


class AnyWidget(traitlets.HasTraits):
    """An object with traits."""
