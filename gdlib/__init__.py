"""gdlib: the small package behind *Grasping Gradient Descent*.

Two halves say the same thing twice. ``vectors`` and ``scratch`` are plain Python, one idea a function.
``regression``, ``losses``, ``descent`` and ``spectrum`` are NumPy. ``plots`` and ``widgets`` draw; they
are imported by name (``from gdlib import plots``), so that ``import gdlib`` loads neither matplotlib nor
ipywidgets.
"""

from gdlib import callgraph, datasets, descent, losses, regression, scratch, spectrum, vectors

__version__ = "0.1.0"

__all__ = ["callgraph", "datasets", "descent", "losses", "regression", "scratch", "spectrum", "vectors"]
