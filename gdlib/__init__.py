"""gdlib: the small package behind *Grasping Gradient Descent*.

Two halves say the same thing twice. ``vectors`` and ``scratch`` are plain Python, one idea a function; the others are
NumPy. ``plots`` and ``widgets`` draw; they are imported by name (``from gdlib import plots``), so that ``import gdlib``
loads neither matplotlib nor ipywidgets; no more does it load Dask or PyArrow, which come with what needs them.
"""

from gdlib import (
    batches,
    blocks,
    callgraph,
    checking,
    checkpoint,
    cluster,
    costs,
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
    streaming,
    vectors,
)

__version__ = "0.1.0"

__all__ = [
    "batches",
    "blocks",
    "callgraph",
    "checking",
    "checkpoint",
    "cluster",
    "costs",
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
    "streaming",
    "vectors",
]
