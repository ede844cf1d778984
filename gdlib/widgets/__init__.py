"""Figures with controls, for notebooks: ``from gdlib.widgets import descent_sliders``."""

from gdlib.widgets.sliders import DescentSliders, descent_sliders

__all__ = ["DescentSliders", "descent_sliders"]
