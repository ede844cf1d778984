"""Numbers of any shape, as the checks compare them; without NumPy, which a browser may not have."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Numbers:
    """A number, a list of numbers, a table, …: their shape, and all of them one after the other."""

    shape: tuple[int, ...]
    flat: list[float]

    def tolist(self) -> Any:
        """A float, or lists of floats."""
        return _nested(self.shape, iter(self.flat))

    def reversed(self) -> "Numbers":
        """The entries of a list, or the rows of a table, from the last to the first."""
        rows = self.shape[0] if self.shape else 1
        width = len(self.flat) // rows if rows else 0
        starts = range((rows - 1) * width, -1, -width) if width else ()
        return Numbers(self.shape, [each for start in starts for each in self.flat[start : start + width]])


def numbers(value: Any) -> Numbers:
    """A number, or lists, tuples and arrays of numbers.

    Raises
    ------
    ValueError
        If the parts differ in length.
    """
    flat: list[float] = []
    return Numbers(_lay_out(value, flat), flat)


def numpy_if_loaded() -> ModuleType | None:
    """NumPy; None while nothing has loaded it, when nothing can be an array of its."""
    return sys.modules.get("numpy")


def _lay_out(value: Any, flat: list[float]) -> tuple[int, ...]:
    """Append all numbers, and return the shape in which they came."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        flat.append(float(value))
        return ()
    shapes = {_lay_out(each, flat) for each in value}
    if len(shapes) > 1:
        raise ValueError("the parts differ in length")
    return (len(value), *shapes.pop()) if shapes else (0,)


def _nested(shape: tuple[int, ...], flat: Iterator[float]) -> Any:
    return [_nested(shape[1:], flat) for _ in range(shape[0])] if shape else next(flat)
