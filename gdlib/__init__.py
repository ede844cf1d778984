"""gdlib: the small package behind *Grasping Gradient Descent*.

Two halves say the same thing twice. ``vectors`` and ``scratch`` are plain Python, one idea a function; the others are
NumPy. ``plots`` and ``widgets`` draw; they are imported by name (``from gdlib import plots``), so that ``import gdlib``
loads neither matplotlib nor ipywidgets.
"""

from gdlib import (
    batches,
    callgraph,
    checking,
    datasets,
    descent,
    losses,
    rates,
    regression,
    rules,
    scaling,
    scratch,
    spectrum,
    stopping,
    vectors,
)

__version__ = "0.1.0"

__all__ = [
    "batches",
    "callgraph",
    "checking",
    "datasets",
    "descent",
    "losses",
    "rates",
    "regression",
    "rules",
    "scaling",
    "scratch",
    "spectrum",
    "stopping",
    "vectors",
]
