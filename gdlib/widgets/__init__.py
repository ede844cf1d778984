"""The live figure, for notebooks and pages: ``from gdlib.widgets import descent_explorer``."""

from gdlib.widgets.controls import LiveDescent, descent_explorer
from gdlib.widgets.explorer import DescentExplorer

__all__ = ["DescentExplorer", "LiveDescent", "descent_explorer"]
