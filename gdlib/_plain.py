"""What the plain half asks of its arguments: checked once, where a caller hands them in, and without NumPy."""

from collections.abc import Callable, Iterator, Sequence
from functools import update_wrapper, wraps
from math import isfinite
from numbers import Integral, Real
from types import FunctionType
from typing import Annotated, Any, TypeVar, cast

Function = Callable[..., Any]
Vector = Sequence[float]
Line = Annotated[Sequence[float], "(slope, intercept)"]
Points = Sequence[tuple[float, float]]
Rate = Annotated[float, "positive"]
Rows = Iterator[tuple[int, list[float], list[float]]]

_Function = TypeVar("_Function", bound=Function)


def checked(function: _Function) -> _Function:
    """The same function, which checks its arguments by their annotations, and that a list it returns is finite.

    ``__wrapped__`` is the unchecked function. In it, the checked functions defined or imported above are unchecked as
    well, so that a loop does not check at each step what it has computed itself.
    """
    unchecked = {name: getattr(value, "__wrapped__", value) for name, value in function.__globals__.items()}
    bare = update_wrapper(FunctionType(function.__code__, unchecked), function)
    checks = {name: _CHECKS[kind] for name, kind in function.__annotations__.items() if name != "return"}
    equally_long = [name for name, check in checks.items() if check is _vector]

    @wraps(bare)
    def called(*args: Any, **kwargs: Any) -> Any:
        given = dict(zip(checks, args, strict=False)) | kwargs
        if len(args) + len(kwargs) != len(checks) or given.keys() != checks.keys():
            return bare(*args, **kwargs)  # Python's own TypeError: an argument is missing, unknown or given twice
        values = {name: check(given[name], name) for name, check in checks.items()}
        lengths = [len(values[name]) for name in equally_long]
        if len(set(lengths)) > 1:
            found = " and ".join(f"{name} has {length}" for name, length in zip(equally_long, lengths, strict=True))
            raise ValueError(f"{' and '.join(equally_long)} must have the same length, but {found}")
        result = bare(**values)
        if isinstance(result, list) and not all(map(isfinite, result)):
            raise ValueError(f"the result of {function.__name__} leaves the range of a float: {result}")
        return result

    return cast(_Function, called)


def finite(value: Any, name: str) -> float:
    if not isinstance(value, Real):
        raise ValueError(f"{name} must be a real number, but {value!r} is a {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{name} is an integer beyond the range of a float") from None
    if not isfinite(number):
        raise ValueError(f"{name} must be finite, but it is {number}")
    return number


def _positive(value: Any, name: str) -> float:
    number = finite(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be positive, but it is {number}")
    return number


def _function(value: Any, name: str) -> Function:
    if not callable(value):
        raise ValueError(f"{name} must be a function, but {value!r} is a {type(value).__name__}")
    return cast(Function, value)


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more, but it is {value!r}")
    return int(value)


def _list(values: Any, name: str, entries: str) -> list[Any]:
    """The entries of any iterable but text, a dict or a set."""
    try:
        if isinstance(values, (str, bytes, dict, set)):
            raise TypeError
        found = list(values)
    except TypeError:
        raise ValueError(f"{name} must be a list of {entries}, but it is {values!r}") from None
    if not found:
        raise ValueError(f"{name} is empty: there must be at least one of its {entries}")
    return found


def _vector(values: Any, name: str) -> list[float]:
    return [finite(value, f"{name}[{i}]") for i, value in enumerate(_list(values, name, "numbers"))]


def _vectors(values: Any, name: str) -> list[list[float]]:
    vectors = [_vector(value, f"{name}[{k}]") for k, value in enumerate(_list(values, name, "vectors"))]
    lengths = [len(vector) for vector in vectors]
    if len(set(lengths)) > 1:
        raise ValueError(f"all {name} must have the same length, but their lengths are {lengths}")
    return vectors


def _line(values: Any, name: str) -> list[float]:
    line = _vector(values, name)
    if len(line) != 2:
        raise ValueError(f"{name} must hold two numbers, (slope, intercept), but it holds {len(line)}")
    return line


def _points(values: Any, name: str) -> list[list[float]]:
    points = [_vector(pair, f"{name}[{k}]") for k, pair in enumerate(_list(values, name, "(x, y) pairs"))]
    for k, point in enumerate(points):
        if len(point) != 2:
            raise ValueError(f"{name}[{k}] must be an (x, y) pair, but it holds {len(point)} numbers")
    return points


_CHECKS: dict[Any, Callable[[Any, str], Any]] = {
    float: finite,
    int: _whole,
    Function: _function,
    Rate: _positive,
    Vector: _vector,
    Sequence[Vector]: _vectors,
    Line: _line,
    Points: _points,
}
