"""gdlib: the small package behind *Grasping Gradient Descent*.

Two halves say the same thing twice. ``vectors``, ``scratch`` and ``autodiff`` are plain Python, one idea a function;
the others are NumPy. Each module is loaded when it is first used, so that the plain half needs no NumPy, and nothing
needs what only ``plots``, ``widgets`` or ``large`` do.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

__all__ = [
    "autodiff",
    "batches",
    "callgraph",
    "checking",
    "checks",
    "costs",
    "datasets",
    "descent",
    "large",
    "losses",
    "plots",
    "rates",
    "regression",
    "rules",
    "scaling",
    "scratch",
    "spectrum",
    "stopping",
    "variants",
    "vectors",
    "widgets",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"gdlib.{name}")
    raise AttributeError(f"module 'gdlib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
