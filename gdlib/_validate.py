"""What every NumPy module asks of its arguments, each refusal in one place and in words."""

import math
import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def array(values: ArrayLike, name: str, ndim: int) -> np.ndarray:
    """``values`` as a finite, non-empty float array of ``ndim`` dimensions, or a ValueError."""
    result = floats(values, name, ndim)
    if np.count_nonzero(np.isfinite(result)) < result.size:
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        raise ValueError(f"{name} must be finite, but {name}{list(place)} is {result[place]}")
    return result


def floats(values: ArrayLike, name: str, ndim: int) -> np.ndarray:
    """``values`` as a non-empty float array of ``ndim`` dimensions, or a ValueError."""
    kind = {1: "a list of numbers", 2: "a table of numbers, one row a point"}[ndim]
    raw = reals(values, name, kind)
    if raw.ndim != ndim:
        raise ValueError(f"{name} must be {kind}, but its shape is {raw.shape}")
    if raw.size == 0:
        raise ValueError(f"{name} is empty: its shape is {raw.shape}")
    return as_floats(raw)


def reals(values: Any, name: str, kind: str = "a list or table of numbers") -> np.ndarray:
    """``values`` as an array of a real type and of any shape, nothing in it hidden, or a ValueError."""
    raw = plain(values, name, kind)
    if raw.dtype.kind == "O":  # integers beyond 64 bits, fractions, None, …
        return _from_objects(raw, name, kind)
    if raw.dtype.kind not in "iufb":
        raise ValueError(f"{name} must hold real numbers, but its type is {raw.dtype}")
    return raw


def plain(values: Any, name: str, kind: str = "a list or table of numbers") -> np.ndarray:
    """``values`` as an array of any type, or a ValueError where it has masked entries, is sparse or is no array."""
    if hasattr(values, "__dask_graph__"):
        values = values.compute()  # first, since Dask loses the mask where it makes an array itself
    if hasattr(values, "todense"):  # of SciPy, sparse, …
        raise ValueError(f"{name} must be {kind}, but it is a sparse {type(values).__name__}: call its todense() first")
    _refuse_masked(values, name)  # in lists, too, where NumPy would turn a masked entry into a NaN or a number
    try:
        raw = np.asanyarray(values)
    except ValueError:  # numpy's word for rows of different lengths
        raise ValueError(f"{name} must be {kind}, but its rows differ in length") from None
    except Exception as error:  # whatever another library raises when NumPy cannot convert its array
        raise ValueError(f"{name} must be {kind}, but NumPy cannot read a {type(values).__name__}: {error}") from None
    _refuse_masked(raw, name)
    return np.asarray(raw)


def _refuse_masked(values: Any, name: str) -> None:
    place = _first_masked(values)
    if place is not None:
        first = f"; the first is at {list(place)}" if place else ""
        raise ValueError(f"{name} must not be masked: fill what is hidden, or leave out its rows{first}")


