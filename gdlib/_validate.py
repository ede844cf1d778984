"""What every NumPy module asks of its arguments, each refusal in one place and in words."""

import math
from collections.abc import Callable
from numbers import Integral, Real

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
    try:
        raw = np.asarray(values)
    except ValueError:  # numpy's word for rows of different lengths
        raise ValueError(f"{name} must be {kind}, but its rows differ in length") from None
    if raw.dtype.kind == "O":  # integers beyond 64 bits, fractions, None, …
        raw = _from_objects(raw, name, kind)
    elif raw.dtype.kind not in "iufb":
        raise ValueError(f"{name} must hold real numbers, but its type is {raw.dtype}")
    if raw.ndim != ndim:
        raise ValueError(f"{name} must be {kind}, but its shape is {raw.shape}")
    if raw.size == 0:
        raise ValueError(f"{name} is empty: its shape is {raw.shape}")
    return raw.astype(float, copy=False)


def _from_objects(raw: np.ndarray, name: str, kind: str) -> np.ndarray:
    for value in raw.flat:
        if not isinstance(value, Real):
            raise ValueError(f"{name} must be {kind}, but it holds {value!r}")
    try:
        return raw.astype(float)
    except OverflowError:
        raise ValueError(f"{name} holds an integer beyond the range of a float") from None


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
    possible = (1 + 1e-6) * lengths[:, None] * lengths  # of the product of two columns: Cauchy and Schwarz
    with np.errstate(over="ignore"):
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
    if not isinstance(value, Real):
        raise ValueError(f"{name} must be a real number, but it is {value!r}")
    result = _float(value, name)
    if not math.isfinite(result):
        raise ValueError(f"{name} must be finite, but it is {result}")
    return result


def positive(value: float, name: str) -> float:
    """A finite number above 0, or a ValueError."""
    if not isinstance(value, Real):
        raise ValueError(f"{name} must be a positive number, but it is {value!r}")
    number = _float(value, name)
    if not (number > 0 and math.isfinite(number)):
        raise ValueError(f"{name} must be positive and finite, but it is {number}")
    return number


def epochs(value: int, name: str = "epochs") -> int:
    """A whole number, 0 or more, or a ValueError."""
    if not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more, but it is {value!r}")
    _float(value, name)  # even without a loop, the number of epochs is an exponent
    return int(value)


def count(value: int, name: str) -> int:
    """A whole number, 1 or more, or a ValueError."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, but it is {value!r}")
    return int(value)


def share(value: float, name: str) -> float:
    """A number from 0 to below 1, or a ValueError."""
    if not isinstance(value, Real) or not 0 <= value < 1:
        raise ValueError(f"{name} must be a number from 0 to below 1, but it is {value!r}")
    return float(value)


def having(value: object, name: str, *methods: str) -> None:
    """An instance with these methods, or a ValueError."""
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        raise ValueError(f"{name} must be an instance with {' and '.join(methods)}, but it is {value!r}")


def read_only(values: np.ndarray) -> np.ndarray:
    """A copy that nobody can change."""
    copy = values.copy()
    copy.flags.writeable = False
    return copy


def _float(value: Real, name: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{name} is an integer beyond the range of a float") from None
