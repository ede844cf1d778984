"""The live figure, for notebooks and pages: ``from gdlib.widgets import DescentExplorer``."""

from gdlib.widgets.explorer import DescentExplorer

__all__ = ["DescentExplorer"]