def _first_masked(values: Any, depth: int = 64) -> tuple[int, ...] | None:
    """The place of the first masked entry of an array, or of a list with such in it; None where nothing is masked."""
    if isinstance(values, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(values)
        return tuple(np.argwhere(mask)[0].tolist()) if mask.any() else None
    parts: Iterable[tuple[tuple[int, ...], Any]]
    if isinstance(values, list | tuple):
        if not depth or not any(issubclass(kind, _NESTED) for kind in set(map(type, values))):  # NumPy goes no deeper
            return None
        parts = (((i,), part) for i, part in enumerate(values))
    elif isinstance(values, np.ndarray) and values.dtype.kind == "O":
        parts = np.ndenumerate(values)
    else:
        return None
    for outer, part in parts:
        if isinstance(part, _NESTED):
            inner = _first_masked(part, depth - 1)
            if inner is not None:
                return outer + inner
    return None


_NESTED = (list, tuple, np.ndarray)  # what may contain a masked array


def as_floats(raw: np.ndarray) -> np.ndarray:
    """Real numbers as floats; what holds floats is not copied."""
    if raw.dtype == float:
        return raw
    with np.errstate(all="ignore"):  # wider floats may become infinite, which is checked afterwards
        return raw.astype(float, copy=False)


def _from_objects(raw: np.ndarray, name: str, kind: str) -> np.ndarray:
    result = np.empty(raw.shape)
    for place, value in np.ndenumerate(raw):
        if not is_real(value):
            where = f" at {list(place)}" if place else ""
            raise ValueError(f"{name} must be {kind}, but it holds {value!r}{where}")
        result[place] = as_float(value, name, "holds")
    return result


_REALS = (float, int, Real, Decimal, np.bool_)  # the fastest checks first


def is_real(value: Any) -> bool:
    """Whether this is a real number, of whatever library."""
    return isinstance(value, _REALS)


def data(
    X: ArrayLike, y: ArrayLike, read: Callable[[ArrayLike, str, int], np.ndarray] = array
) -> tuple[np.ndarray, np.ndarray]:
    """A table ``X`` of shape (n, d) and its ``y`` of shape (n,), or a ValueError; `floats` reads without a pass."""
    X, y = read(X, "X", 2), read(y, "y", 1)
    if len(X) != len(y):
        raise ValueError(f"X and y must have one row a point each, but X has {len(X)} rows and y has {len(y)}")
    return X, y


def pairs(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The x and the y of n points, each of shape (n,), or a ValueError."""
    x, y = array(x, "x", 1), array(y, "y", 1)
    if len(x) != len(y):
        raise ValueError(f"x and y must be equally many, but x has {len(x)} numbers and y has {len(y)}")
    return x, y


def sums(gram: ArrayLike, moment: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """A Gram matrix of shape (d, d), which no other matrix can be taken for, and its moments of shape (d,)."""
    gram, moment = array(gram, "gram", 2), array(moment, "moment", 1)
    if gram.shape != (len(moment), len(moment)):
        raise ValueError(f"gram must be square, a row for each of the {len(moment)} moments, but is {gram.shape}")
    squares = gram.diagonal()
    if (squares < 0).any():
        i = int(np.argmax(squares < 0))
        raise ValueError(f"gram must be XᵀX, with squares on its diagonal, but gram[{i}, {i}] is {squares[i]}")
    lengths = np.sqrt(squares)
    with np.errstate(over="ignore", under="ignore"):
        possible = (1 + 1e-6) * lengths[:, None] * lengths  # of the product of two columns: Cauchy and Schwarz
        odd = (np.abs(gram) > possible) | (np.abs(gram - gram.T) > 1e-6 * possible)
    if odd.any():
        i, j = np.argwhere(odd)[0]
        raise ValueError(
            f"gram must be XᵀX, symmetric and with no entry larger than the lengths of its columns make it, "
            f"but gram[{i}, {j}] is {gram[i, j]} and gram[{j}, {i}] is {gram[j, i]}"
        )
    return gram, moment


def parameters(theta: ArrayLike, name: str, d: int) -> np.ndarray:
    """A parameter vector of shape (d,), or a ValueError."""
    theta = array(theta, name, 1)
    if len(theta) != d:
        raise ValueError(f"{name} must hold {d} numbers, one a column of X, but it holds {len(theta)}")
    return theta


def number(value: float, name: str) -> float:
    """A finite number, or a ValueError."""
    if not is_real(value):
        raise ValueError(f"{name} must be a real number, but it is {value!r}")
    result = as_float(value, name)
    if not math.isfinite(result):
        raise ValueError(f"{name} must be finite, but it is {result}")
    return result


def positive(value: float, name: str) -> float:
    """A finite number above 0, or a ValueError."""
    if not is_real(value):
        raise ValueError(f"{name} must be a positive number, but it is {value!r}")
    number = as_float(value, name)
    if not (number > 0 and math.isfinite(number)):
        raise ValueError(f"{name} must be positive and finite, but it is {number}")
    return number


def epochs(value: int, name: str = "epochs") -> int:
    """A whole number, 0 or more, or a ValueError."""
    if type(value) is int and 0 <= value < 2**53:  # schedules ask at every step
        return value
    if not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more, but it is {value!r}")
    as_float(value, name)  # the number of epochs is an exponent where there is no loop
    return int(value)


def count(value: int, name: str) -> int:
    """A whole number, 1 or more, or a ValueError."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, but it is {value!r}")
    as_float(value, name)  # since numbers are divided by it
    return int(value)


def share(value: float, name: str) -> float:
    """A number from 0 to below 1, or a ValueError."""
    result = as_float(value, name) if is_real(value) else math.nan
    if not 0 <= result < 1:
        raise ValueError(f"{name} must be a number from 0 to below 1, but it is {value!r}")
    return result


def having(value: object, name: str, *methods: str) -> None:
    """An instance with these methods, or a ValueError."""
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        raise ValueError(f"{name} must be an instance with {' and '.join(methods)}, but it is {value!r}")


def loss(value: Any, *methods: str) -> None:
    """A loss with these methods and a dimension, or a ValueError."""
    having(value, "loss", *methods)
    if not hasattr(value, "dimension"):
        raise ValueError(f"loss must have a dimension, its number of parameters, but it is {value!r}")


def room(shape: tuple[int, ...], name: str) -> np.ndarray:
    """An array of this shape whose numbers are not set yet, or a ValueError where there is no memory for it."""
    try:
        return np.empty(shape)
    except (MemoryError, ValueError):  # a ValueError where NumPy cannot count that far
        raise ValueError(f"{name} must be fewer: there is no memory for numbers of the shape {shape}") from None


def path(value: Any, name: str) -> Path:
    """A path, or a ValueError."""
    if not isinstance(value, str | os.PathLike):
        raise ValueError(f"{name} must be a path, but it is a {type(value).__name__}")
    return Path(value)


def read_only(values: np.ndarray) -> np.ndarray:
    """A copy that nobody can change."""
    copy = values.copy()
    copy.flags.writeable = False
    return copy


def as_float(value: Any, name: str, verb: str = "is") -> float:
    """A real number as a float, finite or not, or a ValueError."""
    try:
        return float(value)
    except OverflowError:
        kind = "an integer" if isinstance(value, Integral) else "a number"
        raise ValueError(f"{name} {verb} {kind} beyond the range of a float") from None
    except ValueError:  # from Decimal, for a signalling NaN
        return math.nan
